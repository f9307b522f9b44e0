// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_read`, `fd_write`, `fd_pread`, `fd_pwrite`, and the transfers that sockets share with them.

use core::sync::atomic::Ordering::Relaxed;

use crate::{
    call::{until_ready, Attempts, Call, Fault},
    descriptor::{Descriptor, FdFlags, Resource},
    Counted, Errno, Events, FileType, Gather, Memory, Os, Position, Rights, Span, Stop,
};

/// Reads the buffers' descriptions, runs `transfer` over them, stores the number of bytes at `out`. The place for the result
/// is checked before anything is transferred.
fn with_buffers<O: Os>(
    call: &mut Call<'_, '_, O>,
    iovs: u32,
    count: u32,
    out: u32,
    transfer: impl FnOnce(&mut Call<'_, '_, O>, &[Span]) -> Result<usize, Fault>,
) -> Result<(), Fault> {
    call.memory.check(out, 4)?;
    let mut spans = core::mem::take(&mut call.cx.spans);
    let result = match call.memory.iovecs(iovs, count, &mut spans) {
        Ok(()) => transfer(call, &spans),
        Err(errno) => Err(errno.into()),
    };
    call.cx.spans = spans;
    Ok(call.memory.put_u32(out, result? as u32)?)
}

/// Sends all of `from` by `operation`, waiting in between unless `nonblocking`. What was sent when something comes in the way
/// is reported instead of that.
pub(super) fn send_all<O: Os>(
    os: &mut O,
    object: &O::Object,
    nonblocking: bool,
    mut from: Gather<'_>,
    mut operation: impl FnMut(&mut O, &Gather<'_>) -> Result<usize, Errno>,
) -> Result<usize, Fault> {
    let mut done = 0;
    let mut attempts = Attempts::default();
    loop {
        let step = match operation(os, &from) {
            Ok(n) => {
                attempts = Attempts::default();
                from.advance(n);
                done += n;
                os.counters().bytes_out.fetch_add(n as u64, Relaxed);
                if from.is_empty() || n == 0 {
                    return Ok(done);
                }
                os.breathe().map_err(Fault::from)
            }
            Err(Errno::Again) if !nonblocking => attempts.wait(os, object, Events::WRITE),
            Err(errno) => Err(errno.into()),
        };
        match step {
            Ok(()) => {}
            // The run ends at its next check; what the guest is told does not matter then.
            Err(Fault::Stop(Stop::Killed | Stop::Deadline)) => return step.map(|()| done),
            Err(_) if done > 0 => return Ok(done),
            Err(fault) => return Err(fault),
        }
    }
}

fn read_at<O: Os>(
    call: &mut Call<'_, '_, O>,
    descriptor: &Descriptor<O>,
    rights: Rights,
    at: Position,
    (iovs, count, out): (u32, u32, u32),
) -> Result<(), Fault> {
    descriptor.require(rights)?;
    with_buffers(call, iovs, count, out, |call, spans| {
        let os = &mut call.cx.os;
        let (object, nonblocking) = descriptor.object(rights)?;
        let memory = call.memory;
        let n = until_ready(os, object, nonblocking, Events::READ, |os| {
            let mut into = memory.scatter(spans);
            match descriptor.resource {
                Resource::Channel(_) => Err(Errno::Inval),
                Resource::Socket(_) | Resource::Datagram(_) => descriptor
                    .received(os.recv(object, &mut into, false, None))
                    .map(|received| received.bytes),
                _ => os.read(object, &mut into, at),
            }
        })?;
        os.counters().bytes_in.fetch_add(n as u64, Relaxed);
        Ok(n)
    })
}

fn write_at<O: Os>(
    call: &mut Call<'_, '_, O>,
    descriptor: &Descriptor<O>,
    rights: Rights,
    at: Position,
    (iovs, count, out): (u32, u32, u32),
) -> Result<(), Fault> {
    descriptor.require(rights)?;
    with_buffers(call, iovs, count, out, |call, spans| {
        let from = call.memory.gather(spans);
        let os = &mut call.cx.os;
        let (object, nonblocking) = descriptor.object(rights)?;
        match descriptor.resource {
            Resource::Channel(_) => Err(Errno::Inval.into()),
            // One message; an empty one is sent too.
            Resource::Datagram(_) => send_message(os, object, nonblocking, &from, None),
            _ if from.is_empty() => Ok(0),
            Resource::Socket(_) => send_all(os, object, nonblocking, from, |os, from| {
                os.send(object, from, None)
            }),
            _ => {
                let mut at = at;
                send_all(os, object, nonblocking, from, |os, from| {
                    let n = os.write(object, from, at)?;
                    if let Position::At(offset) = &mut at {
                        *offset = offset.saturating_add(n as u64);
                    }
                    Ok(n)
                })
            }
        }
    })
}

/// Sends one datagram.
pub(super) fn send_message<O: Os>(
    os: &mut O,
    object: &O::Object,
    nonblocking: bool,
    from: &Gather<'_>,
    to: Option<&crate::Address>,
) -> Result<usize, Fault> {
    let n = until_ready(os, object, nonblocking, Events::WRITE, |os| {
        os.send(object, from, to)
    })?;
    os.counters().bytes_out.fetch_add(n as u64, Relaxed);
    Ok(n)
}

/// Descriptor `fd`; `Spipe` unless it is a regular file. A directory lacks the rights anyhow.
fn seekable<O: Os>(call: &Call<'_, '_, O>, fd: u32) -> Result<Counted<Descriptor<O>>, Errno> {
    let descriptor = call.cx.descriptor(fd)?;
    let regular = |object| call.cx.os.describe(object).filetype == FileType::RegularFile;
    match &descriptor.resource {
        Resource::Directory(_) => {}
        Resource::Stream(object) if regular(object) => {}
        _ => return Err(Errno::Spipe),
    }
    Ok(descriptor)
}

pub(super) fn read<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let (rights, at) = (Rights::FD_READ, Position::Current);
    read_at(call, &descriptor, rights, at, (iovs, count, out))
}

pub(super) fn pread<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = seekable(call, fd)?;
    let at = file_offset(offset)?;
    let rights = Rights::FD_READ | Rights::FD_SEEK;
    read_at(call, &descriptor, rights, at, (iovs, count, out))
}

pub(super) fn write<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let at = if descriptor.flags().contains(FdFlags::APPEND) {
        Position::End
    } else {
        Position::Current
    };
    let rights = Rights::FD_WRITE;
    write_at(call, &descriptor, rights, at, (iovs, count, out))
}

pub(super) fn pwrite<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = seekable(call, fd)?;
    let at = file_offset(offset)?;
    let rights = Rights::FD_WRITE | Rights::FD_SEEK;
    write_at(call, &descriptor, rights, at, (iovs, count, out))
}

/// Offsets are at most 2^63 - 1.
fn file_offset(offset: u64) -> Result<Position, Errno> {
    i64::try_from(offset)
        .map(|_| Position::At(offset))
        .map_err(|_| Errno::Inval)
}

/// The buffers of a socket call, whose results are stored by the caller.
pub(super) fn with_spans<O: Os, T>(
    call: &mut Call<'_, '_, O>,
    iovs: u32,
    count: u32,
    transfer: impl FnOnce(Memory<'_>, &mut O, &[Span]) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut spans = core::mem::take(&mut call.cx.spans);
    let result = match call.memory.iovecs(iovs, count, &mut spans) {
        Ok(()) => transfer(call.memory, &mut call.cx.os, &spans),
        Err(errno) => Err(errno.into()),
    };
    call.cx.spans = spans;
    result
}
