// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The other side of the proxy's connections.

use super::Shared;
use wasmk_proxy::net::NetError;
use wasmk_servers::{Service, Step};

/// A client, or an upstream's side of a connection.
pub struct Peer {
    pub id: usize,
    world: Shared,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.world.borrow_mut().close(self.id, 1);
    }
}

impl Peer {
    pub fn new(id: usize, world: Shared) -> Self {
        Self { id, world }
    }

    /// Sends what there is room for.
    pub fn send(&mut self, bytes: &[u8]) -> usize {
        self.world
            .borrow_mut()
            .send(self.id, 1, &[bytes])
            .unwrap_or(0)
    }

    /// Sends all of `text`, for which there must be room.
    pub fn say(&mut self, text: &str) {
        assert_eq!(self.send(text.as_bytes()), text.len(), "no room, or closed");
    }

    /// Receives at most `most` bytes; `None` when the stream has ended or broken.
    pub fn recv(&mut self, most: usize) -> Option<Vec<u8>> {
        let mut buffer = vec![0; most];
        match self.world.borrow_mut().recv(self.id, 1, &mut buffer) {
            Ok(0) => None,
            Ok(count) => {
                buffer.truncate(count);
                Some(buffer)
            }
            Err(NetError::WouldBlock) => Some(Vec::new()),
            Err(_) => None,
        }
    }

    /// Everything that has come, as text.
    pub fn heard(&mut self) -> String {
        let mut all = Vec::new();
        while let Some(bytes) = self.recv(4096).filter(|b| !b.is_empty()) {
            all.extend(bytes);
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Whether the proxy has ended or broken the connection and all was read.
    pub fn is_over(&mut self) -> bool {
        self.recv(1).is_none()
    }

    /// Sends no more.
    pub fn end(&mut self) {
        let mut world = self.world.borrow_mut();
        world.link(self.id).to[0].ended = true;
        world.touch(self.id);
    }

    /// Breaks the connection.
    pub fn reset(&mut self) {
        let mut world = self.world.borrow_mut();
        world.link(self.id).reset = true;
        world.touch(self.id);
    }
}

/// A [`Service`] on one connection, doing little at a time.
pub struct Served<S: Service> {
    pub peer: Peer,
    state: S::State,
    input: Vec<u8>,
    output: Vec<u8>,
    closing: bool,
}

impl<S: Service> Served<S> {
    pub fn new(peer: Peer) -> Self {
        Self {
            peer,
            state: S::State::default(),
            input: Vec::new(),
            output: Vec::new(),
            closing: false,
        }
    }

    /// Receives and sends at most `most` bytes each; answers whether the connection goes on.
    pub fn work(&mut self, service: &S, most: usize) -> bool {
        if self.output.len() < 4096 && !self.closing {
            match self.peer.recv(most) {
                None => return false,
                Some(bytes) => self.input.extend(bytes),
            }
            loop {
                match service.step(&mut self.state, &self.input, &mut self.output) {
                    Step::Took(count) => drop(self.input.drain(..count)),
                    Step::More => break,
                    Step::Close => {
                        self.closing = true;
                        break;
                    }
                }
            }
        }
        let sent = self.peer.send(&self.output[..most.min(self.output.len())]);
        self.output.drain(..sent);
        !(self.closing && self.output.is_empty())
    }
}
