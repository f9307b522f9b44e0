// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `channel_send`, `channel_recv`: descriptors go from store to store, with fewer rights.

use crate::{
    call::{until_ready, Call, Fault},
    channels::{Passed, MESSAGE_MAX},
    descriptor::{Descriptor, FdFlags, Resource},
    Errno, Events, Os, Refusal, Rights, Table,
};

/// In place of a descriptor's number: none.
const NONE: u32 = u32::MAX;

/// The channel's end with `rights`, and whether waiting is not wanted.
fn end<O: Os>(descriptor: &Descriptor<O>, rights: Rights) -> Result<(&O::Channel, bool), Fault> {
    let Resource::Channel(channel) = &descriptor.resource else {
        return Err(Errno::Inval.into());
    };
    descriptor.require(rights)?;
    Ok((channel, descriptor.flags.contains(FdFlags::NONBLOCK)))
}

/// A duplicate of descriptor `fd` with these rights.
fn duplicate<O: Os>(
    (table, os): (&Table<O>, &mut O),
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Result<Passed<O>, Fault> {
    let descriptor = table.get(fd)?;
    let base = Rights::from_bits_retain(base);
    let inheriting = Rights::from_bits_retain(inheriting);
    let missing = base.difference(descriptor.rights) | inheriting.difference(descriptor.inheriting);
    if !missing.is_empty() {
        return Err(Refusal::missing(fd, missing).into());
    }
    let resource = match &descriptor.resource {
        Resource::Stream(object) => Resource::Stream(os.share(object)?),
        Resource::Listener(object) => Resource::Listener(os.share(object)?),
        Resource::Socket(object) => Resource::Socket(os.share(object)?),
        Resource::Datagram(object) => Resource::Datagram(os.share(object)?),
        Resource::Dialer(dialer) => Resource::Dialer(os.share_dialer(dialer)?),
        Resource::Directory(directory) => Resource::Directory(os.share_directory(directory)?),
        // Channels that hold channels could hold themselves, and would never go.
        Resource::Queue(_) | Resource::Channel(_) => return Err(Errno::Inval.into()),
    };
    Ok(Passed {
        resource,
        rights: base,
        inheriting,
        flags: descriptor.flags,
        read_shut: descriptor.read_shut,
    })
}

pub(super) fn send<O: Os>(
    call: &mut Call<'_, '_, O>,
    channel: u32,
    fd: u32,
    base: u64,
    inheriting: u64,
    data: u32,
    len: u32,
) -> Result<(), Fault> {
    let data = call.memory.bytes(data, len)?;
    let (table, os) = (&call.cx.table, &mut call.cx.os);
    let (channel, nonblocking) = end(table.get(channel)?, Rights::FD_WRITE)?;
    if data.len() > MESSAGE_MAX {
        return Err(Errno::TooBig.into());
    }
    let mut passed = match fd {
        NONE => None,
        fd => Some(duplicate((table, &mut *os), fd, base, inheriting)?),
    };
    until_ready(os, channel.as_ref(), nonblocking, Events::WRITE, |os| {
        os.channel_send(channel, data, &mut passed)
    })
}

pub(super) fn recv<O: Os>(
    call: &mut Call<'_, '_, O>,
    channel: u32,
    data: u32,
    cap: u32,
    len_out: u32,
    fd_out: u32,
) -> Result<(), Fault> {
    call.memory.check(data, cap.into())?;
    call.memory.check(len_out, 4)?;
    call.memory.check(fd_out, 4)?;
    // Before a message is taken, so that no descriptor is lost for want of a number.
    let room = call.cx.table.reserve(0).map(drop);
    let (table, os, memory) = (&call.cx.table, &mut call.cx.os, &mut call.memory);
    let (channel, nonblocking) = end(table.get(channel)?, Rights::FD_READ)?;
    let mut len = 0;
    let mut take = |bytes: &[u8], passes: bool| {
        len = bytes.len() as u32;
        if len > cap {
            return Err(Errno::Overflow);
        }
        if passes {
            room?;
        }
        memory.put(data, bytes)
    };
    let result = until_ready(os, channel.as_ref(), nonblocking, Events::READ, |os| {
        os.channel_recv(channel, &mut take)
    });
    if matches!(result, Ok(_) | Err(Fault::Errno(Errno::Overflow))) {
        call.memory.put_u32(len_out, len)?;
    }
    let fd = match result? {
        Some(passed) => {
            let (base, inheriting) = (passed.rights, passed.inheriting);
            let fd = call
                .cx
                .derive_with(passed.resource, base, inheriting, passed.flags)?;
            call.cx.table.get_mut(fd)?.read_shut = passed.read_shut;
            fd
        }
        None => NONE,
    };
    Ok(call.memory.put_u32(fd_out, fd)?)
}
