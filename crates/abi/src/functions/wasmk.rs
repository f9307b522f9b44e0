// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The `wasmk` import module, but for queues and datagrams: grants, dialers, addresses, log.

use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;

use super::io::send_all;
use crate::{
    address::Text,
    call::{Attempts, Call, Fault},
    context::Pending,
    descriptor::{FdFlags, Resource},
    speculation::guarded,
    Connecting, Errno, Events, Gather, Os, Rights, Span, PATH_MAX,
};

/// Flag of `sock_connect`: do not wait.
const CONNECT_NONBLOCK: u32 = 1 << 0;

/// Longest line of `log`, bytes.
const LOG_MAX: u32 = 8 << 10;

/// Prefixes of `log`, by level.
const LEVELS: [&str; 5] = ["error: ", "warning: ", "info: ", "debug: ", "trace: "];

/// An empty name finds nothing: grants without a name have no name.
pub(super) fn grant_find<O: Os>(
    call: &mut Call<'_, '_, O>,
    name: u32,
    name_len: u32,
    out: u32,
) -> Result<(), Fault> {
    call.memory.check(name, name_len.into())?;
    if name_len as usize > PATH_MAX {
        // Nothing has so long a name.
        return Err(Errno::NoEnt.into());
    }
    let mut wanted = Vec::new();
    call.memory.append(name, name_len, &mut wanted)?;
    let fd = call.cx.group.with(|state| {
        let mut all = state.table.iter();
        let found = all.find(|(_, e)| !wanted.is_empty() && e.descriptor.name == wanted);
        found.map(|(fd, _)| fd)
    });
    Ok(call.memory.put_u32(out, fd.ok_or(Errno::NoEnt)?)?)
}

pub(super) fn dialer_addresses<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let Resource::Dialer(dialer) = &descriptor.resource else {
        return Err(Errno::Inval.into());
    };
    Ok(call
        .memory
        .put_u32(out, call.cx.os.dialer_addresses(dialer))?)
}

/// The index of an address, also on the wrong side of a mispredicted branch; the guest chose it.
fn bounded(index: u32, count: u32) -> Result<u32, Errno> {
    if index >= count {
        return Err(Errno::Inval);
    }
    Ok(guarded(index as usize, index as usize, count as usize) as u32)
}

/// Connects to address `index` of a dialer. A blocking call that fails leaves no descriptor; a parked one keeps its
/// connection in the context.
pub(super) fn sock_connect<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    index: u32,
    flags: u32,
    out: u32,
) -> Result<(), Fault> {
    if flags & !CONNECT_NONBLOCK != 0 {
        return Err(Errno::Inval.into());
    }
    call.memory.check(out, 4)?;
    let promise = call.cx.promise()?;
    let descriptor = call.cx.descriptor(fd)?;
    let promise = promise.beneath(&descriptor);
    let os = &mut call.cx.os;
    let Resource::Dialer(dialer) = &descriptor.resource else {
        return Err(Errno::Inval.into());
    };
    descriptor.require(Rights::SOCK_CONNECT)?;
    let (object, mut state) = match call.cx.pending.take() {
        Some(Pending::Connecting(object)) => (object, Connecting::InProgress),
        _ => os.connect(dialer, bounded(index, os.dialer_addresses(dialer))?)?,
    };
    let nonblocking = flags & CONNECT_NONBLOCK != 0;
    let mut attempts = Attempts::default();
    while state == Connecting::InProgress && !nonblocking {
        match os.connect_status(&object) {
            Ok(()) => state = Connecting::Done,
            Err(Errno::InProgress) => {
                if let Err(fault) = attempts.wait(os, &object, Events::WRITE) {
                    call.cx.pending = Some(Pending::Connecting(object));
                    return Err(fault);
                }
            }
            Err(errno) => return Err(errno.into()),
        }
    }
    os.counters().connected.fetch_add(1, Relaxed);
    let resource = match os.describe(&object).filetype {
        crate::FileType::SocketDgram => Resource::Datagram(object),
        _ => Resource::Socket(object),
    };
    let flags = if nonblocking {
        FdFlags::NONBLOCK
    } else {
        FdFlags::empty()
    };
    let rights = (Rights::SOCKET, Rights::SOCKET);
    let new = promise.keep(os, resource, rights, (flags, false), Vec::new());
    call.memory.put_u32(out, new)?;
    match state {
        Connecting::Done => Ok(()),
        Connecting::InProgress => Err(Errno::InProgress.into()),
    }
}

pub(super) fn sock_connect_status<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let (object, _) = descriptor.socket(Rights::empty())?;
    Ok(call.cx.os.connect_status(object)?)
}

/// Stores the text of an address. When it does not fit, only its length is stored.
fn address<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    peer: bool,
    (buf, buf_len, out): (u32, u32, u32),
) -> Result<(), Fault> {
    call.memory.check(buf, buf_len.into())?;
    let descriptor = call.cx.descriptor(fd)?;
    let object = match &descriptor.resource {
        Resource::Socket(object) | Resource::Datagram(object) => object,
        Resource::Listener(object) if !peer => object,
        Resource::Listener(_) => return Err(Errno::NotConn.into()),
        _ => return Err(Errno::NotSock.into()),
    };
    let text = Text::of(&call.cx.os.address(object, peer)?);
    let bytes = text.as_bytes();
    call.memory.put_u32(out, bytes.len() as u32)?;
    if bytes.len() > buf_len as usize {
        return Err(Errno::Overflow.into());
    }
    Ok(call.memory.put(buf, bytes)?)
}

pub(super) fn sock_peer_address<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    buf: u32,
    buf_len: u32,
    out: u32,
) -> Result<(), Fault> {
    address(call, fd, true, (buf, buf_len, out))
}

pub(super) fn sock_local_address<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    buf: u32,
    buf_len: u32,
    out: u32,
) -> Result<(), Fault> {
    address(call, fd, false, (buf, buf_len, out))
}

/// Writes a line to descriptor 2, whose right to be written it needs. Control characters become `?`, so that one call is one line.
pub(super) fn log<O: Os>(
    call: &mut Call<'_, '_, O>,
    level: u32,
    text: u32,
    len: u32,
) -> Result<(), Fault> {
    let prefix = LEVELS.get(level as usize).ok_or(Errno::Inval)?;
    if len > LOG_MAX {
        return Err(Errno::TooBig.into());
    }
    let mut line = Vec::new();
    call.memory.check(text, len.into())?;
    line.try_reserve_exact(prefix.len() + len as usize + 1)?;
    line.extend_from_slice(prefix.as_bytes());
    call.memory.append(text, len, &mut line)?;
    for byte in line.iter_mut().skip(prefix.len()) {
        if byte.is_ascii_control() && *byte != b'\t' {
            *byte = b'?';
        }
    }
    line.push(b'\n');
    let descriptor = call.cx.descriptor(2)?;
    let os = &mut call.cx.os;
    let (object, nonblocking) = descriptor.object(Rights::FD_WRITE)?;
    let spans = [Span::whole(line.len())];
    send_all(
        os,
        object,
        nonblocking,
        Gather::new(&line, &spans),
        |os, from| os.write(object, from, crate::Position::Current),
    )?;
    Ok(())
}
