// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the engine asks of a platform, and the platform that ships with it: a host process. (The kernel's is in `kmod`.)
#![allow(unsafe_code)]

#[cfg(feature = "std")]
pub mod host;
pub mod platform;
