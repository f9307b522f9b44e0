// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Finding the end of a message head, and walking its lines.

use crate::chars::find;
use crate::ParseError;

/// Searches for the end of a head in a buffer that grows; never looks at a byte twice.
#[derive(Clone, Debug, Default)]
pub struct HeadFinder {
    scanned: usize,
}

impl HeadFinder {
    /// Looks at what is new in `buffer`, which must begin with the bytes of the earlier calls.
    ///
    /// Answers the length of the head, its empty line included, once it is there whole. A length of 2 is an
    /// empty line before a head, which a server should skip (RFC 9112 §2.2).
    ///
    /// # Errors
    ///
    /// A line feed without a carriage return before it is refused at once.
    pub fn find(&mut self, buffer: &[u8]) -> Result<Option<usize>, ParseError> {
        while let Some(at) = buffer
            .get(self.scanned..)
            .and_then(|rest| find(rest, b'\n'))
        {
            let end = self.scanned + at + 1;
            self.scanned = end;
            let line = &buffer[..end];
            if !line.ends_with(b"\r\n") {
                return Err(ParseError::Malformed("line feed without carriage return"));
            }
            if line.ends_with(b"\r\n\r\n") || end == 2 {
                return Ok(Some(end));
            }
        }
        self.scanned = buffer.len();
        Ok(None)
    }

    /// Begins anew, for the next message.
    pub fn reset(&mut self) {
        self.scanned = 0;
    }
}

/// One line of `head` from offset `at`: its bytes without CRLF, and the offset of the next line.
pub(crate) fn line(head: &[u8], at: usize) -> Result<(&[u8], usize), ParseError> {
    let rest = head.get(at..).unwrap_or(&[]);
    let end = find(rest, b'\n').ok_or(ParseError::Malformed("line without end"))?;
    match rest[..end] {
        [ref text @ .., b'\r'] => Ok((text, at + end + 1)),
        _ => Err(ParseError::Malformed("line feed without carriage return")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_whatever_the_split() {
        let text = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest\r\n\r\n";
        for first in 0..text.len() {
            for second in first..text.len() {
                let mut finder = HeadFinder::default();
                let mut found = None;
                for end in [first, second, text.len()] {
                    if found.is_none() {
                        found = finder.find(&text[..end]).unwrap();
                    }
                }
                assert_eq!(found, Some(27));
            }
        }
    }

    #[test]
    fn a_bare_line_feed_is_refused_at_once() {
        assert!(HeadFinder::default().find(b"GET / HTTP/1.1\n").is_err());
        assert!(HeadFinder::default().find(b"\n").is_err());
        assert!(HeadFinder::default()
            .find(b"GET / HTTP/1.1\r\nA: b\nC")
            .is_err());
    }
}
