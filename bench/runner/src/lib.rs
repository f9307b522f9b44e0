// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A runner is one engine in a process of its own: it reads commands, a line each, from its standard input, and answers each by a
//! line. The driver starts one runner for each row of its tables and lets them work in turns.
#![forbid(unsafe_code)]

mod clock;
mod memory;
mod serve;

pub use clock::{timed, Times};
pub use memory::peak_of;
pub use serve::{serve, Engine};
