// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Readiness queues.

use crate::{
    calls::{close, errno::*, grant, next, now, pair, queue, recv, send, wait, word, AREA, OUT},
    check::{ok, same},
    sys::{self, at},
};

const READ: i32 = 1;
const WRITE: i32 = 2;
const EDGE: i32 = 0x100;

/// Both ways of reporting.
pub fn level_and_edge() {
    let (a, b) = pair("tcp", 0);
    let queue = queue();
    ok("add", sys::queue_control(queue, 1, b, READ, 11));
    same(
        "add twice",
        sys::queue_control(queue, 1, b, READ, 11),
        EXIST,
    );
    same(
        "modify none",
        sys::queue_control(queue, 2, a, READ, 1),
        NOENT,
    );
    same("nothing", wait(queue, 8, 0), vec![]);
    same("send", send(a, b"x"), Ok(1));
    same("ready", next(queue), vec![(11, 1, b as u32)]);
    same("still ready", wait(queue, 8, 0), vec![(11, 1, b as u32)]);
    same("recv", recv(b, 8, 0), Ok(b"x".to_vec()));
    same("not ready", wait(queue, 8, 0), vec![]);
    ok(
        "edge",
        sys::queue_control(queue, 2, b, READ | WRITE | EDGE, -1),
    );
    same("writable", wait(queue, 8, 0), vec![(u64::MAX, 2, b as u32)]);
    same("reported once", wait(queue, 8, 0), vec![]);
    same("send", send(a, b"y"), Ok(1));
    same("a change", next(queue), vec![(u64::MAX, 3, b as u32)]);
    same("reported once", wait(queue, 8, 0), vec![]);
    same("send", send(a, b"z"), Ok(1));
    same("another change", next(queue), vec![(u64::MAX, 3, b as u32)]);
    ok("remove", sys::queue_control(queue, 3, b, 0, 0));
    same("remove twice", sys::queue_control(queue, 3, b, 0, 0), NOENT);
    same("nothing", wait(queue, 8, 0), vec![]);
    same("events", sys::queue_control(queue, 1, b, 4, 0), INVAL);
    same("operation", sys::queue_control(queue, 9, b, READ, 0), INVAL);
    same(
        "a queue in a queue",
        sys::queue_control(queue, 1, queue, READ, 0),
        INVAL,
    );
    close(&[a, b, queue]);
}

/// Closed descriptors are reported no more, renumbered ones under their number.
pub fn close_and_renumber() {
    let (a, b) = pair("unix", 2);
    let (c, d) = pair("unix", 2);
    let queue = queue();
    ok("add", sys::queue_control(queue, 1, b, READ, 1));
    ok("add", sys::queue_control(queue, 1, d, READ, 2));
    same("send", send(a, b"x"), Ok(1));
    same("send", send(c, b"x"), Ok(1));
    let mut reports = next(queue);
    reports.sort_unstable();
    same("both", reports, vec![(1, 1, b as u32), (2, 1, d as u32)]);
    close(&[b]);
    same("one", wait(queue, 8, 0), vec![(2, 1, d as u32)]);
    ok("renumber", sys::fd_renumber(d, a));
    same(
        "under its number",
        wait(queue, 8, 0),
        vec![(2, 1, a as u32)],
    );
    same("the old number", sys::fd_close(d), BADF);
    let second = crate::calls::queue();
    ok("add", sys::queue_control(second, 1, a, READ, 3));
    close(&[queue]);
    same("another queue", wait(second, 8, 0), vec![(3, 1, a as u32)]);
    close(&[a, c, second]);
}

/// The peer goes away.
pub fn hangup() {
    let (a, b) = pair("unix", 2);
    let queue = queue();
    ok("add", sys::queue_control(queue, 1, a, READ, 5));
    close(&[b]);
    let reports = next(queue);
    same("reported", reports.len(), 1);
    same("hang-up", reports.first().map(|r| r.1 & 5), Some(5));
    close(&[a, queue]);
    let (a, b) = pair("tcp", 0);
    let queue = crate::calls::queue();
    ok("add", sys::queue_control(queue, 1, a, READ, 5));
    ok("half-close", sys::sock_shutdown(b, 2));
    same("readable: the end", next(queue), vec![(5, 1, a as u32)]);
    close(&[a, b, queue]);
}

/// A listener and a connection attempt are waited for.
pub fn connecting() {
    let (listener, dialer) = (grant("tcp"), grant("self"));
    let queue = queue();
    ok("add", sys::queue_control(queue, 1, listener, READ, 1));
    same("nothing", wait(queue, 8, 0), vec![]);
    let errno = sys::sock_connect(dialer, 0, 1, at(OUT));
    same("connecting", matches!(errno, 0 | INPROGRESS), true);
    let client = word(OUT) as i32;
    ok("add", sys::queue_control(queue, 1, client, WRITE, 2));
    let mut reports = next(queue);
    while reports.len() < 2 {
        let seen = reports.len();
        reports = next(queue);
        if reports.is_empty() {
            same("reports", seen, 2);
            break;
        }
    }
    ok("status", sys::sock_connect_status(client));
    ok("accept", sys::sock_accept(listener, 4, at(OUT)));
    let server = word(OUT) as i32;
    same("a non-blocking descriptor", recv(server, 1, 0), Err(AGAIN));
    same("a non-blocking descriptor", recv(client, 1, 0), Err(AGAIN));
    close(&[client, server, queue]);
}

/// Many are watched, few are ready.
pub fn many() {
    let queue = queue();
    let pairs: Vec<_> = (0..300).map(|_| pair("unix", 2)).collect();
    for (i, (_, b)) in pairs.iter().enumerate() {
        ok("add", sys::queue_control(queue, 1, *b, READ, i as i64));
    }
    same("nothing", wait(queue, 64, 0), vec![]);
    for i in [7, 299, 150] {
        same("send", send(pairs[i].0, b"x"), Ok(1));
    }
    let mut users: Vec<_> = next(queue).iter().map(|r| r.0).collect();
    users.sort_unstable();
    same("the ready ones", users, vec![7, 150, 299]);
    for (a, _) in &pairs {
        same("send", send(*a, b"y"), Ok(1));
    }
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let reports = wait(queue, 10, 0);
        same("as many as fit", reports.len(), 10);
        for (user, _, fd) in reports {
            seen.insert(user);
            same("read", recv(fd as i32, 9, 0).is_ok(), true);
        }
        if seen.len() == pairs.len() {
            break;
        }
    }
    same("all had their turn", seen.len(), pairs.len());
    same("nothing", wait(queue, 64, 0), vec![]);
    for (a, b) in &pairs {
        close(&[*a, *b]);
    }
    // Watches that come and go while always ready.
    let (a, b) = pair("unix", 2);
    for round in 0..2000 {
        ok("add", sys::queue_control(queue, 1, a, WRITE, round));
        ok("remove", sys::queue_control(queue, 3, a, 0, 0));
    }
    same("nothing", wait(queue, 64, 0), vec![]);
    close(&[a, b, queue]);
}

/// Time limits.
pub fn time() {
    let queue = queue();
    let begin = now();
    same("nothing", wait(queue, 1, 20_000_000), vec![]);
    same("not too early", now() - begin >= 20_000_000, true);
    same(
        "limit",
        sys::queue_wait(queue, at(AREA), 1, -2, at(OUT)),
        INVAL,
    );
    same(
        "room",
        sys::queue_wait(queue, at(AREA), 0, 0, at(OUT)),
        INVAL,
    );
    same("memory", sys::queue_wait(queue, -16, 2, 0, at(OUT)), FAULT);
    same("flags", sys::queue_create(1, at(OUT)), INVAL);
    close(&[queue]);
}
