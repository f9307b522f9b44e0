// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `channel_send`, `channel_recv`: descriptors go from store to store, with fewer rights.

use alloc::vec::Vec;

use crate::{
    call::{until_ready, Call, Fault},
    channels::{Passed, MESSAGE_MAX},
    descriptor::{Descriptor, FdFlags, Resource},
    Context, Errno, Events, Os, Rights,
};

/// In place of a descriptor's number: none.
const NONE: u32 = u32::MAX;

/// The channel's end with `rights`, and whether waiting is not wanted.
fn end<O: Os>(descriptor: &Descriptor<O>, rights: Rights) -> Result<(&O::Channel, bool), Fault> {
    let Resource::Channel(channel) = &descriptor.resource else {
        return Err(Errno::Inval.into());
    };
    descriptor.require(rights)?;
    Ok((channel, descriptor.flags().contains(FdFlags::NONBLOCK)))
}

/// A duplicate of a descriptor with these rights.
fn duplicate<O: Os>(
    cx: &mut Context<O>,
    descriptor: &Descriptor<O>,
    base: u64,
    inheriting: u64,
) -> Result<Passed<O>, Fault> {
    let os = &mut cx.os;
    let base = Rights::from_bits_retain(base);
    let inheriting = Rights::from_bits_retain(inheriting);
    descriptor.require_both(base, inheriting)?;
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
        flags: descriptor.flags(),
        read_shut: descriptor.is_read_shut(),
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
    call.memory.check(data, len.into())?;
    let descriptor = call.cx.descriptor(channel)?;
    let (channel, nonblocking) = end(&descriptor, Rights::FD_WRITE)?;
    if len as usize > MESSAGE_MAX {
        return Err(Errno::TooBig.into());
    }
    let mut message = Vec::new();
    call.memory.append(data, len, &mut message)?;
    let source = match fd {
        NONE => None,
        fd => Some(call.cx.descriptor(fd)?),
    };
    let mut passed = match &source {
        None => None,
        Some(source) => Some(duplicate(call.cx, source, base, inheriting)?),
    };
    let os = &mut call.cx.os;
    until_ready(os, channel.as_ref(), nonblocking, Events::WRITE, |os| {
        if let (Some(passed), Some(source)) = (&mut passed, &source) {
            // What was given up while this waited is not passed on.
            passed.rights &= source.rights();
            passed.inheriting &= source.inheriting();
        }
        os.channel_send(channel, &message, &mut passed)
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
    let promise = call.cx.promise();
    let room = promise.as_ref().map(drop).map_err(|errno| *errno);
    let descriptor = call.cx.descriptor(channel)?;
    let (os, memory) = (&mut call.cx.os, call.memory);
    let (channel, nonblocking) = end(&descriptor, Rights::FD_READ)?;
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
            let rights = (passed.rights, passed.inheriting);
            let flags = (passed.flags, passed.read_shut);
            promise?.keep(os, passed.resource, rights, flags, Vec::new())
        }
        None => NONE,
    };
    Ok(call.memory.put_u32(fd_out, fd)?)
}
