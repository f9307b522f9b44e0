// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Readiness queues.

use crate::{
    call::{Call, Fault},
    context::Pending,
    descriptor::{FdFlags, Membership, Resource},
    Clock, Errno, Events, Os, QueueEvent, Rights, WatchSpec,
};

/// Most reports of one `queue_wait`; a larger `max` gets no more.
const REPORTS_MAX: u32 = 1024;

/// Most queues that a descriptor is in.
const MEMBERSHIPS_MAX: usize = 16;

/// Bytes of a report: userdata (u64), events (u32), descriptor (u32).
const REPORT_SIZE: u32 = 16;

/// Event flag of `queue_control`: report changes.
const EDGE: u32 = 0x100;

pub(super) fn create<O: Os>(call: &mut Call<'_, '_, O>, flags: u32, out: u32) -> Result<(), Fault> {
    if flags != 0 {
        return Err(Errno::Inval.into());
    }
    call.memory.check(out, 4)?;
    call.cx.table.reserve(0)?;
    let queue = call.cx.os.queue()?;
    let fd = call
        .cx
        .derive(Resource::Queue(queue), Rights::empty(), FdFlags::empty())?;
    Ok(call.memory.put_u32(out, fd)?)
}

pub(super) fn control<O: Os>(
    call: &mut Call<'_, '_, O>,
    queue: u32,
    op: u32,
    fd: u32,
    events: u32,
    userdata: u64,
) -> Result<(), Fault> {
    let (table, os) = (&mut call.cx.table, &mut call.cx.os);
    let id = table.get(queue)?.id;
    // Taken out while it is in use; the lists of watches are put back below.
    let mut memberships = core::mem::take(&mut table.get_mut(fd)?.memberships);
    let result: Result<(), Fault> = (|| {
        let Resource::Queue(queue) = &table.get(queue)?.resource else {
            return Err(Errno::Inval.into());
        };
        let descriptor = table.get(fd)?;
        let object = descriptor.resource.object().ok_or(Errno::Inval)?;
        let found = memberships.iter().position(|m| m.queue == id);
        if op == 3 {
            memberships.swap_remove(found.ok_or(Errno::NoEnt)?);
            return Ok(());
        }
        descriptor.require(Rights::POLL_FD_READWRITE)?;
        let spec = spec(fd, events, userdata)?;
        match (op, found.and_then(|at| memberships.get_mut(at))) {
            (1, Some(_)) => Err(Errno::Exist.into()),
            (1, None) => {
                if memberships.len() >= MEMBERSHIPS_MAX {
                    return Err(Errno::NoSpc.into());
                }
                memberships.try_reserve(1)?;
                let watch = os.watch(queue, object, spec)?;
                memberships.push(Membership {
                    queue: id,
                    watch,
                    spec,
                });
                Ok(())
            }
            (2, Some(membership)) => {
                os.rewatch(queue, object, &mut membership.watch, spec)?;
                membership.spec = spec;
                Ok(())
            }
            (2, None) => Err(Errno::NoEnt.into()),
            _ => Err(Errno::Inval.into()),
        }
    })();
    table.get_mut(fd)?.memberships = memberships;
    result
}

fn spec(fd: u32, events: u32, userdata: u64) -> Result<WatchSpec, Errno> {
    let wanted = Events::from_bits(events & !EDGE).ok_or(Errno::Inval)?;
    if !(Events::READ | Events::WRITE).contains(wanted) {
        return Err(Errno::Inval);
    }
    Ok(WatchSpec {
        fd,
        userdata,
        events: wanted,
        edge: events & EDGE != 0,
    })
}

pub(super) fn wait<O: Os>(
    call: &mut Call<'_, '_, O>,
    queue: u32,
    out: u32,
    max: u32,
    timeout: u64,
    count_out: u32,
) -> Result<(), Fault> {
    let max = max.min(REPORTS_MAX);
    call.memory
        .check(out, u64::from(max) * u64::from(REPORT_SIZE))?;
    call.memory.check(count_out, 4)?;
    let timeout = timeout as i64;
    if max == 0 || timeout < -1 {
        return Err(Errno::Inval.into());
    }
    let Resource::Queue(queue) = &call.cx.table.get(queue)?.resource else {
        return Err(Errno::Inval.into());
    };
    let deadline = match call.cx.pending.take() {
        Some(Pending::Deadline(deadline)) => deadline,
        _ if timeout < 0 => None,
        // In the past without asking the clock.
        _ if timeout == 0 => Some(0),
        _ => Some(
            call.cx
                .os
                .now(Clock::Monotonic)?
                .saturating_add(timeout as u64),
        ),
    };
    let events = &mut call.cx.events;
    if events.len() < max as usize {
        events.try_reserve(max as usize - events.len())?;
        events.resize(max as usize, QueueEvent::default());
    }
    let room = events.get_mut(..max as usize).ok_or(Errno::NoMem)?;
    let count = match call.cx.os.queue_wait(queue, room, deadline) {
        Ok(count) => count,
        Err(error) => {
            call.cx.pending = Some(Pending::Deadline(deadline));
            return Err(error.into());
        }
    };
    let bytes = call.memory.bytes_mut(out, max * REPORT_SIZE)?;
    for (to, event) in bytes
        .chunks_exact_mut(REPORT_SIZE as usize)
        .zip(events.iter())
        .take(count)
    {
        let packed = u128::from(event.userdata)
            | u128::from(event.events.bits()) << 64
            | u128::from(event.fd) << 96;
        to.copy_from_slice(&packed.to_le_bytes());
    }
    Ok(call.memory.put_u32(count_out, count as u32)?)
}
