// SPDX-License-Identifier: GPL-2.0
//! Attributes of files.

use super::{check, done, ffi_files as ffi};
use wasmk_abi::{Errno, FileStat, FileType, SetTime};

/// Type bits of modes.
pub(crate) mod kind {
    pub(crate) const FIFO: u16 = 0o010000;
    pub(crate) const CHARACTER: u16 = 0o020000;
    pub(crate) const DIRECTORY: u16 = 0o040000;
    pub(crate) const BLOCK: u16 = 0o060000;
    pub(crate) const REGULAR: u16 = 0o100000;
    pub(crate) const LINK: u16 = 0o120000;
    pub(crate) const SOCKET: u16 = 0o140000;
    pub(crate) const ALL: u16 = 0o170000;
}

/// The type that a mode tells.
pub(super) fn filetype(mode: u16) -> FileType {
    match mode & kind::ALL {
        kind::CHARACTER => FileType::CharacterDevice,
        kind::DIRECTORY => FileType::Directory,
        kind::BLOCK => FileType::BlockDevice,
        kind::REGULAR => FileType::RegularFile,
        kind::LINK => FileType::SymbolicLink,
        kind::SOCKET => FileType::SocketStream,
        _ => FileType::Unknown,
    }
}

/// Attributes of what is at `path`.
///
/// # Safety
///
/// `path` holds references.
pub(super) unsafe fn stat(path: *const ffi::Path) -> Result<FileStat, Errno> {
    let mut words = [0u64; 8];
    // SAFETY: by contract; the array is as long as is written.
    check(unsafe { ffi::wasmk_stat(path, words.as_mut_ptr()) } as isize)?;
    let [dev, ino, nlink, size, atim, mtim, ctim, mode] = words;
    Ok(FileStat {
        filetype: filetype(mode as u16),
        dev,
        ino,
        nlink,
        size,
        atim,
        mtim,
        ctim,
    })
}

/// A time to set, as the kernel has it.
#[derive(Clone, Copy)]
pub(crate) struct Time(ffi::Time);

const UTIME_NOW: i64 = (1 << 30) - 1;
const UTIME_OMIT: i64 = (1 << 30) - 2;
const NS: u64 = 1_000_000_000;

impl From<SetTime> for Time {
    fn from(time: SetTime) -> Self {
        let (seconds, nanoseconds) = match time {
            SetTime::Omit => (0, UTIME_OMIT),
            SetTime::Now => (0, UTIME_NOW),
            SetTime::At(ns) => ((ns / NS) as i64, (ns % NS) as i64),
        };
        Self(ffi::Time {
            seconds,
            nanoseconds,
        })
    }
}

impl Time {
    fn is_omitted(self) -> bool {
        self.0.nanoseconds == UTIME_OMIT
    }
}

/// Sets times of access and modification. Nothing is asked, and nothing is changed, if both stay.
///
/// # Safety
///
/// `path` holds references.
pub(super) unsafe fn set_times(path: *const ffi::Path, times: &[Time; 2]) -> Result<(), Errno> {
    if times.iter().all(|time| time.is_omitted()) {
        return Ok(());
    }
    let times = times.map(|time| time.0);
    // SAFETY: by contract; there are two.
    done(unsafe { ffi::wasmk_utimes(path, times.as_ptr()) })
}
