// SPDX-License-Identifier: GPL-2.0
//! Everything unsafe of the module: memory that executes, faults that are expected, page tables, stacks, timers, the caller's
//! memory. What is `pub(crate)` here is safe to use, or says what it needs.
#![allow(unsafe_code)]

pub(crate) mod alloc;
mod arena;
pub(crate) mod cell;
mod contain;
pub(crate) mod control;
pub(crate) mod cpu;
mod extable;
mod ffi;
pub(crate) mod file;
mod fpu;
mod gate;
pub(crate) mod globals;
mod lock;
pub(crate) mod machine;
mod memory;
mod platform;
mod stack;
pub(crate) mod task;
pub(crate) mod thunks;
mod together;
pub(crate) mod user;
mod waker;

pub(crate) use self::alloc::heap_bytes;
pub(crate) use arena::{usage as arena_usage, Code};
pub(crate) use contain::{contained, Failure};
pub(crate) use memory::{memory_bytes, slot_free, slots, Memory};
pub(crate) use platform::Kernel;
pub(crate) use stack::{stack_bytes, Stack, DEFAULT_SIZE, MAX_SIZE, MIN_SIZE};
pub(crate) use together::Together;

use kernel::prelude::*;

/// Everything that was set up, to be undone when the module is unloaded.
pub(crate) struct Machinery {
    _table: extable::Original,
}

impl Machinery {
    /// Sets everything up; once.
    pub(crate) fn new(guard_slots: u32) -> Result<Self> {
        cpu::check()?;
        globals::init();
        memory::init(guard_slots);
        arena::init()?;
        Ok(Self {
            _table: extable::install()?,
        })
    }
}

impl Drop for Machinery {
    fn drop(&mut self) {
        stack::drain();
        memory::drain();
        arena::exit();
    }
}

/// A pinned view of something that is only ever made in place behind an `Arc`.
pub(crate) fn pinned(control: &control::Control) -> core::pin::Pin<&control::Control> {
    // SAFETY: `Control::new` is a pin-initialiser, so every control block is pinned.
    unsafe { core::pin::Pin::new_unchecked(control) }
}

/// The memory that host functions get: of a shared one no more than where it is and how long.
pub(crate) fn guest_memory(
    memory: wasmk_engine::runtime::GuestMemory<'_>,
) -> wasmk_abi::Memory<'_> {
    // SAFETY: by its contract the bytes are there while the borrow lasts; it is given up here, so no reference to them is made of it. Others
    // access a shared memory by machine instructions only.
    unsafe { wasmk_abi::Memory::from_raw(memory.base(), memory.len()) }
}
