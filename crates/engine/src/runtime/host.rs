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
