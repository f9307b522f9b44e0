// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Writing the heads that a proxy sends on (RFC 9110 §7.6).

use crate::fields::{Field, Fields, Name};
use crate::framing::Body;
use crate::request::RequestHead;
use crate::response::ResponseHead;
use crate::{Span, Version};

/// Who the proxy is and for whom it speaks.
#[derive(Clone, Copy, Debug)]
pub struct Hop<'a> {
    /// The name in Via.
    pub via: &'a str,
    /// The client's address, without a port, for X-Forwarded-For.
    pub client: &'a str,
    /// What to send as Host instead of the client's, if not empty.
    pub host: &'a str,
}

/// Writes the head of the request to send upstream: the client's, without what concerns only the
/// client's connection, and with X-Forwarded-For, X-Forwarded-Proto and Via.
pub fn request(out: &mut Vec<u8>, head: &[u8], from: &RequestHead, body: Body, hop: &Hop<'_>) {
    out.extend_from_slice(from.method_span.of(head));
    out.push(b' ');
    let target = from.target.of(head);
    if !matches!(target.first(), Some(b'/' | b'*')) {
        out.push(b'/');
    }
    out.extend_from_slice(target);
    out.extend_from_slice(b" HTTP/1.1\r\nHost: ");
    out.extend_from_slice(host(head, from, hop));
    out.extend_from_slice(b"\r\n");
    let replaced = |name| {
        let forwarded = matches!(
            name,
            Name::XForwardedFor | Name::XForwardedProto | Name::Via
        );
        let expect = name == Name::Expect && from.version == Version::Http10;
        forwarded || expect || matches!(name, Name::Host | Name::ContentLength)
    };
    copy_fields(out, head, &from.fields, replaced);
    let chain = |out: &mut Vec<u8>, name| {
        for value in from.fields.members(head, name) {
            out.extend_from_slice(value);
            out.extend_from_slice(b", ");
        }
    };
    out.extend_from_slice(b"X-Forwarded-For: ");
    chain(out, Name::XForwardedFor);
    out.extend_from_slice(hop.client.as_bytes());
    out.extend_from_slice(b"\r\nX-Forwarded-Proto: http\r\nVia: ");
    chain(out, Name::Via);
    via(out, from.version, hop.via);
    // A length of nought is sent on, so that a POST without content stays one with a known length.
    match body {
        Body::Length(length) => content_length(out, length),
        Body::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        Body::None | Body::UntilClose => {
            if from
                .fields
                .values(head, Name::ContentLength)
                .next()
                .is_some()
            {
                content_length(out, 0);
            }
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn host<'a>(head: &'a [u8], from: &'a RequestHead, hop: &Hop<'a>) -> &'a [u8] {
    if !hop.host.is_empty() {
        return hop.host.as_bytes();
    }
    match from.authority {
        Some(authority) => authority.of(head),
        None => from
            .fields
            .values(head, Name::Host)
            .next()
            .unwrap_or(b"localhost"),
    }
}

/// How a response goes on to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Framing towards the client.
    pub body: Body,
    /// Version the client speaks.
    pub version: Version,
    /// Whether the connection stays open after the response.
    pub keep_alive: bool,
}

/// Writes the head of the response to send to the client.
pub fn response(out: &mut Vec<u8>, head: &[u8], from: &ResponseHead, reply: Reply, name: &str) {
    status_line(out, from.status, from.reason, head);
    copy_fields(out, head, &from.fields, |name| {
        matches!(name, Name::ContentLength | Name::Via)
    });
    out.extend_from_slice(b"Via: ");
    for value in from.fields.members(head, Name::Via) {
        out.extend_from_slice(value);
        out.extend_from_slice(b", ");
    }
    via(out, from.version, name);
    match reply.body {
        Body::Length(length) => content_length(out, length),
        Body::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        Body::UntilClose => {}
        // The length that goes with a response without a body tells of another response's (HEAD, 304).
        Body::None if from.status == 204 => {}
        Body::None => {
            if let Some(value) = from.fields.values(head, Name::ContentLength).next() {
                out.extend_from_slice(b"Content-Length: ");
                out.extend_from_slice(value);
                out.extend_from_slice(b"\r\n");
            }
        }
    }
    connection(out, reply);
    out.extend_from_slice(b"\r\n");
}

/// Writes an interim response (1xx) to send to the client.
pub fn interim(out: &mut Vec<u8>, head: &[u8], from: &ResponseHead) {
    status_line(out, from.status, from.reason, head);
    copy_fields(out, head, &from.fields, |name| name == Name::ContentLength);
    out.extend_from_slice(b"\r\n");
}

/// Appends the Connection field of a response, where one is needed.
pub fn connection(out: &mut Vec<u8>, reply: Reply) {
    if !reply.keep_alive {
        out.extend_from_slice(b"Connection: close\r\n");
    } else if reply.version == Version::Http10 {
        out.extend_from_slice(b"Connection: keep-alive\r\n");
    }
}

/// Appends a Content-Length field.
pub fn content_length(out: &mut Vec<u8>, length: u64) {
    out.extend_from_slice(b"Content-Length: ");
    decimal(out, length);
    out.extend_from_slice(b"\r\n");
}

/// Appends `number` in decimal.
pub fn decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn status_line(out: &mut Vec<u8>, status: u16, reason: Span, head: &[u8]) {
    out.extend_from_slice(b"HTTP/1.1 ");
    decimal(out, status.into());
    out.push(b' ');
    out.extend_from_slice(reason.of(head));
    out.extend_from_slice(b"\r\n");
}

fn via(out: &mut Vec<u8>, version: Version, name: &str) {
    let version: &[u8] = if version == Version::Http10 {
        b"1.0 "
    } else {
        b"1.1 "
    };
    out.extend_from_slice(version);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Copies the field lines that go on: not those of one hop, not those that Connection names, and not
/// those that the caller writes anew. Lines that stand one after the other are copied together.
fn copy_fields(out: &mut Vec<u8>, head: &[u8], fields: &Fields, replaced: impl Fn(Name) -> bool) {
    let named = fields.values(head, Name::Connection).next().is_some();
    let goes_on = |f: &&Field| {
        let dropped = f.name.is_hop_by_hop() || replaced(f.name);
        !(dropped || named && named_by_connection(head, fields, f))
    };
    let mut run = Span::default();
    for field in fields.iter().filter(goes_on) {
        if field.name_span.start != run.end + CRLF.len() {
            copy_lines(out, run.of(head));
            run.start = field.name_span.start;
        }
        run.end = field.value.end.max(field.name_span.end + 1);
    }
    copy_lines(out, run.of(head));
}

const CRLF: &[u8] = b"\r\n";

fn copy_lines(out: &mut Vec<u8>, lines: &[u8]) {
    if !lines.is_empty() {
        out.extend_from_slice(lines);
        out.extend_from_slice(CRLF);
    }
}

/// Only fields without a role in framing or routing can be declared hop-by-hop by the sender.
fn named_by_connection(head: &[u8], fields: &Fields, field: &Field) -> bool {
    let name = field.name_span.of(head);
    field.name == Name::Other
        && fields
            .members(head, Name::Connection)
            .any(|m| m.eq_ignore_ascii_case(name))
}
