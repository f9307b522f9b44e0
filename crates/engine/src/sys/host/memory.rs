// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Linear memories.

use rustix::mm::MprotectFlags;

use super::reservation::Reservation;
use crate::{
    config::{MemoryModel, GUARD_RESERVATION},
    platform::{Memory, PlatformError},
};

/// A reservation whose first `len` bytes are accessible.
#[derive(Debug)]
pub struct HostMemory {
    reservation: Reservation,
    len: u64,
}

impl HostMemory {
    pub(super) fn new(model: MemoryModel, max_len: u64) -> Result<Self, PlatformError> {
        let reserved = match model {
            MemoryModel::Guard => GUARD_RESERVATION,
            MemoryModel::Bounds => max_len,
        };
        let reserved = usize::try_from(reserved).map_err(|_| PlatformError::Quota)?;
        Ok(Self {
            reservation: Reservation::new(reserved)?,
            len: 0,
        })
    }
}

// SAFETY: `len` bytes were made accessible and the rest of the reservation was not; a fault there is a signal (see `signal`).
unsafe impl Memory for HostMemory {
    fn base(&self) -> *mut u8 {
        self.reservation.base()
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn grow(&mut self, new_len: u64) -> Result<(), PlatformError> {
        let more = new_len.checked_sub(self.len).ok_or(PlatformError::Quota)?;
        self.reservation.protect(
            self.len as usize,
            more as usize,
            MprotectFlags::READ | MprotectFlags::WRITE,
        )?;
        self.len = new_len;
        Ok(())
    }
}
