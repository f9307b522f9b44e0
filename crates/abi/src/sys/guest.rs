// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A program's memory, which its other threads may write and read at any moment. It is never referenced: bytes are copied by
//! instructions that the compiler does not look into, so that each is fetched once and no more is concluded from it.

use core::{arch::asm, marker::PhantomData};

/// Copies `len` bytes.
///
/// # Safety
///
/// `from` can be read and `to` written for `len` bytes; one of them is nobody else's, and they do not overlap.
unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: by contract; the direction flag is clear by the ABI. Others may access the guest's side at the same time, which
    // for the machine is no error: each byte is the old or the new one.
    unsafe {
        match len {
            4 => {
                asm!("mov {x:e}, dword ptr [{from}]", "mov dword ptr [{to}], {x:e}",
                    x = out(reg) _, from = in(reg) from, to = in(reg) to,
                    options(nostack, preserves_flags));
            }
            8 => {
                asm!("mov {x}, qword ptr [{from}]", "mov qword ptr [{to}], {x}",
                    x = out(reg) _, from = in(reg) from, to = in(reg) to,
                    options(nostack, preserves_flags));
            }
            _ => {
                asm!("rep movsb",
                    inout("rcx") len => _, inout("rsi") from => _, inout("rdi") to => _,
                    options(nostack, preserves_flags));
            }
        }
    }
}

/// Bytes that can be copied out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a> {
    base: *const u8,
    len: usize,
    memory: PhantomData<&'a [u8]>,
}

impl<'a> Bytes<'a> {
    /// Of the host's own memory.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            base: bytes.as_ptr(),
            len: bytes.len(),
            memory: PhantomData,
        }
    }

    pub(crate) fn base(self) -> *const u8 {
        self.base
    }

    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// Copies the bytes at `at` into `into`; false if they are not all there.
    #[must_use]
    pub(crate) fn load(self, at: usize, into: &mut [u8]) -> bool {
        if at > self.len || into.len() > self.len - at {
            return false;
        }
        // SAFETY: the range lies in memory that can be read for the lifetime; `into` is the caller's, apart from all else.
        unsafe { copy(self.base.add(at), into.as_mut_ptr(), into.len()) };
        true
    }
}

/// Bytes that can be copied out and in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BytesMut<'a> {
    base: *mut u8,
    len: usize,
    memory: PhantomData<&'a mut [u8]>,
}

impl<'a> BytesMut<'a> {
    /// Of memory that nobody else has.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self {
            base: bytes.as_mut_ptr(),
            len: bytes.len(),
            memory: PhantomData,
        }
    }

    /// Of `len` bytes at `base`.
    ///
    /// # Safety
    ///
    /// For `'a` they can be read and written, and nobody has a Rust reference to them, but to atomics. Others may access them by
    /// machine instructions at the same time.
    pub(crate) unsafe fn from_raw(base: *mut u8, len: usize) -> Self {
        Self {
            base,
            len,
            memory: PhantomData,
        }
    }

    /// To be copied out only.
    pub(crate) fn as_bytes(self) -> Bytes<'a> {
        Bytes {
            base: self.base,
            len: self.len,
            memory: PhantomData,
        }
    }

    pub(crate) fn base(self) -> *mut u8 {
        self.base
    }

    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// Copies `from` to `at`; false, and nothing, if there is no room.
    #[must_use]
    pub(crate) fn store(self, at: usize, from: &[u8]) -> bool {
        if at > self.len || from.len() > self.len - at {
            return false;
        }
        // SAFETY: the range lies in memory that can be written for the lifetime, and that nobody has a reference to: so
        // `from` is elsewhere.
        unsafe { copy(from.as_ptr(), self.base.add(at), from.len()) };
        true
    }
}

impl crate::Memory<'_> {
    /// The `len` bytes at `base`, which other threads of the program may access at the same time.
    ///
    /// # Safety
    ///
    /// For the lifetime they can be read and written, and nobody has a Rust reference to them, but to atomics.
    pub unsafe fn from_raw(base: *mut u8, len: usize) -> Self {
        // SAFETY: by contract.
        Self::of(unsafe { BytesMut::from_raw(base, len) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_all_lengths() {
        for len in 0..40 {
            let from: [u8; 40] = core::array::from_fn(|i| i as u8 + 1);
            let mut memory = [0; 64];
            let bytes = BytesMut::new(&mut memory);
            assert!(bytes.store(3, &from[..len]));
            let mut back = [0; 40];
            assert!(bytes.as_bytes().load(3, &mut back[..len]));
            assert_eq!(back[..len], from[..len]);
            assert_eq!(memory[3 + len..], [0; 64][3 + len..]);
            assert_eq!(memory[..3], [0; 3]);
        }
    }

    #[test]
    fn nothing_outside() {
        let mut memory = [7; 8];
        let bytes = BytesMut::new(&mut memory);
        for (at, len) in [(8, 1), (0, 9), (9, 0), (usize::MAX, 1), (7, 2)] {
            assert!(!bytes.store(at, &[0; 9][..len]));
            assert!(!bytes.as_bytes().load(at, &mut [0; 9][..len]));
        }
        assert!(bytes.store(8, &[]));
        assert_eq!(memory, [7; 8]);
    }
}
