// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The region that all code of the process lies in, and what the signal handler may ask about it without a lock.

use std::{
    boxed::Box,
    sync::{
        atomic::{AtomicPtr, Ordering},
        Mutex, OnceLock,
    },
    vec::Vec,
};

use super::reservation::Reservation;
use crate::platform::PlatformError;

pub(super) const PAGE: usize = 4096;
/// Bytes reserved for code; address space only.
const REGION: usize = 1 << 30;

/// What the handler needs to know about a piece of code.
#[derive(Debug)]
pub(super) struct Registration {
    /// Address of the code.
    pub(super) base: u64,
    /// Address of its trap stub.
    pub(super) trap: u64,
    /// Offsets of its fault sites, sorted.
    pub(super) sites: Box<[u32]>,
}

pub(super) struct Region {
    pub(super) reservation: Reservation,
    /// Free runs: first page and number of pages, sorted, never adjacent.
    free: Mutex<Vec<(usize, usize)>>,
    /// The code that each page belongs to.
    owners: Box<[AtomicPtr<Registration>]>,
}

static THE_REGION: OnceLock<Option<Region>> = OnceLock::new();

/// The region; made at first use.
pub(super) fn region() -> Result<&'static Region, PlatformError> {
    THE_REGION
        .get_or_init(Region::new)
        .as_ref()
        .ok_or(PlatformError::OutOfMemory)
}

/// The trap stub for a fault at `pc`, if that is a fault site. Takes no lock and allocates nothing: for signal handlers.
pub(super) fn trap_stub(pc: u64) -> Option<u64> {
    let region = THE_REGION.get()?.as_ref()?;
    let offset = pc.checked_sub(region.reservation.base() as u64)?;
    let owner = region
        .owners
        .get(offset as usize / PAGE)?
        .load(Ordering::Acquire);
    // SAFETY: set by `HostCode` while the code lives; code in which a thread faults lives.
    let owner = unsafe { owner.as_ref()? };
    let site = u32::try_from(pc.checked_sub(owner.base)?).ok()?;
    owner.sites.binary_search(&site).ok().map(|_| owner.trap)
}

impl Region {
    fn new() -> Option<Self> {
        let reservation = Reservation::new(REGION).ok()?;
        let owners = (0..REGION / PAGE)
            .map(|_| AtomicPtr::new(core::ptr::null_mut()))
            .collect();
        Some(Self {
            reservation,
            free: Mutex::new(Vec::from([(0, REGION / PAGE)])),
            owners,
        })
    }

    fn free_runs(&self) -> std::sync::MutexGuard<'_, Vec<(usize, usize)>> {
        // The list is consistent at every point where a panic could happen.
        self.free
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes `count` adjacent pages; the first one's number.
    pub(super) fn take(&self, count: usize) -> Result<usize, PlatformError> {
        let mut runs = self.free_runs();
        let Some(at) = runs.iter().position(|run| run.1 >= count) else {
            let free = runs.iter().map(|run| run.1 * PAGE).sum::<usize>() as u64;
            return Err(PlatformError::CodeSpace {
                needed: (count * PAGE) as u64,
                free,
            });
        };
        let (first, pages) = runs[at];
        if pages == count {
            runs.remove(at);
        } else {
            runs[at] = (first + count, pages - count);
        }
        Ok(first)
    }

    /// Gives pages back.
    pub(super) fn give(&self, first: usize, count: usize) {
        let mut runs = self.free_runs();
        let at = runs.partition_point(|run| run.0 < first);
        runs.insert(at, (first, count));
        if at + 1 < runs.len() && first + count == runs[at + 1].0 {
            runs[at].1 += runs.remove(at + 1).1;
        }
        if at > 0 && runs[at - 1].0 + runs[at - 1].1 == first {
            runs[at - 1].1 += runs.remove(at).1;
        }
    }

    /// Says who owns pages; null for nobody.
    pub(super) fn own(&self, first: usize, count: usize, owner: *mut Registration) {
        for page in self.owners.iter().skip(first).take(count) {
            page.store(owner, Ordering::Release);
        }
    }
}
