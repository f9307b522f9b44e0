// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Channels to other instances, through which descriptors are handed on.

use crate::descriptor::Descriptor;
use crate::rights::Rights;
use crate::{grant, sys, Errno};

/// Most bytes of a message.
pub const MESSAGE_MAX: usize = 1024;

/// The sending end of a channel.
#[derive(Debug)]
pub struct Sender(Descriptor);

/// The receiving end of a channel.
#[derive(Debug)]
pub struct Receiver(Descriptor);

/// A descriptor to be passed on, with at most these rights.
#[derive(Clone, Copy, Debug)]
pub struct Passing<'a> {
    /// The descriptor; it stays.
    pub descriptor: &'a Descriptor,
    /// What the other may do with it: not more than we may.
    pub rights: Rights,
    /// What the other may do with what it derives from it.
    pub inheriting: Rights,
}

impl Sender {
    /// The sending end that was granted under this name. Takes possession of it: call it once, and
    /// not along with [`crate::grants`].
    ///
    /// # Errors
    ///
    /// `NOENT` when there is none.
    pub fn find(name: &str) -> Result<Self, Errno> {
        grant::find(name).map(|fd| Self(Descriptor::new(fd)))
    }

    /// Sends a message, waiting for room in the channel.
    ///
    /// # Errors
    ///
    /// `NOTCAPABLE` for rights that the descriptor does not have; `INVAL` for a descriptor that cannot be passed (ends of
    /// channels, queues); `TOOBIG` beyond [`MESSAGE_MAX`]; `PIPE` when nobody receives; `AGAIN` when non-blocking.
    pub fn send(&self, data: &[u8], passing: Option<Passing<'_>>) -> Result<(), Errno> {
        let passing = passing.map(|p| (p.descriptor.number(), p.rights.0, p.inheriting.0));
        sys::channel_send(self.0.number(), data, passing)
    }

    /// Its descriptor.
    pub fn descriptor(&self) -> &Descriptor {
        &self.0
    }
}

impl Receiver {
    /// The receiving end that was granted under this name. Takes possession of it: call it once, and
    /// not along with [`crate::grants`].
    ///
    /// # Errors
    ///
    /// `NOENT` when there is none.
    pub fn find(name: &str) -> Result<Self, Errno> {
        grant::find(name).map(|fd| Self(Descriptor::new(fd)))
    }

    /// Waits for a message; answers its length and the descriptor that came with it.
    ///
    /// # Errors
    ///
    /// `PIPE` when nothing is left and nobody sends any more; `OVERFLOW` when it does not fit (it stays); `MFILE` when there is
    /// no number for its descriptor (it stays); `AGAIN` when non-blocking.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<(usize, Option<Descriptor>), Errno> {
        let (len, fd) = sys::channel_recv(self.0.number(), buffer)?;
        Ok((len, fd.map(Descriptor::new)))
    }

    /// Its descriptor.
    pub fn descriptor(&self) -> &Descriptor {
        &self.0
    }
}
