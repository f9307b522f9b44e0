// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Opening.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{fstat, FileType as Kind, Mode, OFlags};

use super::{beneath, Directory};
use crate::{host::Object, Errno, FdFlags, OpenFlags, Opened};

/// What new files allow, before the process's umask.
const MODE: Mode = Mode::from_raw_mode(0o666);

fn kind(fd: &OwnedFd) -> Result<Kind, Errno> {
    match Kind::from_raw_mode(fstat(fd)?.st_mode) {
        Kind::CharacterDevice | Kind::BlockDevice => Err(Errno::NotCapable),
        Kind::Socket => Err(Errno::Nxio),
        kind => Ok(kind),
    }
}

pub(super) fn open(
    directory: &Directory,
    path: &[u8],
    how: OpenFlags,
    flags: FdFlags,
) -> Result<Opened<Object, Directory>, Errno> {
    let directory = directory.as_fd();
    let follow = how.contains(OpenFlags::FOLLOW);
    // Opening a device may already do something.
    if let Ok(there) = beneath::look(directory, path, follow, false) {
        if !how.contains(OpenFlags::CREATE | OpenFlags::EXCLUSIVE) {
            kind(&there)?;
        }
    }
    let mut to = match (
        how.contains(OpenFlags::READ),
        how.contains(OpenFlags::WRITE),
    ) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        (_, false) => OFlags::RDONLY,
    };
    // The other end of a named pipe is not waited for.
    to |= OFlags::NOCTTY | OFlags::NONBLOCK;
    to.set(OFlags::NOFOLLOW, !follow);
    to.set(OFlags::DIRECTORY, how.contains(OpenFlags::DIRECTORY));
    to.set(OFlags::TRUNC, how.contains(OpenFlags::TRUNCATE));
    to.set(OFlags::DSYNC, flags.contains(FdFlags::DSYNC));
    let sync = FdFlags::RSYNC | FdFlags::SYNC;
    to.set(OFlags::SYNC, flags.intersects(sync));
    let mut mode = Mode::empty();
    if how.contains(OpenFlags::CREATE) {
        to |= OFlags::CREATE;
        to.set(OFlags::EXCL, how.contains(OpenFlags::EXCLUSIVE));
        mode = MODE;
    }
    let fd = beneath::open(directory, path, to, mode)?;
    Ok(match kind(&fd)? {
        Kind::Directory => Opened::Directory(Directory::new(fd)?),
        _ => Opened::File(Object::new(fd)?),
    })
}
