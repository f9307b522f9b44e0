// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Clocks, `poll_oneoff`, random numbers.

use crate::{
    calls::{close, double, errno::*, now, pair, send, word, AREA, DATA, OUT},
    check::{ok, same},
    sys::{self, at},
};

/// They are there, and go forward.
pub fn clocks() {
    for clock in 0..4 {
        ok("resolution", sys::clock_res_get(clock, at(OUT)));
        let resolution = double(OUT);
        same("resolution", (1..=10_000_000).contains(&resolution), true);
        ok("time", sys::clock_time_get(clock, 0, at(OUT)));
        let first = double(OUT);
        ok("time", sys::clock_time_get(clock, 0, at(OUT)));
        same("forward", double(OUT) >= first, true);
    }
    ok("time", sys::clock_time_get(0, 0, at(OUT)));
    same(
        "this century",
        double(OUT) > 1_600_000_000_000_000_000,
        true,
    );
    same("no such clock", sys::clock_time_get(4, 0, at(OUT)), INVAL);
    same("no such clock", sys::clock_res_get(-1, at(OUT)), INVAL);
    ok("yield", sys::sched_yield());
    ok("no signal", sys::proc_raise(0));
}

/// A subscription to a clock, stored at `offset`.
fn clock(offset: usize, user: u64, id: u32, timeout: u64, flags: u16) {
    let mut bytes = [0; 48];
    bytes[..8].copy_from_slice(&user.to_le_bytes());
    bytes[16..20].copy_from_slice(&id.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    sys::put(offset, &bytes);
}

/// A subscription to a descriptor.
fn descriptor(offset: usize, user: u64, tag: u8, fd: i32) {
    let mut bytes = [0; 48];
    bytes[..8].copy_from_slice(&user.to_le_bytes());
    bytes[8] = tag;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    sys::put(offset, &bytes);
}

/// Calls `poll_oneoff` with the subscriptions at `AREA`: userdata, error and type of each event.
fn poll(count: i32) -> Vec<(u64, u16, u8)> {
    ok("poll", sys::poll_oneoff(at(AREA), at(DATA), count, at(OUT)));
    (0..word(OUT) as usize)
        .map(|i| DATA + i * 32)
        .map(|at| (double(at), word(at + 8) as u16, (word(at + 8) >> 16) as u8))
        .collect()
}

/// Relative and absolute times.
pub fn poll_clock() {
    let begin = now();
    clock(AREA, 1, 1, 15_000_000, 0);
    clock(AREA + 48, 2, 1, 10_000_000_000, 0);
    same("the first", poll(2), vec![(1, 0, 0)]);
    same("not too early", now() - begin >= 15_000_000, true);
    clock(AREA, 3, 1, begin, 1);
    same("the past", poll(2), vec![(3, 0, 0)]);
    ok("time", sys::clock_time_get(0, 0, at(OUT)));
    clock(AREA, 4, 0, double(OUT) + 10_000_000, 1);
    same("wall clock", poll(2), vec![(4, 0, 0)]);
    clock(AREA, 5, 9, 0, 0);
    same("no such clock", poll(1), vec![(5, INVAL as u16, 0)]);
    same(
        "none",
        sys::poll_oneoff(at(AREA), at(DATA), 0, at(OUT)),
        INVAL,
    );
    same(
        "too many",
        sys::poll_oneoff(at(AREA), at(DATA), -1, at(OUT)),
        INVAL,
    );
    same("memory", sys::poll_oneoff(-48, at(DATA), 1, at(OUT)), FAULT);
}

/// Descriptors and time.
pub fn poll_descriptors() {
    let (a, b) = pair("tcp", 0);
    descriptor(AREA, 1, 1, b);
    clock(AREA + 48, 2, 1, 10_000_000, 0);
    same("time", poll(2), vec![(2, 0, 0)]);
    descriptor(AREA + 96, 3, 2, b);
    same("writable", poll(3), vec![(3, 0, 2)]);
    same("send", send(a, b"x"), Ok(1));
    clock(AREA + 48, 2, 1, 5_000_000_000, 0);
    same("readable", poll(2), vec![(1, 0, 1)]);
    descriptor(AREA + 48, 4, 1, 63);
    same("bad", poll(2), vec![(1, 0, 1), (4, BADF as u16, 1)]);
    close(&[a, b]);
}

/// Bytes that differ.
pub fn random() {
    ok("random", sys::random_get(at(DATA), 60_000));
    let bytes = sys::get(DATA, 60_000);
    let mut seen = [false; 256];
    bytes.iter().for_each(|b| seen[usize::from(*b)] = true);
    same("all bytes occur", seen.iter().all(|s| *s), true);
    ok("random", sys::random_get(at(DATA), 60_000));
    same("other bytes", bytes == sys::get(DATA, 60_000), false);
    ok("nothing", sys::random_get(at(DATA), 0));
}
