// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Finding an upstream for a request: kept connections first, then the addresses in turn.

use super::{fail, Step, CLOSE, WAIT};
use crate::net::{Net, NetError};
use crate::session::{Phase, Session};
use crate::shared::{Link, Shared};
use crate::stream::{Fill, Stream};
use crate::upstream::Upstream;

/// Tries the addresses in turn until one is there or under way.
pub fn start<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Step {
    while let Some(address) = cx.upstreams.pick(&mut s.exchange.tried, cx.now) {
        if let Some(step) = open(cx, id, s, address) {
            return step;
        }
    }
    if s.exchange.timed_out {
        fail(cx, s, 504, "no upstream took the connection in time")
    } else {
        fail(cx, s, 502, "no upstream could be reached")
    }
}

/// Goes on after a kept connection turned out to be stale: with a new one to the same address.
pub fn afresh<N: Net>(
    cx: &mut Shared<N>,
    id: u64,
    s: &mut Session<N::Handle>,
    address: usize,
) -> Step {
    s.exchange.stale = true;
    s.exchange.upload_broken = false;
    match open(cx, id, s, address) {
        Some(step) => step,
        None => start(cx, id, s),
    }
}

/// A kept or new connection to `address`; `None` if that cannot be had.
fn open<N: Net>(
    cx: &mut Shared<N>,
    id: u64,
    s: &mut Session<N::Handle>,
    address: usize,
) -> Option<Step> {
    while !s.exchange.stale {
        let Some(mut upstream) = cx.upstreams.take_idle(address) else {
            break;
        };
        // What cannot be sent twice is not sent into a connection that may have been closed.
        let careful = s.exchange.has_body || !s.exchange.method.is_idempotent();
        if (careful || upstream.stream.readable) && !is_quiet(cx, &mut upstream.stream) {
            cx.close_upstream(upstream);
            continue;
        }
        if let Some(link) = cx.links.get_mut(upstream.token) {
            *link = Link::Upstream(id);
        }
        send_head(cx, s, upstream);
        return Some(Step::Next);
    }
    let (handle, there) = match cx.net.connect(address) {
        Ok(connection) => connection,
        Err(NetError::Exhausted) => return Some(fail(cx, s, 503, "out of descriptors or memory")),
        Err(error) => {
            failed(cx, s, address, error);
            return None;
        }
    };
    let token = cx.links.insert(Link::Upstream(id));
    let mut stream = Stream::new(handle);
    stream.readable = false;
    stream.writable = there;
    let watched = cx.net.watch(&stream.handle, token);
    let upstream = Upstream {
        stream,
        token,
        address,
        reused: false,
    };
    if watched.is_err() {
        cx.close_upstream(upstream);
        return Some(fail(cx, s, 503, "out of descriptors or memory"));
    }
    if there {
        cx.upstreams.mark_up(address);
        send_head(cx, s, upstream);
    } else {
        s.upstream = Some(upstream);
        s.phase = Phase::Connect;
        s.deadline = cx.now + cx.config.connect_timeout;
    }
    Some(Step::Next)
}

/// Whether an idle connection has neither ended nor said anything.
fn is_quiet<N: Net>(cx: &mut Shared<N>, stream: &mut Stream<N::Handle>) -> bool {
    stream.readable = true;
    matches!(stream.fill(&mut cx.net, &mut cx.pool), Ok(Fill::Blocked))
}

fn failed<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>, address: usize, error: NetError) {
    cx.upstreams
        .mark_down(address, cx.now + cx.config.retry_after);
    s.exchange.timed_out = error == NetError::TimedOut;
}

fn send_head<N: Net>(
    cx: &mut Shared<N>,
    s: &mut Session<N::Handle>,
    mut upstream: Upstream<N::Handle>,
) {
    upstream.stream.tx.clear();
    upstream.stream.tx.bytes.extend_from_slice(&s.exchange.head);
    s.upstream = Some(upstream);
    s.finder.reset();
    s.phase = Phase::Relay;
    s.deadline = cx.now + cx.config.timeout;
}

/// Looks how the attempt under way went.
pub fn connected<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Step {
    let Some(mut upstream) = s.upstream.take() else {
        return CLOSE;
    };
    let address = upstream.address;
    let outcome = if upstream.stream.writable {
        cx.net.connected(&upstream.stream.handle)
    } else {
        Err(NetError::WouldBlock)
    };
    match outcome {
        Ok(()) => {
            upstream.stream.gone = false;
            cx.upstreams.mark_up(address);
            send_head(cx, s, upstream);
            Step::Next
        }
        Err(NetError::WouldBlock) => {
            upstream.stream.writable = false;
            s.upstream = Some(upstream);
            WAIT
        }
        Err(error) => {
            cx.close_upstream(upstream);
            failed(cx, s, address, error);
            start(cx, id, s)
        }
    }
}

/// The attempt under way took too long.
pub fn timed_out<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Step {
    let Some(upstream) = s.upstream.take() else {
        return CLOSE;
    };
    let address = upstream.address;
    cx.close_upstream(upstream);
    failed(cx, s, address, NetError::TimedOut);
    start(cx, id, s)
}
