// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `sock_splice`: bytes go from one connection to another without passing through the guest's memory.

use core::sync::atomic::Ordering::Relaxed;

use crate::{
    call::{Attempts, Call, Fault},
    descriptor::{Descriptor, Resource},
    Errno, Events, Interest, Os, Rights, SpliceError, Stop,
};

/// Flag of `sock_splice`: do not wait.
const NONBLOCK: u32 = 1 << 0;

/// The stream socket of a descriptor with `rights`, and whether waiting for it is not wanted.
fn stream<O: Os>(descriptor: &Descriptor<O>, rights: Rights) -> Result<(&O::Object, bool), Fault> {
    match descriptor.resource {
        Resource::Datagram(_) => Err(Errno::Inval.into()),
        _ => descriptor.socket(rights),
    }
}

/// What the guest is told: whatever is wrong with the receiver's side is `Pipe`, but for want of memory, so that it can tell
/// the sides apart.
fn of_receiver(errno: Errno) -> Fault {
    match errno {
        Errno::Again | Errno::Intr | Errno::NoMem | Errno::NoBufs => errno.into(),
        _ => Errno::Pipe.into(),
    }
}

/// Waits until `from` can be read. Meanwhile `to` may hang up, after which nothing can be moved.
fn wait_for_sender<O: Os>(
    os: &mut O,
    attempts: &mut Attempts,
    from: &O::Object,
    to: &O::Object,
) -> Result<(), Fault> {
    let mut interests =
        [(from, Events::READ), (to, Events::empty())].map(|(object, events)| Interest {
            object,
            events,
            ready: Events::empty(),
        });
    attempts.wait_any(os, &mut interests)?;
    let [from, to] = interests;
    if from.ready.is_empty() && to.ready.contains(Events::HANGUP) {
        return Err(Errno::Pipe.into());
    }
    Ok(())
}

/// Moves up to `max` bytes: all that can be moved without waiting, at least one. Of the two sides it waits only for the one in
/// whose way it is; if it is not to wait, it says which one that is: so whoever is told of changes only knows what to expect.
pub(super) fn sock_splice<O: Os>(
    call: &mut Call<'_, '_, O>,
    from: u32,
    to: u32,
    max: u32,
    flags: u32,
    out: u32,
) -> Result<(), Fault> {
    if flags & !NONBLOCK != 0 {
        return Err(Errno::Inval.into());
    }
    call.memory.check(out, 4)?;
    let (source, sink) = (call.cx.descriptor(from)?, call.cx.descriptor(to)?);
    let os = &mut call.cx.os;
    if from == to {
        return Err(Errno::Inval.into());
    }
    let nonblocking = flags & NONBLOCK != 0;
    let (source, source_nonblocking) = stream(&source, Rights::FD_READ)?;
    let (sink, sink_nonblocking) = stream(&sink, Rights::FD_WRITE)?;

    let (mut done, max) = (0usize, max as usize);
    let mut attempts = Attempts::default();
    while done < max {
        let step = match os.splice(source, sink, max - done) {
            Ok(0) => break,
            Ok(n) => {
                attempts = Attempts::default();
                done = done.saturating_add(n);
                os.counters().bytes_in.fetch_add(n as u64, Relaxed);
                os.counters().bytes_out.fetch_add(n as u64, Relaxed);
                os.breathe().map_err(Fault::from)
            }
            // It shows at the next call.
            Err(_) if done > 0 => break,
            Err(SpliceError::From(Errno::Again)) if !nonblocking && !source_nonblocking => {
                wait_for_sender(os, &mut attempts, source, sink)
            }
            Err(SpliceError::To(Errno::Again)) if !nonblocking && !sink_nonblocking => {
                attempts.wait(os, sink, Events::WRITE)
            }
            Err(SpliceError::From(errno)) => {
                if errno == Errno::Again {
                    call.memory.put_u32(out, Events::READ.bits())?;
                }
                Err(errno.into())
            }
            Err(SpliceError::To(errno)) => {
                if errno == Errno::Again {
                    call.memory.put_u32(out, Events::WRITE.bits())?;
                }
                Err(of_receiver(errno))
            }
        };
        match step {
            Ok(()) => {}
            Err(Fault::Stop(Stop::Killed | Stop::Deadline)) => return step,
            Err(_) if done > 0 => break,
            Err(fault) => return Err(fault),
        }
    }
    Ok(call.memory.put_u32(out, done as u32)?)
}
