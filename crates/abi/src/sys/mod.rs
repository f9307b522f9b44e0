// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Unsafe code of this crate: copies of memory that others change meanwhile, and counted values. What is public here is safe to use,
//! or says what it needs.
#![allow(unsafe_code)]

mod counted;
mod guest;

pub use counted::Counted;
pub(crate) use counted::Room;
pub(crate) use guest::{Bytes, BytesMut};
