// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Objects that say that they are ready and never are: waits for them end, and do not burn the CPU.

mod support;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use support::{sim::Sim, Guest};
use wasmk_abi::{Connecting, Errno, FileType, Outcome, Resource, Stop};

/// Blocking calls on objects that lie, each with its arguments.
const CALLS: [(&str, &[u64]); 7] = [
    ("fd_read", &[3, 0x10, 1, 0x80]),
    ("fd_write", &[3, 0x10, 1, 0x80]),
    ("sock_recv", &[3, 0x10, 1, 2, 0x80, 0x84]),
    ("sock_send", &[3, 0x10, 1, 0, 0x80]),
    ("sock_send", &[4, 0x10, 1, 0, 0x80]),
    ("sock_accept", &[5, 0, 0x80]),
    ("sock_connect", &[6, 0, 0, 0x80]),
];

/// Descriptors: 3 a stream socket, 4 a datagram socket, 5 a listener, 6 a dialer.
fn guest() -> Guest<Sim> {
    let sim = Sim::default();
    let liar = |filetype, connecting| {
        let (object, state) = sim.0.object(filetype);
        let mut state = state.borrow_mut();
        (state.liar, state.room, state.connecting) = (true, 0, connecting);
        object
    };
    let stream = Resource::Socket(liar(FileType::SocketStream, None));
    let datagram = Resource::Datagram(liar(FileType::SocketDgram, None));
    let listener = Resource::Listener(liar(FileType::SocketStream, None));
    let target = liar(FileType::SocketStream, Some(Errno::InProgress));
    let dialer = Resource::Dialer(RefCell::new(vec![(target, Connecting::InProgress)]));
    let mut guest = Guest::new(sim);
    for (resource, number) in [stream, datagram, listener, dialer].into_iter().zip(3..) {
        assert_eq!(guest.grant(resource, ""), number);
    }
    guest.iovecs(0x10, &[(0x100, 4)]);
    guest
}

#[test]
fn they_are_stopped_between_attempts() {
    for (name, args) in CALLS {
        for (stop, outcome) in [
            (Stop::Killed, Outcome::Killed),
            (Stop::Deadline, Outcome::Deadline),
            (Stop::Park, Outcome::Park),
        ] {
            let mut guest = guest();
            guest.cx.os().0.breaths.borrow_mut().push_back(stop);
            assert_eq!(guest.outcome(name, args).0, outcome, "{name}");
            assert_eq!(guest.cx.os().0.sleeps.get(), 0, "{name}");
        }
    }
}

#[test]
fn they_pause_and_are_stopped_while_they_do() {
    for (name, args) in CALLS {
        let mut guest = guest();
        let pauses = Rc::new(Cell::new(0));
        for _ in 0..10 {
            let (pauses, world) = (Rc::clone(&pauses), Rc::clone(&guest.cx.os().0));
            guest.cx.os().0.then(move || {
                pauses.set(pauses.get() + 1);
                world.now.set(world.now.get() + 1_000_000);
            });
        }
        guest.cx.os().0.interrupt(Stop::Killed);
        assert_eq!(guest.outcome(name, args).0, Outcome::Killed, "{name}");
        assert_eq!(pauses.get(), 10, "{name}");
        assert_eq!(guest.cx.os().0.now.get(), 10_000_000, "{name}");
    }
}

#[test]
fn nothing_more_comes_from_a_datagram_socket_that_was_shut_down() {
    let sim = Sim::default();
    let (object, state) = sim.0.object(FileType::SocketDgram);
    state.borrow_mut().liar = true;
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Datagram(object), "");
    guest.iovecs(0x10, &[(0x100, 4)]);
    state.borrow_mut().inbox.push_back(b"last".to_vec());
    guest.ok("sock_shutdown", &[fd, 2]);
    guest.ok("sock_shutdown", &[fd, 1]);
    // What came before is there.
    guest.ok("fd_read", &[fd, 0x10, 1, 0x80]);
    assert_eq!(guest.u32(0x80), 4);
    guest.ok("fd_read", &[fd, 0x10, 1, 0x80]);
    assert_eq!(guest.u32(0x80), 0);
    guest.ok("sock_recv", &[fd, 0x10, 1, 0, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 0);
    // Also when it does not wait, and under another number.
    guest.ok("fd_fdstat_set_flags", &[fd, 4]);
    let other = guest.queue();
    guest.ok("fd_renumber", &[fd, other]);
    guest.ok("sock_recv", &[other, 0x10, 1, 0, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 0);
}
