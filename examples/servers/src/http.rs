// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! One page for every path.

use crate::{Service, Step};
use wasmk_http1::body::BodyReader;
use wasmk_http1::chunked::Piece;
use wasmk_http1::forward::{connection, content_length, Reply};
use wasmk_http1::head::HeadFinder;
use wasmk_http1::request::{Method, RequestHead};
use wasmk_http1::{framing, Body, ParseError};

/// Longest request head in bytes; the event loop's input buffers must hold it.
const MAX_HEAD: usize = 8 * 1024;
const MAX_TARGET: usize = 4 * 1024;

/// Answers every GET and HEAD with the same body.
#[derive(Debug)]
pub struct Http {
    body: Vec<u8>,
}

impl Http {
    /// A server of `body`.
    pub fn new(body: Vec<u8>) -> Self {
        Self { body }
    }
}

/// A connection of an HTTP server.
#[derive(Debug, Default)]
pub struct State {
    pub(crate) finder: HeadFinder,
    pub(crate) request: RequestHead,
    pub(crate) body: Option<BodyReader>,
    pub(crate) keep_alive: bool,
}

impl State {
    /// Takes a request head from `input` and answers its length and framing; `Ok(None)` while it is not whole.
    pub(crate) fn head(&mut self, input: &[u8]) -> Result<Option<(usize, Body)>, ParseError> {
        let length = match self.finder.find(input)? {
            Some(length) => length,
            None if input.len() >= MAX_HEAD => return Err(ParseError::HeadTooLarge),
            None => return Ok(None),
        };
        self.finder.reset();
        if length == 2 {
            return Ok(Some((length, Body::None)));
        }
        let head = &input[..length];
        self.request.parse(head, MAX_TARGET)?;
        self.keep_alive = self.request.keeps_alive(head);
        Ok(Some((length, framing::of_request(&self.request, head)?)))
    }

    pub(crate) fn reply(&self, body: Body) -> Reply {
        Reply {
            body,
            version: self.request.version,
            keep_alive: self.keep_alive,
        }
    }
}

/// Writes an answer that says what was wrong.
pub(crate) fn refuse(output: &mut Vec<u8>, error: ParseError) -> Step {
    let text = format!("{error}\n");
    output.extend_from_slice(format!("HTTP/1.1 {} Refused\r\n", error.status()).as_bytes());
    output.extend_from_slice(b"Content-Type: text/plain\r\nConnection: close\r\n");
    content_length(output, text.len() as u64);
    output.extend_from_slice(b"\r\n");
    output.extend_from_slice(text.as_bytes());
    Step::Close
}

impl Service for Http {
    type State = State;

    fn step(&self, state: &mut State, input: &[u8], output: &mut Vec<u8>) -> Step {
        if let Some(body) = &mut state.body {
            return match body.next(input) {
                Ok(Piece::More) => Step::More,
                Ok(Piece::Framing(count) | Piece::Data(count)) => Step::Took(count),
                Ok(Piece::End) => {
                    self.answer(state, output);
                    state.body = None;
                    if state.keep_alive {
                        Step::Took(0)
                    } else {
                        Step::Close
                    }
                }
                Err(error) => refuse(output, error),
            };
        }
        match state.head(input) {
            Ok(None) => Step::More,
            Ok(Some((2, _))) => Step::Took(2),
            Ok(Some((length, body))) => {
                state.body = Some(BodyReader::new(body));
                Step::Took(length)
            }
            Err(error) => refuse(output, error),
        }
    }
}

impl Http {
    fn answer(&self, state: &State, output: &mut Vec<u8>) {
        let known = matches!(state.request.method, Method::Get | Method::Head);
        let (line, body): (&[u8], &[u8]) = match known {
            true => (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
                &self.body,
            ),
            false => (
                b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n",
                b"",
            ),
        };
        output.extend_from_slice(line);
        content_length(output, body.len() as u64);
        connection(output, state.reply(Body::None));
        output.extend_from_slice(b"\r\n");
        if state.request.method != Method::Head {
            output.extend_from_slice(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_pipelined_requests_whatever_the_split() {
        let server = Http::new(b"page\n".to_vec());
        let requests = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n\
            POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
            GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET";
        let expected =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\npage\n\
            HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n\
            HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n\r\n\
            HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\
            Connection: close\r\n\r\npage\n";
        for piece in 1..requests.len() {
            let (output, closed) = crate::talk(&server, requests, piece);
            assert_eq!(String::from_utf8_lossy(&output), expected);
            assert!(closed);
        }
    }

    #[test]
    fn refuses_what_is_malformed() {
        let (output, closed) = crate::talk(&Http::new(Vec::new()), b"GET / HTTP/1.1\n", 100);
        assert!(output.starts_with(b"HTTP/1.1 400 ") && closed);
    }
}
