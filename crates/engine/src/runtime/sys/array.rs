// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Arrays whose address generated code knows.

use alloc::vec::Vec;
use core::{mem::ManuallyDrop, ptr::NonNull};

use crate::platform::PlatformError;

/// A fixed-length heap array that generated code may read and write too, through [`SharedArray::as_ptr`]. Never a Rust
/// reference to its items exists, so that is no aliasing violation.
#[derive(Debug)]
pub struct SharedArray<T: Copy> {
    items: NonNull<T>,
    len: usize,
    capacity: usize,
}

// SAFETY: it owns its items, which are plain data; others access them only inside `enter`, under the store's exclusive borrow.
unsafe impl<T: Copy> Send for SharedArray<T> {}
// SAFETY: as above; through `&self` items are only read.
unsafe impl<T: Copy> Sync for SharedArray<T> {}

impl<T: Copy> SharedArray<T> {
    /// `len` copies of `value`.
    pub fn new(len: usize, value: T) -> Result<Self, PlatformError> {
        let mut items = Vec::new();
        items
            .try_reserve_exact(len)
            .map_err(|_| PlatformError::OutOfMemory)?;
        items.resize(len, value);
        let mut items = ManuallyDrop::new(items);
        let capacity = items.capacity();
        // SAFETY: a vector's pointer is never null.
        let items = unsafe { NonNull::new_unchecked(items.as_mut_ptr()) };
        Ok(Self {
            items,
            len,
            capacity,
        })
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Address of the first item.
    pub fn as_ptr(&self) -> *mut T {
        self.items.as_ptr()
    }

    /// Item `index`.
    pub fn get(&self, index: usize) -> Option<T> {
        if index >= self.len {
            return None;
        }
        // SAFETY: in bounds of the live allocation, initialised by `new`.
        Some(unsafe { self.items.as_ptr().add(index).read() })
    }

    /// Stores item `index`; `None` outside.
    pub fn set(&mut self, index: usize, value: T) -> Option<()> {
        if index >= self.len {
            return None;
        }
        // SAFETY: in bounds of the live allocation.
        unsafe { self.items.as_ptr().add(index).write(value) };
        Some(())
    }

    /// Address of item `index`.
    pub fn address(&self, index: usize) -> Option<u64> {
        (index < self.len).then(|| self.items.as_ptr().wrapping_add(index) as u64)
    }

    /// The index of the item at `address`.
    pub fn index_of(&self, address: u64) -> Option<usize> {
        let size = core::mem::size_of::<T>().max(1) as u64;
        let distance = address.checked_sub(self.items.as_ptr() as u64)?;
        let index = distance / size;
        (distance % size == 0 && index < self.len as u64).then_some(index as usize)
    }

    /// Copies `len` items from `source` within this array; `None` outside. Ranges may overlap.
    pub fn copy_within(&mut self, source: usize, target: usize, len: usize) -> Option<()> {
        let last = source.max(target).checked_add(len)?;
        if last > self.len {
            return None;
        }
        // SAFETY: both ranges are in bounds; `copy` allows overlap.
        unsafe {
            self.items
                .as_ptr()
                .add(source)
                .copy_to(self.items.as_ptr().add(target), len)
        };
        Some(())
    }

    /// Copies `len` items from the array `other`; `None` outside.
    pub fn copy_from(
        &mut self,
        other: &Self,
        source: usize,
        target: usize,
        len: usize,
    ) -> Option<()> {
        if source.checked_add(len)? > other.len || target.checked_add(len)? > self.len {
            return None;
        }
        // SAFETY: both ranges are in bounds of different allocations (`self` is borrowed exclusively).
        unsafe {
            other
                .items
                .as_ptr()
                .add(source)
                .copy_to_nonoverlapping(self.items.as_ptr().add(target), len)
        };
        Some(())
    }
}

impl<T: Copy> Drop for SharedArray<T> {
    fn drop(&mut self) {
        // SAFETY: pointer, length and capacity are those of the vector in `new`; items have no destructor.
        drop(unsafe { Vec::from_raw_parts(self.items.as_ptr(), self.len, self.capacity) });
    }
}
