// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! An open file.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustix::fs::{fcntl_getfl, fcntl_setfl, fstat, OFlags};

use crate::{Description, Errno, FileType};

/// An open file.
#[derive(Clone, Debug)]
pub struct Object {
    // Shared with the queues that it is in: they are keyed by descriptor number.
    fd: Arc<OwnedFd>,
    description: Description,
    turns: Arc<Turns>,
}

/// Held by who looks whether a call would wait until the call is made: of two threads that see one byte, the second would wait for
/// another.
#[derive(Debug, Default)]
struct Turns {
    reading: Mutex<()>,
    writing: Mutex<()>,
}

impl Object {
    /// Wraps `fd`.
    pub fn new(fd: OwnedFd) -> Result<Self, Errno> {
        let stat = fstat(&fd)?;
        let flags = fcntl_getfl(&fd)?;
        let filetype = match rustix::fs::FileType::from_raw_mode(stat.st_mode) {
            rustix::fs::FileType::RegularFile => FileType::RegularFile,
            rustix::fs::FileType::CharacterDevice => FileType::CharacterDevice,
            rustix::fs::FileType::BlockDevice => FileType::BlockDevice,
            rustix::fs::FileType::Directory => FileType::Directory,
            rustix::fs::FileType::Socket => match rustix::net::sockopt::socket_type(&fd)? {
                rustix::net::SocketType::DGRAM => FileType::SocketDgram,
                _ => FileType::SocketStream,
            },
            _ => FileType::Unknown,
        };
        let access = flags & OFlags::ACCMODE;
        let seekable = match filetype {
            FileType::RegularFile => true,
            FileType::CharacterDevice => rustix::fs::tell(&fd).is_ok(),
            _ => false,
        };
        let description = Description {
            filetype,
            readable: access != OFlags::WRONLY,
            writable: access != OFlags::RDONLY,
            seekable,
        };
        Ok(Self {
            fd: Arc::new(fd),
            description,
            turns: Arc::default(),
        })
    }

    /// Wraps a listening socket, and makes it non-blocking for all who have it.
    pub fn listener(fd: OwnedFd) -> Result<Self, Errno> {
        fcntl_setfl(&fd, fcntl_getfl(&fd)? | OFlags::NONBLOCK)?;
        Self::new(fd)
    }

    /// An eventfd that stands for one end of something.
    pub(super) fn one_way(fd: Arc<OwnedFd>, readable: bool) -> Self {
        let description = Description {
            filetype: FileType::Unknown,
            readable,
            writable: !readable,
            seekable: false,
        };
        Self {
            fd,
            description,
            turns: Arc::default(),
        }
    }

    pub(super) fn description(&self) -> Description {
        self.description
    }

    /// Keeps others from reading meanwhile.
    pub(super) fn reading(&self) -> MutexGuard<'_, ()> {
        let lock = self.turns.reading.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps others from writing meanwhile.
    pub(super) fn writing(&self) -> MutexGuard<'_, ()> {
        let lock = self.turns.writing.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_regular(&self) -> bool {
        self.description.filetype == FileType::RegularFile
    }
}

impl AsFd for Object {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
