// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasmk's WebAssembly engine: wasm bytes -> validated, compiled [`module::CompiledModule`] -> instance -> run.
//!
//! `no_std` + `alloc`; the same code runs in the kernel and, with feature `std`, in a host process.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;
// `dynasm!`'s typed operands name `::std::mem`; without std, core serves (it has all that is named).
#[cfg(not(feature = "std"))]
extern crate core as std;

mod codegen;
pub mod compile;
pub mod config;
pub mod error;
pub mod features;
pub mod isa;
pub mod module;
pub mod runtime;
pub mod sys;
pub mod trap;
pub mod vm;

pub use sys::platform;
