// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Waiting by `poll`.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{poll, PollFd, PollFlags, Timespec};

use super::{control::Control, monotonic, Object};
use crate::{Events, Interest, WaitError};

/// Waits until one of `fds` has an event, `deadline` or the run's deadline passes, or the run must stop. Looks before it sleeps.
pub(super) fn poll_until(
    control: &Control,
    fds: &mut [PollFd<'_>],
    deadline: Option<u64>,
) -> Result<usize, WaitError> {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    loop {
        let ready = poll(fds, Some(&now))?;
        if ready > 0 {
            return Ok(ready);
        }
        let time = monotonic();
        if deadline.is_some_and(|deadline| deadline <= time) {
            return Ok(0);
        }
        control.hush();
        control.check().map_err(WaitError::Stop)?;
        let end = [deadline, control.deadline()].into_iter().flatten().min();
        let timeout = end.map(|end| {
            let ns = end.saturating_sub(time);
            Timespec {
                tv_sec: (ns / 1_000_000_000) as i64,
                tv_nsec: (ns % 1_000_000_000) as i64,
            }
        });
        let mut all: Vec<PollFd<'_>> = vec![PollFd::new(control.bell(), PollFlags::IN)];
        all.extend_from_slice(fds);
        poll(&mut all, timeout.as_ref())?;
    }
}

fn flags(events: Events) -> PollFlags {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, events.contains(Events::READ));
    flags.set(PollFlags::OUT, events.contains(Events::WRITE));
    flags
}

fn events(flags: PollFlags) -> Events {
    let mut events = Events::empty();
    events.set(Events::READ, flags.contains(PollFlags::IN));
    events.set(Events::WRITE, flags.contains(PollFlags::OUT));
    events.set(Events::HANGUP, flags.contains(PollFlags::HUP));
    events.set(Events::ERROR, flags.contains(PollFlags::ERR));
    events
}

pub(super) fn wait(
    control: &Control,
    interests: &mut [Interest<'_, Object>],
    deadline: Option<u64>,
) -> Result<usize, WaitError> {
    let mut fds: Vec<PollFd<'_>> = interests
        .iter()
        .map(|i| PollFd::from_borrowed_fd(borrowed(i.object), flags(i.events)))
        .collect();
    let count = poll_until(control, &mut fds, deadline)?;
    let revents: Vec<_> = fds.iter().map(PollFd::revents).collect();
    for (interest, revents) in interests.iter_mut().zip(revents) {
        interest.ready = events(revents);
    }
    Ok(count)
}

fn borrowed(object: &Object) -> BorrowedFd<'_> {
    object.as_fd()
}
