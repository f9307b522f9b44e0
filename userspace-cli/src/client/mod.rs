// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The typed client.

mod address;
mod channel;
mod denial;
mod device;
mod error;
mod module;
mod run;
mod store;
mod threads;

pub use address::Address;
pub use denial::Denial;
pub use device::{Device, LoadOptions, MemoryModel, StoreOptions};
pub use error::{Error, ErrorKind, InstantiateError};
pub use module::Module;
pub use run::{trap_text, Call, Function, Outcome, Step, Trap, Values};
pub use store::{Grant, GrantSource, Store};
pub use threads::{Thread, Threads};

/// The text before the first NUL of a fixed buffer, lossily as UTF-8.
pub(crate) fn text(buffer: &[u8]) -> String {
    let end = buffer.iter().position(|&b| b == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned()
}
