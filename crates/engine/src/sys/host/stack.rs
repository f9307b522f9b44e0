// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Wasm stacks.

use rustix::mm::MprotectFlags;

use super::reservation::Reservation;
use crate::{
    platform::{PlatformError, Stack},
    vm::STACK_RESERVE,
};

/// Bytes below the stack that fault.
const GUARD: usize = 64 << 10;

/// A stack with an inaccessible region below it.
#[derive(Debug)]
pub struct HostStack {
    reservation: Reservation,
}

impl HostStack {
    pub(super) fn new(size: usize) -> Result<Self, PlatformError> {
        let len = size
            .checked_add(GUARD + STACK_RESERVE)
            .ok_or(PlatformError::Quota)?;
        let reservation = Reservation::new(len)?;
        let usable = reservation.len() - GUARD;
        reservation.protect(GUARD, usable, MprotectFlags::READ | MprotectFlags::WRITE)?;
        Ok(Self { reservation })
    }
}

// SAFETY: the bytes above the guard region were made accessible.
unsafe impl Stack for HostStack {
    fn top(&self) -> u64 {
        self.reservation.base() as u64 + self.reservation.len() as u64
    }

    fn bottom(&self) -> u64 {
        self.reservation.base() as u64 + GUARD as u64
    }
}
