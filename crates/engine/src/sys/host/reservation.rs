// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Address space, and access to parts of it.

use core::ptr;

use rustix::mm::{mmap_anonymous, mprotect, munmap, MapFlags, MprotectFlags, ProtFlags};

use crate::platform::PlatformError;

/// An anonymous private mapping, inaccessible at first. Unmapped when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    base: *mut u8,
    len: usize,
}

// SAFETY: it owns its mapping; nothing about it is tied to a thread.
unsafe impl Send for Reservation {}
// SAFETY: through `&self` only the address is read and page protections are changed, which the kernel serialises.
unsafe impl Sync for Reservation {}

impl Reservation {
    /// Reserves `len` bytes, rounded up to pages; at least one page.
    pub(super) fn new(len: usize) -> Result<Self, PlatformError> {
        let len = len
            .max(1)
            .checked_next_multiple_of(4096)
            .ok_or(PlatformError::OutOfMemory)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let base = unsafe { mmap_anonymous(ptr::null_mut(), len, ProtFlags::empty(), flags) };
        let base = base.map_err(|_| PlatformError::OutOfMemory)?;
        Ok(Self {
            base: base.cast(),
            len,
        })
    }

    /// First byte.
    pub(super) fn base(&self) -> *mut u8 {
        self.base
    }

    /// Bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Changes the protection of whole pages.
    pub(super) fn protect(
        &self,
        start: usize,
        len: usize,
        flags: MprotectFlags,
    ) -> Result<(), PlatformError> {
        let inside = start.checked_add(len).is_some_and(|end| end <= self.len);
        if !inside || start % 4096 != 0 {
            return Err(PlatformError::Quota);
        }
        if len == 0 {
            return Ok(());
        }
        // SAFETY: inside our own mapping. Who makes pages inaccessible sees to it that nothing uses them.
        let done = unsafe { mprotect(self.base.add(start).cast(), len, flags) };
        done.map_err(|_| PlatformError::OutOfMemory)
    }

    /// Replaces whole pages by fresh, inaccessible ones. False if it could not be done: they stay as they are.
    pub(super) fn discard(&self, start: usize, len: usize) -> bool {
        if len == 0 {
            return true;
        }
        if start % 4096 != 0 || start.checked_add(len).is_none_or(|end| end > self.len) {
            return false;
        }
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
        // SAFETY: inside our own mapping, and nothing uses these pages any more. If it fails they stay, which is harmless.
        let done =
            unsafe { mmap_anonymous(self.base.add(start).cast(), len, ProtFlags::empty(), flags) };
        done.is_ok()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: our own mapping, whole. Failure would leak it.
        let _ = unsafe { munmap(self.base.cast(), self.len) };
    }
}
