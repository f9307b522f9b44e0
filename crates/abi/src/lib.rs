// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Descriptors, rights and host functions: WASI preview 1 and the `wasmk` import module.
//!
//! A [`Context`] is what one store's programs can reach: a table of descriptors with rights, arguments, environment. The
//! embedder hands it grants, looks imported functions up with [`lookup`] and forwards calls to [`Context::call`]. What a
//! descriptor stands for is the business of an [`Os`]: struct files in the kernel, file descriptors in a host process.
//!
//! Threads of a program have a context each ([`Context::thread`]) and share the rest; its memory may be changed by one thread while a
//! host function works for another, so it is copied and never referenced ([`Memory`]).
//!
//! `no_std` + `alloc`; every allocation is fallible, nothing panics.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

mod address;
mod call;
mod channels;
mod context;
mod denial;
mod descriptor;
mod errno;
mod files;
mod functions;
mod group;
#[cfg(feature = "std")]
pub mod host;
mod memory;
mod os;
mod rights;
mod seal;
mod speculation;
mod sys;
mod table;

pub use address::Address;
pub use call::{Fault, Outcome};
pub use channels::{Channels, Passed, Take, MESSAGES_MAX, MESSAGE_MAX};
pub use context::{Context, Grant, STRINGS_MAX};
pub use denial::{Denial, Refusal};
pub use descriptor::{Descriptor, FdFlags, Resource};
pub use errno::Errno;
pub use files::{Advice, DirEntry, Files, OpenFlags, Opened, SetTime, PATH_MAX};
pub use functions::{lookup, HostFunction, Type, FUNCTION_COUNT};
pub use memory::{Gather, Memory, Scatter, Span, IOV_MAX};
pub use os::{
    Clock, Connecting, Counters, Description, Events, FileStat, FileType, Interest, Lock, Os,
    Position, QueueEvent, Received, Shutdown, SpliceError, Stop, WaitError, WatchSpec, Whence,
};
pub use rights::Rights;
pub use sys::Counted;
pub use table::DESCRIPTORS_MAX;
