// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The memory layout shared by generated code and the runtime. Nothing else knows it.
//!
//! Generated code keeps three registers for the whole of its run:
//!
//! | register | holds |
//! |---|---|
//! | `r15` | the [`StoreCtx`]: constant while the store runs |
//! | `r14` | the [`InstanceCtx`] of the function that runs; changed and restored around calls that may leave the instance |
//! | `r13` | the base of memory 0 of that instance (memories never move); undefined if it has none |
//!
//! # Leaving and coming back
//!
//! Wasm runs on a stack of its own. Generated code never calls Rust: it *exits*, as a guest exits to KVM. The exit stub
//! stores `rsp` in [`StoreCtx::wasm_rsp`], switches to [`StoreCtx::host_rsp`], pops the host's callee-saved registers and
//! returns from the `switch` stub that entered; [`StoreCtx::exit_kind`] says why. Calling `switch` again continues right
//! after the exit. So a host call, an interruption and a parked call are one mechanism, and no Rust frame is ever
//! below a wasm frame.
//!
//! To start a call the runtime writes, at the top of an empty wasm stack, the address of the entry trampoline of the
//! function's type (where the first `switch` "returns" to), sets [`StoreCtx::entry`] to the [`FuncRecord`] and
//! [`StoreCtx::values`] to the argument slots, and calls `switch`. The trampoline loads the arguments, calls, stores the
//! results into the same slots and exits with [`ExitKind::Return`].
//!
//! # Values
//!
//! One 8-byte slot each (two for v128, the low half first): i32 zero-extended, f32 in the low half with the high half zero, references as addresses of
//! [`FuncRecord`] (funcref) or opaque numbers (externref), 0 being null.

mod instance;
mod store;

pub use instance::{
    global_offset, memory_pointer_offset, table_pointer_offset, FuncRecord, InstanceCtx,
    InstanceLayout, MemoryDef, TableDef, GLOBAL_SIZE,
};
pub use store::{ExitKind, LibCall, StoreCtx, FAULT, INTERRUPT, STACK_RESERVE};
