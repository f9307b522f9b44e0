// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What needs unsafe code: a platform that pools, and the thunks of a kernel.

pub mod platform;
pub mod pool;
pub mod thunks;
