// SPDX-License-Identifier: GPL-2.0
//! Text in fixed buffers of the interface.

use alloc::vec::Vec;
use core::fmt::{Arguments, Write};
use kernel::prelude::*;

/// Writes into a buffer, cutting off what does not fit, and leaves room for a NUL.
struct Cursor<'a> {
    buffer: &'a mut [u8],
    at: usize,
}

impl Write for Cursor<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let room = self.buffer.len().saturating_sub(self.at + 1);
        let mut len = text.len().min(room);
        while !text.is_char_boundary(len) {
            len -= 1;
        }
        let target = self.buffer.get_mut(self.at..self.at + len);
        if let (Some(target), Some(source)) = (target, text.as_bytes().get(..len)) {
            target.copy_from_slice(source);
            self.at += len;
        }
        Ok(())
    }
}

/// Writes `what`, NUL-terminated.
pub(crate) fn put(buffer: &mut [u8], what: Arguments<'_>) {
    buffer.fill(0);
    // The cursor never fails.
    let _ = Cursor { buffer, at: 0 }.write_fmt(what);
}

/// A copy of a name, checked to be UTF-8 without NUL.
#[derive(Default)]
pub(crate) struct Name(Vec<u8>);

impl Name {
    /// `EINVAL` if it is not UTF-8, or contains a NUL.
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self> {
        if bytes.contains(&0) || core::str::from_utf8(&bytes).is_err() {
            return Err(EINVAL);
        }
        Ok(Self(bytes))
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("")
    }

    /// Nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
