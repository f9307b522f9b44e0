// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! What all sessions of a worker share.

use crate::access::AccessLog;
use crate::buffer::Pool;
use crate::config::Config;
use crate::net::Net;
use crate::slab::Slab;
use crate::timer::Wheel;
use crate::upstream::{Upstream, Upstreams};
use wasmk_http1::request::RequestHead;
use wasmk_http1::response::ResponseHead;

/// Whose events come under a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The client of the session with this key.
    Client(u64),
    /// The upstream of the session with this key.
    Upstream(u64),
    /// An idle connection to this upstream address.
    Idle(usize),
    /// The listener of this number.
    Listener(usize),
}

/// Everything of a worker but its sessions.
pub struct Shared<N: Net> {
    /// The network.
    pub net: N,
    /// The settings.
    pub config: Config,
    /// Receive buffers.
    pub pool: Pool,
    /// Upstream addresses and idle connections.
    pub upstreams: Upstreams<N::Handle>,
    /// Tokens.
    pub links: Slab<Link>,
    /// Deadlines.
    pub wheel: Wheel,
    /// Milliseconds, as of the last wait.
    pub now: u64,
    /// The access log.
    pub log: AccessLog,
    /// The request head being looked at; its memory serves all.
    pub request: RequestHead,
    /// The response head being looked at.
    pub response: ResponseHead,
}

impl<N: Net> Shared<N> {
    /// The shared part of a worker on `net`.
    pub fn new(mut net: N, config: Config, log: AccessLog) -> Self {
        let now = net.now();
        Self {
            upstreams: Upstreams::new(net.upstreams(), config.pool),
            net,
            config,
            pool: Pool::default(),
            links: Slab::default(),
            wheel: Wheel::new(now),
            now,
            log,
            request: RequestHead::default(),
            response: ResponseHead::default(),
        }
    }

    /// Closes a connection to an upstream.
    pub fn close_upstream(&mut self, mut upstream: Upstream<N::Handle>) {
        self.links.remove(upstream.token);
        upstream.stream.rx.discard(&mut self.pool);
    }

    /// Keeps a connection to an upstream for the next exchange.
    pub fn keep_upstream(&mut self, mut upstream: Upstream<N::Handle>) {
        if let Some(link) = self.links.get_mut(upstream.token) {
            *link = Link::Idle(upstream.address);
        }
        upstream.reused = true;
        upstream.stream.rx.settle(&mut self.pool);
        upstream.stream.tx.clear();
        if let Some(surplus) = self.upstreams.give_idle(upstream, self.now) {
            self.close_upstream(surplus);
        }
    }
}
