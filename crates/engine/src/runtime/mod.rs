// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Stores, instances, memories, tables, globals: everything that lives while wasm runs.
//!
//! A [`Store`] owns all of it and is freed whole; what lives in it refers to the rest by number, generated code by
//! address. Nothing here panics, recurses or allocates infallibly. Unsafe code is in `sys` only.

mod constant;
mod entity;
mod error;
mod exception;
mod exports;
mod host;
mod instance;
mod instantiate;
mod libcall;
mod link;
mod module;
mod run;
mod segments;
mod shared;
mod store;
mod sys;
mod trap;
mod type_order;
mod types;
mod unwind;
mod waiters;

pub use error::{InstantiateError, RunExit, RuntimeError, Trap};
pub use exports::MemoriesNow;
pub use host::{Caller, Host, HostOutcome, Interruption, Sleeper, WaitOutcome};
pub use link::{
    Exports, Extern, FuncHandle, GlobalHandle, ItemType, MemoryHandle, Resolver, TableHandle,
};
pub use module::Module;
pub use shared::SharedMemory;
pub use store::{Store, StoreLimits};
pub use sys::GuestMemory;
