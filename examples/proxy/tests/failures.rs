// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Upstreams and clients that fail, are slow, or go away.

mod sim;

use sim::{Attempt, Sim};
use wasmk_proxy::config::Config;
use wasmk_proxy::worker::Load;

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn sim(upstreams: &[Attempt]) -> Sim {
    Sim::new(upstreams, Config::default())
}

#[test]
fn an_upstream_that_refuses_is_a_bad_gateway() {
    for attempt in [Attempt::Refuse, Attempt::RefuseLater] {
        let mut sim = sim(&[attempt, attempt]);
        let mut client = sim.client();
        for _ in 0..3 {
            client.say(GET);
            sim.settle();
            assert!(client.heard().starts_with("HTTP/1.1 502 "));
        }
        assert!(!client.is_over(), "the connection serves on");
    }
}

#[test]
fn the_next_upstream_takes_over() {
    for bad in [Attempt::Refuse, Attempt::RefuseLater] {
        let mut sim = sim(&[bad, Attempt::Accept, bad, Attempt::AcceptLater]);
        let mut client = sim.client();
        for _ in 0..4 {
            client.say(GET);
            sim.settle();
            for (upstream, mut peer) in sim.dialed() {
                assert!(upstream == 1 || upstream == 3);
                assert!(peer.heard().starts_with("GET / "));
                peer.say(&OK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
                sim.settle();
            }
            assert!(client.heard().ends_with("ok"));
        }
    }
}

#[test]
fn waiting_takes_no_buffers() {
    for attempt in [Attempt::Hang, Attempt::Accept] {
        let mut sim = sim(&[attempt]);
        let mut clients: Vec<_> = (0..100).map(|_| sim.client()).collect();
        for client in &mut clients {
            client.say(GET);
        }
        sim.settle();
        assert_eq!(sim.worker.load().sessions, 100);
        assert_eq!(sim.worker.load().buffers, 0, "{attempt:?}");
    }
}

#[test]
fn upstreams_take_turns() {
    let mut sim = sim(&[Attempt::Accept; 3]);
    let mut client = sim.client();
    let mut order = Vec::new();
    let mut peers = Vec::new();
    for _ in 0..3 {
        client.say(GET);
        sim.settle();
        for (upstream, mut peer) in sim.dialed() {
            order.push(upstream);
            peer.say(OK);
            peers.push(peer);
        }
        sim.settle();
    }
    assert_eq!(order, [0, 1, 2]);
    assert_eq!(sim.worker.load().idle, 3);
}

#[test]
fn time_limits_hold() {
    let mut sim = sim(&[Attempt::Hang]);
    let mut client = sim.client();
    client.say(GET);
    sim.pass(9_900);
    assert_eq!(client.heard(), "");
    sim.pass(300);
    assert!(client.heard().starts_with("HTTP/1.1 504 "), "connecting");

    sim.world.borrow_mut().upstreams[0] = Attempt::Accept;
    client.say(GET);
    sim.settle();
    let upstream = sim.upstream();
    sim.pass(59_000);
    assert_eq!(client.heard(), "");
    sim.pass(1_300);
    assert!(client.heard().starts_with("HTTP/1.1 504 "), "answering");
    drop(upstream);

    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
    sim.pass(60_300);
    assert!(
        client.heard().starts_with("HTTP/1.1 408 "),
        "sending the body"
    );

    let mut client = sim.client();
    client.say("GET / HT");
    sim.pass(60_300);
    assert!(
        client.heard().starts_with("HTTP/1.1 408 "),
        "sending the head"
    );

    let mut client = sim.client();
    sim.pass(60_300);
    assert!(client.is_over(), "sending nothing");
}

#[test]
fn a_trickle_of_head_bytes_does_not_hold_a_connection() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say("GET / HTTP/1.1\r\n");
    for _ in 0..65 {
        sim.pass(1_000);
        client.send(b"A: b\r\n");
    }
    assert!(client.heard().starts_with("HTTP/1.1 408 "));
}

#[test]
fn an_idle_client_is_let_go() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say(GET);
    sim.settle();
    let mut upstream = sim.upstream();
    upstream.say(OK);
    sim.pass(70_000);
    assert!(client.heard().ends_with("ok"));
    assert_eq!(sim.worker.load().sessions, 1);
    sim.pass(6_000);
    assert!(client.is_over());
    assert_eq!(sim.worker.load().sessions, 0);
}

#[test]
fn a_kept_connection_that_closed_is_replaced() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say(GET);
    sim.settle();
    let mut first = sim.upstream();
    first.say(OK);
    sim.settle();
    assert!(client.heard().ends_with("ok"));
    // Closed while idle and noticed: the connection leaves the pool.
    drop(first);
    sim.settle();
    assert_eq!(sim.worker.load().idle, 0);
    client.say(GET);
    sim.settle();
    let mut second = sim.upstream();
    second.say(OK);
    sim.settle();
    assert!(client.heard().ends_with("ok"));
    // Closed at the very moment it is used again: a GET is sent once more, on a new connection.
    client.say(GET);
    sim.settle();
    assert!(second.heard().matches("GET").count() == 2);
    second.reset();
    sim.settle();
    let mut third = sim.upstream();
    assert!(third.heard().starts_with("GET / "));
    third.say(OK);
    sim.settle();
    assert!(client.heard().ends_with("ok"));
}

#[test]
fn a_post_is_never_sent_twice() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say(GET);
    sim.settle();
    let mut upstream = sim.upstream();
    upstream.say(OK);
    sim.settle();
    client.heard();
    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    sim.settle();
    assert!(upstream.heard().ends_with("ab"));
    upstream.reset();
    sim.settle();
    assert!(sim.dialed().is_empty());
    assert!(client.heard().starts_with("HTTP/1.1 502 "));
}

#[test]
fn a_post_finds_out_that_a_kept_connection_closed() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say(GET);
    sim.settle();
    let mut upstream = sim.upstream();
    upstream.say(OK);
    sim.settle();
    client.heard();
    // Both happen before the proxy's next turn; the client's event comes first.
    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    upstream.end();
    sim.settle();
    assert!(sim.upstream().heard().ends_with("ab"));
}

#[test]
fn idle_upstream_connections_are_let_go() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say(GET);
    sim.settle();
    let mut upstream = sim.upstream();
    upstream.say(OK);
    sim.pass(1_900);
    assert_eq!(sim.worker.load().idle, 1);
    sim.pass(200);
    assert_eq!(sim.worker.load().idle, 0);
    upstream.heard();
    assert!(upstream.is_over());
    client.say(GET);
    sim.settle();
    assert_eq!(sim.dialed().len(), 1);
}

#[test]
fn garbage_after_a_response_spoils_the_connection() {
    let mut sim = sim(&[Attempt::Accept]);
    let mut client = sim.client();
    client.say(GET);
    sim.settle();
    let mut upstream = sim.upstream();
    upstream.say(&format!("{OK}HTTP/1.1 200 OK\r\n"));
    sim.settle();
    assert!(client.heard().ends_with("ok"));
    assert_eq!(sim.worker.load().idle, 0);
    upstream.heard();
    assert!(upstream.is_over());
}

#[test]
fn a_client_that_goes_away_leaves_nothing_behind() {
    for request in [
        GET,
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na",
        "GET /",
    ] {
        for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
            let mut sim = sim(&[Attempt::Accept]);
            let before = sim.worker.load();
            let mut client = sim.client();
            client.say(request);
            sim.settle();
            let mut dialed = sim.dialed();
            if let Some((_, upstream)) = dialed.first_mut() {
                upstream.heard();
                upstream.send(answer.as_bytes());
            }
            sim.settle();
            client.reset();
            sim.settle();
            assert_eq!(sim.worker.load(), before, "{request:?} {answer:?}");
        }
    }
}

#[test]
fn no_more_connections_than_allowed_are_taken() {
    let config = Config {
        max_connections: 2,
        ..Config::default()
    };
    let mut sim = Sim::new(&[Attempt::Refuse], config);
    let mut clients: Vec<_> = (0..3).map(|_| sim.client()).collect();
    for client in &mut clients {
        client.say(GET);
    }
    sim.settle();
    assert_eq!(
        sim.worker.load(),
        Load {
            sessions: 2,
            idle: 0,
            buffers: 0,
            links: 3
        }
    );
    assert_eq!(clients[2].heard(), "");
    clients.remove(0);
    sim.settle();
    assert!(clients[1].heard().starts_with("HTTP/1.1 502 "));
}
