// SPDX-License-Identifier: GPL-2.0
//! Stacks: for wasm, and aligned ones for containment. Both are vmalloc'ed, so an unmapped page lies below each.

use super::{ffi, globals};
use core::{
    ptr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use kernel::{
    alloc::{allocator::Vmalloc, Allocator, NumaNode},
    bindings,
    prelude::*,
};
use wasmk_engine::{
    platform::{self, PlatformError},
    runtime::StoreLimits,
    vm::STACK_RESERVE,
};

/// Usable bytes of a wasm stack when a store does not ask for another size.
pub(crate) const DEFAULT_SIZE: usize = 256 << 10;
/// Most usable bytes of a wasm stack.
pub(crate) const MAX_SIZE: usize = 64 << 20;
/// Least usable bytes of a wasm stack.
pub(crate) const MIN_SIZE: usize = StoreLimits::MIN_STACK;
/// Stacks of the default size that are kept for the next store.
pub(super) const POOL: usize = 16;

static BYTES: AtomicU64 = AtomicU64::new(0);

/// Bytes of live and pooled wasm stacks.
pub(crate) fn stack_bytes() -> u64 {
    BYTES.load(Relaxed)
}

/// A wasm stack.
#[derive(Debug)]
pub(crate) struct Stack {
    base: usize,
    len: usize,
}

impl Stack {
    /// A stack of `size` usable bytes, rounded up to pages, above the reserve.
    pub(crate) fn new(size: usize) -> Result<Self, PlatformError> {
        if !(MIN_SIZE..=MAX_SIZE).contains(&size) {
            return Err(PlatformError::Quota);
        }
        let len = size.next_multiple_of(4096) + STACK_RESERVE;
        if size == DEFAULT_SIZE {
            let spare = globals::STACKS.lock().take();
            if let Some(base) = spare {
                // What another store left there is nobody's business, whatever generated code might read.
                // SAFETY: `len` bytes of a stack that has no owner but this.
                unsafe { ptr::write_bytes(base as *mut u8, 0, len) };
                return Ok(Self { base, len });
            }
        }
        // SAFETY: no preconditions but a context that may sleep; the flags are a constant.
        let base = unsafe { ffi::__vmalloc_noprof(len, ffi::wasmk_heap_gfp | bindings::__GFP_ZERO) }
            as usize;
        if base == 0 {
            return Err(PlatformError::OutOfMemory);
        }
        BYTES.fetch_add(len as u64, Relaxed);
        Ok(Self { base, len })
    }
}

// SAFETY: its own pages until drop.
unsafe impl platform::Stack for Stack {
    fn top(&self) -> u64 {
        (self.base + self.len) as u64
    }

    fn bottom(&self) -> u64 {
        self.base as u64
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if self.len == DEFAULT_SIZE + STACK_RESERVE && globals::STACKS.lock().give(self.base) {
            return;
        }
        free(self.base, self.len);
    }
}

fn free(base: usize, len: usize) {
    // SAFETY: made by `__vmalloc_noprof`; its owner is gone.
    unsafe { ffi::vfree(base as *const c_void) };
    BYTES.fetch_sub(len as u64, Relaxed);
}

/// Spare stacks of the default size.
pub(super) struct Pool {
    bases: [usize; POOL],
    count: usize,
}

impl Pool {
    pub(super) const fn new() -> Self {
        Self {
            bases: [0; POOL],
            count: 0,
        }
    }

    fn take(&mut self) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        self.count = last;
        self.bases.get(last).copied()
    }

    /// False if the pool is full.
    fn give(&mut self, base: usize) -> bool {
        match self.bases.get_mut(self.count) {
            Some(slot) => {
                *slot = base;
                self.count += 1;
                true
            }
            None => false,
        }
    }
}

/// Frees the pool; at unload.
pub(super) fn drain() {
    while let Some(base) = { globals::STACKS.lock().take() } {
        free(base, DEFAULT_SIZE + STACK_RESERVE);
    }
}

/// A stack aligned to its size.
pub(super) struct Aligned {
    base: core::ptr::NonNull<u8>,
    layout: core::alloc::Layout,
}

impl Aligned {
    /// Its lowest address.
    pub(super) fn base(&self) -> usize {
        self.base.as_ptr() as usize
    }
}

/// A stack of `size` bytes (a power of two), aligned to `size`.
pub(super) fn aligned(size: usize) -> Option<Aligned> {
    let layout = core::alloc::Layout::from_size_align(size, size).ok()?;
    let base = Vmalloc::alloc(layout, GFP_KERNEL_ACCOUNT | __GFP_NOWARN, NumaNode::NO_NODE).ok()?;
    Some(Aligned {
        base: base.cast(),
        layout,
    })
}

impl Drop for Aligned {
    fn drop(&mut self) {
        // SAFETY: made by the same allocator with this layout.
        unsafe { Vmalloc::free(self.base, self.layout) };
    }
}
