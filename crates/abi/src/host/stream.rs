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

/// Most bytes of one system call: they go through a buffer, as nobody but their copies may look at the guest's memory.
const PIECE: usize = 1 << 20;

/// Fails with `Again` when an operation on a file that may block would. So it stays until the operation, as long as all others who make
/// it wait for their turn; other processes do not.
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

/// Fills all buffers from a regular file, as far as it goes; of anything else reads once, so that nothing is waited for.
pub(super) fn read(object: &Object, into: &mut Scatter<'_>, at: Position) -> Result<usize, Errno> {
    if into.is_empty() {
        return Ok(0);
    }
    let _turn = (!object.is_regular()).then(|| object.reading());
    ready(object, PollFlags::IN)?;
    let mut buffer = vec![0; into.len().min(PIECE)];
    let mut done = 0;
    while !into.is_empty() {
        let wanted = into.len().min(buffer.len());
        let buf = buffer.get_mut(..wanted).unwrap_or_default();
        let step = match at {
            Position::At(offset) => {
                rustix::io::pread(object, buf, offset.saturating_add(done as u64))
            }
            Position::Current | Position::End => rustix::io::read(object, buf),
        };
        let n = match step {
            Ok(n) => n,
            // What was read is reported; the error shows at the next call.
            Err(_) if done > 0 => break,
            Err(errno) => return Err(errno.into()),
        };
        into.store(buffer.get(..n).unwrap_or_default());
        into.advance(n);
        done += n;
        if n < wanted || !object.is_regular() {
            break;
        }
    }
    Ok(done)
}

pub(super) fn write(object: &Object, from: &Gather<'_>, at: Position) -> Result<usize, Errno> {
    let _turn = (!object.is_regular()).then(|| object.writing());
    ready(object, PollFlags::OUT)?;
    let most = if object.description().filetype == FileType::Unknown {
        PIPE_BUF
    } else {
        PIECE
    };
    let mut bytes = vec![0; from.len().min(most)];
    from.load(&mut bytes);
    Ok(match at {
        Position::Current => rustix::io::write(object, &bytes)?,
        Position::At(offset) => rustix::io::pwrite(object, &bytes, offset)?,
        Position::End => {
            let whole = [IoSlice::new(&bytes)];
            rustix::io::pwritev2(object, &whole, u64::MAX, ReadWriteFlags::APPEND)?
        }
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
