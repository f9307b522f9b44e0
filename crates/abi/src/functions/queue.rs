// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Readiness queues.

use alloc::vec::Vec;

use crate::{
    call::{Call, Fault},
    context::Pending,
    descriptor::{Descriptor, FdFlags, Membership, Resource},
    sys::Room,
    Clock, Context, Counted, Errno, Events, Os, QueueEvent, Rights, WatchSpec,
};

/// Most reports of one `queue_wait`; a larger `max` gets no more.
const REPORTS_MAX: u32 = 1024;

/// Most queues that a descriptor is in.
pub(super) const MEMBERSHIPS_MAX: usize = 16;

/// Bytes of a report: userdata (u64), events (u32), descriptor (u32).
const REPORT_SIZE: u32 = 16;

// Operations of `queue_control`.
const ADD: u32 = 1;
const MODIFY: u32 = 2;
const REMOVE: u32 = 3;

/// Event flag of `queue_control`: report changes.
const EDGE: u32 = 0x100;

pub(super) fn create<O: Os>(call: &mut Call<'_, '_, O>, flags: u32, out: u32) -> Result<(), Fault> {
    if flags != 0 {
        return Err(Errno::Inval.into());
    }
    call.memory.check(out, 4)?;
    let promise = call.cx.promise()?;
    let queue = Resource::Queue(call.cx.os.queue()?);
    let rights = (Rights::empty(), Rights::empty());
    let flags = (FdFlags::empty(), false);
    let fd = promise.keep(&call.cx.os, queue, rights, flags, Vec::new());
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
    let cx = &mut *call.cx;
    let watching = cx.descriptor(queue)?;
    let descriptor = cx.descriptor(fd)?;
    let Resource::Queue(_) = &watching.resource else {
        return Err(Errno::Inval.into());
    };
    descriptor.resource.object().ok_or(Errno::Inval)?;
    if op == REMOVE {
        let membership = cx.group.with(|state| {
            let memberships = &mut state.table.find(&descriptor)?.memberships;
            let found = memberships
                .iter()
                .position(|m| m.queue.id == watching.id && m.watch.is_some());
            Ok::<_, Errno>(memberships.swap_remove(found.ok_or(Errno::NoEnt)?))
        })?;
        // Without the lock.
        drop(membership);
        return Ok(());
    }
    descriptor.require(Rights::POLL_FD_READWRITE)?;
    let spec = spec(fd, events, userdata)?;
    match op {
        ADD => add(cx, &descriptor, &watching, spec),
        MODIFY => settle(cx, &descriptor, &watching, Some(spec)),
        _ => Err(Errno::Inval.into()),
    }
}

/// Adds `descriptor` to a queue. Its place among the descriptor's queues is taken before the watch is made, without the lock, and not
/// a member to anybody else until then.
fn add<O: Os>(
    cx: &mut Context<O>,
    descriptor: &Counted<Descriptor<O>>,
    queue: &Counted<Descriptor<O>>,
    spec: WatchSpec,
) -> Result<(), Fault> {
    let (Resource::Queue(to), Some(object)) = (&queue.resource, descriptor.resource.object())
    else {
        return Err(Errno::Inval.into());
    };
    let room = Room::new()?;
    cx.group.with(|state| {
        // The queue may have been closed meanwhile: then nobody would take its members out again.
        state.table.find(queue)?;
        let memberships = &mut state.table.find(descriptor)?.memberships;
        if memberships.iter().any(|m| m.queue.id == queue.id) {
            return Err(Errno::Exist);
        }
        if memberships.len() >= MEMBERSHIPS_MAX {
            return Err(Errno::NoSpc);
        }
        memberships.try_reserve(1)?;
        memberships.push(Membership {
            queue: queue.clone(),
            watch: None,
            spec,
        });
        Ok(())
    })?;
    let watch = cx.os.watch(to, object, spec).map(|watch| room.fill(watch));
    let (result, watch) = match watch {
        Ok(watch) => (Ok(()), Some(watch)),
        Err(errno) => (Err(errno.into()), None),
    };
    // What is left over when somebody closed one of the two meanwhile, and what failed.
    let (dropped, changed) = cx.group.with(|state| {
        let Ok(entry) = state.table.find(descriptor) else {
            return ((watch, None), false);
        };
        let memberships = &mut entry.memberships;
        let Some(at) = memberships.iter().position(|m| m.queue.id == queue.id) else {
            return ((watch, None), false);
        };
        match (watch, memberships.get_mut(at)) {
            (Some(watch), Some(membership)) => {
                membership.watch = Some(watch);
                ((None, None), membership.spec != spec)
            }
            _ => ((None, Some(memberships.swap_remove(at))), false),
        }
    });
    drop(dropped);
    if changed {
        return settle(cx, descriptor, queue, None);
    }
    result
}

/// Makes a queue's watch of `descriptor` what its spec says, which is `new` from now on if that is given. The lock is not held
/// meanwhile, so another thread may change the spec; the last to see it so.
pub(super) fn settle<O: Os>(
    cx: &mut Context<O>,
    descriptor: &Counted<Descriptor<O>>,
    queue: &Counted<Descriptor<O>>,
    mut new: Option<WatchSpec>,
) -> Result<(), Fault> {
    let (Resource::Queue(of), Some(object)) = (&queue.resource, descriptor.resource.object())
    else {
        return Err(Errno::Inval.into());
    };
    let asked = new.is_some();
    let mut settled: Option<WatchSpec> = None;
    loop {
        let found = cx.group.with(|state| {
            let memberships = &mut state.table.find(descriptor)?.memberships;
            let membership = memberships.iter_mut().find(|m| m.queue.id == queue.id);
            let membership = membership.ok_or(Errno::NoEnt)?;
            let watch = membership.watch.clone().ok_or(Errno::NoEnt)?;
            if let Some(new) = new.take() {
                // It may have another number by now.
                let fd = descriptor.number();
                membership.spec = WatchSpec { fd, ..new };
            }
            Ok::<_, Errno>((watch, membership.spec))
        });
        let (watch, spec) = match found {
            Ok((_, spec)) if settled == Some(spec) => return Ok(()),
            Ok(found) => found,
            // Somebody took it out meanwhile.
            Err(_) if settled.is_some() || !asked => return Ok(()),
            Err(errno) => return Err(Fault::from(errno)),
        };
        cx.os.rewatch(of, object, &watch, spec)?;
        settled = Some(spec);
    }
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
    let descriptor = call.cx.descriptor(queue)?;
    let Resource::Queue(queue) = &descriptor.resource else {
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
    let mut at = out;
    for event in events.iter().take(count) {
        let packed = u64::from(event.events.bits()) | u64::from(event.fd) << 32;
        call.memory.put_u64(at, event.userdata)?;
        // Cannot overflow: all reports fit in memory.
        call.memory.put_u64(at.wrapping_add(8), packed)?;
        at = at.wrapping_add(REPORT_SIZE);
    }
    Ok(call.memory.put_u32(count_out, count as u32)?)
}
