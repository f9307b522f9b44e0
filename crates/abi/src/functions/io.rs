// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_read`, `fd_write`, `fd_pread`, `fd_pwrite`, and the transfers that sockets share with them.

use core::sync::atomic::Ordering::Relaxed;

use crate::{
    call::{until_ready, Attempts, Call, Fault},
    descriptor::{FdFlags, Resource},
    Errno, Events, FileType, Gather, Memory, Os, Position, Rights, Span, Stop,
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
    fd: u32,
    rights: Rights,
    at: Position,
    iovs: u32,
    count: u32,
    out: u32,
) -> Result<(), Fault> {
    call.cx.table.get(fd)?.require(rights)?;
    with_buffers(call, iovs, count, out, |call, spans| {
        let (table, os) = (&call.cx.table, &mut call.cx.os);
        let descriptor = table.get(fd)?;
        let (object, nonblocking) = descriptor.object(rights)?;
        let memory = &mut call.memory;
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
    fd: u32,
    rights: Rights,
    at: Position,
    iovs: u32,
    count: u32,
    out: u32,
) -> Result<(), Fault> {
    call.cx.table.get(fd)?.require(rights)?;
    with_buffers(call, iovs, count, out, |call, spans| {
        let from = call.memory.gather(spans);
        let (table, os) = (&call.cx.table, &mut call.cx.os);
        let descriptor = table.get(fd)?;
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

/// Fails with `Spipe` unless `fd` is a regular file. A directory lacks the rights anyhow.
fn require_regular<O: Os>(call: &Call<'_, '_, O>, fd: u32) -> Result<(), Errno> {
    match &call.cx.table.get(fd)?.resource {
        Resource::Directory(_) => Ok(()),
        Resource::Stream(object)
            if call.cx.os.describe(object).filetype == FileType::RegularFile =>
        {
            Ok(())
        }
        _ => Err(Errno::Spipe),
    }
}

pub(super) fn read<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Result<(), Fault> {
    read_at(
        call,
        fd,
        Rights::FD_READ,
        Position::Current,
        iovs,
        count,
        out,
    )
}

pub(super) fn pread<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Result<(), Fault> {
    require_regular(call, fd)?;
    let at = file_offset(offset)?;
    read_at(
        call,
        fd,
        Rights::FD_READ | Rights::FD_SEEK,
        at,
        iovs,
        count,
        out,
    )
}

pub(super) fn write<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Result<(), Fault> {
    let append = call.cx.table.get(fd)?.flags.contains(FdFlags::APPEND);
    let at = if append {
        Position::End
    } else {
        Position::Current
    };
    write_at(call, fd, Rights::FD_WRITE, at, iovs, count, out)
}

pub(super) fn pwrite<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Result<(), Fault> {
    require_regular(call, fd)?;
    let at = file_offset(offset)?;
    write_at(
        call,
        fd,
        Rights::FD_WRITE | Rights::FD_SEEK,
        at,
        iovs,
        count,
        out,
    )
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
    transfer: impl FnOnce(&mut Memory<'_>, &mut crate::Context<O>, &[Span]) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut spans = core::mem::take(&mut call.cx.spans);
    let result = match call.memory.iovecs(iovs, count, &mut spans) {
        Ok(()) => transfer(&mut call.memory, call.cx, &spans),
        Err(errno) => Err(errno.into()),
    };
    call.cx.spans = spans;
    result
}
