// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Open directories.

use std::{
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{Mutex, PoisonError},
};

use rustix::fs::{fcntl_getfl, fstat, FileType as Kind, Mode, OFlags, RawDir, SeekFrom};

use super::attributes::filetype;
use crate::{DirEntry, Errno};

/// Bytes of entries that are read at once.
const BUFFER: usize = 16 << 10;

/// An open directory.
#[derive(Debug)]
pub struct Directory {
    fd: OwnedFd,
    /// Held while its position is moved and used.
    position: Mutex<()>,
}

impl Directory {
    /// Wraps a directory that is open for reading. Its position is used, and so is that of its duplicates.
    ///
    /// # Errors
    ///
    /// `NotDir`, `Badf` for one that is only a path (`O_PATH`).
    pub fn new(fd: OwnedFd) -> Result<Self, Errno> {
        if Kind::from_raw_mode(fstat(&fd)?.st_mode) != Kind::Directory {
            return Err(Errno::NotDir);
        }
        if fcntl_getfl(&fd)?.contains(OFlags::PATH) {
            return Err(Errno::Badf);
        }
        Ok(Self::of(fd))
    }

    fn of(fd: OwnedFd) -> Self {
        Self {
            fd,
            position: Mutex::new(()),
        }
    }

    /// The same directory, with a position of its own.
    pub(in super::super) fn reopen(&self) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self::of(rustix::fs::openat(
            self,
            ".",
            flags,
            Mode::empty(),
        )?))
    }

    /// Tells the entries from `cookie` on, until `entry` has enough.
    pub(super) fn read(
        &self,
        cookie: u64,
        entry: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        if i64::try_from(cookie).is_err() {
            return Err(Errno::Inval);
        }
        let _position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        rustix::fs::seek(self, SeekFrom::Start(cookie))?;
        let mut buffer = vec![MaybeUninit::uninit(); BUFFER];
        let mut entries = RawDir::new(self, &mut buffer);
        while let Some(found) = entries.next() {
            let found = found?;
            let told = entry(DirEntry {
                next: found.next_entry_cookie(),
                ino: found.ino(),
                filetype: filetype(found.file_type()),
                name: found.file_name().to_bytes(),
            });
            if !told {
                break;
            }
        }
        Ok(())
    }
}

impl AsFd for Directory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
