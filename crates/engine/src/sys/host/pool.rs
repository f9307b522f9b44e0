// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Reservations that are kept for the next store: making one, and touching its first pages, costs more than a short call.

use std::{
    sync::{Mutex, MutexGuard},
    vec::Vec,
};

use super::reservation::Reservation;
use crate::platform::PlatformError;

/// Most reservations that a pool keeps.
const MOST: usize = 64;

/// Reservations that nobody uses, each with the number of its first bytes that are accessible and ready to be used again.
#[derive(Debug)]
pub(super) struct Pool(Mutex<Vec<(Reservation, usize)>>);

impl Pool {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(Reservation, usize)>> {
        // The list is consistent at every point where a panic could happen.
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A reservation of `len` bytes (whole pages), and how many of them are accessible.
    pub(super) fn take(&self, len: usize) -> Result<(Reservation, usize), PlatformError> {
        let mut kept = self.kept();
        if let Some(at) = kept.iter().rposition(|(kept, _)| kept.len() == len) {
            return Ok(kept.swap_remove(at));
        }
        drop(kept);
        Ok((Reservation::new(len)?, 0))
    }

    /// Keeps a reservation; its first `open` bytes are accessible, nothing else.
    pub(super) fn give(&self, reservation: Reservation, open: usize) {
        let mut kept = self.kept();
        if kept.len() < MOST {
            kept.push((reservation, open));
        }
    }
}
