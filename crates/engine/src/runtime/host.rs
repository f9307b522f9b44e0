// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the embedder answers while wasm runs.

use super::sys::GuestMemory;
use crate::trap::TrapCode;

/// The embedder's side of a run: host functions and interruptions. Called on the host's stack, outside floating-point sections.
pub trait Host {
    /// Host function `function` (the number that the embedder gave at instantiation) is called.
    ///
    /// `values` holds the arguments, one slot each (two for a v128, the low half first), and takes the results (its length is the
    /// larger of both counts of slots).
    fn call(&mut self, function: u32, caller: &mut Caller<'_>, values: &mut [u64]) -> HostOutcome;

    /// The interruption word was set (also asked between chunks of long library calls). Reschedules if need be.
    fn interrupted(&mut self) -> Interruption;

    /// Wasm waits for a notification (`memory.atomic.wait`), until `deadline` by the sleeper's clock at most. Called again with the same
    /// deadline when a run that parked here is resumed.
    ///
    /// Unless the embedder does otherwise, [`Host::interrupted`] is asked before each short sleep.
    fn wait(&mut self, sleeper: &dyn Sleeper, deadline: Option<u64>) -> WaitOutcome {
        /// Nanoseconds of a sleep.
        const SHORT: u64 = 5_000_000;
        loop {
            if sleeper.is_notified() {
                return WaitOutcome::Notified;
            }
            match self.interrupted() {
                Interruption::Continue => {}
                Interruption::Park => return WaitOutcome::Park,
                Interruption::Killed => return WaitOutcome::Killed,
                Interruption::Deadline => return WaitOutcome::Deadline,
            }
            let now = sleeper.now();
            if deadline.is_some_and(|deadline| deadline <= now) {
                return WaitOutcome::TimedOut;
            }
            let soon = now.saturating_add(SHORT);
            sleeper.sleep(Some(deadline.map_or(soon, |deadline| deadline.min(soon))));
        }
    }
}

/// What a thread sleeps on until it is notified.
pub trait Sleeper {
    /// It was notified.
    fn is_notified(&self) -> bool;
    /// Nanoseconds, by the clock of deadlines.
    fn now(&self) -> u64;
    /// Sleeps until a notification, `until`, or something else that the platform wakes threads for. Not at all if it was notified before.
    fn sleep(&self, until: Option<u64>);
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitOutcome {
    /// By a notification.
    Notified,
    /// Its time was up.
    TimedOut,
    /// It did not: something must be handled outside first.
    Park,
    /// The run is over: killed.
    Killed,
    /// The run is over: the run's deadline passed.
    Deadline,
}

/// How a host call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostOutcome {
    /// Results are in `values`.
    Done,
    /// Something (a signal, a stop, a freeze) must be handled outside first: `values` still holds the arguments, and the same
    /// call is made again when the run is resumed.
    Park,
    /// The program ends with this exit code (`proc_exit`).
    Exit(u32),
    /// Traps.
    Trap(TrapCode),
    /// The run is over: killed.
    Killed,
    /// The run is over: the deadline passed.
    Deadline,
}

/// What to do after an interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Go on.
    Continue,
    /// Leave the run resumable.
    Park,
    /// End: killed.
    Killed,
    /// End: the deadline passed.
    Deadline,
}

/// The instance that called, seen by a host function.
#[derive(Debug)]
pub struct Caller<'a> {
    /// Number of the instance in the store.
    pub instance: u32,
    /// The memory that it exports as "memory", else its memory 0, whole; empty if it has none. Nothing else touches it during the
    /// call, unless it is shared.
    pub memory: GuestMemory<'a>,
}
