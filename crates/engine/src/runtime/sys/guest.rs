// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A linear memory seen from outside, which other threads may be writing.

use core::{
    arch::asm,
    marker::PhantomData,
    ptr, slice,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};

use crate::platform::Memory;

/// The bytes of a linear memory, as many as there were when it was looked at: memories never shrink. Offsets outside are answered
/// with `None`.
///
/// Of a shared memory there is no reference to any byte: other threads write it at any time. It is copied from and to.
#[derive(Debug)]
pub struct GuestMemory<'a> {
    base: *mut u8,
    len: usize,
    shared: bool,
    memory: PhantomData<&'a mut [u8]>,
}

impl<'a> GuestMemory<'a> {
    /// The memory at `base`.
    ///
    /// # Safety
    ///
    /// `len` bytes at `base` are readable and writable while `'a` lasts. Unless `shared`, nothing else uses them meanwhile; if
    /// `shared`, nothing but generated code and code like that of this file does.
    pub unsafe fn new(base: *mut u8, len: usize, shared: bool) -> Self {
        Self {
            base,
            len,
            shared,
            memory: PhantomData,
        }
    }

    /// A memory without a byte.
    pub fn none() -> Self {
        Self {
            base: ptr::dangling_mut(),
            len: 0,
            shared: false,
            memory: PhantomData,
        }
    }

    /// All bytes of a memory that is its owner's alone.
    pub fn of<M: Memory>(memory: &'a mut M) -> Self {
        let (base, len) = (memory.base(), memory.len());
        let len = usize::try_from(len).unwrap_or(0);
        // SAFETY: `Memory`'s promise; wasm does not run while the borrow lives, as that needs the store exclusively.
        unsafe { Self::new(base, len, false) }
    }

    /// Its first byte.
    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Other threads may be using it.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// The bytes, if nobody else uses them: `None` of a shared memory.
    pub fn unshared(self) -> Option<&'a mut [u8]> {
        if self.shared {
            return None;
        }
        if self.len == 0 {
            return Some(&mut []);
        }
        // SAFETY: by the contract of `new` nothing else uses them while `'a` lasts, and `self` is given up.
        Some(unsafe { slice::from_raw_parts_mut(self.base, self.len) })
    }

    /// The same memory, for a shorter time.
    pub fn reborrow(&mut self) -> GuestMemory<'_> {
        GuestMemory {
            base: self.base,
            len: self.len,
            shared: self.shared,
            memory: PhantomData,
        }
    }

    /// Address of `len` bytes at `at`.
    fn range(&self, at: u64, len: usize) -> Option<*mut u8> {
        let at = usize::try_from(at).ok()?;
        let inside = at.checked_add(len)? <= self.len;
        inside.then(|| self.base.wrapping_add(at))
    }

    /// Copies out what is at `at`.
    pub fn read(&self, at: u64, into: &mut [u8]) -> Option<()> {
        let from = self.range(at, into.len())?;
        // SAFETY: in bounds; the target is a reference, so it is not a part of any memory that threads share.
        unsafe { copy(self.shared, from, into.as_mut_ptr(), into.len()) };
        Some(())
    }

    /// The word at `at`, which is aligned.
    pub fn load32(&self, at: u64) -> Option<u32> {
        let from = self.range(at, 4)?.cast::<u32>();
        if !from.is_aligned() {
            return None;
        }
        // SAFETY: in bounds and aligned; others access it by locked or plain instructions of generated code, or as here.
        let word = unsafe { AtomicU32::from_ptr(from) };
        Some(word.load(Ordering::SeqCst))
    }

    /// The double word at `at`, which is aligned.
    pub fn load64(&self, at: u64) -> Option<u64> {
        let from = self.range(at, 8)?.cast::<u64>();
        if !from.is_aligned() {
            return None;
        }
        // SAFETY: as above.
        let word = unsafe { AtomicU64::from_ptr(from) };
        Some(word.load(Ordering::SeqCst))
    }

    /// Copies `from` to `at`.
    pub fn write(&mut self, at: u64, from: &[u8]) -> Option<()> {
        let to = self.range(at, from.len())?;
        // SAFETY: in bounds; the source is a reference, so it is not a part of any memory that threads share.
        unsafe { copy(self.shared, from.as_ptr(), to, from.len()) };
        Some(())
    }

    /// Sets `len` bytes at `at`.
    pub fn fill(&mut self, at: u64, byte: u8, len: usize) -> Option<()> {
        let to = self.range(at, len)?;
        if self.shared {
            // SAFETY: in bounds.
            unsafe { fill_shared(to, byte, len) };
        } else {
            // SAFETY: in bounds, and nothing else uses them.
            unsafe { ptr::write_bytes(to, byte, len) };
        }
        Some(())
    }

    /// Copies `len` bytes from `source` to `target`, as if by way of another place.
    pub fn copy_within(&mut self, source: u64, target: u64, len: usize) -> Option<()> {
        let (from, to) = (self.range(source, len)?, self.range(target, len)?);
        // SAFETY: both are in bounds.
        unsafe { copy(self.shared, from, to, len) };
        Some(())
    }

    /// Copies `len` bytes from `source` of another memory to `target`.
    pub fn copy_from(
        &mut self,
        other: &GuestMemory<'_>,
        source: u64,
        target: u64,
        len: usize,
    ) -> Option<()> {
        let (from, to) = (other.range(source, len)?, self.range(target, len)?);
        // SAFETY: both are in bounds.
        unsafe { copy(self.shared || other.shared, from, to, len) };
        Some(())
    }
}

/// Copies `len` bytes, which may overlap.
///
/// # Safety
///
/// Both places are readable or writable for that long. Unless `shared`, nothing else uses either.
unsafe fn copy(shared: bool, from: *const u8, to: *mut u8, len: usize) {
    match shared {
        // SAFETY: by the contract.
        true => unsafe { copy_shared(from, to, len) },
        // SAFETY: by the contract.
        false => unsafe { ptr::copy(from, to, len) },
    }
}

/// Copies `len` bytes that other threads may be using. The compiler makes no assumptions about what assembly finds in memory, and to
/// the machine a race is a matter of which value is read.
///
/// # Safety
///
/// Both places are readable or writable for that long.
unsafe fn copy_shared(from: *const u8, to: *mut u8, len: usize) {
    let behind = (to as usize).wrapping_sub(from as usize);
    if behind >= len {
        // SAFETY: forwards; what is read has not been written yet.
        unsafe {
            asm!(
                "rep movsb",
                inout("rcx") len => _,
                inout("rsi") from => _,
                inout("rdi") to => _,
                options(nostack, preserves_flags),
            );
        }
    } else if behind != 0 {
        // SAFETY: backwards from the last byte, as the target begins inside the source; `len` is not 0 here. The direction
        // flag is clear again afterwards.
        unsafe {
            asm!(
                "std",
                "rep movsb",
                "cld",
                inout("rcx") len => _,
                inout("rsi") from.wrapping_add(len - 1) => _,
                inout("rdi") to.wrapping_add(len - 1) => _,
                options(nostack),
            );
        }
    }
}

/// Sets `len` bytes that other threads may be using; see [`copy_shared`].
///
/// # Safety
///
/// They are writable.
unsafe fn fill_shared(to: *mut u8, byte: u8, len: usize) {
    // SAFETY: by the contract.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") len => _,
            inout("rdi") to => _,
            in("al") byte,
            options(nostack, preserves_flags),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_copies_are_copies() {
        for (source, target, len) in [(0, 3, 20), (3, 0, 20), (5, 5, 9), (0, 30, 30), (7, 8, 0)] {
            let mut bytes: Vec<u8> = (0..64).collect();
            let mut expected = bytes.clone();
            expected.copy_within(source..source + len, target);
            // SAFETY: the vector's own bytes.
            let mut memory = unsafe { GuestMemory::new(bytes.as_mut_ptr(), 64, true) };
            memory
                .copy_within(source as u64, target as u64, len)
                .unwrap();
            let mut out = [0; 64];
            memory.read(0, &mut out).unwrap();
            assert_eq!(out[..], expected[..], "{source} {target} {len}");
        }
    }

    #[test]
    fn what_is_outside_is_refused() {
        let mut bytes = [0; 16];
        // SAFETY: the array's own bytes.
        let mut memory = unsafe { GuestMemory::new(bytes.as_mut_ptr(), 16, true) };
        assert_eq!(memory.write(8, &[1; 9]), None);
        assert_eq!(memory.write(u64::MAX, &[1]), None);
        assert_eq!(memory.fill(16, 7, 1), None);
        assert_eq!(memory.fill(16, 7, 0), Some(()));
        assert_eq!(memory.fill(12, 7, 4), Some(()));
        assert_eq!(memory.copy_within(12, 13, 4), None);
        assert!(memory.unshared().is_none());
        assert_eq!(bytes, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7]);
    }
}
