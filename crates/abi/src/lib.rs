// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Descriptors, rights and host functions.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;
