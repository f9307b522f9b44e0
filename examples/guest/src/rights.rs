// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Rights of descriptors.

use std::ops::BitOr;

/// A set of rights, by the numbers of WASI preview 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(pub u64);

impl Rights {
    /// None.
    pub const NONE: Self = Self(0);
    /// Reading and receiving.
    pub const READ: Self = Self(1 << 1);
    /// Changing flags: non-blocking.
    pub const SET_FLAGS: Self = Self(1 << 3);
    /// Writing and sending.
    pub const WRITE: Self = Self(1 << 6);
    /// Waiting until it is ready.
    pub const POLL: Self = Self(1 << 27);
    /// Shutting a connection down.
    pub const SHUTDOWN: Self = Self(1 << 28);
    /// Accepting connections.
    pub const ACCEPT: Self = Self(1 << 29);
    /// Connecting, of dialers.
    pub const CONNECT: Self = Self(1 << 30);
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
