// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Pools of memories and stacks: what one instance has done with is wiped and given to the next, mappings and all.

use std::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
};

use rustix::mm::{mprotect, MprotectFlags};
use wasmk_engine::{
    config::MemoryModel,
    platform::{Memory, Platform, PlatformError, Stack},
    sys::host::{HostMemory, HostPlatform, HostStack},
};

/// Larger memories are unmapped rather than wiped.
const KEEP: u64 = 1 << 20;
/// Most things of a kind in a pool.
const MOST: usize = 64;

struct Slot {
    model: MemoryModel,
    max_len: u64,
    memory: HostMemory,
}

std::thread_local! {
    static MEMORIES: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
    static STACKS: RefCell<Vec<(usize, HostStack)>> = const { RefCell::new(Vec::new()) };
}

/// A memory whose first `inner.len()` bytes are mapped, of which `len` belong to the instance.
#[derive(Debug)]
pub struct PooledMemory {
    model: MemoryModel,
    max_len: u64,
    len: u64,
    /// Bytes that are still accessible beyond `len`; to be hidden before wasm can run.
    accessible: Cell<u64>,
    inner: ManuallyDrop<HostMemory>,
}

impl PooledMemory {
    pub(super) fn new(model: MemoryModel, max_len: u64) -> Result<Self, PlatformError> {
        let inner = MEMORIES.with_borrow_mut(|pool| {
            let fits = |slot: &Slot| slot.model == model && slot.max_len == max_len;
            let at = pool.iter().rposition(fits)?;
            Some(pool.swap_remove(at).memory)
        });
        let inner = match inner {
            Some(inner) => inner,
            None => HostPlatform::memory(model, max_len)?,
        };
        Ok(Self {
            model,
            max_len,
            len: 0,
            accessible: Cell::new(inner.len()),
            inner: ManuallyDrop::new(inner),
        })
    }

    /// Changes the protection of the bytes from `from` to `to`, whole pages.
    fn protect(&self, from: u64, to: u64, flags: MprotectFlags) -> Result<(), PlatformError> {
        // SAFETY: within the part of our own reservation that `inner` made accessible once; no reference into it lives, as
        // whoever makes one goes by `len`.
        let done = unsafe {
            mprotect(
                self.inner.base().add(from as usize).cast(),
                (to - from) as usize,
                flags,
            )
        };
        done.map_err(|_| PlatformError::OutOfMemory)
    }

    /// Makes what lies beyond `len` inaccessible, if a slot came with more than that.
    fn hide(&self) -> Result<(), PlatformError> {
        let accessible = self.accessible.get();
        if self.model == MemoryModel::Guard && accessible > self.len {
            self.protect(self.len, accessible, MprotectFlags::empty())?;
            self.accessible.set(self.len);
        }
        Ok(())
    }
}

// SAFETY: wasm learns of the memory by `base`, which hides what lies beyond `len` (in the bounds model code compares with
// `len` itself); `grow` shows what it adds. Bytes are zero: fresh, or wiped by `drop`.
unsafe impl Memory for PooledMemory {
    fn base(&self) -> *mut u8 {
        if self.hide().is_err() {
            // It cannot be handed out as it is.
            std::process::abort();
        }
        self.inner.base()
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn grow(
        &mut self,
        new_len: u64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), PlatformError> {
        let accessible = self.accessible.get();
        if new_len > accessible {
            let mapped = self.inner.len();
            if accessible < mapped {
                let to = new_len.min(mapped);
                let flags = MprotectFlags::READ | MprotectFlags::WRITE;
                self.protect(accessible, to, flags)?;
                self.accessible.set(to);
            }
            if new_len > mapped {
                self.inner.grow(new_len, go_on)?;
                self.accessible.set(new_len);
            }
        }
        self.len = new_len;
        Ok(())
    }
}

impl Drop for PooledMemory {
    fn drop(&mut self) {
        // SAFETY: not used again.
        let inner = unsafe { ManuallyDrop::take(&mut self.inner) };
        if inner.len() > KEEP || self.accessible.get() != inner.len() {
            return;
        }
        // SAFETY: all of it is accessible, and nothing refers to it any more.
        unsafe { core::ptr::write_bytes(inner.base(), 0, self.len as usize) };
        MEMORIES.with_borrow_mut(|pool| {
            if pool.len() < MOST {
                pool.push(Slot {
                    model: self.model,
                    max_len: self.max_len,
                    memory: inner,
                });
            }
        });
    }
}

/// A stack from the pool. It is not wiped: wasm cannot read what it did not write there.
#[derive(Debug)]
pub struct PooledStack {
    size: usize,
    inner: Option<HostStack>,
}

impl PooledStack {
    pub(super) fn new(size: usize) -> Result<Self, PlatformError> {
        let inner = STACKS.with_borrow_mut(|pool| {
            let at = pool.iter().rposition(|stack| stack.0 == size)?;
            Some(pool.swap_remove(at).1)
        });
        let inner = match inner {
            Some(inner) => inner,
            None => HostPlatform::stack(size)?,
        };
        Ok(Self {
            size,
            inner: Some(inner),
        })
    }
}

// SAFETY: it is the host's stack while the value lives; `inner` is taken by `drop` only.
unsafe impl Stack for PooledStack {
    fn top(&self) -> u64 {
        self.inner.as_ref().map_or(0, Stack::top)
    }

    fn bottom(&self) -> u64 {
        self.inner.as_ref().map_or(0, Stack::bottom)
    }
}

impl Drop for PooledStack {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else {
            return;
        };
        STACKS.with_borrow_mut(|pool| {
            if pool.len() < MOST {
                pool.push((self.size, inner));
            }
        });
    }
}
