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
    /// The path as the guest gave it, if it gave one: any bytes. Of a socket, the text of its peer's address, or else of its own.
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
    /// Address and length of [`Denial::subject`] in the guest's memory.
    pub subject: Option<(u32, u32)>,
}

impl Refusal {
    /// Descriptor `fd` lacks the rights `missing`.
    pub fn missing(fd: u32, missing: Rights) -> Self {
        Self {
            errno: Errno::NotCapable,
            fd,
            missing,
            subject: None,
        }
    }

    /// What the call names is none of what descriptor `fd` stands for.
    pub fn outside(errno: Errno, fd: u32) -> Self {
        Self {
            errno,
            fd,
            missing: Rights::empty(),
            subject: None,
        }
    }

    /// With the subject at `at` in the guest's memory.
    pub fn about(self, at: u32, len: u32) -> Self {
        Self {
            subject: Some((at, len)),
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
