// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Owned descriptors.

use crate::{sys, Errno};

/// An open descriptor; dropping it closes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Descriptor(u32);

impl Descriptor {
    pub(crate) fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub fn number(&self) -> u32 {
        self.0
    }

    /// Makes operations on it answer [`Errno::AGAIN`] rather than wait.
    ///
    /// # Errors
    ///
    /// `NOTCAPABLE` without the right to change flags.
    pub fn set_nonblocking(&self) -> Result<(), Errno> {
        sys::set_nonblocking(self.0)
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        sys::close(self.0);
    }
}
