// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Host functions as the cases use them. Offsets are in the window.

use crate::{check::ok, sys};

/// Error numbers of WASI preview 1.
pub mod errno {
    #![allow(missing_docs)]
    pub const AGAIN: i32 = 6;
    pub const BADF: i32 = 8;
    pub const BUSY: i32 = 10;
    pub const CONNREFUSED: i32 = 14;
    pub const CONNRESET: i32 = 15;
    pub const EXIST: i32 = 20;
    pub const FAULT: i32 = 21;
    pub const FBIG: i32 = 22;
    pub const ILSEQ: i32 = 25;
    pub const INPROGRESS: i32 = 26;
    pub const INVAL: i32 = 28;
    pub const ISDIR: i32 = 31;
    pub const LOOP: i32 = 32;
    pub const NAMETOOLONG: i32 = 37;
    pub const NOENT: i32 = 44;
    pub const NOTDIR: i32 = 54;
    pub const NOTEMPTY: i32 = 55;
    pub const NOTSOCK: i32 = 57;
    pub const OVERFLOW: i32 = 61;
    pub const PERM: i32 = 63;
    pub const PIPE: i32 = 64;
    pub const SPIPE: i32 = 70;
    pub const NOTCAPABLE: i32 = 76;
}

/// Where results go.
pub const OUT: usize = 0;
/// Where arrays of buffers are.
const IOVS: usize = 0x40;
/// Where bytes to be sent and received are.
pub const DATA: usize = 0x10000;
/// Where other things are put.
pub const AREA: usize = 0x1000;

/// The 32-bit result at `offset`.
pub fn word(offset: usize) -> u32 {
    u32::from_le_bytes(sys::get(offset, 4).try_into().unwrap())
}

/// The 64-bit result at `offset`.
pub fn double(offset: usize) -> u64 {
    u64::from_le_bytes(sys::get(offset, 8).try_into().unwrap())
}

/// An array of buffers; its address.
pub fn iovs(buffers: &[(i32, u32)]) -> i32 {
    for (i, (pointer, len)) in buffers.iter().enumerate() {
        sys::put(IOVS + i * 8, &pointer.to_le_bytes());
        sys::put(IOVS + i * 8 + 4, &len.to_le_bytes());
    }
    sys::at(IOVS)
}

/// How many descriptors below 64 are open.
pub fn open_descriptors() -> usize {
    (0..64)
        .filter(|fd| sys::fd_fdstat_get(*fd, sys::at(AREA)) == 0)
        .count()
}

/// The grant of this name.
#[track_caller]
pub fn grant(name: &str) -> i32 {
    sys::put(AREA, name.as_bytes());
    ok(
        name,
        sys::grant_find(sys::at(AREA), name.len() as i32, sys::at(OUT)),
    );
    word(OUT) as i32
}

/// Sends; the number of bytes, or the error.
pub fn send(fd: i32, bytes: &[u8]) -> Result<usize, i32> {
    sys::put(DATA, bytes);
    let array = iovs(&[(sys::at(DATA), bytes.len() as u32)]);
    match sys::sock_send(fd, array, 1, 0, sys::at(OUT)) {
        0 => Ok(word(OUT) as usize),
        errno => Err(errno),
    }
}

/// Receives at most `room` bytes.
pub fn recv(fd: i32, room: usize, flags: i32) -> Result<Vec<u8>, i32> {
    let array = iovs(&[(sys::at(DATA), room as u32)]);
    match sys::sock_recv(fd, array, 1, flags, sys::at(OUT), sys::at(OUT + 4)) {
        0 => Ok(sys::get(DATA, word(OUT) as usize)),
        errno => Err(errno),
    }
}

/// A connection from address `index` of dialer `self` to listener `name`: both ends.
#[track_caller]
pub fn pair(name: &str, index: i32) -> (i32, i32) {
    let (listener, dialer) = (grant(name), grant("self"));
    ok("connect", sys::sock_connect(dialer, index, 0, sys::at(OUT)));
    let client = word(OUT) as i32;
    ok("accept", sys::sock_accept(listener, 0, sys::at(OUT)));
    (client, word(OUT) as i32)
}

/// Closes.
#[track_caller]
pub fn close(fds: &[i32]) {
    for fd in fds {
        ok("close", sys::fd_close(*fd));
    }
}

/// The text of an address of `fd`.
pub fn address(fd: i32, peer: bool) -> String {
    let function = if peer {
        sys::sock_peer_address
    } else {
        sys::sock_local_address
    };
    ok("address", function(fd, sys::at(DATA), 200, sys::at(OUT)));
    String::from_utf8(sys::get(DATA, word(OUT) as usize)).unwrap()
}

/// A new queue.
pub fn queue() -> i32 {
    ok("queue", sys::queue_create(0, sys::at(OUT)));
    word(OUT) as i32
}

/// What a queue reports: userdata, events, descriptor.
pub fn wait(queue: i32, max: i32, timeout: i64) -> Vec<(u64, u32, u32)> {
    ok(
        "wait",
        sys::queue_wait(queue, sys::at(AREA), max, timeout, sys::at(OUT)),
    );
    (0..word(OUT) as usize)
        .map(|i| AREA + i * 16)
        .map(|at| (double(at), word(at + 8), word(at + 12)))
        .collect()
}

/// Waits at most two seconds for the next reports.
pub fn next(queue: i32) -> Vec<(u64, u32, u32)> {
    wait(queue, 64, 2_000_000_000)
}

/// The monotonic clock, ns.
pub fn now() -> u64 {
    ok("clock", sys::clock_time_get(1, 0, sys::at(OUT)));
    double(OUT)
}
