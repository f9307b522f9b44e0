// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! How long a body is (RFC 9112 §6).

use crate::fields::{Fields, Name};
use crate::request::{Method, RequestHead};
use crate::response::ResponseHead;
use crate::{ParseError, Version};

/// What delimits the body of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    #[default]
    None,
    /// Exactly so many bytes.
    Length(u64),
    /// Chunked transfer coding.
    Chunked,
    /// All bytes until the connection closes; responses only.
    UntilClose,
}

/// Framing of a request body.
///
/// # Errors
///
/// Both Content-Length and Transfer-Encoding, either of them repeated or malformed, or a transfer coding in
/// HTTP/1.0: two recipients could disagree about where such a request ends. A coding besides chunked is
/// not supported.
pub fn of_request(request: &RequestHead, head: &[u8]) -> Result<Body, ParseError> {
    let length = content_length(&request.fields, head)?;
    let chunked = chunked(&request.fields, head, request.version)?;
    match (length, chunked) {
        (Some(_), true) => Err(ParseError::Malformed("both a length and a transfer coding")),
        (None, true) => Ok(Body::Chunked),
        (Some(0) | None, false) => Ok(Body::None),
        (Some(length), false) => Ok(Body::Length(length)),
    }
}

/// Framing of the body of a final response to a request with `method`.
///
/// # Errors
///
/// As for requests.
pub fn of_response(
    response: &ResponseHead,
    head: &[u8],
    method: Method,
) -> Result<Body, ParseError> {
    let length = content_length(&response.fields, head)?;
    let chunked = chunked(&response.fields, head, response.version)?;
    if length.is_some() && chunked {
        return Err(ParseError::Malformed("both a length and a transfer coding"));
    }
    if method == Method::Head || matches!(response.status, 100..=199 | 204 | 304) {
        return Ok(Body::None);
    }
    Ok(match (length, chunked) {
        (_, true) => Body::Chunked,
        (Some(0), false) => Body::None,
        (Some(length), false) => Body::Length(length),
        (None, false) => Body::UntilClose,
    })
}

fn content_length(fields: &Fields, head: &[u8]) -> Result<Option<u64>, ParseError> {
    let mut values = fields.values(head, Name::ContentLength);
    let Some(text) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(ParseError::Malformed("more than one Content-Length field"));
    }
    decimal(text)
        .map(Some)
        .ok_or(ParseError::Malformed("Content-Length field"))
}

fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    text.iter().try_fold(0u64, |sum, &c| {
        sum.checked_mul(10)?.checked_add(u64::from(c - b'0'))
    })
}

fn chunked(fields: &Fields, head: &[u8], version: Version) -> Result<bool, ParseError> {
    let mut values = fields.values(head, Name::TransferEncoding);
    let Some(coding) = values.next() else {
        return Ok(false);
    };
    if values.next().is_some() {
        return Err(ParseError::Malformed(
            "more than one Transfer-Encoding field",
        ));
    }
    if version == Version::Http10 {
        return Err(ParseError::Malformed("transfer coding in HTTP/1.0"));
    }
    if coding.eq_ignore_ascii_case(b"chunked") {
        return Ok(true);
    }
    let mut members = fields.members(head, Name::TransferEncoding);
    match (members.next(), members.last()) {
        (Some(first), Some(last))
            if last.eq_ignore_ascii_case(b"chunked") && !first.eq_ignore_ascii_case(b"chunked") =>
        {
            Err(ParseError::Unsupported("a transfer coding besides chunked"))
        }
        _ => Err(ParseError::Malformed("Transfer-Encoding field")),
    }
}
