// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Runs `.wast` scripts, above all the official WebAssembly core test suite, over anything that implements [`Backend`].
//!
//! - [`suite`]: which scripts there are, and which are left out and why.
//! - [`run_script`]: one script, directive by directive, into a [`Report`].
//! - `differential`: generated programs instead of scripts, compared with another engine.
//! - [`native`]: the engine in this process. The kernel is reached by a backend over its ioctls that lives elsewhere.
#![deny(unsafe_code)]

mod backend;
#[cfg(feature = "suite")]
pub mod conformance;
#[cfg(feature = "differential")]
pub mod differential;
mod expect;
pub mod mutate;
#[cfg(feature = "native")]
pub mod native;
mod report;
mod script;
mod spectest;
#[cfg(feature = "suite")]
pub mod suite;

pub use backend::{Backend, Failure, InstanceId, Refusal, Value};
pub use report::{Problem, Report, Totals};
pub use script::run_script;
pub use spectest::{SPECTEST, SPECTEST_TWO};
