// SPDX-License-Identifier: GPL-2.0
//! Linear memories: a reservation of kernel addresses that never moves, and pages mapped into it as it grows.
//!
//! Guard memories lie in pooled slots of 8 GiB + 64 KiB, as making one costs 16 MiB of page tables; bounds memories in reservations
//! of the length they may reach. Mapped pages are charged to whoever grows; page tables are wasmk's own, and counted.

use super::{ffi, globals, task};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use kernel::prelude::*;
use wasmk_engine::{
    config::{MemoryModel, GUARD_RESERVATION},
    platform::{self, PlatformError},
};

const PAGE: u64 = 4096;
/// `vm_map_ram()` serves smaller requests from shared blocks.
const MIN_RESERVATION: u64 = 512 << 10;
/// Pages mapped between two looks whether growth is still wanted: 4 MiB.
const CHUNK: u64 = 1024;

/// Most bytes that the reservations of all bounds memories may have: nobody is charged for their page tables, 2 MiB for each GiB.
const BOUNDS_MAX: u64 = 64 << 30;

/// Bytes they have.
static BOUNDS: AtomicU64 = AtomicU64::new(0);

static MAPPED: AtomicU64 = AtomicU64::new(0);

/// Bytes of linear memory in use.
pub(crate) fn memory_bytes() -> u64 {
    MAPPED.load(Relaxed)
}

/// Address space with page tables and nothing mapped.
#[derive(Debug)]
struct Reservation {
    base: usize,
    len: u64,
}

impl Reservation {
    fn new(len: u64) -> Result<Self, PlatformError> {
        let pages = usize::try_from(len / PAGE).map_err(|_| PlatformError::Quota)?;
        // SAFETY: may sleep here; the least length is above what `vm_map_ram` needs.
        let base = unsafe { ffi::wasmk_reserve(pages) } as usize;
        if base == 0 {
            return Err(PlatformError::OutOfMemory);
        }
        Ok(Self { base, len })
    }

    /// Unmaps and frees the first `len` bytes.
    fn empty(&self, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let mut pages = ffi::Pages {
            first: core::ptr::null_mut(),
        };
        // SAFETY: the range is in the reservation, and nobody relies on it: either it was never handed out or its owner is gone. Threads that
        // share a guard memory may be reaching beyond its length, into pages of a growth that fails: they find a page or fault, and no
        // page after the flush, which lies between the unmapping and the freeing.
        unsafe {
            ffi::wasmk_depopulate(
                self.base + from as usize,
                ((to - from) / PAGE) as usize,
                &mut pages,
            );
            ffi::wasmk_flush_tlb();
            ffi::wasmk_free_pages(&mut pages);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: made by `wasmk_reserve`; emptied by its user.
        unsafe { ffi::wasmk_unreserve(self.base as *mut c_void, (self.len / PAGE) as usize) };
    }
}

/// Guard slots.
pub(super) struct Slots {
    free: KVec<Reservation>,
}

/// Slots in use, slots made, and the most there may be.
static USED: AtomicU32 = AtomicU32::new(0);
static MADE: AtomicU32 = AtomicU32::new(0);
static MOST: AtomicU32 = AtomicU32::new(0);

impl Slots {
    pub(super) const fn new() -> Self {
        Self { free: KVec::new() }
    }

    fn take(&mut self) -> Result<Reservation, PlatformError> {
        if let Some(slot) = self.free.pop() {
            USED.fetch_add(1, Relaxed);
            return Ok(slot);
        }
        if MADE.load(Relaxed) >= MOST.load(Relaxed) {
            return Err(PlatformError::NoSlot);
        }
        // Room to give it back without allocating.
        self.free
            .reserve(MADE.load(Relaxed) as usize + 1, GFP_KERNEL)
            .map_err(|_| PlatformError::OutOfMemory)?;
        let slot = Reservation::new(GUARD_RESERVATION)?;
        MADE.fetch_add(1, Relaxed);
        USED.fetch_add(1, Relaxed);
        Ok(slot)
    }

    fn give(&mut self, slot: Reservation) {
        USED.fetch_sub(1, Relaxed);
        if self.free.push(slot, GFP_KERNEL).is_err() {
            MADE.fetch_sub(1, Relaxed);
        }
    }
}

/// Sets the most guard slots there may be.
pub(super) fn init(slots: u32) {
    MOST.store(slots, Relaxed);
}

/// Frees the slots; at unload.
pub(super) fn drain() {
    let slots = core::mem::replace(&mut globals::SLOTS.lock().free, KVec::new());
    drop(slots);
    MADE.store(0, Relaxed);
    // SAFETY: may sleep here.
    unsafe { ffi::vm_unmap_aliases() };
}

/// Guard slots: in use, made, most; and bytes of their page tables.
pub(crate) fn slots() -> (u32, u32, u32, u64) {
    let made = MADE.load(Relaxed);
    // One 4 KiB table for 2 MiB, one for each GiB of those.
    let tables = GUARD_RESERVATION.div_ceil(2 << 20) + GUARD_RESERVATION.div_ceil(1 << 30);
    (
        USED.load(Relaxed),
        made,
        MOST.load(Relaxed),
        u64::from(made) * tables * PAGE,
    )
}

/// True if a guard memory could be made now.
pub(crate) fn slot_free() -> bool {
    USED.load(Relaxed) < MOST.load(Relaxed)
}

/// A linear memory; dropping it frees its pages.
#[derive(Debug)]
pub(crate) struct Memory {
    /// Always there until drop.
    space: Option<Reservation>,
    guard: bool,
    len: u64,
    most: u64,
}

impl Memory {
    /// Reserves a memory that can grow to `most` bytes.
    pub(crate) fn new(model: MemoryModel, most: u64) -> Result<Self, PlatformError> {
        let guard = model == MemoryModel::Guard;
        let space = if guard {
            globals::SLOTS.lock().take()?
        } else {
            let len = most
                .checked_next_multiple_of(PAGE)
                .ok_or(PlatformError::Quota)?;
            let len = len.max(MIN_RESERVATION);
            let room = |used: u64| used.checked_add(len).filter(|&sum| sum <= BOUNDS_MAX);
            BOUNDS
                .fetch_update(Relaxed, Relaxed, room)
                .map_err(|_| PlatformError::Quota)?;
            Reservation::new(len).inspect_err(|_| {
                BOUNDS.fetch_sub(len, Relaxed);
            })?
        };
        Ok(Self {
            space: Some(space),
            guard,
            len: 0,
            most,
        })
    }
}

// SAFETY: what is mapped is mapped until drop, to this memory alone, at an address that never changes.
unsafe impl platform::Memory for Memory {
    fn base(&self) -> *mut u8 {
        self.space.as_ref().map_or(0, |space| space.base) as *mut u8
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn grow(
        &mut self,
        new_len: u64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), PlatformError> {
        let Some(space) = &self.space else {
            return Err(PlatformError::Quota);
        };
        if new_len < self.len || new_len > self.most.min(space.len) || new_len % PAGE != 0 {
            return Err(PlatformError::Quota);
        }
        let mut at = self.len;
        while at < new_len {
            let want = ((new_len - at) / PAGE).min(CHUNK);
            let va = space.base + at as usize;
            // SAFETY: in the reservation, above what is mapped; `&mut self` makes this the only growth.
            let got = unsafe { ffi::wasmk_populate(va, want as usize) } as u64;
            at += got * PAGE;
            let failure = if got < want {
                Some(PlatformError::OutOfMemory)
            } else if task::killed() || !go_on(at - self.len) {
                Some(PlatformError::Interrupted)
            } else {
                None
            };
            if let Some(failure) = failure {
                space.empty(self.len, at);
                return Err(failure);
            }
            task::give_way();
        }
        MAPPED.fetch_add(new_len - self.len, Relaxed);
        self.len = new_len;
        Ok(())
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let Some(space) = self.space.take() else {
            return;
        };
        space.empty(0, self.len);
        MAPPED.fetch_sub(self.len, Relaxed);
        if self.guard {
            globals::SLOTS.lock().give(space);
        } else {
            BOUNDS.fetch_sub(space.len, Relaxed);
        }
    }
}
