// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Platforms that ship with the engine: a host process. (The kernel's is in `kmod`.)
#![allow(unsafe_code)]

pub mod host;
