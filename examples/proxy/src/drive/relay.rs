// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Request and response passing through, in both directions at once.

use super::{attempt, fail, next_request, start_linger, Step, Turn, CLOSE, WAIT};
use crate::net::Net;
use crate::pump::{Broken, Flow, Pumped};
use crate::session::Session;
use crate::shared::Shared;
use crate::stream::Fill;
use wasmk_http1::forward::{self, Reply};
use wasmk_http1::{framing, Body, ParseError, Version};

/// Moves what can be moved.
pub fn relay<N: Net>(
    cx: &mut Shared<N>,
    id: u64,
    s: &mut Session<N::Handle>,
    budget: &mut u32,
) -> Step {
    let before = *budget;
    let mut again = false;
    if !s.exchange.upload.done && !s.exchange.upload_broken {
        match upload(cx, s, budget) {
            Ok(pumped) => again |= pumped == Pumped::Budget,
            Err(step) => return step,
        }
    }
    if s.exchange.status.is_none() {
        match response_head(cx, id, s) {
            Ok(()) => *budget = budget.saturating_sub(1).max(1),
            Err(Step::Turn(Turn::Wait)) if again => return Step::Turn(Turn::Again),
            Err(step) => {
                if *budget != before {
                    s.deadline = cx.now + cx.config.timeout;
                }
                return step;
            }
        }
    }
    let pumped = download(cx, s, budget);
    if *budget != before {
        s.deadline = cx.now + cx.config.timeout;
    }
    match pumped {
        Ok(Pumped::Done) => finish(cx, s),
        Ok(Pumped::Blocked) if !again => WAIT,
        Ok(_) => Step::Turn(Turn::Again),
        // Whoever reads this learns from the missing rest that it is not whole.
        Err(_) => {
            log(cx, s);
            CLOSE
        }
    }
}

fn upload<N: Net>(
    cx: &mut Shared<N>,
    s: &mut Session<N::Handle>,
    budget: &mut u32,
) -> Result<Pumped, Step> {
    let Some(upstream) = &mut s.upstream else {
        return Err(CLOSE);
    };
    let flow = &mut s.exchange.upload;
    match flow.pump(
        &mut cx.net,
        &mut cx.pool,
        &mut s.client,
        &mut upstream.stream,
        budget,
    ) {
        Ok(pumped) => Ok(pumped),
        Err(Broken::Source(_)) => Err(CLOSE),
        Err(Broken::Body(error)) => Err(fail(cx, s, error.status(), &error.to_string())),
        // It may have answered before it stopped listening.
        Err(Broken::Sink(_)) => {
            s.exchange.upload_broken = true;
            upstream.stream.readable = true;
            Ok(Pumped::Blocked)
        }
    }
}

fn download<N: Net>(
    cx: &mut Shared<N>,
    s: &mut Session<N::Handle>,
    budget: &mut u32,
) -> Result<Pumped, Broken> {
    let Some(upstream) = &mut s.upstream else {
        return Err(Broken::Source(None));
    };
    let flow = &mut s.exchange.download;
    flow.pump(
        &mut cx.net,
        &mut cx.pool,
        &mut upstream.stream,
        &mut s.client,
        budget,
    )
}

/// Receives until the head of the final response is whole, and writes the head to send on.
fn response_head<N: Net>(
    cx: &mut Shared<N>,
    id: u64,
    s: &mut Session<N::Handle>,
) -> Result<(), Step> {
    loop {
        let Some(upstream) = &mut s.upstream else {
            return Err(CLOSE);
        };
        match s.finder.find(upstream.stream.rx.data()) {
            Ok(Some(length)) => match take_head(cx, s, length) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => return Err(bad_gateway(cx, s, error)),
            },
            // Whoever speaks another protocol may never end a line.
            Ok(None) if !may_be_http(upstream.stream.rx.data()) => {
                return Err(bad_gateway(cx, s, ParseError::Malformed("status line")));
            }
            Ok(None) if upstream.stream.rx.is_full() => {
                return Err(bad_gateway(cx, s, ParseError::HeadTooLarge));
            }
            Ok(None) => match upstream.stream.fill(&mut cx.net, &mut cx.pool) {
                Ok(Fill::Data) => {}
                Ok(Fill::Blocked) => return Err(WAIT),
                Ok(Fill::End) | Err(_) => return Err(no_answer(cx, id, s)),
            },
            Err(error) => return Err(bad_gateway(cx, s, error)),
        }
    }
}

fn may_be_http(start: &[u8]) -> bool {
    start.iter().zip(b"HTTP/1.").all(|(a, b)| a == b)
}

fn bad_gateway<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>, error: ParseError) -> Step {
    fail(cx, s, 502, &format!("from the upstream: {error}"))
}

/// The upstream ended its connection before it answered.
fn no_answer<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Step {
    let Some(upstream) = s.upstream.take() else {
        return CLOSE;
    };
    let (exchange, address) = (&mut s.exchange, upstream.address);
    let unsent = !upstream.stream.tx.has_begun();
    let again = upstream.reused
        && !exchange.stale
        && !exchange.upload.touched
        && upstream.stream.rx.is_empty()
        && (unsent || exchange.method.is_idempotent());
    cx.close_upstream(upstream);
    if again {
        exchange.upload.rewind();
        return attempt::afresh(cx, id, s, address);
    }
    fail(
        cx,
        s,
        502,
        "the upstream closed the connection without an answer",
    )
}

/// Takes the response head in the first `length` bytes received; answers whether it is the final one.
fn take_head<N: Net>(
    cx: &mut Shared<N>,
    s: &mut Session<N::Handle>,
    length: usize,
) -> Result<bool, ParseError> {
    let missing = ParseError::Malformed("connection");
    let stream = &mut s.upstream.as_mut().ok_or(missing)?.stream;
    let (response, exchange) = (&mut cx.response, &mut s.exchange);
    let head = &stream.rx.data()[..length];
    response.parse(head)?;
    if response.is_interim() {
        if response.status == 101 {
            return Err(ParseError::Unsupported("switching protocols"));
        }
        if exchange.version == Version::Http11 {
            forward::interim(&mut s.client.tx.bytes, head, response);
        }
        stream.rx.consume(length);
        s.finder.reset();
        // An error here comes back with the next send.
        let _ = s.client.flush(&mut cx.net);
        if s.client.tx.bytes.len() > MAX_INTERIM {
            return Err(ParseError::HeadTooLarge);
        }
        return Ok(false);
    }
    let body = framing::of_response(response, head, exchange.method)?;
    let sent_as = match (body, exchange.version) {
        (Body::Chunked | Body::UntilClose, Version::Http11) => Body::Chunked,
        (Body::Chunked | Body::UntilClose, Version::Http10) => Body::UntilClose,
        (body, _) => body,
    };
    exchange.keep_alive &= sent_as != Body::UntilClose;
    exchange.reusable = response.keeps_alive(head) && body != Body::UntilClose;
    exchange.status = Some(response.status);
    exchange.download = Flow::new(body, sent_as == Body::Chunked, u64::MAX);
    let keep_alive = exchange.keep_alive;
    let reply = Reply {
        body: sent_as,
        version: exchange.version,
        keep_alive,
    };
    forward::response(
        &mut s.client.tx.bytes,
        head,
        response,
        reply,
        &cx.config.via,
    );
    stream.rx.consume(length);
    s.finder.reset();
    Ok(true)
}

/// Interim responses that may wait for a client which does not read them, in bytes.
const MAX_INTERIM: usize = 64 * 1024;

/// The response is sent.
fn finish<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) -> Step {
    log(cx, s);
    let whole = s.exchange.upload.done;
    if let Some(upstream) = s.upstream.take() {
        let stream = &upstream.stream;
        let usable = stream.rx.is_empty() && !stream.ended && !stream.gone;
        if usable && whole && s.exchange.reusable {
            cx.keep_upstream(upstream);
        } else {
            cx.close_upstream(upstream);
        }
    }
    if whole && s.exchange.keep_alive {
        next_request(cx, s)
    } else if whole && s.client.rx.is_empty() {
        CLOSE
    } else {
        start_linger(cx, s)
    }
}

fn log<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) {
    let address = s.upstream.as_ref().map(|u| u.address);
    cx.log.write(
        &s.peer,
        &s.exchange,
        s.exchange.status.unwrap_or(0),
        cx.now,
        address,
    );
}

/// Nothing has moved for too long.
pub fn timed_out<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) -> Step {
    let Some(upstream) = &s.upstream else {
        return CLOSE;
    };
    let upload = &s.exchange.upload;
    if s.exchange.status.is_some() {
        log(cx, s);
        return CLOSE;
    }
    if upload.done || s.exchange.upload_broken || upload.is_waiting_for_sink(&upstream.stream) {
        fail(cx, s, 504, "the upstream did not answer in time")
    } else {
        fail(cx, s, 408, "the request body did not come in time")
    }
}
