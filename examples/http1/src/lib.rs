// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! HTTP/1.1 message syntax, as RFC 9112 has it, without any I/O.
//!
//! The rules are applied strictly: where the RFC lets a recipient be lenient (a bare LF as line end,
//! obsolete line folding, white space before the colon, repeated lengths), this crate refuses. A proxy
//! that guesses differently from the server behind it is how requests get smuggled.
//!
//! A message head is parsed once it is there whole ([`head::HeadFinder`]), into spans of the buffer that holds
//! it ([`request::RequestHead`], [`response::ResponseHead`]); bodies are streamed ([`framing`], [`body`], [`chunked`]).
//! [`forward`] writes the heads that a proxy sends on.

#![forbid(unsafe_code)]

pub mod body;
pub mod chars;
pub mod chunked;
pub mod error;
pub mod fields;
pub mod forward;
pub mod framing;
pub mod head;
pub mod request;
pub mod response;

pub use error::ParseError;
pub use framing::Body;

/// Protocol version of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0: connections close after each message unless asked otherwise.
    Http10,
    /// HTTP/1.1 (and any later 1.x, which must be compatible with it).
    #[default]
    Http11,
}

/// A range of bytes in the buffer that holds a message head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes of this span in `buffer`; empty when the span is not of that buffer.
    pub fn of<'a>(&self, buffer: &'a [u8]) -> &'a [u8] {
        buffer.get(self.start..self.end).unwrap_or(&[])
    }

    /// Whether the span holds no byte.
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }
}
