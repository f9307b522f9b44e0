// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The chunked transfer coding (RFC 9112 §7.1): a streaming decoder, and the heads of chunks to send.

use crate::chars::{find, is_field_value};
use crate::fields::field;
use crate::ParseError;

/// Longest line that gives a chunk's size, extensions included, in bytes.
const MAX_SIZE_LINE: usize = 1024;
/// Longest trailer section, in bytes.
const MAX_TRAILERS: usize = 8192;

/// Decodes a chunked body piece by piece, wherever the pieces are cut.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    state: State,
    /// Bytes of the line or section that have been taken so far, for the limits.
    taken: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the line with the size of a chunk.
    #[default]
    Size,
    /// Inside a chunk, with so many bytes to come.
    Data(u64),
    /// Before the line end that follows a chunk's data.
    DataEnd,
    /// In the trailer section.
    Trailers,
    Done,
}

/// What the decoder found at the front of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// So many bytes of framing; drop them and ask again.
    Framing(usize),
    /// So many bytes of body.
    Data(usize),
    /// More input is needed to go on.
    More,
    /// The body is over; nothing of the input belongs to it.
    End,
}

impl Decoder {
    /// Looks at `input`, which begins where the last piece ended.
    ///
    /// # Errors
    ///
    /// Sizes that are not hexadecimal or do not fit 64 bits, lines that do not end in CRLF, and lines or trailers
    /// above the limits.
    pub fn next(&mut self, input: &[u8]) -> Result<Piece, ParseError> {
        match self.state {
            State::Size => self.size(input),
            State::Data(_) if input.is_empty() => Ok(Piece::More),
            State::Data(left) => {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                let left = left - take as u64;
                self.state = if left == 0 {
                    State::DataEnd
                } else {
                    State::Data(left)
                };
                Ok(Piece::Data(take))
            }
            State::DataEnd => match input {
                [b'\r', b'\n', ..] => {
                    self.state = State::Size;
                    Ok(Piece::Framing(2))
                }
                [] | [b'\r'] => Ok(Piece::More),
                _ => Err(ParseError::Malformed("end of a chunk")),
            },
            State::Trailers => self.trailer(input),
            State::Done => Ok(Piece::End),
        }
    }

    fn size(&mut self, input: &[u8]) -> Result<Piece, ParseError> {
        let Some(text) = whole_line(input, MAX_SIZE_LINE)? else {
            return Ok(Piece::More);
        };
        let digits = text.iter().take_while(|c| c.is_ascii_hexdigit()).count();
        let (number, extension) = text.split_at(digits);
        let size = hexadecimal(number).ok_or(ParseError::Malformed("chunk size"))?;
        let blank = extension
            .iter()
            .take_while(|c| matches!(c, b' ' | b'\t'))
            .count();
        if !extension.is_empty() && extension.get(blank) != Some(&b';') {
            return Err(ParseError::Malformed("chunk size"));
        }
        if !is_field_value(extension) {
            return Err(ParseError::Malformed("chunk extension"));
        }
        self.state = if size == 0 {
            State::Trailers
        } else {
            State::Data(size)
        };
        self.taken = 0;
        Ok(Piece::Framing(text.len() + 2))
    }

    fn trailer(&mut self, input: &[u8]) -> Result<Piece, ParseError> {
        let Some(text) = whole_line(input, MAX_TRAILERS - self.taken)? else {
            return Ok(Piece::More);
        };
        let length = text.len() + 2;
        if text.is_empty() {
            self.state = State::Done;
        } else {
            field(text, 0)?;
            self.taken += length;
        }
        Ok(Piece::Framing(length))
    }
}

/// The line at the front of `input` without its CRLF, or `None` while its end is not there.
fn whole_line(input: &[u8], limit: usize) -> Result<Option<&[u8]>, ParseError> {
    match find(input, b'\n') {
        Some(end) if end >= limit => Err(ParseError::HeadTooLarge),
        Some(end) => match &input[..end] {
            [text @ .., b'\r'] => Ok(Some(text)),
            _ => Err(ParseError::Malformed("line feed without carriage return")),
        },
        None if input.len() >= limit => Err(ParseError::HeadTooLarge),
        None => Ok(None),
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, &c| {
        let digit = char::from(c).to_digit(16)?;
        Some(sum.checked_mul(16)? + u64::from(digit))
    })
}

/// What ends every chunk's data.
pub const CHUNK_END: &[u8] = b"\r\n";
/// The chunk of size nought and the empty trailer section that end a body.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Appends the line that opens a chunk of `size` bytes, which must not be nought.
pub fn open_chunk(out: &mut Vec<u8>, size: usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut shift = (usize::BITS - size.leading_zeros()).div_ceil(4) * 4;
    while shift > 0 {
        shift -= 4;
        out.push(DIGITS[(size >> shift) & 15]);
    }
    out.extend_from_slice(CHUNK_END);
}
