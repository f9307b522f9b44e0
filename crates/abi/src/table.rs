// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The table of descriptors: numbers are given lowest first, and used again.

//!
//! A number can be promised to somebody who has nothing to put there yet, so that nobody else gets it.

use alloc::vec::Vec;

use crate::{
    descriptor::{Descriptor, Membership},
    speculation::guarded,
    Counted, Errno, Os,
};

/// Most descriptors of a program, all its threads together.
pub const DESCRIPTORS_MAX: u32 = 1 << 16;

/// An open descriptor. Dropping it takes it out of all queues, then lets go of what it stands for.
pub(crate) struct Entry<O: Os> {
    // First, so that they are dropped before the object.
    pub(crate) memberships: Vec<Membership<O>>,
    pub(crate) descriptor: Counted<Descriptor<O>>,
}

enum Slot<O: Os> {
    Free,
    Promised,
    Open(Entry<O>),
}

/// Numbers to descriptors.
pub(crate) struct Table<O: Os> {
    slots: Vec<Slot<O>>,
    /// One bit per slot: set when it is taken.
    taken: Vec<u64>,
    /// No word of `taken` below has a free bit.
    lowest_word: usize,
    open: u32,
    /// For good: nothing is put into it any more.
    closed: bool,
}

impl<O: Os> Table<O> {
    /// An empty table.
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            taken: Vec::new(),
            lowest_word: 0,
            open: 0,
            closed: false,
        }
    }

    /// Number of open descriptors.
    pub(crate) fn len(&self) -> u32 {
        self.open
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
    pub(crate) fn get(&self, fd: u32) -> Result<&Entry<O>, Errno> {
        match self.slots.get(self.slot(fd)?) {
            Some(Slot::Open(entry)) => Ok(entry),
            _ => Err(Errno::Badf),
        }
    }

    /// Descriptor `fd`, or `Badf`.
    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Entry<O>, Errno> {
        let slot = self.slot(fd)?;
        match self.slots.get_mut(slot) {
            Some(Slot::Open(entry)) => Ok(entry),
            _ => Err(Errno::Badf),
        }
    }

    /// `descriptor`, wherever it is now; `Badf` when it was closed.
    pub(crate) fn find(&mut self, descriptor: &Descriptor<O>) -> Result<&mut Entry<O>, Errno> {
        let entry = self.get_mut(descriptor.number())?;
        if entry.descriptor.id != descriptor.id {
            return Err(Errno::Badf);
        }
        Ok(entry)
    }

    /// All open descriptors with their numbers, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Entry<O>)> {
        self.slots
            .iter()
            .zip(0..)
            .filter_map(|(slot, fd)| match slot {
                Slot::Open(entry) => Some((fd, entry)),
                _ => None,
            })
    }

    /// All open descriptors.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry<O>> {
        self.slots.iter_mut().filter_map(|slot| match slot {
            Slot::Open(entry) => Some(entry),
            _ => None,
        })
    }

    /// Promises the lowest free number at or above `from`: a following [`Table::put`] there cannot fail.
    ///
    /// # Errors
    ///
    /// `Mfile` when [`DESCRIPTORS_MAX`] is reached, `NoMem`.
    pub(crate) fn promise(&mut self, from: u32) -> Result<u32, Errno> {
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
        self.promise_at(at)?;
        Ok(at)
    }

    /// Promises number `fd`.
    ///
    /// # Errors
    ///
    /// `Exist` when it is taken, `Mfile` when it is too high or the table closed, `NoMem`.
    pub(crate) fn promise_at(&mut self, fd: u32) -> Result<(), Errno> {
        if fd >= DESCRIPTORS_MAX || self.closed {
            return Err(Errno::Mfile);
        }
        let needed = fd as usize + 1;
        if let Some(more) = needed.checked_sub(self.slots.len()) {
            self.slots.try_reserve(more)?;
            self.slots.resize_with(needed, || Slot::Free);
        }
        let words = needed.div_ceil(64);
        if let Some(more) = words.checked_sub(self.taken.len()) {
            self.taken.try_reserve(more)?;
            self.taken.resize(words.max(self.taken.len()), 0);
        }
        match self.slots.get_mut(fd as usize) {
            Some(slot @ Slot::Free) => *slot = Slot::Promised,
            _ => return Err(Errno::Exist),
        }
        if let Some(word) = self.taken.get_mut(fd as usize / 64) {
            *word |= 1 << (fd % 64);
        }
        Ok(())
    }

    /// Takes a promise back.
    pub(crate) fn cancel(&mut self, fd: u32) {
        if let Some(slot @ Slot::Promised) = self.slots.get_mut(fd as usize) {
            *slot = Slot::Free;
            self.free(fd);
        }
    }

    fn free(&mut self, fd: u32) {
        if let Some(word) = self.taken.get_mut(fd as usize / 64) {
            *word &= !(1 << (fd % 64));
        }
        self.lowest_word = self.lowest_word.min(fd as usize / 64);
    }

    /// Puts a descriptor at a number that was promised; gives it back if the table was closed since.
    pub(crate) fn put(&mut self, fd: u32, entry: Entry<O>) -> Option<Entry<O>> {
        match self.slots.get_mut(fd as usize) {
            Some(slot @ Slot::Promised) => {
                entry.descriptor.set_number(fd);
                *slot = Slot::Open(entry);
                self.open += 1;
                None
            }
            _ => Some(entry),
        }
    }

    /// Takes descriptor `fd` out, or `Badf`.
    pub(crate) fn take(&mut self, fd: u32) -> Result<Entry<O>, Errno> {
        let entry = self.take_and_keep(fd)?;
        self.cancel(fd);
        Ok(entry)
    }

    /// As [`Table::take`]; the number is promised to the caller.
    pub(crate) fn take_and_keep(&mut self, fd: u32) -> Result<Entry<O>, Errno> {
        let slot = self.slot(fd)?;
        let slot = self.slots.get_mut(slot).ok_or(Errno::Badf)?;
        match core::mem::replace(slot, Slot::Promised) {
            Slot::Open(entry) => {
                self.open -= 1;
                Ok(entry)
            }
            other => {
                *slot = other;
                Err(Errno::Badf)
            }
        }
    }

    /// Closes it for good; what was in it is the caller's, to be dropped without the lock.
    pub(crate) fn close(&mut self) -> Self {
        let closed = Self {
            closed: true,
            ..Self::new()
        };
        core::mem::replace(self, closed)
    }
}
