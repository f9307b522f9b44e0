// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Stores, instances, memories, tables, globals: everything that lives while wasm runs.

mod host;

pub use host::{Caller, Host, HostOutcome, Interruption};
