// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Allocations that answer instead of ending the kernel.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::error::CompileError;

/// Appends `item`.
pub fn push<T>(to: &mut Vec<T>, item: T) -> Result<(), CompileError> {
    to.try_reserve(1)?;
    to.push(item);
    Ok(())
}

/// An empty vector with room for exactly `count` items.
pub fn with_capacity<T>(count: usize) -> Result<Vec<T>, CompileError> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(count)?;
    Ok(vec)
}

/// The vector as a slice of its own. Shrinking a vector can fail and panic, so one with room to spare is moved instead.
pub fn boxed<T>(vec: Vec<T>) -> Result<Box<[T]>, CompileError> {
    if vec.len() == vec.capacity() {
        return Ok(vec.into_boxed_slice());
    }
    let mut exact = with_capacity(vec.len())?;
    exact.extend(vec);
    Ok(exact.into_boxed_slice())
}

/// A copy of `text`.
pub fn string(text: &str) -> Result<String, CompileError> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len())?;
    copy.push_str(text);
    Ok(copy)
}
