// SPDX-License-Identifier: GPL-2.0
//! Moving bytes from socket to socket: by references to pages between TCP connections, through a buffer otherwise.

use super::{check, file::Object};
use kernel::{alloc::flags::GFP_KERNEL_ACCOUNT, bindings, prelude::*};
use wasmk_abi::{Errno, SpliceError};

/// Bytes of the buffer.
const BUFFER: usize = 64 << 10;

/// Most bytes by one call of the kernel's: the caller breathes between two.
const STEP: usize = 1 << 20;

#[allow(
    improper_ctypes,
    reason = "the bindings' own structures; empty lock classes are part of them"
)]
extern "C" {
    /// Moves at most `max` bytes between two connected stream sockets by references to pages, without waiting. 0: there is
    /// nothing that could be moved so, for whatever reason. A negative error is that of `to` if `to_failed` is set.
    fn wasmk_splice_pages(
        from: *mut bindings::socket,
        to: *mut bindings::socket,
        max: usize,
        to_failed: *mut bool,
    ) -> isize;
    /// As `wasmk_splice_pages`, through a buffer of `size` bytes. 0 is the end of the stream.
    fn wasmk_splice_copy(
        from: *mut bindings::socket,
        to: *mut bindings::socket,
        buffer: *mut c_void,
        size: usize,
        to_failed: *mut bool,
    ) -> isize;
}

/// The buffer, once one was needed.
pub(crate) struct SpliceBuffer(KVVec<u8>);

impl SpliceBuffer {
    /// No buffer yet.
    pub(crate) const fn new() -> Self {
        Self(KVVec::new())
    }

    fn get(&mut self) -> Result<&mut [u8], Errno> {
        if self.0.is_empty() {
            self.0
                .resize(BUFFER, 0, GFP_KERNEL_ACCOUNT)
                .map_err(|_| Errno::NoMem)?;
        }
        Ok(&mut self.0)
    }
}

fn answer(result: isize, to_failed: bool) -> Result<usize, SpliceError> {
    check(result).map_err(|errno| {
        if to_failed {
            SpliceError::To(errno)
        } else {
            SpliceError::From(errno)
        }
    })
}

/// See `Os::splice`.
pub(crate) fn splice(
    buffer: &mut SpliceBuffer,
    from: &Object,
    to: &Object,
    max: usize,
) -> Result<usize, SpliceError> {
    let from = from.socket().ok_or(SpliceError::From(Errno::NotSock))?;
    let to = to.socket().ok_or(SpliceError::To(Errno::NotSock))?;
    let mut to_failed = false;
    // SAFETY: the sockets live as their files do, which the objects reference; the flag is this function's.
    let moved = unsafe {
        wasmk_splice_pages(
            from.as_ptr(),
            to.as_ptr(),
            max.min(STEP),
            &raw mut to_failed,
        )
    };
    let moved = answer(moved, to_failed)?;
    if moved > 0 {
        return Ok(moved);
    }
    let buffer = buffer.get().map_err(SpliceError::From)?;
    // SAFETY: as above; the buffer is writable for the length given, and nobody else's.
    let moved = unsafe {
        wasmk_splice_copy(
            from.as_ptr(),
            to.as_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len().min(max),
            &raw mut to_failed,
        )
    };
    answer(moved, to_failed)
}
