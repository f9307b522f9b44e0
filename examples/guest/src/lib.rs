// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Safe bindings for guests of wasmk: granted listeners and dialers, sockets, readiness queues,
//! channels.
//!
//! Guests use the standard library for arguments, clocks, files and output; what WASI preview 1 lacks is here. The
//! functions behind it are described in docs/abi.md.

#![deny(unsafe_code)]
// Elsewhere there is nothing to bind to; the crate is empty there, so that the workspace builds and tests on the host.
#![cfg(target_family = "wasm")]

mod channel;
mod descriptor;
mod error;
mod grant;
mod queue;
mod rights;
mod socket;
mod sys;

pub use channel::{Passing, Receiver, Sender, MESSAGE_MAX};
pub use descriptor::Descriptor;
pub use error::Errno;
pub use grant::{find, grants, Dialer, Grants, Listener};
pub use queue::{Event, Interest, Queue};
pub use rights::Rights;
pub use socket::{Connecting, Shutdown, Spliced, Stream};

use std::time::Duration;

/// Time on the monotonic clock.
pub fn monotonic() -> Duration {
    Duration::from_nanos(sys::monotonic())
}

/// Severity of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Writes a line to the log of the instance.
///
/// # Errors
///
/// Whatever writing to the standard error stream gives.
pub fn log(level: Level, text: &str) -> Result<(), Errno> {
    sys::log(level as u32, text)
}
