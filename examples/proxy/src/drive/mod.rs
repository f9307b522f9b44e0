// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Taking a session as far as it can go without waiting.

mod attempt;
mod relay;
mod request;

use crate::net::Net;
use crate::reply;
use crate::session::{Phase, Session};
use crate::shared::Shared;
use crate::stream::Fill;
use wasmk_http1::forward::Reply;
use wasmk_http1::Body;

/// Sends and receives in one turn, before other sessions have theirs.
const BUDGET: u32 = 32;
/// How long and how much a client may still send after its last answer, in milliseconds and bytes.
const LINGER_TIME: u64 = 5_000;

/// What a turn ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// An event or the deadline brings the next one.
    Wait,
    /// There is more to do, after the others.
    Again,
    /// The session is over.
    Close,
}

/// What a step within a turn ended with.
enum Step {
    Next,
    Turn(Turn),
}

const WAIT: Step = Step::Turn(Turn::Wait);
const CLOSE: Step = Step::Turn(Turn::Close);

/// Takes session `s`, which has the key `id`, as far as it can go.
pub fn drive<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Turn {
    let mut budget = BUDGET;
    while budget > 0 {
        if s.client.gone && s.phase != Phase::Head {
            return Turn::Close;
        }
        let step = match s.phase {
            Phase::Head => request::read_head(cx, id, s),
            Phase::Connect => attempt::connected(cx, id, s),
            Phase::Relay => relay::relay(cx, id, s, &mut budget),
            Phase::Reply => send_reply(cx, s),
            Phase::Linger => linger(cx, s),
        };
        match step {
            Step::Next => budget = budget.saturating_sub(1),
            Step::Turn(turn) => return turn,
        }
    }
    Turn::Again
}

/// The session's deadline has passed.
pub fn expire<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Turn {
    let step = match s.phase {
        Phase::Head if s.begun => fail(cx, s, 408, "the request head took too long"),
        Phase::Head | Phase::Reply | Phase::Linger => CLOSE,
        Phase::Connect => attempt::timed_out(cx, id, s),
        Phase::Relay => relay::timed_out(cx, s),
    };
    match step {
        Step::Next => drive(cx, id, s),
        Step::Turn(turn) => turn,
    }
}

/// Answers with an error of the proxy's own, if nothing of an answer has been sent.
fn fail<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>, status: u16, why: &str) -> Step {
    let served_by = s.upstream.as_ref().map(|u| u.address);
    if let Some(upstream) = s.upstream.take() {
        cx.close_upstream(upstream);
    }
    let exchange = &mut s.exchange;
    if exchange.status.is_some() {
        return CLOSE;
    }
    exchange.status = Some(status);
    // A request that was not read to its end leaves no place to look for the next one.
    exchange.keep_alive &= s.phase != Phase::Head && (exchange.upload.done || !exchange.has_body);
    let keep_alive = exchange.keep_alive;
    let reply = Reply {
        body: Body::None,
        version: exchange.version,
        keep_alive,
    };
    reply::write(&mut s.client.tx.bytes, status, why, exchange.method, reply);
    cx.log.write(&s.peer, exchange, status, cx.now, served_by);
    s.phase = Phase::Reply;
    s.deadline = cx.now + cx.config.timeout;
    Step::Next
}

fn send_reply<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) -> Step {
    match s.client.flush(&mut cx.net) {
        Ok(true) if s.exchange.keep_alive => next_request(cx, s),
        Ok(true) => start_linger(cx, s),
        Ok(false) => WAIT,
        Err(_) => CLOSE,
    }
}

/// Makes ready for the next request on the connection.
fn next_request<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) -> Step {
    s.phase = Phase::Head;
    s.begun = false;
    s.finder.reset();
    s.client.tx.clear();
    s.exchange.head.clear();
    s.exchange.head.shrink_to(2048);
    s.deadline = cx.now + cx.config.idle_timeout;
    Step::Next
}

fn start_linger<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) -> Step {
    if cx.net.shutdown_write(&s.client.handle).is_err() {
        return CLOSE;
    }
    s.phase = Phase::Linger;
    s.deadline = cx.now + LINGER_TIME;
    Step::Next
}

fn linger<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>) -> Step {
    s.client.rx.discard(&mut cx.pool);
    match s.client.fill(&mut cx.net, &mut cx.pool) {
        Ok(Fill::Data) => Step::Next,
        Ok(Fill::Blocked) => WAIT,
        Ok(Fill::End) | Err(_) => CLOSE,
    }
}
