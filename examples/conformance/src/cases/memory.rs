// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Pointers and lengths at the edges of memory and of 32 bits.

use crate::{
    calls::{close, errno::*, grant, iovs, pair, recv, word, OUT},
    check::{ok, same},
    sys::{self, at},
};

/// Results that do not fit.
pub fn results() {
    let size = sys::memory_size();
    for address in [
        size - 7,
        size,
        size + 1,
        1 << 31,
        u32::MAX as u64,
        u32::MAX as u64 - 7,
    ] {
        if address <= u32::MAX.into() {
            let address = address as i32;
            same("clock", sys::clock_time_get(1, 0, address), FAULT);
            same("fdstat", sys::fd_fdstat_get(1, address), FAULT);
            same("random", sys::random_get(address, 8), FAULT);
            same(
                "poll",
                sys::poll_oneoff(at(OUT), address, 1, at(OUT)),
                FAULT,
            );
        }
    }
    same("queue", sys::queue_create(0, (size - 3) as i32), FAULT);
    same("queue", sys::queue_create(0, -4), FAULT);
    same("random of everything", sys::random_get(16, -1), FAULT);
}

/// Buffers that do not fit, too many, too long. What fails has no effect.
pub fn buffers() {
    let size = sys::memory_size() as i64;
    let (a, b) = pair("tcp", 0);
    for (pointer, len, wanted) in [
        (size - 1, 1, 0),
        (size, 0, 0),
        (size - 1, 2, FAULT),
        (size + 1, 0, FAULT),
        (size, 1, FAULT),
        (-1, 1, FAULT),
        (-1, u32::MAX, FAULT),
        (16, u32::MAX, FAULT),
        (-16, 32, FAULT),
    ] {
        let array = iovs(&[(pointer as i32, len)]);
        same("send", sys::sock_send(a, array, 1, 0, at(OUT)), wanted);
        same("write", sys::fd_write(a, array, 1, at(OUT)), wanted);
    }
    let array = iovs(&[(at(0), 1)]);
    same(
        "array",
        sys::sock_send(a, (size - 7) as i32, 1, 0, at(OUT)),
        FAULT,
    );
    same("array", sys::sock_send(a, -8, 1, 0, at(OUT)), FAULT);
    same("many", sys::sock_send(a, array, 1025, 0, at(OUT)), INVAL);
    same("very many", sys::sock_send(a, array, -1, 0, at(OUT)), INVAL);
    same(
        "result",
        sys::sock_send(a, array, 1, 0, (size - 3) as i32),
        FAULT,
    );
    // Two successful sends of one byte, and nothing else, arrived.
    same("received", recv(b, 100, 0).map(|bytes| bytes.len()), Ok(2));
    let listener = grant("tcp");
    same(
        "accept",
        sys::sock_accept(listener, 0, (size - 3) as i32),
        FAULT,
    );
    close(&[a, b]);
}

/// Buffers that overlap are filled in order.
pub fn overlap() {
    let (a, b) = pair("unix", 2);
    same("send", crate::calls::send(a, b"0123456789abcdef"), Ok(16));
    let base = crate::calls::DATA;
    let array = iovs(&[(at(base), 8), (at(base + 4), 8)]);
    ok("recv", sys::sock_recv(b, array, 2, 2, at(OUT), at(OUT + 4)));
    same("count", word(OUT), 16);
    same("bytes", sys::get(base, 12), b"012389abcdef".to_vec());
    close(&[a, b]);
}
