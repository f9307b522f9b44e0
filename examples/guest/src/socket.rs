// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Connections.

use crate::descriptor::Descriptor;
use crate::{sys, Errno};

/// A connected stream socket.
#[derive(Debug)]
pub struct Stream(pub(crate) Descriptor);

/// A connection attempt.
#[derive(Debug)]
pub enum Connecting {
    /// The connection is there.
    Done(Stream),
    /// It is under way: the stream becomes writable, then [`Stream::connect_status`] tells how it went.
    Started(Stream),
}

/// What came of moving bytes from one stream to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spliced {
    /// So many were moved: at least one.
    Moved(usize),
    /// The stream has ended (or nothing was to be moved).
    End,
    /// Nothing is there: wait until the stream can be read.
    Empty,
    /// There is no room: wait until the other stream can be written.
    Full,
}

/// Directions to shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// No more will be received.
    Read = 1,
    /// No more will be sent.
    Write = 2,
    /// Neither.
    Both = 3,
}

impl From<Descriptor> for Stream {
    /// Takes a descriptor that came through a channel for a connection; if it is none, sending and receiving fail.
    fn from(descriptor: Descriptor) -> Self {
        Self(descriptor)
    }
}

impl Stream {
    /// Receives into `buffer`; 0 at the end of the stream.
    ///
    /// # Errors
    ///
    /// `AGAIN` when nothing is there and the stream is non-blocking; `CONNRESET` and the like.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        sys::recv(self.0.number(), buffer)
    }

    /// Sends up to four parts, one after the other; answers how many bytes were taken.
    ///
    /// # Errors
    ///
    /// `AGAIN` when there is no room and the stream is non-blocking; `PIPE`, `CONNRESET` and the like.
    pub fn send(&self, parts: &[&[u8]]) -> Result<usize, Errno> {
        sys::send(self.0.number(), parts)
    }

    /// Sends all of `bytes` on a blocking stream.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub fn send_all(&self, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            let sent = self.send(&[bytes])?;
            bytes = bytes.get(sent..).unwrap_or(&[]);
        }
        Ok(())
    }

    /// Moves up to `max` received bytes on to another stream, past this program's memory. It waits unless told otherwise, or the
    /// stream in whose way it is is non-blocking.
    ///
    /// # Errors
    ///
    /// `PIPE` when `to` takes no more; errors of receiving otherwise.
    pub fn splice_to(&self, to: &Self, max: usize, nonblocking: bool) -> Result<Spliced, Errno> {
        match sys::splice(self.0.number(), to.0.number(), max, nonblocking)? {
            (true, 0) => Ok(Spliced::End),
            (true, moved) => Ok(Spliced::Moved(moved)),
            (false, 1) => Ok(Spliced::Empty),
            (false, _) => Ok(Spliced::Full),
        }
    }

    /// How the connection attempt went.
    ///
    /// # Errors
    ///
    /// `INPROGRESS` while it goes on, else why it failed.
    pub fn connect_status(&self) -> Result<(), Errno> {
        sys::connect_status(self.0.number())
    }

    /// The peer's address as text, with its port.
    ///
    /// # Errors
    ///
    /// `NOTCONN` once the connection broke.
    pub fn peer_address(&self) -> Result<String, Errno> {
        sys::peer_address(self.0.number())
    }

    /// Ends one direction or both.
    ///
    /// # Errors
    ///
    /// `NOTCONN` once the connection broke.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Errno> {
        sys::shutdown(self.0.number(), how as u8)
    }

    /// Its descriptor.
    pub fn descriptor(&self) -> &Descriptor {
        &self.0
    }
}
