// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_close`, `fd_renumber`, `fd_fdstat_*`.

use alloc::vec::Vec;

use super::queue::{settle, MEMBERSHIPS_MAX};
use crate::{
    call::{Call, Fault},
    descriptor::{Descriptor, FdFlags, Resource},
    group::Group,
    table::Table,
    Errno, FileType, Os, Rights,
};

/// Takes whoever is in a queue that was closed out of it. By whoever has the lock.
fn leave<O: Os>(table: &mut Table<O>, closed: &Descriptor<O>) {
    if let Resource::Queue(_) = closed.resource {
        for other in table.iter_mut() {
            other.memberships.retain(|m| m.queue.id != closed.id);
        }
    }
}

/// Another thread that is at work with the descriptor ends that first, and then closes what it stands for.
pub(super) fn close<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    let os = &call.cx.os;
    let entry = call.cx.group.with(|state| {
        let entry = state.table.take(fd)?;
        leave(&mut state.table, &entry.descriptor);
        Group::count(state, os);
        Ok::<_, Errno>(entry)
    })?;
    // Without the lock.
    drop(entry);
    Ok(())
}

/// Moves descriptor `from` to number `to`, closing what was there; to other threads, in one step.
pub(super) fn renumber<O: Os>(call: &mut Call<'_, '_, O>, from: u32, to: u32) -> Result<(), Fault> {
    let mut queues = Vec::new();
    queues.try_reserve_exact(MEMBERSHIPS_MAX)?;
    let os = &call.cx.os;
    let moved = call.cx.group.with(|state| {
        let table = &mut state.table;
        let descriptor = table.get(from)?.descriptor.clone();
        table.get(to)?;
        if from == to {
            return Ok(None);
        }
        let mut entry = table.take(from)?;
        let closed = table.take_and_keep(to)?;
        leave(table, &closed.descriptor);
        entry
            .memberships
            .retain(|m| m.queue.id != closed.descriptor.id);
        for membership in &mut entry.memberships {
            membership.spec.fd = to;
            queues.push(membership.queue.clone());
        }
        let refused = table.put(to, entry);
        Group::count(state, os);
        Ok::<_, Errno>(Some((descriptor, closed, refused)))
    })?;
    let Some((descriptor, closed, refused)) = moved else {
        return Ok(());
    };
    drop((closed, refused));
    // Makes the queues that it is in report it under its new number.
    let mut result = Ok(());
    for queue in &queues {
        result = result.and(settle(call.cx, &descriptor, queue, None));
    }
    result
}

/// Stores an `fdstat`: file type, flags, rights, inheriting rights; 24 bytes.
pub(super) fn fdstat_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let filetype = match &descriptor.resource {
        Resource::Stream(object) => call.cx.os.describe(object).filetype,
        Resource::Listener(_) | Resource::Socket(_) => FileType::SocketStream,
        Resource::Datagram(_) => FileType::SocketDgram,
        Resource::Directory(_) => FileType::Directory,
        Resource::Dialer(_) | Resource::Queue(_) | Resource::Channel(_) => FileType::Unknown,
    };
    let mut fdstat = [0; 24];
    let (head, rights) = fdstat.split_at_mut(8);
    let (base, inheriting) = rights.split_at_mut(8);
    head.copy_from_slice(
        &(filetype as u64 | u64::from(descriptor.flags().bits()) << 16).to_le_bytes(),
    );
    base.copy_from_slice(&descriptor.rights().bits().to_le_bytes());
    inheriting.copy_from_slice(&descriptor.inheriting().bits().to_le_bytes());
    Ok(call.memory.put(out, &fdstat)?)
}

/// Sets the flags: `NONBLOCK` of anything that is waited for, `APPEND` of regular files. How a file was opened to be written
/// through to its medium stays as it is, as on Linux; asking for more is `Inval`.
pub(super) fn fdstat_set_flags<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    flags: u32,
) -> Result<(), Fault> {
    let flags = u16::try_from(flags)
        .ok()
        .and_then(FdFlags::from_bits)
        .ok_or(Errno::Inval)?;
    let descriptor = call.cx.descriptor(fd)?;
    let (object, _) = descriptor.object(Rights::FD_FDSTAT_SET_FLAGS)?;
    let regular = matches!(descriptor.resource, Resource::Stream(_))
        && call.cx.os.describe(object).filetype == FileType::RegularFile;
    let kept = descriptor.flags() & (FdFlags::DSYNC | FdFlags::RSYNC | FdFlags::SYNC);
    let mut settable = FdFlags::NONBLOCK | kept;
    settable.set(FdFlags::APPEND, regular);
    if !settable.contains(flags) {
        return Err(Errno::Inval.into());
    }
    descriptor.set_flags(flags | kept);
    Ok(())
}

/// Gives rights up. Asking for one that is not there is `NotCapable`.
pub(super) fn fdstat_set_rights<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Result<(), Fault> {
    let base = Rights::from_bits_retain(base);
    let inheriting = Rights::from_bits_retain(inheriting);
    // Under the lock: two threads that give up different rights end up with neither.
    call.cx.group.with(|state| {
        let descriptor = &state.table.get(fd)?.descriptor;
        descriptor.require_both(base, inheriting)?;
        descriptor.set_rights(base, inheriting);
        Ok(())
    })
}
