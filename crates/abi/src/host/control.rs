// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! How other threads stop a store that waits.

use std::{
    os::fd::OwnedFd,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
};

use rustix::event::{eventfd, EventfdFlags};

use crate::{Counters, Errno, Stop};

/// Stop requests of a store, and its counters.
#[derive(Debug)]
pub struct Control {
    killed: AtomicBool,
    park: AtomicBool,
    /// `CLOCK_MONOTONIC`, ns; zero for none.
    deadline: AtomicU64,
    /// Readable when a request was made.
    bell: OwnedFd,
    counters: Counters,
}

impl Control {
    /// Without requests. Fails when no descriptor is left.
    pub fn new() -> Result<Self, Errno> {
        Ok(Self {
            killed: AtomicBool::new(false),
            park: AtomicBool::new(false),
            deadline: AtomicU64::new(0),
            bell: eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?,
            counters: Counters::default(),
        })
    }

    /// Ends the store's run for good.
    pub fn kill(&self) {
        self.killed.store(true, SeqCst);
        self.ring();
    }

    /// Makes the store park once, as a signal does in the kernel.
    pub fn park(&self) {
        self.park.store(true, SeqCst);
        self.ring();
    }

    /// Ends runs at this time of `CLOCK_MONOTONIC`, ns; `None` for never.
    pub fn set_deadline(&self, deadline: Option<u64>) {
        self.deadline.store(deadline.unwrap_or(0), SeqCst);
        self.ring();
    }

    /// The counters.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Whether to stop, without taking a request to park.
    pub fn check(&self) -> Result<(), Stop> {
        if self.killed.load(SeqCst) {
            return Err(Stop::Killed);
        }
        if self
            .deadline()
            .is_some_and(|deadline| deadline <= super::monotonic())
        {
            return Err(Stop::Deadline);
        }
        if self.park.load(SeqCst) {
            return Err(Stop::Park);
        }
        Ok(())
    }

    /// Takes the request to park: the embedder has parked the run, and may resume it.
    pub fn parked(&self) {
        self.park.store(false, SeqCst);
        // Fails when nothing rang.
        let _ = rustix::io::read(&self.bell, &mut [0; 8]);
    }

    pub(super) fn bell(&self) -> &OwnedFd {
        &self.bell
    }

    pub(super) fn deadline(&self) -> Option<u64> {
        match self.deadline.load(SeqCst) {
            0 => None,
            deadline => Some(deadline),
        }
    }

    fn ring(&self) {
        // Fails when the counter is full: then it rings already.
        let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
    }

    /// Forgets rings: requests are seen in the flags.
    pub(super) fn hush(&self) {
        let _ = rustix::io::read(&self.bell, &mut [0; 8]);
    }
}
