// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Readiness queues.

use crate::descriptor::Descriptor;
use crate::{sys, Errno};
use std::time::Duration;

/// What to be told of. Hang-up and errors are always told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// When reading (accepting) does not wait.
    pub read: bool,
    /// When writing does not wait.
    pub write: bool,
    /// Only when that changes, rather than as long as it holds.
    pub edge: bool,
}

impl Interest {
    fn bits(self) -> u32 {
        u32::from(self.read) | (u32::from(self.write) << 1) | (u32::from(self.edge) << 8)
    }
}

/// One descriptor's readiness.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The number given when the descriptor was added.
    pub userdata: u64,
    bits: u32,
    /// The descriptor.
    pub fd: u32,
}

impl Event {
    /// Reading does not wait.
    pub fn is_readable(&self) -> bool {
        self.bits & 1 != 0
    }

    /// Writing does not wait.
    pub fn is_writable(&self) -> bool {
        self.bits & 2 != 0
    }

    /// The connection is closed in both directions, or has failed.
    pub fn is_gone(&self) -> bool {
        self.bits & (4 | 8) != 0
    }
}

/// A queue that tells which of many descriptors are ready, in time that depends on the ready ones only.
#[derive(Debug)]
pub struct Queue(Descriptor);

impl Queue {
    /// An empty queue.
    ///
    /// # Errors
    ///
    /// `MFILE`, `NOMEM`.
    pub fn new() -> Result<Self, Errno> {
        sys::queue_create().map(|fd| Self(Descriptor::new(fd)))
    }

    /// Adds `descriptor`, whose events will carry `userdata`. Closing it removes it.
    ///
    /// # Errors
    ///
    /// `EXIST` when it is there already; `NOTCAPABLE` without the right to poll it.
    pub fn add(&self, descriptor: &Descriptor, on: Interest, userdata: u64) -> Result<(), Errno> {
        sys::queue_control(self.0.number(), 1, descriptor.number(), on.bits(), userdata)
    }

    /// Changes what is told of `descriptor`.
    ///
    /// # Errors
    ///
    /// `NOENT` when it is not there.
    pub fn modify(&self, descriptor: &Descriptor, on: Interest, data: u64) -> Result<(), Errno> {
        sys::queue_control(self.0.number(), 2, descriptor.number(), on.bits(), data)
    }

    /// Removes `descriptor`.
    ///
    /// # Errors
    ///
    /// `NOENT` when it is not there.
    pub fn remove(&self, descriptor: &Descriptor) -> Result<(), Errno> {
        sys::queue_control(self.0.number(), 3, descriptor.number(), 0, 0)
    }

    /// Waits until something is ready, or until `timeout` has passed; answers the events in the front of `events`.
    ///
    /// # Errors
    ///
    /// `INVAL` for no room at all.
    pub fn wait<'a>(
        &self,
        events: &'a mut [Event],
        timeout: Option<Duration>,
    ) -> Result<&'a [Event], Errno> {
        let timeout = timeout.map_or(-1, |t| i64::try_from(t.as_nanos()).unwrap_or(i64::MAX));
        let count = sys::queue_wait(self.0.number(), events, timeout)?;
        Ok(events.get(..count).unwrap_or(&[]))
    }
}
