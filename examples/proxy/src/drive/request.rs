// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Reading a request head and deciding what becomes of it.

use super::{attempt, fail, Step, CLOSE, WAIT};
use crate::net::Net;
use crate::pump::Flow;
use crate::session::{Exchange, Phase, Session};
use crate::shared::Shared;
use crate::stream::Fill;
use wasmk_http1::fields::Name;
use wasmk_http1::forward::{self, Hop};
use wasmk_http1::{chars, framing, Body, ParseError};

/// Receives until a request head is whole, then starts on it.
pub fn read_head<N: Net>(cx: &mut Shared<N>, id: u64, s: &mut Session<N::Handle>) -> Step {
    let data = s.client.rx.data();
    if !s.begun && !data.is_empty() {
        s.begun = true;
        s.exchange = Exchange {
            head: std::mem::take(&mut s.exchange.head),
            ..Exchange::default()
        };
        s.exchange.started = cx.now;
        s.deadline = cx.now + cx.config.head_timeout;
    }
    match s.finder.find(data) {
        Ok(Some(2)) => {
            s.client.rx.consume(2);
            s.finder.reset();
            Step::Next
        }
        Ok(Some(length)) => match begin(cx, s, length) {
            Ok(()) => attempt::start(cx, id, s),
            Err(error) => refuse(cx, s, error),
        },
        Ok(None) if s.client.rx.is_full() => {
            let line = chars::find(data, b'\n').is_some();
            let error = if line {
                ParseError::HeadTooLarge
            } else {
                ParseError::TargetTooLong
            };
            refuse(cx, s, error)
        }
        Ok(None) => match s.client.fill(&mut cx.net, &mut cx.pool) {
            Ok(Fill::Data) => Step::Next,
            Ok(Fill::Blocked) => WAIT,
            Ok(Fill::End) | Err(_) => CLOSE,
        },
        Err(error) => refuse(cx, s, error),
    }
}

fn refuse<N: Net>(cx: &mut Shared<N>, s: &mut Session<N::Handle>, error: ParseError) -> Step {
    fail(cx, s, error.status(), &error.to_string())
}

/// Takes the request whose head is the first `length` bytes received.
fn begin<N: Net>(
    cx: &mut Shared<N>,
    s: &mut Session<N::Handle>,
    length: usize,
) -> Result<(), ParseError> {
    let head = &s.client.rx.data()[..length];
    let (exchange, request) = (&mut s.exchange, &mut cx.request);
    if cx.log.is_on() {
        let end = chars::find(head, b'\r').unwrap_or(length).min(512);
        exchange.line = head[..end].escape_ascii().to_string();
    }
    request.parse(head, cx.config.max_target)?;
    exchange.method = request.method;
    exchange.version = request.version;
    let body = framing::of_request(request, head)?;
    if matches!(body, Body::Length(size) if size > cx.config.max_body) {
        return Err(ParseError::BodyTooLarge);
    }
    // Ignoring an offered upgrade is right for all but this one, whose client cannot go on without.
    if request.fields.has_member(head, Name::Upgrade, "websocket") {
        return Err(ParseError::Unsupported("upgrade to websocket"));
    }
    exchange.keep_alive = request.keeps_alive(head);
    exchange.has_body = body != Body::None;
    exchange.upload = Flow::new(body, body == Body::Chunked, cx.config.max_body);
    let hop = Hop {
        via: &cx.config.via,
        client: &s.peer,
        host: &cx.config.host,
    };
    exchange.head.clear();
    forward::request(&mut exchange.head, head, request, body, &hop);
    s.client.rx.consume(length);
    s.client.rx.settle(&mut cx.pool);
    s.finder.reset();
    s.phase = Phase::Connect;
    Ok(())
}
