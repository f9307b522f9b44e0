// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The table of descriptors: numbers are given lowest first, and used again.

use alloc::vec::Vec;

use crate::{speculation::guarded, Descriptor, Errno, Os};

/// Most descriptors of a store.
pub const DESCRIPTORS_MAX: u32 = 1 << 16;

/// Numbers to descriptors.
pub struct Table<O: Os> {
    slots: Vec<Option<Descriptor<O>>>,
    /// One bit per slot: set when it is taken.
    taken: Vec<u64>,
    /// No word of `taken` below has a free bit.
    lowest_word: usize,
    open: u32,
}

impl<O: Os> Default for Table<O> {
    fn default() -> Self {
        Self::new()
    }
}

impl<O: Os> Table<O> {
    /// An empty table.
    pub const fn new() -> Self {
        Self {
            slots: Vec::new(),
            taken: Vec::new(),
            lowest_word: 0,
            open: 0,
        }
    }

    /// Number of open descriptors.
    pub fn len(&self) -> u32 {
        self.open
    }

    /// True when no descriptor is open.
    pub fn is_empty(&self) -> bool {
        self.open == 0
    }

    /// The slot of descriptor `fd`, or `Badf` when there is none; the guest chose the number.
    fn slot(&self, fd: u32) -> Result<usize, Errno> {
        let (index, len) = (fd as usize, self.slots.len());
        if index >= len {
            return Err(Errno::Badf);
        }
        Ok(guarded(index, index, len))
    }

    /// Descriptor `fd`, or `Badf`.
    pub fn get(&self, fd: u32) -> Result<&Descriptor<O>, Errno> {
        let slot = self.slots.get(self.slot(fd)?);
        slot.and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    /// Descriptor `fd`, or `Badf`.
    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor<O>, Errno> {
        let slot = self.slot(fd)?;
        let slot = self.slots.get_mut(slot);
        slot.and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    /// All open descriptors with their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Descriptor<O>)> {
        self.slots
            .iter()
            .zip(0..)
            .filter_map(|(slot, fd)| Some((fd, slot.as_ref()?)))
    }

    /// All open descriptors.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Descriptor<O>> {
        self.slots.iter_mut().flatten()
    }

    /// Makes room for one more descriptor at the lowest free number at or above `from`, and returns that number: a following
    /// [`Table::put`] there cannot fail.
    ///
    /// # Errors
    ///
    /// `Mfile` when [`DESCRIPTORS_MAX`] is reached, `NoMem`.
    pub(crate) fn reserve(&mut self, from: u32) -> Result<u32, Errno> {
        let first = from as usize / 64;
        let start = self.lowest_word.max(first);
        let mut at = self.taken.len().max(start) * 64;
        for (word, index) in self.taken.iter().zip(0usize..).skip(start) {
            let below = if index == first {
                (1u64 << (from % 64)) - 1
            } else {
                0
            };
            let free = !(*word | below);
            if free != 0 {
                at = index * 64 + free.trailing_zeros() as usize;
                break;
            }
        }
        at = at.max(from as usize);
        if first <= self.lowest_word {
            // Words that were skipped had no free bit, but for bits below `from` in its own word.
            let full_before = if first == self.lowest_word {
                first
            } else {
                at / 64
            };
            self.lowest_word = self.lowest_word.max(full_before);
        }
        let at = u32::try_from(at).map_err(|_| Errno::Mfile)?;
        self.reserve_at(at)?;
        Ok(at)
    }

    /// Makes room at number `fd`.
    ///
    /// # Errors
    ///
    /// `Exist` when it is taken, `Mfile` when it is too high, `NoMem`.
    pub(crate) fn reserve_at(&mut self, fd: u32) -> Result<(), Errno> {
        if fd >= DESCRIPTORS_MAX {
            return Err(Errno::Mfile);
        }
        let needed = fd as usize + 1;
        if let Some(more) = needed.checked_sub(self.slots.len()) {
            self.slots.try_reserve(more)?;
            self.slots.resize_with(needed, || None);
        }
        let words = needed.div_ceil(64);
        if let Some(more) = words.checked_sub(self.taken.len()) {
            self.taken.try_reserve(more)?;
            self.taken.resize(words.max(self.taken.len()), 0);
        }
        match self.slots.get(fd as usize) {
            Some(None) => Ok(()),
            _ => Err(Errno::Exist),
        }
    }

    /// Puts a descriptor at a number for which there is room.
    pub(crate) fn put(&mut self, fd: u32, mut descriptor: Descriptor<O>) -> Result<(), Errno> {
        descriptor.number = fd;
        let slot = self.slots.get_mut(fd as usize).ok_or(Errno::Badf)?;
        if slot.replace(descriptor).is_none() {
            self.open += 1;
        }
        if let Some(word) = self.taken.get_mut(fd as usize / 64) {
            *word |= 1 << (fd % 64);
        }
        Ok(())
    }

    /// Takes descriptor `fd` out, or `Badf`.
    pub(crate) fn take(&mut self, fd: u32) -> Result<Descriptor<O>, Errno> {
        let slot = self.slot(fd)?;
        let slot = self.slots.get_mut(slot).ok_or(Errno::Badf)?;
        let descriptor = slot.take().ok_or(Errno::Badf)?;
        if let Some(word) = self.taken.get_mut(fd as usize / 64) {
            *word &= !(1 << (fd % 64));
        }
        self.lowest_word = self.lowest_word.min(fd as usize / 64);
        self.open -= 1;
        Ok(descriptor)
    }

    /// Closes all.
    pub(crate) fn clear(&mut self) {
        *self = Self::new();
    }
}
