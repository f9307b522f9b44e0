// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The test binary that runs in the guest.
#![deny(unsafe_code)]

fn main() {}
