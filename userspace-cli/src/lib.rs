// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! libwasmk: a typed client of the wasmk kernel module.
//!
//! [`Device`] opens `/dev/wasmk` and makes [`Module`]s and [`Store`]s; a store is given descriptors
//! ([`Store::grant`]), instances ([`Store::instantiate`]) and calls ([`Store::call`]). The calling thread *is* the wasm
//! thread while a call lasts: its signals, cgroup and CPU time apply. Programs with several are served by [`Threads`].
//!
//! ```no_run
//! use libwasmk::{Call, Device, LoadOptions, Outcome, StoreOptions};
//!
//! let device = Device::open()?;
//! let wasm = std::fs::read("add.wasm").unwrap();
//! let module = device.load(&wasm, &LoadOptions::default())?;
//! let store = device.create_store(&StoreOptions::default())?;
//! let instance = store.instantiate(&module, "")?;
//! if let Outcome::Returned(values) = store.call(&Call::export(instance, "add", &[2, 3]))? {
//!     assert_eq!(values.bits, [5]);
//! }
//! # Ok::<(), libwasmk::Error>(())
//! ```
#![deny(unsafe_code)]

mod client;
pub mod sys;
pub mod wast;

pub use client::{
    trap_text, Address, Call, Denial, Device, Error, ErrorKind, Function, Grant, GrantSource,
    InstantiateError, LoadOptions, MemoryModel, Module, Outcome, Step, Store, StoreOptions, Thread,
    Threads, Trap, Values,
};
pub use wasmk_abi::Rights;
pub use wasmk_uapi as uapi;
