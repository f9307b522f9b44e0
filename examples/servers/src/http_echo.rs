// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! An HTTP server that sends back the body it receives, while it receives it.

use crate::http::{refuse, State};
use crate::{Service, Step};
use wasmk_http1::body::BodyReader;
use wasmk_http1::chunked::{open_chunk, Piece, CHUNK_END, LAST_CHUNK};
use wasmk_http1::fields::Name;
use wasmk_http1::forward::{connection, content_length};
use wasmk_http1::request::Method;
use wasmk_http1::{Body, Version};

/// Answers every request with its own body: a chunked one in chunks, another with its length.
#[derive(Debug, Default)]
pub struct HttpEcho;

/// A connection of an [`HttpEcho`].
#[derive(Debug, Default)]
pub struct EchoState {
    http: State,
    chunked: bool,
}

impl Service for HttpEcho {
    type State = EchoState;

    fn step(&self, state: &mut EchoState, input: &[u8], output: &mut Vec<u8>) -> Step {
        if let Some(body) = &mut state.http.body {
            return match body.next(input) {
                Ok(Piece::More) => Step::More,
                Ok(Piece::Framing(count)) => Step::Took(count),
                Ok(Piece::Data(count)) => {
                    if state.chunked {
                        open_chunk(output, count);
                    }
                    output.extend_from_slice(&input[..count]);
                    if state.chunked {
                        output.extend_from_slice(CHUNK_END);
                    }
                    Step::Took(count)
                }
                Ok(Piece::End) => {
                    if state.chunked {
                        output.extend_from_slice(LAST_CHUNK);
                    }
                    state.http.body = None;
                    if state.http.keep_alive {
                        Step::Took(0)
                    } else {
                        Step::Close
                    }
                }
                // The status line is out already: closing early is all that can be said.
                Err(_) => Step::Close,
            };
        }
        match state.http.head(input) {
            Ok(None) => Step::More,
            Ok(Some((2, _))) => Step::Took(2),
            Ok(Some((length, body))) => {
                answer(state, &input[..length], body, output);
                Step::Took(length)
            }
            Err(error) => refuse(output, error),
        }
    }
}

fn answer(state: &mut EchoState, head: &[u8], body: Body, output: &mut Vec<u8>) {
    let http = &mut state.http;
    let waits = http
        .request
        .fields
        .has_member(head, Name::Expect, "100-continue");
    if waits && http.request.version == Version::Http11 && body != Body::None {
        output.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    output.extend_from_slice(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n");
    state.chunked = body == Body::Chunked;
    match body {
        Body::Length(length) => content_length(output, length),
        Body::Chunked => output.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        Body::None | Body::UntilClose => content_length(output, 0),
    }
    connection(output, http.reply(body));
    output.extend_from_slice(b"\r\n");
    let sent = if http.request.method == Method::Head {
        Body::None
    } else {
        body
    };
    http.body = Some(BodyReader::new(sent));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_both_framings_whatever_the_split() {
        let requests = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
            POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
            3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: z\r\n\r\nGET / HTTP/1.0\r\n\r\n";
        for piece in 1..requests.len() {
            let (output, closed) = crate::talk(&HttpEcho, requests, piece);
            let text = String::from_utf8(output).unwrap();
            let bodies: Vec<_> = text.split("\r\n\r\n").skip(1).collect();
            assert!(bodies[0].starts_with("hello"), "{text}");
            let chunks = bodies[1].split("\r\n").collect::<Vec<_>>();
            let data: String = chunks.iter().skip(1).step_by(2).copied().collect();
            assert_eq!(data, "abcd");
            assert!(closed && text.ends_with("Content-Length: 0\r\nConnection: close\r\n\r\n"));
        }
    }
}
