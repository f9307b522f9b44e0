// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a program cannot do.

use crate::{
    calls::{close, double, errno::*, grant, iovs, pair, queue, send, word, AREA, DATA, OUT},
    check::{ok, same},
    sys::{self, at},
};

/// Calls on a descriptor that was closed, or never was.
pub fn closed() {
    let (a, b) = pair("tcp", 0);
    let queue = queue();
    close(&[a]);
    let array = iovs(&[(at(DATA), 1)]);
    for fd in [a, 63, 65535, 65536, -1, i32::MIN] {
        same("close", sys::fd_close(fd), BADF);
        same("read", sys::fd_read(fd, array, 1, at(OUT)), BADF);
        same("write", sys::fd_write(fd, array, 1, at(OUT)), BADF);
        same("pread", sys::fd_pread(fd, array, 1, 0, at(OUT)), BADF);
        same(
            "recv",
            sys::sock_recv(fd, array, 1, 0, at(OUT), at(OUT)),
            BADF,
        );
        same("send", sys::sock_send(fd, array, 1, 0, at(OUT)), BADF);
        same("shutdown", sys::sock_shutdown(fd, 1), BADF);
        same("accept", sys::sock_accept(fd, 0, at(OUT)), BADF);
        same("connect", sys::sock_connect(fd, 0, 0, at(OUT)), BADF);
        same("status", sys::sock_connect_status(fd), BADF);
        same(
            "peer",
            sys::sock_peer_address(fd, at(DATA), 99, at(OUT)),
            BADF,
        );
        same("fdstat", sys::fd_fdstat_get(fd, at(OUT)), BADF);
        same("flags", sys::fd_fdstat_set_flags(fd, 0), BADF);
        same("rights", sys::fd_fdstat_set_rights(fd, 0, 0), BADF);
        same("filestat", sys::fd_filestat_get(fd, at(DATA)), BADF);
        same("seek", sys::fd_seek(fd, 0, 0, at(OUT)), BADF);
        same("sync", sys::fd_sync(fd), BADF);
        same("renumber", sys::fd_renumber(fd, b), BADF);
        same("renumber", sys::fd_renumber(b, fd), BADF);
        same("watch", sys::queue_control(queue, 1, fd, 1, 0), BADF);
        same("queue", sys::queue_control(fd, 1, b, 1, 0), BADF);
        same("wait", sys::queue_wait(fd, at(AREA), 1, 0, at(OUT)), BADF);
        same("prestat", sys::fd_prestat_get(fd, at(OUT)), BADF);
        same(
            "open",
            sys::path_open(fd, 0, at(DATA), 1, 0, 0, 0, 0, at(OUT)),
            BADF,
        );
    }
    close(&[b, queue]);
}

/// Calls on a descriptor of another kind.
pub fn wrong_kinds() {
    let (a, b) = pair("unix", 2);
    let (listener, dialer, udp) = (grant("tcp"), grant("self"), grant("udp"));
    let array = iovs(&[(at(DATA), 1)]);
    same("accept on a stream", sys::sock_accept(a, 0, at(OUT)), INVAL);
    same(
        "accept on a dialer",
        sys::sock_accept(dialer, 0, at(OUT)),
        NOTSOCK,
    );
    same(
        "recv on a listener",
        sys::sock_recv(listener, array, 1, 0, at(OUT), at(OUT)),
        NOTSOCK,
    );
    same(
        "read on a listener",
        sys::fd_read(listener, array, 1, at(OUT)),
        NOTCAPABLE,
    );
    same(
        "write on a dialer",
        sys::fd_write(dialer, array, 1, at(OUT)),
        NOTCAPABLE,
    );
    same(
        "connect on a stream",
        sys::sock_connect(b, 0, 0, at(OUT)),
        INVAL,
    );
    same("seek on a socket", sys::fd_seek(udp, 0, 0, at(OUT)), SPIPE);
    same("tell on a socket", sys::fd_tell(a, at(OUT)), SPIPE);
    same(
        "open in a socket",
        sys::path_open(a, 0, at(DATA), 1, 0, 0, 0, 0, at(OUT)),
        NOTDIR,
    );
    same("a stop signal", sys::proc_raise(40), INVAL);
    same(
        "no such grant",
        sys::grant_find(at(DATA), 0, at(OUT)),
        NOENT,
    );
    same("flags", sys::fd_fdstat_set_flags(a, 1), INVAL);
    ok("fdstat", sys::fd_fdstat_get(a, at(AREA)));
    same("type of a stream", sys::get(AREA, 1), vec![6]);
    ok("fdstat", sys::fd_fdstat_get(udp, at(AREA)));
    same("type of a datagram socket", sys::get(AREA, 1), vec![5]);
    close(&[a, b]);
}

/// Rights that were given up are gone, also in what is derived later.
pub fn rights() {
    let (a, b) = pair("tcp", 0);
    ok("fdstat", sys::fd_fdstat_get(a, at(AREA)));
    let base = double(AREA + 8) as i64;
    ok(
        "give up write",
        sys::fd_fdstat_set_rights(a, base & !(1 << 6), 0),
    );
    same("send", send(a, b"x"), Err(NOTCAPABLE));
    same(
        "take it back",
        sys::fd_fdstat_set_rights(a, base, 0),
        NOTCAPABLE,
    );
    same("take all", sys::fd_fdstat_set_rights(a, -1, -1), NOTCAPABLE);
    ok(
        "give up shutdown",
        sys::fd_fdstat_set_rights(a, base & !(1 << 6 | 1 << 28), 0),
    );
    same("shutdown", sys::sock_shutdown(a, 2), NOTCAPABLE);
    ok("give up all", sys::fd_fdstat_set_rights(a, 0, 0));
    let array = iovs(&[(at(DATA), 1)]);
    same(
        "recv",
        sys::sock_recv(a, array, 1, 0, at(OUT), at(OUT)),
        NOTCAPABLE,
    );
    same("flags", sys::fd_fdstat_set_flags(a, 4), NOTCAPABLE);
    same("filestat", sys::fd_filestat_get(a, at(AREA)), NOTCAPABLE);
    let queue = queue();
    same("watch", sys::queue_control(queue, 1, a, 1, 0), NOTCAPABLE);
    same("the other end is as before", send(b, b"x"), Ok(1));
    close(&[a, b, queue]);
}

/// A dialer reaches its addresses and no others.
pub fn addresses() {
    let dialer = grant("self");
    ok("addresses", sys::dialer_addresses(dialer, at(OUT)));
    same("count", word(OUT), 4);
    for index in [4, 5, -1, i32::MIN] {
        same(
            "connect",
            sys::sock_connect(dialer, index, 0, at(OUT)),
            INVAL,
        );
    }
    same("flags", sys::sock_connect(dialer, 0, 2, at(OUT)), INVAL);
}

/// Only senders can be answered: addresses of the program's own making are refused.
pub fn forged() {
    let udp = grant("udp");
    let address = [
        2, 0, 0, 53, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8,
    ];
    sys::put(AREA, &address);
    let array = iovs(&[(at(DATA), 1)]);
    for len in [0, 8, 16, 24, 136, 200] {
        same(
            "send",
            sys::sock_send_to(udp, array, 1, at(AREA), len, at(OUT)),
            NOTCAPABLE,
        );
    }
}
