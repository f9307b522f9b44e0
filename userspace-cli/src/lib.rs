// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! libwasmk: a typed client of the wasmk device.
#![deny(unsafe_code)]
