// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Receive buffers, shared by all connections: only a connection with bytes in flight holds one.

/// Size of a receive buffer in bytes; a message head must fit in one.
pub const BUFFER_SIZE: usize = 16 * 1024;

/// Buffers that wait to be used again.
#[derive(Debug, Default)]
pub struct Pool {
    free: Vec<Box<[u8]>>,
    made: usize,
}

impl Pool {
    fn take(&mut self) -> Box<[u8]> {
        self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            vec![0; BUFFER_SIZE].into_boxed_slice()
        })
    }

    fn give(&mut self, buffer: Box<[u8]>) {
        self.free.push(buffer);
    }

    /// How many buffers are in use.
    pub fn in_use(&self) -> usize {
        self.made - self.free.len()
    }
}

/// Bytes that were received and not used yet.
#[derive(Debug, Default)]
pub struct Rx {
    buffer: Option<Box<[u8]>>,
    start: usize,
    end: usize,
}

impl Rx {
    /// The bytes.
    pub fn data(&self) -> &[u8] {
        self.buffer
            .as_ref()
            .map_or(&[], |b| &b[self.start..self.end])
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether no further byte fits.
    pub fn is_full(&self) -> bool {
        self.end - self.start == BUFFER_SIZE
    }

    /// Drops the first `count` bytes.
    pub fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// The room after the bytes, which are moved to the front for it. Takes a buffer from `pool` if there is none.
    pub fn room(&mut self, pool: &mut Pool) -> &mut [u8] {
        let buffer = self.buffer.get_or_insert_with(|| pool.take());
        if self.start > 0 {
            buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        &mut buffer[self.end..]
    }

    /// Notes that `count` bytes were put in the room.
    pub fn received(&mut self, count: usize) {
        self.end = (self.end + count).min(BUFFER_SIZE);
    }

    /// Gives the buffer back if it is empty.
    pub fn settle(&mut self, pool: &mut Pool) {
        if self.is_empty() {
            self.discard(pool);
        }
    }

    /// Drops all bytes and gives the buffer back.
    pub fn discard(&mut self, pool: &mut Pool) {
        self.start = 0;
        self.end = 0;
        if let Some(buffer) = self.buffer.take() {
            pool.give(buffer);
        }
    }
}
