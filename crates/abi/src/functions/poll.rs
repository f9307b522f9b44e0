// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `poll_oneoff`.

use alloc::vec::Vec;

use super::clock::clock;
use crate::{
    call::{Call, Fault},
    context::Pending,
    descriptor::Descriptor,
    Clock, Context, Counted, Errno, Events, Interest, Os, Refusal, Rights,
};

/// Most subscriptions of one call.
const SUBSCRIPTIONS_MAX: u32 = 16 << 10;
/// Bytes of a `subscription`.
const SUBSCRIPTION_SIZE: u32 = 48;
/// Bytes of an `event`.
const EVENT_SIZE: u32 = 32;
/// `subclockflags`: the time is absolute.
const ABSTIME: u16 = 1 << 0;
/// `eventrwflags`: the peer hung up.
const HANGUP: u16 = 1 << 0;

/// What a subscription is for.
#[derive(Clone, Copy, Debug)]
enum What {
    /// A clock; the time in nanoseconds.
    Clock {
        id: Clock,
        timeout: u64,
        absolute: bool,
    },
    /// A descriptor and what it is to be ready for.
    Fd { fd: u32, events: Events },
}

/// A subscription, read from the guest's memory.
#[derive(Clone, Copy, Debug)]
struct Subscription {
    userdata: u64,
    /// `eventtype`: 0 clock, 1 `fd_read`, 2 `fd_write`.
    tag: u8,
    what: Result<What, Errno>,
}

impl Subscription {
    fn parse(bytes: &[u8; SUBSCRIPTION_SIZE as usize]) -> Result<Self, Errno> {
        let word = |at: usize| -> Result<u64, Errno> {
            let bytes = bytes.get(at..at + 8).ok_or(Errno::Fault)?;
            Ok(u64::from_le_bytes(
                bytes.try_into().map_err(|_| Errno::Fault)?,
            ))
        };
        let tag = word(8)? as u8;
        let number = word(16)? as u32;
        let what = match tag {
            0 => {
                let flags = word(40)? as u16;
                match clock(number) {
                    Ok(id @ (Clock::Realtime | Clock::Monotonic)) if flags & !ABSTIME == 0 => {
                        Ok(What::Clock {
                            id,
                            timeout: word(24)?,
                            absolute: flags & ABSTIME != 0,
                        })
                    }
                    Ok(Clock::ProcessCpu | Clock::ThreadCpu) => Err(Errno::NotSup),
                    _ => Err(Errno::Inval),
                }
            }
            1 => Ok(What::Fd {
                fd: number,
                events: Events::READ,
            }),
            2 => Ok(What::Fd {
                fd: number,
                events: Events::WRITE,
            }),
            _ => return Err(Errno::Inval),
        };
        Ok(Self {
            userdata: word(0)?,
            tag,
            what,
        })
    }

    /// The `event` that reports it.
    fn event(&self, result: Result<Events, Errno>) -> [u8; EVENT_SIZE as usize] {
        let errno = result.err().map_or(0, Errno::wasi);
        let bytes_ready = u64::from(result.is_ok() && self.tag != 0);
        let hangup = result.is_ok_and(|ready| ready.contains(Events::HANGUP));
        let flags = if hangup { HANGUP } else { 0 };
        let head = u64::from(errno) | u64::from(self.tag) << 16;
        let mut event = [0; EVENT_SIZE as usize];
        let words = [self.userdata, head, bytes_ready, flags.into()];
        for (to, word) in event.chunks_exact_mut(8).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        event
    }
}

/// What a subscription waits for, once the call runs.
#[derive(Clone, Copy, Debug)]
enum Wait {
    /// Until this time of the monotonic clock.
    Until(u64),
    /// For this entry of the list of interests.
    Interest(usize),
    /// For nothing.
    Failed(Errno),
    /// For nothing, as the descriptor does not allow it.
    Refused(Refusal),
}

/// Start and end of the wait on the monotonic clock, ns.
#[derive(Clone, Copy, Debug)]
struct Times {
    /// When the call was first made: relative times count from here, also after it was parked.
    start: u64,
    now: u64,
}

impl Times {
    /// The time of a clock subscription.
    fn of<O: Os>(self, os: &O, id: Clock, timeout: u64, absolute: bool) -> Result<u64, Errno> {
        Ok(match (absolute, id) {
            (false, _) => self.start.saturating_add(timeout),
            (true, Clock::Monotonic) => timeout,
            (true, _) => self.now.saturating_add(timeout.saturating_sub(os.now(id)?)),
        })
    }
}

/// Reads the subscriptions.
fn read<O: Os>(call: &Call<'_, '_, O>, at: u32, count: u32) -> Result<Vec<Subscription>, Errno> {
    let mut subscriptions = Vec::new();
    let size = count.checked_mul(SUBSCRIPTION_SIZE).ok_or(Errno::Inval)?;
    call.memory.check(at, size.into())?;
    subscriptions.try_reserve_exact(count as usize)?;
    for index in 0..count {
        // Cannot overflow: all subscriptions lie in memory.
        let bytes = call
            .memory
            .get(at.wrapping_add(index * SUBSCRIPTION_SIZE))?;
        subscriptions.push(Subscription::parse(&bytes)?);
    }
    Ok(subscriptions)
}

/// The descriptors that the subscriptions name, as far as they exist, for as long as the call takes.
fn find<O: Os>(
    cx: &Context<O>,
    subscriptions: &[Subscription],
) -> Result<Vec<Option<Counted<Descriptor<O>>>>, Errno> {
    let mut found = Vec::new();
    found.try_reserve_exact(subscriptions.len())?;
    cx.group.with(|state| {
        found.extend(subscriptions.iter().map(|subscription| {
            let Ok(What::Fd { fd, .. }) = subscription.what else {
                return None;
            };
            let entry = state.table.get(fd).ok()?;
            Some(entry.descriptor.clone())
        }));
    });
    Ok(found)
}

/// Waits until at least one of the subscriptions occurs, and reports all that have. One that cannot be waited for is reported
/// at once, with its error. Reports of descriptors say that at least one byte can be transferred, not how many.
pub(super) fn oneoff<O: Os>(
    call: &mut Call<'_, '_, O>,
    input: u32,
    output: u32,
    count: u32,
    count_out: u32,
) -> Result<(), Fault> {
    if count == 0 || count > SUBSCRIPTIONS_MAX {
        return Err(Errno::Inval.into());
    }
    call.memory
        .check(output, u64::from(count) * u64::from(EVENT_SIZE))?;
    call.memory.check(count_out, 4)?;
    let subscriptions = read(call, input, count)?;

    let descriptors = find(call.cx, &subscriptions)?;
    let os = &mut call.cx.os;
    let now = os.now(Clock::Monotonic)?;
    let start = match call.cx.pending.take() {
        Some(Pending::Deadline(Some(start))) => start,
        _ => now,
    };
    let times = Times { start, now };
    let (mut waits, mut interests) = (Vec::new(), Vec::new());
    waits.try_reserve_exact(count as usize)?;
    interests.try_reserve_exact(count as usize)?;
    let mut wake = None;
    for (subscription, found) in subscriptions.iter().zip(&descriptors) {
        let wait = match subscription.what {
            Ok(What::Clock {
                id,
                timeout,
                absolute,
            }) => Wait::Until(times.of(os, id, timeout, absolute)?),
            Ok(What::Fd { events, .. }) => {
                let found = found.as_ref().ok_or(Fault::Errno(Errno::Badf));
                match found.and_then(|d| d.object(Rights::POLL_FD_READWRITE)) {
                    Ok((object, _)) => {
                        interests.push(Interest {
                            object,
                            events,
                            ready: Events::empty(),
                        });
                        Wait::Interest(interests.len() - 1)
                    }
                    Err(Fault::Refused(refusal)) => Wait::Refused(refusal),
                    Err(Fault::Errno(errno)) => Wait::Failed(errno),
                    Err(fault) => return Err(fault),
                }
            }
            Err(errno) => Wait::Failed(errno),
        };
        match wait {
            Wait::Until(at) => wake = Some(wake.map_or(at, |wake: u64| wake.min(at))),
            Wait::Failed(_) | Wait::Refused(_) => wake = Some(0),
            Wait::Interest(_) => {}
        }
        waits.push(wait);
    }
    if let Err(error) = os.wait(&mut interests, wake) {
        call.cx.pending = Some(Pending::Deadline(Some(start)));
        return Err(error.into());
    }

    let now = os.now(Clock::Monotonic)?;
    let (mut reports, mut at) = (0, output);
    for (subscription, wait) in subscriptions.iter().zip(&waits) {
        let event = match *wait {
            Wait::Until(at) if at <= now => subscription.event(Ok(Events::empty())),
            Wait::Until(_) => continue,
            Wait::Interest(index) => match interests.get(index) {
                Some(interest) if !interest.ready.is_empty() => {
                    subscription.event(Ok(interest.ready))
                }
                _ => continue,
            },
            Wait::Failed(errno) => subscription.event(Err(errno)),
            Wait::Refused(refusal) => {
                refusal.report(os, "poll_oneoff", &[]);
                subscription.event(Err(refusal.errno))
            }
        };
        call.memory.put(at, &event)?;
        // Cannot overflow: all events fit in memory.
        at = at.wrapping_add(EVENT_SIZE);
        reports += 1;
    }
    Ok(call.memory.put_u32(count_out, reports)?)
}
