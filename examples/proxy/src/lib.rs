// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! An HTTP/1.1 reverse proxy: one thread, one readiness queue, non-blocking sockets.
//!
//! All I/O goes through [`net::Net`], so the same code runs as a guest of wasmk, as an ordinary process, and in
//! tests against a simulated network. [`worker::Worker`] owns everything; a [`session::Session`] is one client connection with the
//! request it has in progress; [`pump`] moves a body from one socket to another through one bounded buffer.
//! What the proxy promises is in docs/proxy.md.

#![forbid(unsafe_code)]

pub mod access;
pub mod buffer;
pub mod config;
pub mod net;
pub mod pump;
pub mod session;
pub mod shared;
pub mod slab;
pub mod stream;
pub mod timer;
pub mod upstream;
pub mod worker;

mod drive;
mod reply;
