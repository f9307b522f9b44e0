// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! One connection with what was received and what is to be sent.

use crate::buffer::{Pool, Rx};
use crate::net::{Event, Net, NetError};

/// Bytes to send, and how many of them are gone.
#[derive(Debug, Default)]
pub struct Tx {
    /// The bytes, sent ones included until all are.
    pub bytes: Vec<u8>,
    sent: usize,
}

impl Tx {
    /// What is still to send.
    pub fn pending(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.sent == self.bytes.len()
    }

    /// Whether sending has begun.
    pub fn has_begun(&self) -> bool {
        self.sent > 0 || self.bytes.is_empty()
    }

    /// Notes that up to `count` bytes were sent; answers how many of `count` were not of these.
    pub fn advance(&mut self, count: usize) -> usize {
        let mine = count.min(self.bytes.len() - self.sent);
        self.sent += mine;
        if self.is_empty() {
            self.bytes.clear();
            self.sent = 0;
        }
        count - mine
    }

    /// Drops all bytes, and their memory if it has grown large.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2048);
        self.sent = 0;
    }
}

/// What came of a try to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// More bytes are there.
    Data,
    /// None now.
    Blocked,
    /// The peer will send no more.
    End,
}

/// A connection, its buffers, and what is known of its readiness.
#[derive(Debug)]
pub struct Stream<H> {
    /// The connection.
    pub handle: H,
    /// Received bytes.
    pub rx: Rx,
    /// Bytes to send.
    pub tx: Tx,
    /// Whether receiving may succeed.
    pub readable: bool,
    /// Whether sending may succeed.
    pub writable: bool,
    /// Whether the peer has sent all it will.
    pub ended: bool,
    /// Whether the connection is gone both ways.
    pub gone: bool,
}

impl<H> Stream<H> {
    /// A stream that is taken for ready until it says otherwise.
    pub fn new(handle: H) -> Self {
        Self {
            handle,
            rx: Rx::default(),
            tx: Tx::default(),
            readable: true,
            writable: true,
            ended: false,
            gone: false,
        }
    }

    /// Takes note of an event.
    pub fn note(&mut self, event: &Event) {
        self.readable |= event.readable || event.gone;
        self.writable |= event.writable || event.gone;
        self.gone |= event.gone;
    }

    /// Receives what fits in the buffer.
    pub fn fill<N>(&mut self, net: &mut N, pool: &mut Pool) -> Result<Fill, NetError>
    where
        N: Net<Handle = H>,
    {
        if self.ended {
            return Ok(Fill::End);
        }
        if !self.readable {
            self.rx.settle(pool);
            return Ok(Fill::Blocked);
        }
        match net.recv(&self.handle, self.rx.room(pool)) {
            Ok(0) => {
                self.ended = true;
                self.rx.settle(pool);
                Ok(Fill::End)
            }
            Ok(count) => {
                self.rx.received(count);
                Ok(Fill::Data)
            }
            Err(NetError::WouldBlock) => {
                self.readable = false;
                self.rx.settle(pool);
                Ok(Fill::Blocked)
            }
            Err(error) => Err(error),
        }
    }

    /// Sends what is pending; answers whether nothing is left.
    pub fn flush<N: Net<Handle = H>>(&mut self, net: &mut N) -> Result<bool, NetError> {
        while !self.tx.is_empty() {
            if !self.writable {
                return Ok(false);
            }
            match net.send(&self.handle, &[self.tx.pending()]) {
                Ok(count) => self.tx.advance(count),
                Err(NetError::WouldBlock) => {
                    self.writable = false;
                    0
                }
                Err(error) => return Err(error),
            };
        }
        Ok(true)
    }
}
