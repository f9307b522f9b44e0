// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Streams and datagrams.

use crate::{
    calls::{address, close, errno::*, grant, iovs, pair, recv, send, word, AREA, DATA, OUT},
    check::{ok, same},
    sys::{self, at},
};

fn stream(name: &str, index: i32) -> (String, String) {
    let (a, b) = pair(name, index);
    for (from, to) in [(a, b), (b, a)] {
        same("send", send(from, b"hello"), Ok(5));
        same("recv", recv(to, 100, 0), Ok(b"hello".to_vec()));
    }
    ok("nonblocking", sys::fd_fdstat_set_flags(a, 4));
    same("recv", recv(a, 1, 0), Err(AGAIN));
    same("recv of all", recv(a, 1, 2), Err(AGAIN));
    let listener = grant(name);
    ok("nonblocking", sys::fd_fdstat_set_flags(listener, 4));
    same("accept", sys::sock_accept(listener, 4, at(OUT)), AGAIN);
    ok("blocking", sys::fd_fdstat_set_flags(listener, 0));
    same("flags", sys::sock_accept(listener, 1, at(OUT)), INVAL);
    ok("status", sys::sock_connect_status(a));
    same(
        "the ends know each other",
        address(a, false),
        address(b, true),
    );
    let addresses = (address(a, true), address(listener, false));
    same(
        "room",
        sys::sock_peer_address(a, at(DATA), 2, at(OUT)),
        OVERFLOW,
    );
    same("length", word(OUT) as usize, addresses.0.len());
    same("how", sys::sock_shutdown(a, 0), INVAL);
    same("how", sys::sock_shutdown(a, 4), INVAL);
    close(&[a, b]);
    addresses
}

/// IPv4.
pub fn tcp() {
    let (peer, own) = stream("tcp", 0);
    same("address", &peer, &own);
    same("form", peer.starts_with("127.0.0.1:"), true);
}

/// IPv6.
pub fn tcp6() {
    let (peer, own) = stream("tcp6", 1);
    same("address", &peer, &own);
    same("form", peer.starts_with("[::1]:"), true);
}

/// Unix.
pub fn unix() {
    let (peer, own) = stream("unix", 2);
    same("address", &peer, &own);
    same("form", peer.starts_with("unix:/"), true);
}

/// Datagrams: their borders, their senders, answers.
pub fn udp() {
    let (server, dialer) = (grant("udp"), grant("self"));
    ok("connect", sys::sock_connect(dialer, 3, 0, at(OUT)));
    let client = word(OUT) as i32;
    same("send", send(client, b"first message"), Ok(13));
    same("send", send(client, b"second"), Ok(6));
    let array = iovs(&[(at(DATA), 3), (at(DATA + 3), 2)]);
    let from = |room: i32| {
        sys::sock_recv_from(
            server,
            array,
            2,
            0,
            at(OUT),
            at(OUT + 4),
            at(AREA),
            room,
            at(OUT + 8),
        )
    };
    same("room for the sender", from(20), OVERFLOW);
    ok("recv", from(136));
    same(
        "bytes",
        sys::get(DATA, word(OUT) as usize),
        b"first".to_vec(),
    );
    same("truncated", word(OUT + 4) as u16, 1);
    let len = word(OUT + 8) as i32;
    same(
        "answer",
        sys::sock_send_to(server, array, 2, at(AREA), len, at(OUT)),
        0,
    );
    same("recv", recv(client, 100, 0), Ok(b"first".to_vec()));
    let other = grant("tcp");
    same(
        "not a datagram",
        sys::sock_send_to(other, array, 2, at(AREA), len, at(OUT)),
        NOTSOCK,
    );
    let mut sealed = sys::get(AREA, len as usize);
    sealed[4] ^= 1;
    sys::put(AREA, &sealed);
    same(
        "changed",
        sys::sock_send_to(server, array, 2, at(AREA), len, at(OUT)),
        NOTCAPABLE,
    );
    same("recv", recv(server, 100, 0), Ok(b"second".to_vec()));
    ok("nonblocking", sys::fd_fdstat_set_flags(server, 4));
    same("recv", recv(server, 100, 0), Err(AGAIN));
    ok("blocking", sys::fd_fdstat_set_flags(server, 0));
    close(&[client]);
}

/// Flags of `sock_recv`.
pub fn peek_waitall() {
    let (a, b) = pair("tcp", 0);
    same("send", send(a, b"abcdef"), Ok(6));
    same("peek", recv(b, 4, 1), Ok(b"abcd".to_vec()));
    same("peek", recv(b, 4, 1), Ok(b"abcd".to_vec()));
    same("recv", recv(b, 2, 0), Ok(b"ab".to_vec()));
    same("all", recv(b, 4, 2), Ok(b"cdef".to_vec()));
    same("flags", recv(b, 4, 4), Err(INVAL));
    same(
        "send flags",
        sys::sock_send(a, iovs(&[(at(DATA), 1)]), 1, 1, at(OUT)),
        INVAL,
    );
    same("nothing", send(a, b""), Ok(0));
    same("send", send(a, b"x"), Ok(1));
    ok("half-close", sys::sock_shutdown(a, 2));
    same("all, until the end", recv(b, 4, 2), Ok(b"x".to_vec()));
    close(&[a, b]);
}

/// One direction ends, the other goes on.
pub fn half_close() {
    for (name, index) in [("tcp", 0), ("unix", 2)] {
        let (a, b) = pair(name, index);
        same("send", send(a, b"last"), Ok(4));
        ok("shutdown", sys::sock_shutdown(a, 2));
        same("send", send(a, b"x"), Err(PIPE));
        same("recv", recv(b, 10, 0), Ok(b"last".to_vec()));
        same("end", recv(b, 10, 0), Ok(vec![]));
        same("end again", recv(b, 10, 0), Ok(vec![]));
        same("answer", send(b, b"answer"), Ok(6));
        same("recv", recv(a, 10, 0), Ok(b"answer".to_vec()));
        close(&[a, b]);
    }
}

/// The other end is closed.
pub fn closed_peer() {
    let (a, b) = pair("unix", 2);
    close(&[b]);
    same("end", recv(a, 10, 0), Ok(vec![]));
    same("send", send(a, b"x"), Err(PIPE));
    close(&[a]);
    // A reset: the peer closes with bytes unread.
    let (a, b) = pair("tcp", 0);
    same("send", send(a, b"unread"), Ok(6));
    same("arrived", recv(b, 1, 1), Ok(b"u".to_vec()));
    close(&[b]);
    same("reset", recv(a, 10, 0), Err(CONNRESET));
    close(&[a]);
}

/// Nobody listens.
pub fn refused() {
    let dialer = grant("closed");
    same(
        "blocking",
        sys::sock_connect(dialer, 0, 0, at(OUT)),
        CONNREFUSED,
    );
    match sys::sock_connect(dialer, 0, 1, at(OUT)) {
        // Loopback answers at once.
        CONNREFUSED => {}
        errno => {
            same("non-blocking", errno, INPROGRESS);
            let fd = word(OUT) as i32;
            let queue = crate::calls::queue();
            ok("watch", sys::queue_control(queue, 1, fd, 2, 7));
            let reports = crate::calls::next(queue);
            same("reported", reports.len(), 1);
            same("status", sys::sock_connect_status(fd), CONNREFUSED);
            close(&[fd, queue]);
        }
    }
}

/// A peer that does not read: a non-blocking sender is stopped, and no byte is lost or doubled.
pub fn backpressure() {
    for (name, index) in [("tcp", 0), ("unix", 2)] {
        let (a, b) = pair(name, index);
        ok("nonblocking", sys::fd_fdstat_set_flags(a, 4));
        ok("nonblocking", sys::fd_fdstat_set_flags(b, 4));
        let pattern = |from: usize| {
            (0..40_000)
                .map(|i| ((from + i) % 251) as u8)
                .collect::<Vec<_>>()
        };
        let (mut sent, mut received, mut full) = (0, 0, 0);
        while sent < 8 << 20 {
            match send(a, &pattern(sent)) {
                Ok(n) => sent += n,
                Err(errno) => {
                    same("full", errno, AGAIN);
                    full += 1;
                    // Room again, seen by waiting for it.
                    for _ in 0..8 {
                        received += take(b, received);
                    }
                    let queue = crate::calls::queue();
                    ok("watch", sys::queue_control(queue, 1, a, 2, 1));
                    while crate::calls::wait(queue, 1, 0).is_empty() {
                        received += take(b, received);
                    }
                    close(&[queue]);
                }
            }
        }
        same("was full", full > 0, true);
        ok("end", sys::sock_shutdown(a, 2));
        ok("blocking", sys::fd_fdstat_set_flags(b, 0));
        loop {
            match take(b, received) {
                0 => break,
                n => received += n,
            }
        }
        same("all arrived", received, sent);
        close(&[a, b]);
    }
}

/// Receives, and compares with the pattern.
fn take(fd: i32, from: usize) -> usize {
    let bytes = recv(fd, 60_000, 0).unwrap_or_default();
    let wrong = bytes
        .iter()
        .zip(from..)
        .filter(|(b, i)| usize::from(**b) != i % 251)
        .count();
    same("bytes that are wrong", wrong, 0);
    bytes.len()
}

/// Descriptors are used again, whatever happens to them.
pub fn many_rounds() {
    let (first, second) = pair("unix", 2);
    close(&[first, second]);
    for _ in 0..500 {
        let (a, b) = pair("unix", 2);
        same("number", (a, b), (first, second));
        close(&[b, a]);
    }
}
