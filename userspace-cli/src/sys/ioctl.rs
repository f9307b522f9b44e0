// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The one place that enters the kernel.

use std::{
    io, mem,
    os::fd::{AsRawFd, BorrowedFd},
};

use wasmk_uapi::{Bytes, Header, Message};

/// The header of a message of type `T` with `flags`.
pub(super) fn header<T: Message>(flags: u32) -> Header {
    Header {
        size: mem::size_of::<T>() as u32,
        flags,
    }
}

/// Describes `data` to the kernel.
pub(super) fn bytes(data: &[u8]) -> Bytes {
    Bytes {
        ptr: data.as_ptr() as u64,
        len: data.len() as u64,
    }
}

/// Describes `data`, which the kernel may write to.
pub(super) fn bytes_mut(data: &mut [u8]) -> Bytes {
    Bytes {
        ptr: data.as_mut_ptr() as u64,
        len: data.len() as u64,
    }
}

/// Issues the ioctl of `T`. Fails with the kernel's errno; what the kernel wrote to `message` is there either way.
///
/// # Safety
///
/// Every address in `message` is valid, with the length said, for what the call does with it (reading, and writing where
/// the interface says so) until this returns.
pub(super) unsafe fn ioctl<T: Message>(fd: BorrowedFd<'_>, message: &mut T) -> io::Result<()> {
    let arg: *mut T = message;
    // SAFETY: `arg` is a live, exclusively borrowed structure whose size is in its header; the addresses inside are
    // the caller's promise.
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), libc::c_ulong::from(T::NR), arg) };
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
