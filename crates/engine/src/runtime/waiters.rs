// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Who waits at which address of a shared memory.
//!
//! A store waits at one place at most, so there are never more entries than stores that use the memory. An entry is made under the lock under
//! which the value is compared, and that of a notification: what is notified after a value was found as expected finds the entry. It goes when it is
//! notified, or when the store's registration is dropped: by the end of the wait, of the call, or of the store.

use alloc::vec::Vec;

use super::shared::SharedMemory;
use crate::platform::{Platform, PlatformError, Waker};

/// The waiters of one memory, the oldest first.
pub(super) struct Waiters<W> {
    list: Vec<Waiter<W>>,
    next: u64,
}

struct Waiter<W> {
    /// Tells waiters of one memory apart.
    ticket: u64,
    at: u64,
    waker: W,
}

impl<W: Waker> Waiters<W> {
    pub(super) const fn new() -> Self {
        Self {
            list: Vec::new(),
            next: 0,
        }
    }

    /// One more waits at `at`: its ticket.
    pub(super) fn add(&mut self, at: u64, waker: W) -> Result<u64, PlatformError> {
        self.list
            .try_reserve(1)
            .map_err(|_| PlatformError::OutOfMemory)?;
        let ticket = self.next;
        self.next = ticket.wrapping_add(1);
        self.list.push(Waiter { ticket, at, waker });
        Ok(ticket)
    }

    /// That one waits no more. False if it was notified before.
    pub(super) fn remove(&mut self, ticket: u64) -> bool {
        let before = self.list.len();
        self.list.retain(|waiter| waiter.ticket != ticket);
        self.list.len() != before
    }

    /// Wakes `count` of those at `at`, in the order in which they came; how many there were.
    pub(super) fn notify(&mut self, at: u64, count: u32) -> u32 {
        let mut woken = 0;
        self.list.retain(|waiter| {
            if waiter.at != at || woken == count {
                return true;
            }
            woken += 1;
            waiter.waker.wake();
            false
        });
        woken
    }
}

/// A wait in progress: an entry in the memory's list, taken out when this is dropped.
pub(super) struct Registration<P: Platform> {
    pub(super) memory: P::SharedRef,
    pub(super) ticket: u64,
    /// When it ends without a notification, by the waker's clock.
    pub(super) deadline: Option<u64>,
}

impl<P: Platform> Registration<P> {
    /// Takes the entry out; false if it was notified.
    pub(super) fn withdraw(&self) -> bool {
        let memory: &SharedMemory<P> = &self.memory;
        memory.withdraw(self.ticket)
    }
}

impl<P: Platform> Drop for Registration<P> {
    fn drop(&mut self) {
        self.withdraw();
    }
}
