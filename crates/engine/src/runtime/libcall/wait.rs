// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `memory.atomic.wait32`, `memory.atomic.wait64` and `memory.atomic.notify`.
//!
//! A wait blocks in [`Host::wait`]. One that is parked stays registered: resumed, it waits on, until the same absolute time, or finds that it was notified
//! meanwhile. Whatever else ends the call takes the registration back.

use super::super::{
    host::{Host, Sleeper, WaitOutcome},
    run::Stop,
    store::Store,
    waiters::Registration,
    RunExit,
};
use crate::{
    platform::{Platform, Waker},
    trap::TrapCode,
};

/// What a wait results in.
const WOKEN: u64 = 0;
const NOT_EQUAL: u64 = 1;
const TIMED_OUT: u64 = 2;

const LOST: Stop = Stop::Trap(TrapCode::HostFailure);

impl<P: Platform> Store<P> {
    /// The store's number of the memory, and the effective address of `bytes` in it, which is aligned and inside.
    fn waiting_place(
        &self,
        instance: u32,
        [memory, low, high, index]: [u64; 4],
        bytes: u64,
    ) -> Result<(usize, u64), Stop> {
        const OUTSIDE: Stop = Stop::Trap(TrapCode::MemoryOutOfBounds);
        let number = self.memory_number(instance, memory as u32).ok_or(OUTSIDE)?;
        let offset = (high << 32) | (low & 0xffff_ffff);
        if index.wrapping_add(offset) % bytes != 0 {
            return Err(Stop::Trap(TrapCode::Unaligned));
        }
        let at = index.checked_add(offset).ok_or(OUTSIDE)?;
        let len = self.memories.get(number).map_or(0, |memory| memory.len());
        match at.checked_add(bytes) {
            Some(end) if end <= len => Ok((number, at)),
            _ => Err(OUTSIDE),
        }
    }

    /// How many were woken.
    pub(super) fn atomic_notify(
        &mut self,
        instance: u32,
        place: [u64; 4],
        count: u64,
    ) -> Result<u64, Stop> {
        let (memory, at) = self.waiting_place(instance, place, 4)?;
        let shared = self.memories.get(memory).and_then(|it| it.as_shared());
        Ok(match shared {
            Some(memory) => u64::from(memory.notify(at, count as u32)),
            // Nobody can wait there.
            None => 0,
        })
    }

    /// The result of a wait, once it is over.
    pub(super) fn atomic_wait(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        place: [u64; 4],
        (expected, bytes): (u64, u64),
        timeout: u64,
    ) -> Result<u64, Stop> {
        if self.waiting.is_none()
            && !self.begin_wait(instance, place, (expected, bytes), timeout as i64)?
        {
            return Ok(NOT_EQUAL);
        }
        let (Some(waiting), Some(waker)) = (&self.waiting, &self.waker) else {
            return Err(LOST);
        };
        let outcome = host.wait(waker, waiting.deadline);
        let result = match outcome {
            WaitOutcome::Park => return Err(Stop::Park),
            WaitOutcome::Killed => Err(Stop::End(RunExit::Killed)),
            WaitOutcome::Deadline => Err(Stop::End(RunExit::Deadline)),
            WaitOutcome::Notified => Ok(WOKEN),
            // The notification may have come just then: it is not lost.
            WaitOutcome::TimedOut if waiting.withdraw() => Ok(TIMED_OUT),
            WaitOutcome::TimedOut => Ok(WOKEN),
        };
        self.waiting = None;
        result
    }

    /// Registers the store if the value is what is expected; false if it is not.
    fn begin_wait(
        &mut self,
        instance: u32,
        place: [u64; 4],
        expected: (u64, u64),
        timeout: i64,
    ) -> Result<bool, Stop> {
        let (memory, at) = self.waiting_place(instance, place, expected.1)?;
        let shared = self.memories.get(memory).and_then(|it| it.as_shared());
        let memory = shared.ok_or(Stop::Trap(TrapCode::NotShared))?.clone();
        let waker = match &self.waker {
            Some(waker) => waker,
            None => self.waker.insert(P::Waker::new().map_err(|_| LOST)?),
        };
        waker.reset();
        let ticket = memory.register(at, expected, waker).map_err(|_| LOST)?;
        let Some(ticket) = ticket else {
            return Ok(false);
        };
        let timeout = u64::try_from(timeout).ok();
        let deadline = timeout.map(|timeout| waker.now().saturating_add(timeout));
        self.waiting = Some(Registration {
            memory,
            ticket,
            deadline,
        });
        Ok(true)
    }
}
