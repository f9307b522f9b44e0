// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Answers of the proxy's own.

use wasmk_http1::forward::{connection, content_length, decimal, Reply};
use wasmk_http1::request::Method;

fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        408 => "Request Timeout",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    }
}

/// Writes a response that says `status` and `why` in plain text.
pub fn write(out: &mut Vec<u8>, status: u16, why: &str, method: Method, reply: Reply) {
    let reason = reason(status);
    out.extend_from_slice(b"HTTP/1.1 ");
    decimal(out, status.into());
    out.push(b' ');
    out.extend_from_slice(reason.as_bytes());
    out.extend_from_slice(b"\r\nContent-Type: text/plain\r\n");
    let parts = [reason, ": ", why, "\n"];
    content_length(out, parts.iter().map(|p| p.len() as u64).sum());
    connection(out, reply);
    out.extend_from_slice(b"\r\n");
    if method != Method::Head {
        for part in parts {
            out.extend_from_slice(part.as_bytes());
        }
    }
}
