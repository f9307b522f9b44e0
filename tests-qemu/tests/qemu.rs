// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The test binary harness.
#![deny(unsafe_code)]

fn main() {}
