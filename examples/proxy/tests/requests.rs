// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! What goes upstream, and which requests do not.

mod sim;

use sim::{Attempt, Sim};
use wasmk_proxy::config::Config;

fn sim() -> Sim {
    Sim::new(&[Attempt::Accept], Config::default())
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What the upstream hears of `request`.
fn forwarded(request: &str) -> String {
    let mut sim = sim();
    let mut client = sim.client();
    client.say(request);
    sim.settle();
    sim.upstream().heard()
}

/// What the client hears when `request` is not for any upstream.
fn refused(request: &str) -> String {
    let mut sim = sim();
    let mut client = sim.client();
    client.say(request);
    sim.settle();
    assert!(sim.dialed().is_empty(), "this went upstream: {request:?}");
    let answer = client.heard();
    assert!(
        client.is_over(),
        "the connection stays open after {request:?}"
    );
    answer
}

#[test]
fn a_request_goes_on_with_the_fields_of_a_proxy() {
    assert_eq!(
        forwarded(
            "GET /a?b HTTP/1.1\r\nHost: x\r\nA: 1\r\nX-Forwarded-For: 9.9.9.9, 8.8.8.8\r\nB:2  \r\n\
             Via: 1.0 other\r\nX-Forwarded-Proto: https\r\n\r\n"
        ),
        "GET /a?b HTTP/1.1\r\nHost: x\r\nA: 1\r\nB:2\r\n\
         X-Forwarded-For: 9.9.9.9, 8.8.8.8, 192.0.2.7\r\nX-Forwarded-Proto: http\r\n\
         Via: 1.0 other, 1.1 wasmk\r\n\r\n"
    );
}

#[test]
fn fields_of_one_hop_stay_behind() {
    let heard = forwarded(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Secret, host, content-length\r\n\
         X-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nProxy-Connection: a\r\n\
         Proxy-Authorization: b\r\nTrailer: c\r\nY: d\r\n\r\n",
    );
    assert_eq!(
        heard,
        "GET / HTTP/1.1\r\nHost: x\r\nY: d\r\nX-Forwarded-For: 192.0.2.7\r\n\
         X-Forwarded-Proto: http\r\nVia: 1.1 wasmk\r\n\r\n"
    );
}

#[test]
fn an_absolute_target_names_the_host() {
    let heard = forwarded("GET http://real:81/p HTTP/1.1\r\nHost: other\r\n\r\n");
    assert!(
        heard.starts_with("GET /p HTTP/1.1\r\nHost: real:81\r\n"),
        "{heard}"
    );
    let heard = forwarded("GET http://real?q HTTP/1.1\r\nHost: other\r\n\r\n");
    assert!(
        heard.starts_with("GET /?q HTTP/1.1\r\nHost: real\r\n"),
        "{heard}"
    );
}

#[test]
fn bodies_keep_their_framing() {
    let heard = forwarded("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    assert!(heard.ends_with("Content-Length: 3\r\n\r\nabc"), "{heard}");
    let heard = forwarded(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3 ; e=f\r\nabc\r\n0\r\nT: u\r\n\r\n",
    );
    assert!(
        heard.ends_with("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        "{heard}"
    );
    let heard = forwarded("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assert!(heard.ends_with("Content-Length: 0\r\n\r\n"), "{heard}");
}

#[test]
fn empty_lines_before_a_request_are_skipped() {
    let heard = forwarded("\r\n\r\nGET / HTTP/1.0\r\n\r\n");
    assert!(
        heard.starts_with("GET / HTTP/1.1\r\nHost: localhost\r\n"),
        "{heard}"
    );
    assert!(heard.contains("Via: 1.0 wasmk\r\n"));
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let host = "Host: x\r\n";
    let cases = [
        ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Content-Length: 3\r\nContent-Length: 3\r\n", 400),
        ("Content-Length: 3, 3\r\n", 400),
        ("Content-Length: +3\r\n", 400),
        ("Content-Length: -3\r\n", 400),
        ("Content-Length: 0x3\r\n", 400),
        ("Content-Length:\r\n", 400),
        ("Content-Length: 18446744073709551616\r\n", 400),
        ("Content-Length : 3\r\n", 400),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            400,
        ),
        ("Transfer-Encoding: chunked, chunked\r\n", 400),
        ("Transfer-Encoding: identity\r\n", 400),
        ("Transfer-Encoding: xchunked\r\n", 400),
        ("Transfer-Encoding: chunked, gzip\r\n", 400),
        ("Transfer-Encoding:\x0bchunked\r\n", 400),
        ("Transfer-Encoding : chunked\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n", 501),
        ("A: b\r\n c\r\n", 400),
        (" A: b\r\n", 400),
        ("A: b\nC: d\r\n", 400),
        ("A: b\rC: d\r\n", 400),
        ("A: \0\r\n", 400),
        ("A b\r\n", 400),
        (": b\r\n", 400),
        ("Host: y\r\n", 400),
        ("Expect: 200-ok\r\n", 417),
        ("Upgrade: websocket\r\nConnection: upgrade\r\n", 501),
    ];
    for (fields, status) in cases {
        let answer = refused(&format!("POST / HTTP/1.1\r\n{host}{fields}\r\nabc"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{fields:?}: {answer}"
        );
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    }
}

#[test]
fn request_lines_are_checked() {
    let long = format!("GET /{} HTTP/1.1", "a".repeat(9000));
    let endless = "G".repeat(20_000);
    let cases = [
        ("GET / HTTP/1.1 ", 400),
        ("GET  / HTTP/1.1", 400),
        ("GET / http/1.1", 400),
        ("GET / HTTP/2.0", 505),
        ("GET / HTTP/1.10", 400),
        ("GET /", 400),
        (" GET / HTTP/1.1", 400),
        ("G@T / HTTP/1.1", 400),
        ("GET a HTTP/1.1", 400),
        ("GET ftp://a/ HTTP/1.1", 400),
        ("GET http:///a HTTP/1.1", 400),
        ("GET http://u@h/ HTTP/1.1", 400),
        ("GET /#f HTTP/1.1", 400),
        ("GET /\x7f HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("CONNECT a:1 HTTP/1.1", 501),
        ("TRACE / HTTP/1.1", 501),
        (long.as_str(), 414),
        (endless.as_str(), 414),
    ];
    for (line, status) in cases {
        let answer = refused(&format!("{line}\r\nHost: x\r\n\r\n"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line:?}: {answer}"
        );
    }
    assert!(
        refused("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "),
        "no host"
    );
}

#[test]
fn limits_hold() {
    let fields = "A: b\r\n".repeat(200);
    let answer = refused(&format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let field = format!("A: {}\r\n", "b".repeat(17_000));
    let answer = refused(&format!("GET / HTTP/1.1\r\nHost: x\r\n{field}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let answer = refused("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_body_in_chunks_has_the_same_limit() {
    let mut sim = Sim::new(
        &[Attempt::Accept],
        Config {
            max_body: 4,
            ..Config::default()
        },
    );
    let mut client = sim.client();
    client.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    sim.settle();
    client.say("2\r\nQQ\r\n0\r\n\r\n");
    sim.settle();
    assert!(client.heard().starts_with("HTTP/1.1 413 "));
    assert!(!sim.upstream().heard().contains("QQ"));
}

#[test]
fn a_bad_chunk_is_refused() {
    for bad in [
        "x\r\n",
        "3\r\nabcd\r\n",
        "3\nabc\r\n",
        "-1\r\n",
        "3 x\r\n",
        "11111111111111111\r\n",
        "\r\n",
    ] {
        let mut sim = sim();
        let mut client = sim.client();
        client.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.say(bad);
        sim.settle();
        let answer = client.heard();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{bad:?}: {answer}");
    }
}

#[test]
fn what_follows_a_request_is_the_next_one() {
    let mut sim = sim();
    let mut client = sim.client();
    client.say("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    sim.settle();
    let mut upstream = sim.upstream();
    assert!(upstream.heard().starts_with("GET /1 "));
    assert_eq!(client.heard(), "");
    upstream.say(OK);
    sim.settle();
    assert!(client.heard().ends_with("ok"));
    assert!(
        upstream.heard().starts_with("GET /2 "),
        "the connection is used again"
    );
    upstream.say(OK);
    sim.settle();
    assert!(client.heard().ends_with("ok"));
    assert!(sim.dialed().is_empty());
}
