// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! What the instance was handed when it was started.

use crate::descriptor::Descriptor;
use crate::socket::{Connecting, Stream};
use crate::{sys, Errno};

/// A granted listening socket.
#[derive(Debug)]
pub struct Listener(pub(crate) Descriptor);

impl Listener {
    /// The listening socket that was granted under this name. Takes possession of it: call it once, and not along with [`grants`].
    ///
    /// # Errors
    ///
    /// `NOENT` when there is none.
    pub fn find(name: &str) -> Result<Self, Errno> {
        sys::find(name).map(|fd| Self(Descriptor::new(fd)))
    }

    /// Waits for a connection and takes it.
    ///
    /// # Errors
    ///
    /// `AGAIN` when there is none and the listener is non-blocking; `MFILE`, `NFILE`, `NOMEM`.
    pub fn accept(&self) -> Result<Stream, Errno> {
        sys::accept(self.0.number(), false).map(|fd| Stream(Descriptor::new(fd)))
    }

    /// Takes a connection, which will be non-blocking.
    ///
    /// # Errors
    ///
    /// As [`Self::accept`].
    pub fn accept_nonblocking(&self) -> Result<Stream, Errno> {
        sys::accept(self.0.number(), true).map(|fd| Stream(Descriptor::new(fd)))
    }

    /// Its descriptor.
    pub fn descriptor(&self) -> &Descriptor {
        &self.0
    }
}

/// A granted set of addresses that may be connected to.
#[derive(Debug)]
pub struct Dialer(pub(crate) Descriptor);

impl Dialer {
    /// The dialer that was granted under this name. Takes possession of it: call it once, and not along with [`grants`].
    ///
    /// # Errors
    ///
    /// `NOENT` when there is none.
    pub fn find(name: &str) -> Result<Self, Errno> {
        sys::find(name).map(|fd| Self(Descriptor::new(fd)))
    }

    /// Its descriptor.
    pub fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    /// How many addresses it reaches.
    ///
    /// # Errors
    ///
    /// None that a dialer gives.
    pub fn addresses(&self) -> Result<u32, Errno> {
        sys::dialer_addresses(self.0.number())
    }

    /// Connects to address number `index`, waiting until that is done.
    ///
    /// # Errors
    ///
    /// `INVAL` for an address it does not have; whatever connecting gives.
    pub fn connect(&self, index: u32) -> Result<Stream, Errno> {
        let (fd, result) = sys::connect(self.0.number(), index, false)?;
        let stream = Stream(Descriptor::new(fd));
        result.map(|()| stream)
    }

    /// Begins to connect to address number `index`; the stream will be non-blocking.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`], as far as it is known at once.
    pub fn connect_nonblocking(&self, index: u32) -> Result<Connecting, Errno> {
        let (fd, result) = sys::connect(self.0.number(), index, true)?;
        let stream = Stream(Descriptor::new(fd));
        match result {
            Ok(()) => Ok(Connecting::Done(stream)),
            Err(Errno::INPROGRESS) => Ok(Connecting::Started(stream)),
            Err(error) => Err(error),
        }
    }
}

impl From<Descriptor> for Listener {
    /// Takes a descriptor that came through a channel for a listening socket; if it is none, accepting fails.
    fn from(descriptor: Descriptor) -> Self {
        Self(descriptor)
    }
}

impl From<Descriptor> for Dialer {
    /// Takes a descriptor that came through a channel for a dialer; if it is none, connecting fails.
    fn from(descriptor: Descriptor) -> Self {
        Self(descriptor)
    }
}

/// All grants, by kind, in the order they were given.
#[derive(Debug, Default)]
pub struct Grants {
    /// Listening sockets.
    pub listeners: Vec<Listener>,
    /// Sets of addresses to connect to.
    pub dialers: Vec<Dialer>,
    /// Everything else.
    pub others: Vec<Descriptor>,
}

/// Looks at all granted descriptors. Takes possession of them: call it once.
pub fn grants() -> Grants {
    const FIRST: u32 = 3;
    let mut grants = Grants::default();
    for fd in FIRST.. {
        let Some(socket) = sys::is_stream_socket(fd) else {
            break;
        };
        let descriptor = Descriptor::new(fd);
        if sys::dialer_addresses(fd).is_ok() {
            grants.dialers.push(Dialer(descriptor));
        } else if socket && sys::may_accept(fd) {
            grants.listeners.push(Listener(descriptor));
        } else {
            grants.others.push(descriptor);
        }
    }
    grants
}

/// Number of the descriptor of the grant called `name`.
///
/// # Errors
///
/// `NOENT` when there is none.
pub fn find(name: &str) -> Result<u32, Errno> {
    sys::find(name)
}
