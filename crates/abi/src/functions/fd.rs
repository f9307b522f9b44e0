// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_close`, `fd_renumber`, `fd_fdstat_*`.

use crate::{
    call::{Call, Fault},
    descriptor::{FdFlags, Resource},
    Errno, FileType, Os, Refusal, Rights, WatchSpec,
};

pub(super) fn close<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    let descriptor = call.cx.table.take(fd)?;
    if let Resource::Queue(_) = descriptor.resource {
        for other in call.cx.table.iter_mut() {
            other.memberships.retain(|m| m.queue != descriptor.id);
        }
    }
    drop(descriptor);
    call.cx.count_descriptors();
    Ok(())
}

/// Moves descriptor `from` to number `to`, closing what was there.
pub(super) fn renumber<O: Os>(call: &mut Call<'_, '_, O>, from: u32, to: u32) -> Result<(), Fault> {
    call.cx.table.get(from)?;
    call.cx.table.get(to)?;
    if from == to {
        return Ok(());
    }
    close(call, to)?;
    let descriptor = call.cx.table.take(from)?;
    call.cx.table.put(to, descriptor)?;
    call.cx.count_descriptors();
    refresh_watches(call, to)
}

/// Makes the queues that `fd` is in report it under its new number.
fn refresh_watches<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    let mut memberships = core::mem::take(&mut call.cx.table.get_mut(fd)?.memberships);
    let mut result = Ok(());
    for membership in &mut memberships {
        membership.spec = WatchSpec {
            fd,
            ..membership.spec
        };
        let (table, os) = (&call.cx.table, &mut call.cx.os);
        let queue = table.iter().find(|(_, d)| d.id == membership.queue);
        let object = table.get(fd)?.resource.object();
        if let (Some((_, queue)), Some(object)) = (queue, object) {
            if let Resource::Queue(queue) = &queue.resource {
                let done = os.rewatch(queue, object, &mut membership.watch, membership.spec);
                result = result.and(done);
            }
        }
    }
    call.cx.table.get_mut(fd)?.memberships = memberships;
    Ok(result?)
}

/// Stores an `fdstat`: file type, flags, rights, inheriting rights; 24 bytes.
pub(super) fn fdstat_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.table.get(fd)?;
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
        &(filetype as u64 | u64::from(descriptor.flags.bits()) << 16).to_le_bytes(),
    );
    base.copy_from_slice(&descriptor.rights.bits().to_le_bytes());
    inheriting.copy_from_slice(&descriptor.inheriting.bits().to_le_bytes());
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
    let descriptor = call.cx.table.get(fd)?;
    let (object, _) = descriptor.object(Rights::FD_FDSTAT_SET_FLAGS)?;
    let regular = matches!(descriptor.resource, Resource::Stream(_))
        && call.cx.os.describe(object).filetype == FileType::RegularFile;
    let kept = descriptor.flags & (FdFlags::DSYNC | FdFlags::RSYNC | FdFlags::SYNC);
    let mut settable = FdFlags::NONBLOCK | kept;
    settable.set(FdFlags::APPEND, regular);
    if !settable.contains(flags) {
        return Err(Errno::Inval.into());
    }
    call.cx.table.get_mut(fd)?.flags = flags | kept;
    Ok(())
}

/// Gives rights up. Asking for one that is not there is `NotCapable`.
pub(super) fn fdstat_set_rights<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Result<(), Fault> {
    let descriptor = call.cx.table.get_mut(fd)?;
    let base = Rights::from_bits_retain(base);
    let inheriting = Rights::from_bits_retain(inheriting);
    let missing = base.difference(descriptor.rights) | inheriting.difference(descriptor.inheriting);
    if !missing.is_empty() {
        return Err(Refusal::missing(fd, missing).into());
    }
    descriptor.rights = base;
    descriptor.inheriting = inheriting;
    Ok(())
}
