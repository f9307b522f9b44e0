// SPDX-License-Identifier: GPL-2.0
//! What others may look at while a store runs: how to stop it, its counters, and what it was refused.

use super::denials::Ring;
use crate::sys::{control::Control, machine::Controlled, task::Pending};
use core::{
    pin::Pin,
    sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
};
use kernel::prelude::*;
use wasmk_abi::{Counters, Stop};
use wasmk_uapi::device::StoreState;

/// See the module. Pinned: it is made in an `Arc`.
#[pin_data]
pub(crate) struct Shared {
    #[pin]
    control: Control,
    /// The host calls' counters.
    pub(crate) counters: Counters,
    pub(super) figures: Figures,
    /// Host calls refused for want of a capability.
    #[pin]
    pub(crate) denials: Ring,
}

/// Figures for listings, written by whoever holds the store.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) state: AtomicU32,
    pub(super) instances: AtomicU32,
    pub(super) memory_model: AtomicU32,
    pub(super) memory_bytes: AtomicU64,
    pub(super) code_bytes: AtomicU64,
    pub(super) run_ns: AtomicU64,
    pub(super) traps: AtomicU64,
    pub(super) fuel: AtomicU64,
}

impl Shared {
    /// Of a new store.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            control <- Control::new(),
            counters: Counters::default(),
            figures: Figures::default(),
            denials <- Ring::new(),
        })
    }

    /// Why the run must stop, if it must.
    pub(crate) fn stop(&self) -> Option<Stop> {
        let pending = Pending::current();
        if self.control.is_killed() || pending.fatal() {
            Some(Stop::Killed)
        } else if self.control.is_late() {
            Some(Stop::Deadline)
        } else if pending.outside() {
            Some(Stop::Park)
        } else {
            None
        }
    }

    /// When the run must end, `CLOCK_MONOTONIC` nanoseconds.
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.control.deadline()
    }

    /// Kills the store.
    pub(super) fn kill(&self) {
        self.control.kill();
    }

    /// It was killed.
    pub(super) fn is_killed(&self) -> bool {
        self.control.is_killed()
    }

    pub(super) fn set_state(&self, state: StoreState) {
        self.figures.state.store(state as u32, Relaxed);
    }

    /// What it is doing. One that was killed while nothing ran is dead.
    pub(super) fn state(&self) -> u32 {
        let state = self.figures.state.load(Relaxed);
        if self.is_killed() && state == StoreState::Idle as u32 {
            return StoreState::Dead as u32;
        }
        state
    }
}

impl Controlled for Shared {
    fn control(&self) -> Pin<&Control> {
        crate::sys::pinned(&self.control)
    }
}
