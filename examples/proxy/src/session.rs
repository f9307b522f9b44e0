// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! A client connection and the exchange in progress on it.

use crate::pump::Flow;
use crate::stream::Stream;
use crate::upstream::{Tried, Upstream};
use wasmk_http1::head::HeadFinder;
use wasmk_http1::request::Method;
use wasmk_http1::Version;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Between requests, or with part of a request head.
    Head,
    /// A connection attempt to an upstream is under way.
    Connect,
    /// Request and response are passing through.
    Relay,
    /// An answer of the proxy's own is being sent.
    Reply,
    /// All is sent; what the client still sends is read and dropped, so that closing does not break the answer.
    Linger,
}

/// What the proxy has to remember of a request until its response is sent.
#[derive(Debug, Default)]
pub struct Exchange {
    /// The request's method.
    pub method: Method,
    /// The client's version.
    pub version: Version,
    /// Whether the client wants the connection kept.
    pub keep_alive: bool,
    /// The head to send upstream, kept for another attempt.
    pub head: Vec<u8>,
    /// Whether a request body is announced.
    pub has_body: bool,
    /// The request body's way.
    pub upload: Flow,
    /// The response body's way.
    pub download: Flow,
    /// Whether the upstream stopped taking the request.
    pub upload_broken: bool,
    /// Status of the response, once its head has been sent on.
    pub status: Option<u16>,
    /// Whether the upstream keeps its connection after the response.
    pub reusable: bool,
    /// Addresses tried.
    pub tried: Tried,
    /// Whether a kept connection has failed already.
    pub stale: bool,
    /// Whether the last attempt timed out.
    pub timed_out: bool,
    /// When the request head was complete, in milliseconds.
    pub started: u64,
    /// The request line, for the access log.
    pub line: String,
}

/// A client connection.
#[derive(Debug)]
pub struct Session<H> {
    /// The client.
    pub client: Stream<H>,
    /// The token its events come under.
    pub token: u64,
    /// The client's address.
    pub peer: String,
    /// Where it stands.
    pub phase: Phase,
    /// Search for the end of the head that is coming in, a request's or a response's.
    pub finder: HeadFinder,
    /// Whether a request head has begun to come in.
    pub begun: bool,
    /// The request in progress.
    pub exchange: Exchange,
    /// The upstream that serves it.
    pub upstream: Option<Upstream<H>>,
    /// When the session has stood still for too long, in milliseconds.
    pub deadline: u64,
    /// When the session is next looked at for that.
    pub scheduled: Option<u64>,
    /// Whether it waits for its next turn.
    pub queued: bool,
}

impl<H> Session<H> {
    /// A session at the start of its first request.
    pub fn new(client: Stream<H>, token: u64, peer: String, deadline: u64) -> Self {
        Self {
            client,
            token,
            peer,
            phase: Phase::Head,
            finder: HeadFinder::default(),
            begun: false,
            exchange: Exchange::default(),
            upstream: None,
            deadline,
            scheduled: None,
            queued: false,
        }
    }
}
