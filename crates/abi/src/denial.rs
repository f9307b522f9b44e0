// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Calls that were refused: what the embedder is told about them. The guest sees the error number and nothing else.

use core::sync::atomic::Ordering::Relaxed;

use crate::{Errno, Os, Rights};

/// A call that was refused because a descriptor does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial<'a> {
    /// The function's name, without its module.
    pub function: &'static str,
    /// The descriptor that did not suffice.
    pub fd: u32,
    /// The rights that it lacks. Empty: the rights were there, but what is asked for lies outside of what the descriptor stands
    /// for, such as a path that leads out of its directory.
    pub missing: Rights,
    /// The path as the guest gave it, if it gave one: any bytes, the first [`crate::PATH_MAX`] of them. Of a socket, the text of its peer's address, or else of its own.
    pub subject: &'a [u8],
}

/// Why a function refuses a call; becomes a [`Denial`] when the call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the guest is told.
    pub errno: Errno,
    /// See [`Denial::fd`].
    pub fd: u32,
    /// See [`Denial::missing`].
    pub missing: Rights,
    /// [`Denial::subject`] is a path, which the context keeps.
    pub is_about_path: bool,
}

impl Refusal {
    /// Descriptor `fd` lacks the rights `missing`.
    pub fn missing(fd: u32, missing: Rights) -> Self {
        Self {
            errno: Errno::NotCapable,
            fd,
            missing,
            is_about_path: false,
        }
    }

    /// What the call names is none of what descriptor `fd` stands for.
    pub fn outside(errno: Errno, fd: u32) -> Self {
        Self {
            errno,
            fd,
            missing: Rights::empty(),
            is_about_path: false,
        }
    }

    /// About a path.
    pub(crate) fn about_path(self) -> Self {
        Self {
            is_about_path: true,
            ..self
        }
    }

    /// Counts it and tells the system.
    pub(crate) fn report<O: Os>(self, os: &mut O, function: &'static str, subject: &[u8]) {
        os.counters().denied.fetch_add(1, Relaxed);
        os.denied(&Denial {
            function,
            fd: self.fd,
            missing: self.missing,
            subject,
        });
    }
}
