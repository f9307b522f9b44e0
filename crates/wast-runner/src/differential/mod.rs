// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Differential fuzzing: generated programs must do the same in the engine as in another one.
//!
//! - [`program`]: a program from a seed: one of all features, or one about the bounds of memories (`accesses`) or about
//!   control (`control`).
//! - [`Trace`]: what a [`Reference`] does with it: outcome of every call, and globals, memories and tables after it.
//! - [`settings`]: how the engine is set: memory models, fuel, interruptions, instructions of the CPU.
//! - [`check`]: does the engine do the same?
//! - [`campaign`]: many seeds; what differs is minimised ([`shrink`]) and written as a script.
//!
//! The reference of `cargo test`'s short run is a wasmi that builds with the workspace's oldest Rust. `make fuzz` has Wasmtime, too
//! (`fuzz/`), which has all features but needs a newer one. [`Reach`] tells what is reached of the operators.

mod accesses;
mod campaign;
mod command;
mod control;
mod program;
mod reach;
mod relaxed;
mod replay;
mod settings;
mod shrink;
mod state;
mod trace;
mod typed;

use std::borrow::Cow;

pub use campaign::{campaign, Found};
pub use command::command;
pub use program::{features_of, program};
pub use reach::Reach;
pub use replay::{check, Counts, Difference};
pub use settings::{settings, Setting};
pub use shrink::shrink;
pub use state::{digest, State};
pub use trace::{Step, Trace};
use wasmparser::WasmFeatures;

use crate::{Backend, InstanceId, Value};

/// Why a call that used up a reference's fuel ended ([`Failure::Other`](crate::Failure::Other)). Programs end by themselves long before; one that was
/// minimised may not.
pub const OUT_OF_FUEL: &str = "out of fuel";

/// What a reference's trap says ([`Failure::Trap`](crate::Failure::Trap)) at an atomic access outside of a memory that it may not have looked at the
/// alignment of. Alignment is looked at first (threads proposal, execution of `memory.atomic.notify` and others, step 9), but no text of a
/// trap is part of the semantics. Both are "out of bounds memory access" and "unaligned atomic" taken for the same.
pub const OUTSIDE_MAYBE_UNALIGNED: &str = "out of bounds memory access, maybe unaligned";

/// Looking into an instance.
pub trait Inspect: Backend {
    /// Bytes of an exported memory; empty if there is none.
    fn memory(&mut self, instance: InstanceId, name: &str) -> Cow<'_, [u8]>;

    /// For each slot of an exported table, whether it holds a reference.
    fn table(&mut self, instance: InstanceId, name: &str) -> Vec<bool>;
}

/// Another engine.
pub trait Reference: Inspect {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// What it accepts.
    fn features(&self) -> WasmFeatures;

    /// What an instance exports, in order.
    fn items(&mut self, instance: InstanceId) -> Vec<Item>;
}

/// An export.
#[derive(Clone, Debug)]
pub enum Item {
    /// A function: its name, and a zero of each parameter's type.
    Function(String, Vec<Value>),
    /// A global.
    Global(String),
    /// A memory.
    Memory(String),
    /// A table.
    Table(String),
}
