// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasmctl: loads and runs WebAssembly in the kernel.
#![deny(unsafe_code)]

fn main() {}
