// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Wasm stacks.

use rustix::mm::MprotectFlags;

use super::{pool::Pool, reservation::Reservation};
use crate::{
    platform::{PlatformError, Stack},
    vm::STACK_RESERVE,
};

/// Bytes below the stack that fault.
const GUARD: usize = 64 << 10;

static POOL: Pool = Pool::new();

/// A stack with an inaccessible region below it.
#[derive(Debug)]
pub struct HostStack {
    /// There until it is dropped.
    reservation: Option<Reservation>,
    base: u64,
    len: usize,
}

impl HostStack {
    pub(super) fn new(size: usize) -> Result<Self, PlatformError> {
        let len = size
            .checked_add(GUARD + STACK_RESERVE)
            .and_then(|len| len.checked_next_multiple_of(4096))
            .ok_or(PlatformError::Quota)?;
        let (reservation, open) = POOL.take(len)?;
        // A used stack is as good as a new one: nothing reads what it did not write.
        if open == 0 {
            reservation.protect(
                GUARD,
                len - GUARD,
                MprotectFlags::READ | MprotectFlags::WRITE,
            )?;
        }
        Ok(Self {
            base: reservation.base() as u64,
            reservation: Some(reservation),
            len,
        })
    }
}

// SAFETY: the bytes above the guard region were made accessible.
unsafe impl Stack for HostStack {
    fn top(&self) -> u64 {
        self.base + self.len as u64
    }

    fn bottom(&self) -> u64 {
        self.base + GUARD as u64
    }
}

impl Drop for HostStack {
    fn drop(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            POOL.give(reservation, self.len - GUARD);
        }
    }
}
