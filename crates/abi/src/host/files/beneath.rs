// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Looking paths up beneath a directory: the kernel does, by `openat2`. A kernel without it (before Linux 5.6) answers `NoSys` to
//! everything.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::{
    fs::{openat2, statat, AtFlags, Mode, OFlags, ResolveFlags},
    io::Errno as Linux,
};

use crate::Errno;

/// How often a lookup is tried that something was renamed under.
const ATTEMPTS: u32 = 64;

/// `openat2` beneath `directory`.
pub(super) fn open(
    directory: BorrowedFd<'_>,
    path: &[u8],
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let flags = flags | OFlags::CLOEXEC;
    let mut attempts = 0;
    loop {
        return match openat2(directory, path, flags, mode, resolve) {
            // It cannot tell whether `..` stayed beneath, as somebody renames or mounts meanwhile.
            Err(Linux::AGAIN) if attempts < ATTEMPTS => {
                attempts += 1;
                continue;
            }
            // Of a lookup, and of nothing else: it left the directory.
            Err(Linux::XDEV) => Err(Errno::Perm),
            result => Ok(result?),
        };
    }
}

/// What `path` is, without opening it.
pub(super) fn look(
    directory: BorrowedFd<'_>,
    path: &[u8],
    follow: bool,
    only_directory: bool,
) -> Result<OwnedFd, Errno> {
    let mut flags = OFlags::PATH;
    flags.set(OFlags::NOFOLLOW, !follow);
    flags.set(OFlags::DIRECTORY, only_directory);
    open(directory, path, flags, Mode::empty())
}

/// The directory that a path's last component is in, and that component, with the slashes that follow it.
///
/// The calls that are made with these (`mkdirat`, `unlinkat`, `renameat`, `symlinkat`, and `linkat` for a new name) never follow
/// the last component, also not when a slash follows it.
pub(super) struct Parent<'p> {
    fd: OwnedFd,
    name: &'p [u8],
}

impl<'p> Parent<'p> {
    pub(super) fn of(directory: BorrowedFd<'_>, path: &'p [u8]) -> Result<Self, Errno> {
        if path.starts_with(b"/") {
            return Err(Errno::Perm);
        }
        let end = path.iter().rposition(|b| *b != b'/').map_or(0, |at| at + 1);
        let bare = path.get(..end).unwrap_or_default();
        let split = bare.iter().rposition(|b| *b == b'/');
        let start = split.map_or(0, |at| at + 1);
        let parent = split.and_then(|at| path.get(..at)).unwrap_or(b".");
        if bare.get(start..) == Some(b"..") {
            // Refused by all calls, but whether it is outside is told first.
            look(directory, path, true, true)?;
        }
        Ok(Self {
            fd: look(directory, parent, true, true)?,
            name: path.get(start..).unwrap_or_default(),
        })
    }

    pub(super) fn name(&self) -> &'p [u8] {
        self.name
    }

    /// There is something of this name, be it a dangling link.
    pub(super) fn exists(&self) -> Result<bool, Errno> {
        let end = self.name.iter().position(|b| *b == b'/');
        let name = end
            .and_then(|end| self.name.get(..end))
            .unwrap_or(self.name);
        // Without a slash after it, so that it is not followed.
        match statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Linux::NOENT) => Ok(false),
            result => Ok(result.map(|_| true)?),
        }
    }

    /// The last component is a name, and no slash follows it.
    pub(super) fn is_plain(&self) -> bool {
        !self.name.ends_with(b"/") && self.name != b"." && self.name != b".."
    }
}

impl AsFd for Parent<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
