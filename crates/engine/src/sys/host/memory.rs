// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Linear memories.

use core::ptr;

use rustix::mm::MprotectFlags;

use super::{pool::Pool, reservation::Reservation};
use crate::{
    config::{MemoryModel, GUARD_RESERVATION},
    platform::{Memory, PlatformError},
};

/// So many bytes of a memory stay accessible, zeroed, while its reservation waits to be used again.
const KEPT: usize = 64 << 10;

static POOL: Pool = Pool::new();

/// A reservation whose first `len` bytes are accessible.
#[derive(Debug)]
pub struct HostMemory {
    /// There until it is dropped.
    reservation: Option<Reservation>,
    base: *mut u8,
    len: u64,
    /// Accessible bytes; more than `len` only between `new` and the first `grow`.
    open: usize,
}

// SAFETY: it owns its reservation; nothing about it is tied to a thread.
unsafe impl Send for HostMemory {}
// SAFETY: through `&self` only the address is read.
unsafe impl Sync for HostMemory {}

impl HostMemory {
    pub(super) fn new(model: MemoryModel, max_len: u64) -> Result<Self, PlatformError> {
        let reserved = match model {
            MemoryModel::Guard => GUARD_RESERVATION,
            MemoryModel::Bounds => max_len.max(1).next_multiple_of(4096),
        };
        let reserved = usize::try_from(reserved).map_err(|_| PlatformError::Quota)?;
        let (reservation, open) = POOL.take(reserved)?;
        Ok(Self {
            base: reservation.base(),
            reservation: Some(reservation),
            len: 0,
            open,
        })
    }
}

// SAFETY: `len` bytes were made accessible and the rest of the reservation was not; a fault there is a signal (see `signal`).
unsafe impl Memory for HostMemory {
    fn base(&self) -> *mut u8 {
        self.base
    }

    fn len(&self) -> u64 {
        self.len
    }

    /// Pages are made when they are touched, so this takes no time.
    fn grow(
        &mut self,
        new_len: u64,
        _go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), PlatformError> {
        let (Some(reservation), Ok(new)) = (&self.reservation, usize::try_from(new_len)) else {
            return Err(PlatformError::Quota);
        };
        if new_len < self.len {
            return Err(PlatformError::Quota);
        }
        match new.checked_sub(self.open) {
            Some(more) => {
                reservation.protect(self.open, more, MprotectFlags::READ | MprotectFlags::WRITE)?
            }
            None => reservation.protect(new, self.open - new, MprotectFlags::empty())?,
        }
        self.open = new;
        self.len = new_len;
        Ok(())
    }
}

impl Drop for HostMemory {
    fn drop(&mut self) {
        let Some(reservation) = self.reservation.take() else {
            return;
        };
        let kept = self.open.min(KEPT);
        if !reservation.discard(kept, self.open - kept) {
            return;
        }
        // SAFETY: the first `open` bytes are accessible, and nothing else uses them any more.
        unsafe { ptr::write_bytes(self.base, 0, kept) };
        POOL.give(reservation, kept);
    }
}
