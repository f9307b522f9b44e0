// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `sock_accept`, `sock_recv`, `sock_send`, `sock_shutdown`, and the datagram functions of `wasmk`.

use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;

use super::io::{send_all, send_message, with_spans};
use crate::{
    call::{until_ready, Attempts, Call, Fault},
    descriptor::{Descriptor, FdFlags, Resource},
    seal, Address, Errno, Events, Memory, Os, Received, Refusal, Rights, Shutdown, Span, Stop,
};

/// `riflags`: leave the bytes there.
const RECV_PEEK: u32 = 1 << 0;
/// `riflags`: wait until the buffers are full.
const RECV_WAITALL: u32 = 1 << 1;
/// `roflags`: the datagram was longer than the buffers.
const RECV_DATA_TRUNCATED: u16 = 1 << 0;

pub(super) fn accept<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    flags: u32,
    out: u32,
) -> Result<(), Fault> {
    let flags = u16::try_from(flags)
        .ok()
        .and_then(FdFlags::from_bits)
        .ok_or(Errno::Inval)?;
    if !FdFlags::NONBLOCK.contains(flags) {
        return Err(Errno::Inval.into());
    }
    call.memory.check(out, 4)?;
    // Before the connection is taken, so that none is lost for want of a number.
    let promise = call.cx.promise()?;
    let descriptor = call.cx.descriptor(fd)?;
    let promise = promise.beneath(&descriptor);
    let os = &mut call.cx.os;
    let Resource::Listener(listener) = &descriptor.resource else {
        let is_socket = matches!(
            descriptor.resource,
            Resource::Socket(_) | Resource::Datagram(_)
        );
        return Err(if is_socket {
            Errno::Inval
        } else {
            Errno::NotSock
        }
        .into());
    };
    descriptor.require(Rights::SOCK_ACCEPT)?;
    let nonblocking = descriptor.flags().contains(FdFlags::NONBLOCK);
    let object = until_ready(os, listener, nonblocking, Events::READ, |os| {
        os.accept(listener)
    })?;
    os.counters().accepted.fetch_add(1, Relaxed);
    let (resource, rights) = (Resource::Socket(object), (Rights::SOCKET, Rights::SOCKET));
    let new = promise.keep(os, resource, rights, (flags, false), Vec::new());
    Ok(call.memory.put_u32(out, new)?)
}

/// How to receive.
struct Receive {
    peek: bool,
    wait_all: bool,
}

impl Receive {
    fn from_flags(flags: u32) -> Result<Self, Errno> {
        if flags & !(RECV_PEEK | RECV_WAITALL) != 0 {
            return Err(Errno::Inval);
        }
        Ok(Self {
            peek: flags & RECV_PEEK != 0,
            wait_all: flags & RECV_WAITALL != 0,
        })
    }

    /// Receives into `spans` from a descriptor with `FD_READ`.
    fn run<O: Os>(
        &self,
        memory: Memory<'_>,
        (os, descriptor): (&mut O, &Descriptor<O>),
        spans: &[Span],
        mut from: Option<&mut Address>,
    ) -> Result<Received, Fault> {
        let (object, nonblocking) = descriptor.socket(Rights::FD_READ)?;
        let mut into = memory.scatter(spans);
        let wanted = into.len();
        let mut done = 0;
        let mut attempts = Attempts::default();
        loop {
            let result = os.recv(object, &mut into, self.peek, from.as_deref_mut());
            let step = match descriptor.received(result) {
                Ok(received) => {
                    attempts = Attempts::default();
                    done += received.bytes;
                    let more = self.wait_all && received.bytes > 0 && done < wanted;
                    if !more || self.peek {
                        return Ok(Received {
                            bytes: done,
                            ..received
                        });
                    }
                    into.advance(received.bytes);
                    os.breathe().map_err(Fault::from)
                }
                Err(Errno::Again) if !nonblocking => attempts.wait(os, object, Events::READ),
                Err(errno) => Err(errno.into()),
            };
            match step {
                Ok(()) => {}
                Err(Fault::Stop(stop @ (Stop::Killed | Stop::Deadline))) => {
                    return Err(stop.into());
                }
                // What was received is reported; what came in the way shows at the next call.
                Err(_) if done > 0 => {
                    return Ok(Received {
                        bytes: done,
                        truncated: false,
                    })
                }
                Err(fault) => return Err(fault),
            }
        }
    }
}

/// Receives from `descriptor`; returns the result and, of datagrams, the sender.
fn receive<O: Os>(
    call: &mut Call<'_, '_, O>,
    descriptor: &Descriptor<O>,
    (iovs, count): (u32, u32),
    flags: u32,
    with_sender: bool,
) -> Result<(Received, Address), Fault> {
    let mut how = Receive::from_flags(flags)?;
    let mut sender = Address::none();
    let received = with_spans(call, iovs, count, |memory, os, spans| {
        // A datagram is always whole.
        how.wait_all &= matches!(descriptor.resource, Resource::Socket(_));
        let sender = with_sender.then_some(&mut sender);
        how.run(memory, (os, descriptor), spans, sender)
    })?;
    call.cx
        .os
        .counters()
        .bytes_in
        .fetch_add(received.bytes as u64, Relaxed);
    Ok((received, sender))
}

fn output_flags(received: Received) -> [u8; 2] {
    (if received.truncated {
        RECV_DATA_TRUNCATED
    } else {
        0
    })
    .to_le_bytes()
}

pub(super) fn recv<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    flags: u32,
    len_out: u32,
    flags_out: u32,
) -> Result<(), Fault> {
    call.memory.check(len_out, 4)?;
    call.memory.check(flags_out, 2)?;
    let descriptor = call.cx.descriptor(fd);
    let (received, _) = receive(call, &*descriptor?, (iovs, count), flags, false)?;
    call.memory.put_u32(len_out, received.bytes as u32)?;
    Ok(call.memory.put(flags_out, &output_flags(received))?)
}

/// Not a sender without an address (an unbound Unix socket); nor one whose address is a path, which the sender chose and the kernel would
/// look up where, and as whom, the program runs: another socket than the sender's may have that name there.
fn can_be_answered(sender: &Address) -> bool {
    match sender.unix_path().map(<[u8]>::first) {
        Some(first) => first == Some(&0),
        None => sender.as_bytes().len() > 2,
    }
}

#[allow(clippy::too_many_arguments)]
pub(super) fn recv_from<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    flags: u32,
    len_out: u32,
    flags_out: u32,
    addr: u32,
    addr_cap: u32,
    addr_len_out: u32,
) -> Result<(), Fault> {
    call.memory.check(len_out, 4)?;
    call.memory.check(flags_out, 2)?;
    call.memory.check(addr, addr_cap.into())?;
    call.memory.check(addr_len_out, 4)?;
    let descriptor = call.cx.descriptor(fd)?;
    let id = descriptor.id;
    if !matches!(descriptor.resource, Resource::Datagram(_)) {
        return Err(Errno::NotSock.into());
    }
    // All that can be checked is checked before a datagram is taken.
    if (addr_cap as usize) < seal::SEALED_MAX {
        return Err(Errno::Overflow.into());
    }
    let key = call.cx.key()?;
    let (received, sender) = receive(call, &descriptor, (iovs, count), flags, true)?;
    let (sealed, len) = key.seal(id, &sender);
    let len = if can_be_answered(&sender) { len } else { 0 };
    call.memory.put(addr, sealed.get(..len).unwrap_or(&[]))?;
    call.memory.put_u32(addr_len_out, len as u32)?;
    call.memory.put_u32(len_out, received.bytes as u32)?;
    Ok(call.memory.put(flags_out, &output_flags(received))?)
}

/// `siflags` has no flags.
pub(super) fn send<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    flags: u32,
    out: u32,
) -> Result<(), Fault> {
    if flags != 0 {
        return Err(Errno::Inval.into());
    }
    call.memory.check(out, 4)?;
    let descriptor = call.cx.descriptor(fd)?;
    let sent = with_spans(call, iovs, count, |memory, os, spans| {
        let from = memory.gather(spans);
        let (object, nonblocking) = descriptor.socket(Rights::FD_WRITE)?;
        match descriptor.resource {
            Resource::Datagram(_) => send_message(os, object, nonblocking, &from, None),
            _ if from.is_empty() => Ok(0),
            _ => send_all(os, object, nonblocking, from, |os, from| {
                os.send(object, from, None)
            }),
        }
    })?;
    Ok(call.memory.put_u32(out, sent as u32)?)
}

pub(super) fn send_to<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    iovs: u32,
    count: u32,
    addr: u32,
    addr_len: u32,
    out: u32,
) -> Result<(), Fault> {
    call.memory.check(out, 4)?;
    let key = call.cx.key()?;
    let descriptor = call.cx.descriptor(fd)?;
    let Resource::Datagram(_) = descriptor.resource else {
        return Err(Errno::NotSock.into());
    };
    descriptor.require(Rights::FD_WRITE)?;
    let outside = Refusal::outside(Errno::NotCapable, fd);
    if addr_len as usize > seal::SEALED_MAX {
        return Err(outside.into());
    }
    let mut sealed = [0; seal::SEALED_MAX];
    let sealed = sealed.get_mut(..addr_len as usize).unwrap_or_default();
    call.memory.load(addr, sealed)?;
    let to = key.open(descriptor.id, sealed).map_err(|_| outside)?;
    let sent = with_spans(call, iovs, count, |memory, os, spans| {
        let from = memory.gather(spans);
        let (object, nonblocking) = descriptor.socket(Rights::FD_WRITE)?;
        send_message(os, object, nonblocking, &from, Some(&to))
    })?;
    Ok(call.memory.put_u32(out, sent as u32)?)
}

/// `sdflags`: 1 reading, 2 writing.
pub(super) fn shutdown<O: Os>(call: &mut Call<'_, '_, O>, fd: u32, how: u32) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let how = match how {
        1 => Shutdown::Read,
        2 => Shutdown::Write,
        3 => Shutdown::Both,
        _ => return Err(Errno::Inval.into()),
    };
    let (object, _) = descriptor.socket(Rights::SOCK_SHUTDOWN)?;
    let result = call.cx.os.shutdown(object, how);
    // One that is not connected is shut down all the same.
    let shut = matches!(result, Ok(()) | Err(Errno::NotConn));
    descriptor.shut_read(how != Shutdown::Write && shut);
    Ok(result?)
}
