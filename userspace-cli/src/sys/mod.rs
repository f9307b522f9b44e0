// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What needs `unsafe`: ioctls, and the few process-wide calls of a supervisor. Everything exported is safe to call.
#![allow(unsafe_code)]

pub mod calls;
pub mod channels;
mod ioctl;
pub mod process;
