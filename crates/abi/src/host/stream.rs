// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Byte streams and regular files.

use std::io::IoSlice;

use rustix::{
    event::{poll, PollFd, PollFlags, Timespec},
    io::ReadWriteFlags,
};

use super::{files::attributes, Object};
use crate::{Errno, FileStat, FileType, Gather, Position, Scatter, Whence};

/// Most bytes written to a pipe at once: so much is sure to fit when it says that it is writable (`PIPE_BUF`).
const PIPE_BUF: usize = 4096;

/// Most buffers of one system call.
const SLICES_MAX: usize = 64;

/// Fails with `Again` when an operation on a file that may block would.
fn ready(object: &Object, flags: PollFlags) -> Result<(), Errno> {
    if object.is_regular() {
        return Ok(());
    }
    let mut fds = [PollFd::new(object, flags)];
    match poll(
        &mut fds,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )? {
        0 => Err(Errno::Again),
        _ => Ok(()),
    }
}

pub(super) fn read(object: &Object, into: &mut Scatter<'_>, at: Position) -> Result<usize, Errno> {
    let Some(buf) = into.first() else {
        return Ok(0);
    };
    ready(object, PollFlags::IN)?;
    Ok(match at {
        Position::At(offset) => rustix::io::pread(object, buf, offset)?,
        Position::Current | Position::End => rustix::io::read(object, buf)?,
    })
}

pub(super) fn write(object: &Object, from: &Gather<'_>, at: Position) -> Result<usize, Errno> {
    ready(object, PollFlags::OUT)?;
    if object.description().filetype == FileType::Unknown {
        let first = from.slices().next().unwrap_or_default();
        let first = first.get(..PIPE_BUF).unwrap_or(first);
        return Ok(rustix::io::write(object, first)?);
    }
    let slices: Vec<_> = from.slices().take(SLICES_MAX).map(IoSlice::new).collect();
    Ok(match at {
        Position::Current => rustix::io::writev(object, &slices)?,
        Position::At(offset) => rustix::io::pwritev(object, &slices, offset)?,
        Position::End => rustix::io::pwritev2(object, &slices, u64::MAX, ReadWriteFlags::APPEND)?,
    })
}

pub(super) fn seek(object: &Object, offset: i64, whence: Whence) -> Result<u64, Errno> {
    let from = match whence {
        Whence::Set => {
            rustix::fs::SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?)
        }
        Whence::Current => rustix::fs::SeekFrom::Current(offset),
        Whence::End => rustix::fs::SeekFrom::End(offset),
    };
    Ok(rustix::fs::seek(object, from)?)
}

pub(super) fn sync(object: &Object, data_only: bool) -> Result<(), Errno> {
    if data_only {
        rustix::fs::fdatasync(object)?;
    } else {
        rustix::fs::fsync(object)?;
    }
    Ok(())
}

pub(super) fn stat(object: &Object) -> Result<FileStat, Errno> {
    Ok(FileStat {
        filetype: object.description().filetype,
        ..attributes(&rustix::fs::fstat(object)?)
    })
}
