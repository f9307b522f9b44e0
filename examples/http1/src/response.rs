// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Response heads.

use crate::chars::is_field_value;
use crate::fields::Fields;
use crate::head::line;
use crate::request::{keeps_alive, version_of};
use crate::{ParseError, Span, Version};

/// A parsed response head; its spans are of the buffer it was parsed from.
#[derive(Clone, Debug, Default)]
pub struct ResponseHead {
    /// Status code, 100 to 999.
    pub status: u16,
    /// Where the reason phrase stands; may be empty.
    pub reason: Span,
    /// Protocol version.
    pub version: Version,
    /// Field lines.
    pub fields: Fields,
}

impl ResponseHead {
    /// Parses `head`, a whole head with its empty line at the end.
    ///
    /// # Errors
    ///
    /// As for requests; a proxy answers 502 for any of them.
    pub fn parse(&mut self, head: &[u8]) -> Result<(), ParseError> {
        let (text, next) = line(head, 0)?;
        let malformed = ParseError::Malformed("status line");
        self.version = version_of(text.get(..8).ok_or(malformed)?)?;
        let (code, reason) = match text.get(8..).ok_or(malformed)? {
            [b' ', code @ ..] if code.len() == 3 => (code, &text[..0]),
            [b' ', a, b, c, b' ', reason @ ..] => (&[*a, *b, *c][..], reason),
            _ => return Err(malformed),
        };
        if !code.iter().all(u8::is_ascii_digit) || code[0] == b'0' || !is_field_value(reason) {
            return Err(malformed);
        }
        self.status = code
            .iter()
            .fold(0, |sum, &c| sum * 10 + u16::from(c - b'0'));
        self.reason = Span {
            start: text.len() - reason.len(),
            end: text.len(),
        };
        self.fields.parse(head, next)
    }

    /// Whether this is an interim response, after which the final one follows.
    pub fn is_interim(&self) -> bool {
        self.status < 200
    }

    /// Whether the server will take another request on the connection.
    pub fn keeps_alive(&self, head: &[u8]) -> bool {
        keeps_alive(&self.fields, head, self.version)
    }
}
