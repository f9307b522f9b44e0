// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Moving a body from one connection to another, with no more than one buffer of it in between.
//!
//! A piece of content is sent right from the buffer it was received in, together with what is pending before it (the
//! head, the line that opens a chunk). While it cannot be sent nothing more is received: that is the backpressure.

use crate::buffer::Pool;
use crate::net::{Net, NetError, PassError, Passed};
use crate::stream::{Fill, Stream};
use wasmk_http1::body::BodyReader;
use wasmk_http1::chunked::{self, Piece, CHUNK_END, LAST_CHUNK};
use wasmk_http1::{Body, ParseError};

/// Pieces up to this size are copied together rather than sent one by one.
const SMALL: usize = 1024;
/// Pending bytes above which nothing more is copied.
const GATHER: usize = 8 * 1024;

/// Rests of bodies from this length on are passed on without being received.
const LONG: u64 = 16 * 1024;
/// Most bytes passed on at once, so that others have their turn.
const PASS: usize = 256 * 1024;

/// One direction of an exchange.
#[derive(Debug, Default)]
pub struct Flow {
    reader: BodyReader,
    chunk: bool,
    limit: u64,
    /// Bytes at the front of the source's buffer that go next.
    span: usize,
    /// Whether the end of a chunk follows them.
    tail: bool,
    finished: bool,
    /// Whether anything was taken from the source, so that it cannot be sent again.
    pub touched: bool,
    /// Whether all has been sent.
    pub done: bool,
}

/// Why a pump stopped for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pumped {
    /// All is sent.
    Done,
    /// One of the two is not ready.
    Blocked,
    /// It has had its turn.
    Budget,
}

/// Why a pump cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The source failed, or ended too early (`None`).
    Source(Option<NetError>),
    /// The sink failed.
    Sink(NetError),
    /// The body breaks the rules.
    Body(ParseError),
}

impl Flow {
    /// A flow of `from`, sent in chunks or as it is, refused beyond `limit` bytes.
    pub fn new(from: Body, chunk: bool, limit: u64) -> Self {
        Self {
            reader: BodyReader::new(from),
            chunk,
            limit,
            ..Self::default()
        }
    }

    /// Goes back to the start, for a new connection to the sink; only while nothing was touched.
    pub fn rewind(&mut self) {
        self.finished = false;
        self.done = false;
    }

    /// Bytes of content read so far.
    pub fn read(&self) -> u64 {
        self.reader.read
    }

    /// Whether bytes wait for the sink.
    pub fn is_waiting_for_sink<H>(&self, sink: &Stream<H>) -> bool {
        self.span > 0 || !sink.tx.is_empty()
    }

    /// Moves what can be moved, in at most `budget` sends and receives.
    pub fn pump<N: Net>(
        &mut self,
        net: &mut N,
        pool: &mut Pool,
        source: &mut Stream<N::Handle>,
        sink: &mut Stream<N::Handle>,
        budget: &mut u32,
    ) -> Result<Pumped, Broken> {
        loop {
            self.stage(source, sink).map_err(Broken::Body)?;
            if self.is_waiting_for_sink(sink) {
                if !sink.writable {
                    return Ok(Pumped::Blocked);
                }
                self.send(net, source, sink).map_err(Broken::Sink)?;
            } else if self.finished {
                source.rx.settle(pool);
                self.done = true;
                return Ok(Pumped::Done);
            } else if let Some(pumped) = self.pass(net, pool, source, sink)? {
                if pumped == Pumped::Blocked {
                    return Ok(pumped);
                }
            } else {
                match source
                    .fill(net, pool)
                    .map_err(|e| Broken::Source(Some(e)))?
                {
                    Fill::Data => {}
                    Fill::Blocked => return Ok(Pumped::Blocked),
                    Fill::End if self.reader.end() => {}
                    Fill::End => return Err(Broken::Source(None)),
                }
            }
            *budget = budget.saturating_sub(1);
            if *budget == 0 {
                return Ok(Pumped::Budget);
            }
        }
    }

    /// Passes content on that need not be looked at; `None` if there is none such, or it must be received first.
    fn pass<N: Net>(
        &mut self,
        net: &mut N,
        pool: &mut Pool,
        source: &mut Stream<N::Handle>,
        sink: &mut Stream<N::Handle>,
    ) -> Result<Option<Pumped>, Broken> {
        let left = self.reader.left();
        let allowed = self.reader.read.saturating_add(left) <= self.limit;
        if self.chunk || left < LONG || !allowed || !source.rx.is_empty() || source.ended {
            return Ok(None);
        }
        source.rx.settle(pool);
        if !source.readable || !sink.writable {
            return Ok(Some(Pumped::Blocked));
        }
        let most = usize::try_from(left).map_or(PASS, |left| left.min(PASS));
        match net.pass(&source.handle, &sink.handle, most) {
            Ok(Passed::Moved(count)) => {
                self.touched = true;
                self.reader.skip(count as u64);
                Ok(Some(Pumped::Budget))
            }
            Ok(Passed::End) => {
                source.ended = true;
                Err(Broken::Source(None))
            }
            Ok(Passed::Empty) => {
                source.readable = false;
                Ok(Some(Pumped::Blocked))
            }
            Ok(Passed::Full) => {
                sink.writable = false;
                Ok(Some(Pumped::Blocked))
            }
            Ok(Passed::Unable) => Ok(None),
            Err(PassError::Source(error)) => Err(Broken::Source(Some(error))),
            Err(PassError::Sink(error)) => Err(Broken::Sink(error)),
        }
    }

    /// Decodes what was received, up to the next piece that is worth a send of its own.
    fn stage<H>(&mut self, source: &mut Stream<H>, sink: &mut Stream<H>) -> Result<(), ParseError> {
        while self.span == 0 && !self.finished {
            match self.reader.next(source.rx.data())? {
                Piece::More => break,
                Piece::Framing(count) => {
                    self.touched = true;
                    source.rx.consume(count);
                }
                Piece::End => {
                    self.finished = true;
                    if self.chunk {
                        sink.tx.bytes.extend_from_slice(LAST_CHUNK);
                    }
                }
                Piece::Data(count) => self.stage_data(count, source, sink)?,
            }
        }
        Ok(())
    }

    fn stage_data<H>(
        &mut self,
        count: usize,
        source: &mut Stream<H>,
        sink: &mut Stream<H>,
    ) -> Result<(), ParseError> {
        if self.reader.read > self.limit {
            return Err(ParseError::BodyTooLarge);
        }
        self.touched = true;
        let out = &mut sink.tx.bytes;
        if self.chunk {
            chunked::open_chunk(out, count);
        }
        if count > SMALL || out.len() > GATHER {
            self.span = count;
            self.tail = self.chunk;
            return Ok(());
        }
        out.extend_from_slice(&source.rx.data()[..count]);
        source.rx.consume(count);
        if self.chunk {
            out.extend_from_slice(CHUNK_END);
        }
        Ok(())
    }

    /// One send of all that is ready.
    fn send<N: Net>(
        &mut self,
        net: &mut N,
        source: &mut Stream<N::Handle>,
        sink: &mut Stream<N::Handle>,
    ) -> Result<(), NetError> {
        let content = &source.rx.data()[..self.span];
        let tail = if self.tail { CHUNK_END } else { &[] };
        let sent = match net.send(&sink.handle, &[sink.tx.pending(), content, tail]) {
            Ok(sent) => sent,
            Err(NetError::WouldBlock) => {
                sink.writable = false;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let sent = sink.tx.advance(sent);
        let content = sent.min(self.span);
        source.rx.consume(content);
        self.span -= content;
        if self.span == 0 && self.tail {
            sink.tx
                .bytes
                .extend_from_slice(&CHUNK_END[(sent - content).min(2)..]);
            self.tail = false;
        }
        Ok(())
    }
}
