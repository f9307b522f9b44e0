// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Numbered slots that are used again, with keys that go stale when their slot does.

/// Values under keys that are never valid twice (a slot's generation is part of the key).
#[derive(Debug)]
pub struct Slab<T> {
    slots: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Slab<T> {
    /// Puts `value` in a free slot and answers its key.
    pub fn insert(&mut self, value: T) -> u64 {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.slots.push((0, None));
                (self.slots.len() - 1) as u32
            }
        };
        let slot = &mut self.slots[index as usize];
        slot.1 = Some(value);
        (u64::from(slot.0) << 32) | u64::from(index)
    }

    fn slot(&mut self, key: u64) -> Option<&mut (u32, Option<T>)> {
        let slot = self.slots.get_mut(key as u32 as usize)?;
        (u64::from(slot.0) == key >> 32).then_some(slot)
    }

    /// The value under `key`, unless it was removed.
    pub fn get_mut(&mut self, key: u64) -> Option<&mut T> {
        self.slot(key)?.1.as_mut()
    }

    /// Removes and answers the value under `key`.
    pub fn remove(&mut self, key: u64) -> Option<T> {
        let slot = self.slot(key)?;
        let value = slot.1.take()?;
        slot.0 = slot.0.wrapping_add(1);
        self.free.push(key as u32);
        Some(value)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_stale() {
        let mut slab = Slab::default();
        let a = slab.insert('a');
        assert_eq!(slab.remove(a), Some('a'));
        let b = slab.insert('b');
        assert_ne!(a, b);
        assert_eq!(slab.get_mut(a), None);
        assert_eq!(slab.remove(a), None);
        assert_eq!(slab.get_mut(b), Some(&mut 'b'));
        assert_eq!(slab.len(), 1);
    }
}
