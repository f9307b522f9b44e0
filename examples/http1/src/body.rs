// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Walking a body as it comes in.

use crate::chunked::{Decoder, Piece};
use crate::{Body, ParseError};

/// A body of which some has been read.
#[derive(Clone, Debug, Default)]
pub struct BodyReader {
    kind: Kind,
    /// Bytes of content so far.
    pub read: u64,
}

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    Done,
    Length(u64),
    Chunked(Decoder),
    UntilClose,
}

impl BodyReader {
    /// A reader at the start of `body`.
    pub fn new(body: Body) -> Self {
        let kind = match body {
            Body::None | Body::Length(0) => Kind::Done,
            Body::Length(length) => Kind::Length(length),
            Body::Chunked => Kind::Chunked(Decoder::default()),
            Body::UntilClose => Kind::UntilClose,
        };
        Self { kind, read: 0 }
    }

    /// Looks at `input`, which begins where the last piece ended.
    ///
    /// # Errors
    ///
    /// As [`Decoder::next`].
    pub fn next(&mut self, input: &[u8]) -> Result<Piece, ParseError> {
        let piece = match &mut self.kind {
            Kind::Done | Kind::Length(0) => Piece::End,
            Kind::Chunked(decoder) => decoder.next(input)?,
            _ if input.is_empty() => Piece::More,
            Kind::Length(left) => {
                let take = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(input.len());
                *left -= take as u64;
                Piece::Data(take)
            }
            Kind::UntilClose => Piece::Data(input.len()),
        };
        if let Piece::Data(count) = piece {
            self.read += count as u64;
        }
        Ok(piece)
    }

    /// How many bytes of content are sure to follow one another, as they are, where the last piece ended: of a body whose length is
    /// known.
    pub fn left(&self) -> u64 {
        match self.kind {
            Kind::Length(left) => left,
            _ => 0,
        }
    }

    /// Takes note that `count` bytes of what is [left](Self::left) were read without being looked at.
    pub fn skip(&mut self, count: u64) {
        if let Kind::Length(left) = &mut self.kind {
            *left = left.saturating_sub(count);
            self.read += count;
        }
    }

    /// The peer has ended its stream: whether the body may end so.
    pub fn end(&mut self) -> bool {
        let complete = matches!(self.kind, Kind::Done | Kind::UntilClose | Kind::Length(0));
        if complete {
            self.kind = Kind::Done;
        }
        complete
    }
}
