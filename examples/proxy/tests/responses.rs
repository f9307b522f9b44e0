// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! What comes back to the client.

mod sim;

use sim::peer::Peer;
use sim::{Attempt, Sim};
use wasmk_proxy::config::Config;

/// A proxy, a client that has sent `request`, and the upstream that has got it.
fn asked(request: &str) -> (Sim, Peer, Peer) {
    let mut sim = Sim::new(&[Attempt::Accept], Config::default());
    let mut client = sim.client();
    client.say(request);
    sim.settle();
    let mut upstream = sim.upstream();
    upstream.heard();
    (sim, client, upstream)
}

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET10: &str = "GET / HTTP/1.0\r\n\r\n";
const GET10_KEEP: &str = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";

/// What the client hears when `response` answers `request`, and whether the connection is over then.
fn relayed(request: &str, response: &str, end: bool) -> (String, bool) {
    let (mut sim, mut client, mut upstream) = asked(request);
    upstream.say(response);
    if end {
        upstream.end();
    }
    sim.settle();
    (client.heard(), client.is_over())
}

#[test]
fn framings_go_on_as_the_client_understands_them() {
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x\r\nk\r\n0\r\nT: u\r\n\r\n";
    let close = "HTTP/1.0 200 OK\r\n\r\nok";
    let cases = [
        (GET, length, "Content-Length: 2\r\n\r\nok", false),
        (
            GET,
            chunks,
            "Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
            false,
        ),
        (
            GET,
            close,
            "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            false,
        ),
        (
            GET10,
            length,
            "Content-Length: 2\r\nConnection: close\r\n\r\nok",
            true,
        ),
        (
            GET10,
            chunks,
            "Via: 1.1 wasmk\r\nConnection: close\r\n\r\nok",
            true,
        ),
        (
            GET10,
            close,
            "Via: 1.0 wasmk\r\nConnection: close\r\n\r\nok",
            true,
        ),
        (
            GET10_KEEP,
            length,
            "Content-Length: 2\r\nConnection: keep-alive\r\n\r\nok",
            false,
        ),
        (
            GET10_KEEP,
            chunks,
            "Via: 1.1 wasmk\r\nConnection: close\r\n\r\nok",
            true,
        ),
        (HEAD, length, "Content-Length: 2\r\n\r\n", false),
        (
            GET,
            "HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n",
            "Content-Length: 9\r\n\r\n",
            false,
        ),
        (
            GET,
            "HTTP/1.1 204 X\r\nA: b\r\n\r\n",
            "A: b\r\nVia: 1.1 wasmk\r\n\r\n",
            false,
        ),
        (
            GET,
            "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            "Content-Length: 0\r\n\r\n",
            false,
        ),
    ];
    for (request, response, expected, over) in cases {
        let end = response == close;
        // A HEAD is answered by a head alone.
        let response = if request == HEAD {
            &response[..response.len() - 2]
        } else {
            response
        };
        let (heard, closed) = relayed(request, response, end);
        assert!(
            heard.ends_with(expected),
            "{request:?} {response:?}: {heard}"
        );
        assert_eq!(closed, over, "{request:?} {response:?}");
    }
}

#[test]
fn interim_responses_pass() {
    let response = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let (heard, _) = relayed(GET, response, false);
    let expected =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n";
    assert!(heard.starts_with(expected), "{heard}");
    let (heard, _) = relayed(GET10, response, false);
    assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");
}

#[test]
fn a_body_waits_for_its_expectation() {
    let (mut sim, mut client, mut upstream) =
        asked("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    upstream.say("HTTP/1.1 100 Continue\r\n\r\n");
    sim.settle();
    assert_eq!(client.heard(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.say("abc");
    sim.settle();
    assert_eq!(upstream.heard(), "abc");
    upstream.say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    sim.settle();
    assert!(client.heard().starts_with("HTTP/1.1 201 Created\r\n"));
    assert!(!client.is_over());
}

#[test]
fn a_bad_response_is_a_bad_gateway() {
    let host = "x".repeat(17_000);
    let large = format!("HTTP/1.1 200 OK\r\nA: {host}\r\n\r\n");
    for bad in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
        "SSH-2.0\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        &large,
    ] {
        let (heard, over) = relayed(GET, bad, false);
        assert!(
            heard.starts_with("HTTP/1.1 502 Bad Gateway\r\n"),
            "{bad:?}: {heard}"
        );
        assert!(!over, "the client can ask again");
    }
}

#[test]
fn a_body_cut_short_is_not_passed_off_as_whole() {
    for (response, whole) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
            "Content-Length: 5\r\n\r\nabc",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "\r\n\r\n3\r\nabc\r\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "chunked\r\n\r\n",
        ),
    ] {
        let (heard, over) = relayed(GET, response, true);
        assert!(
            heard.is_empty() || heard.ends_with(whole),
            "{response:?}: {heard}"
        );
        assert!(over);
    }
}

#[test]
fn an_early_answer_ends_the_upload() {
    let (mut sim, mut client, mut upstream) =
        asked("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
    upstream.say("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
    sim.settle();
    assert!(client.heard().ends_with("no"));
    // What the client still sends is read, so that the answer is not lost; then the connection is over.
    assert_eq!(client.send(&[0; 5000]), 5000);
    sim.settle();
    assert!(client.is_over());
    assert!(upstream.is_over());
}

#[test]
fn a_slow_reader_holds_the_writer_back() {
    let (mut sim, mut client, mut upstream) = asked(GET);
    sim.world.borrow_mut().room = 1000;
    let total = 200_000;
    upstream.say(&format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n"
    ));
    let mut sent = 0;
    for _ in 0..100 {
        sent += upstream.send(&vec![b'x'; 500]);
        sim.settle();
    }
    assert!(
        sent < 20_000,
        "{sent} bytes were taken for a client that reads none"
    );
    assert!(sim.worker.load().buffers <= 2);
    let mut got = client.heard();
    // The head is among what was got, so its length says nothing; each round moves something.
    for _ in 0..total {
        if got.matches('x').count() == total {
            break;
        }
        sent += upstream.send(&vec![b'x'; (total - sent).min(500)]);
        sim.settle();
        got.push_str(&client.heard());
    }
    assert_eq!(got.matches('x').count(), total);
}
