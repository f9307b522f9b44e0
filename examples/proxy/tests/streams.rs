// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Everything arrives whole, however it is cut and however little there is room for.

mod sim;

use sim::peer::{Peer, Served};
use sim::random::Random;
use sim::{Attempt, Sim};
use wasmk_http1::chunked::open_chunk;
use wasmk_proxy::config::Config;
use wasmk_servers::HttpEcho;

/// A request with a body in one framing or the other, and the body.
fn request(random: &mut Random, size: usize) -> (Vec<u8>, Vec<u8>) {
    let size = random.below(size);
    let body = random.bytes(size);
    let mut text = Vec::new();
    match random.below(4) {
        0 => {
            text.extend(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            return (text, Vec::new());
        }
        1 => {
            let length = body.len();
            text.extend(
                format!("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").bytes(),
            );
            text.extend(&body);
        }
        _ => {
            text.extend(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            let (mut rest, most) = (&body[..], 1 + random.below(3000));
            while !rest.is_empty() {
                let (piece, after) = rest.split_at((1 + random.below(most)).min(rest.len()));
                open_chunk(&mut text, piece.len());
                text.extend(piece);
                text.extend(b"\r\n");
                rest = after;
            }
            text.extend(b"0\r\n\r\n");
        }
    }
    (text, body)
}

/// Takes the bodies of the responses in `text`; the rest of `text` stays.
fn take_bodies(text: &mut Vec<u8>, bodies: &mut Vec<Vec<u8>>) {
    while let Some(end) = text.windows(4).position(|w| w == b"\r\n\r\n") {
        let head = String::from_utf8(text[..end].to_vec())
            .unwrap()
            .to_lowercase();
        assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
        let mut at = end + 4;
        let mut body = Vec::new();
        if head.contains("transfer-encoding: chunked") {
            loop {
                let Some(line) = text[at..].windows(2).position(|w| w == b"\r\n") else {
                    return;
                };
                let size = std::str::from_utf8(&text[at..at + line]).unwrap();
                let size = usize::from_str_radix(size, 16).unwrap();
                at += line + 2;
                let Some(data) = text.get(at..at + size + 2) else {
                    return;
                };
                assert!(data.ends_with(b"\r\n"));
                body.extend(&data[..size]);
                at += size + 2;
                if size == 0 {
                    break;
                }
            }
        } else {
            let (_, length) = head.split_once("content-length: ").unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            let Some(data) = text.get(at..at + length) else {
                return;
            };
            body.extend(data);
            at += length;
        }
        text.drain(..at);
        bodies.push(body);
    }
}

struct Client {
    peer: Peer,
    to_send: Vec<u8>,
    got: Vec<u8>,
    expected: Vec<Vec<u8>>,
    bodies: Vec<Vec<u8>>,
}

/// Some clients with some requests each, in any order of events.
fn exchange(seed: u64) {
    let mut random = Random::new(seed);
    let mut sim = Sim::new(&[Attempt::Accept, Attempt::AcceptLater], Config::default());
    let (room, gulp) = (1 + random.below(20_000), 1 + random.below(20_000));
    sim.world.borrow_mut().room = room;
    sim.world.borrow_mut().gulp = gulp;
    sim.world.borrow_mut().passes = random.below(4) > 0;
    let idle_load = sim.worker.load();
    let size = 1 + random.below(if room < 100 { 500 } else { 60_000 });
    let mut clients = Vec::new();
    for _ in 0..1 + random.below(4) {
        let mut client = Client {
            peer: sim.client(),
            to_send: Vec::new(),
            got: Vec::new(),
            expected: Vec::new(),
            bodies: Vec::new(),
        };
        for _ in 0..1 + random.below(5) {
            let (text, body) = request(&mut random, size);
            client.to_send.extend(text);
            client.expected.push(body);
        }
        clients.push(client);
    }
    let mut upstreams: Vec<Served<HttpEcho>> = Vec::new();
    let mut events = Vec::new();
    let mut steps = 0;
    while clients.iter().any(|c| c.bodies.len() < c.expected.len()) {
        steps += 1;
        assert!(
            steps < 3_000_000,
            "nothing moves any more (seed {seed}, room {room}, gulp {gulp})"
        );
        let most = 1 + random.below(room);
        match random.below(4) {
            0 => {
                let index = random.below(clients.len());
                let client = &mut clients[index];
                let sent = client
                    .peer
                    .send(&client.to_send[..most.min(client.to_send.len())]);
                client.to_send.drain(..sent);
            }
            1 => {
                let index = random.below(clients.len());
                let client = &mut clients[index];
                let got = client.peer.recv(most).expect("an open connection");
                client.got.extend(got);
                take_bodies(&mut client.got, &mut client.bodies);
            }
            2 if !upstreams.is_empty() => {
                let index = random.below(upstreams.len());
                if !upstreams[index].work(&HttpEcho, most) {
                    upstreams.remove(index);
                }
            }
            _ => {
                sim.worker.turn(&mut events).unwrap();
                upstreams.extend(sim.dialed().into_iter().map(|(_, peer)| Served::new(peer)));
            }
        }
    }
    for client in &clients {
        assert!(
            client.bodies == client.expected,
            "bodies differ (seed {seed})"
        );
        assert!(
            client.got.is_empty(),
            "more than was asked for (seed {seed})"
        );
    }
    drop(clients);
    drop(upstreams);
    sim.settle();
    assert_eq!(
        sim.worker.load(),
        idle_load,
        "something is left behind (seed {seed})"
    );
    assert!(
        sim.world.borrow().links.is_empty(),
        "open connections are left (seed {seed})"
    );
}

#[test]
fn bodies_arrive_whole_in_any_order_of_events() {
    for seed in 0..400 {
        exchange(seed);
    }
}

/// All of a long body of known length but its beginning goes past the proxy, in both directions; what is left of one that
/// ends early tells that it is not whole.
#[test]
fn long_bodies_go_past() {
    for early in [false, true] {
        let mut sim = Sim::new(&[Attempt::Accept], Config::default());
        sim.world.borrow_mut().gulp = 4096;
        let mut client = sim.client();
        let body = Random::new(3).bytes(100_000);
        let head = format!(
            "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        client.say(&head);
        let mut text = body.clone();
        if early {
            text.truncate(90_000);
        }
        let (mut sent, mut heard, mut upstream) = (0, Vec::new(), None);
        while sent < text.len() {
            sent += client.send(&text[sent..]);
            sim.settle();
            let upstream: &mut Peer = upstream.get_or_insert_with(|| sim.upstream());
            while let Some(bytes) = upstream.recv(5000).filter(|b| !b.is_empty()) {
                heard.extend(bytes);
            }
            sim.settle();
        }
        let mut upstream = upstream.unwrap();
        if early {
            client.end();
            sim.settle();
        }
        while let Some(bytes) = upstream.recv(5000).filter(|b| !b.is_empty()) {
            heard.extend(bytes);
            sim.settle();
        }
        assert!(heard.ends_with(&text), "{} of {}", heard.len(), text.len());
        let passed = sim.world.borrow().passed;
        assert!(passed > text.len() - 10_000, "{passed}");
        if early {
            assert!(upstream.is_over() && client.is_over());
            continue;
        }
        upstream.say(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        let (mut sent, mut heard) = (0, Vec::new());
        while sent < body.len() {
            sent += upstream.send(&body[sent..]);
            sim.settle();
            while let Some(bytes) = client.recv(5000).filter(|b| !b.is_empty()) {
                heard.extend(bytes);
                sim.settle();
            }
        }
        assert!(heard.ends_with(&body), "{} of {}", heard.len(), body.len());
        assert!(sim.world.borrow().passed > 2 * body.len() - 20_000);
        assert_eq!(sim.worker.load().idle, 1, "the upstream is kept");
    }
}

#[test]
fn a_request_may_be_cut_anywhere() {
    let text = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
        5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nT: u\r\n\r\n";
    let mut heard = Vec::new();
    for cut in 0..text.len() {
        let mut sim = Sim::new(&[Attempt::Accept], Config::default());
        let mut client = sim.client();
        client.send(&text[..cut]);
        sim.settle();
        client.send(&text[cut..]);
        sim.settle();
        let text = sim.upstream().heard();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let data: Vec<_> = body.split("\r\n").collect();
        // Where the cut falls into a chunk, that goes on as two.
        let data: String = data.iter().skip(1).step_by(2).copied().collect();
        assert_eq!(data, "hello!", "cut at {cut}");
        heard.push(head.to_owned());
    }
    heard.dedup();
    assert_eq!(heard.len(), 1);
}

#[test]
fn a_response_may_be_cut_anywhere() {
    let text = b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";
    for cut in 0..text.len() {
        let mut sim = Sim::new(&[Attempt::Accept], Config::default());
        let mut client = sim.client();
        client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        sim.settle();
        let mut upstream = sim.upstream();
        upstream.send(&text[..cut]);
        sim.settle();
        upstream.send(&text[cut..]);
        sim.settle();
        let heard = client.heard();
        assert!(
            heard.starts_with("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n"),
            "cut at {cut}"
        );
        assert!(heard.ends_with("!\r\n0\r\n\r\n"), "cut at {cut}: {heard}");
        assert_eq!(sim.worker.load().idle, 1);
    }
}

/// Whatever comes in, the proxy neither panics nor leaves anything behind.
#[test]
fn garbage_does_no_harm() {
    let samples: [&[u8]; 3] = [
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"GET http://a/b HTTP/1.1\r\nHost: x\r\nConnection: close, x\r\nX: y\r\n\r\n",
        b"PUT / HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
    ];
    let answers: [&[u8]; 2] = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 100 C\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ];
    let mut random = Random::new(7);
    for _ in 0..5_000 {
        let mut sim = Sim::new(&[Attempt::Accept], Config::default());
        let idle_load = sim.worker.load();
        let mut client = sim.client();
        let request = samples[random.below(samples.len())];
        client.send(&mutated(&mut random, request));
        sim.worker.turn(&mut Vec::new()).unwrap();
        sim.worker.turn(&mut Vec::new()).unwrap();
        for (_, mut upstream) in sim.dialed() {
            let answer = answers[random.below(answers.len())];
            upstream.send(&mutated(&mut random, answer));
            for _ in 0..4 {
                sim.worker.turn(&mut Vec::new()).unwrap();
            }
        }
        drop(client);
        for _ in 0..4 {
            sim.worker.turn(&mut Vec::new()).unwrap();
        }
        assert_eq!(sim.worker.load(), idle_load);
    }
}

fn mutated(random: &mut Random, text: &[u8]) -> Vec<u8> {
    const BYTES: &[u8] = b"\r\n :;,0159afG/\0\xff";
    let mut text = text.to_vec();
    for _ in 0..random.below(4) {
        let at = random.below(text.len());
        match random.below(3) {
            0 => text[at] = BYTES[random.below(BYTES.len())],
            1 => text.insert(at, BYTES[random.below(BYTES.len())]),
            _ => drop(text.remove(at)),
        }
    }
    text
}
