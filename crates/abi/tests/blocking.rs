// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Calls that wait: parked and resumed exactly once, killed, late; partial progress.

mod support;

use std::{cell::RefCell, rc::Rc};

use support::{
    clock_subscription, fd_subscription,
    sim::{Sim, State},
    Guest,
};
use wasmk_abi::{Connecting, Errno, FileType, Outcome, Resource, Stop};

fn socket() -> (Guest<Sim>, u64, Rc<RefCell<State>>) {
    let sim = Sim::default();
    let (object, state) = sim.0.object(FileType::SocketStream);
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Socket(object), "");
    guest.iovecs(0x10, &[(0x100, 4), (0x104, 6)]);
    (guest, fd, state)
}

#[test]
fn a_read_parks_and_is_repeated() {
    for name in ["fd_read", "sock_recv"] {
        let (mut guest, fd, state) = socket();
        let args: &[u64] = &[fd, 0x10, 2, 0x80];
        let recv: &[u64] = &[fd, 0x10, 2, 0, 0x80, 0x84];
        let args = if name == "fd_read" { args } else { recv };
        guest.cx.os().0.interrupt(Stop::Park);
        assert_eq!(guest.outcome(name, args).0, Outcome::Park);
        guest.cx.os().0.interrupt(Stop::Park);
        assert_eq!(guest.outcome(name, args).0, Outcome::Park);
        let inbox = Rc::clone(&state);
        guest
            .cx
            .os()
            .0
            .then(move || inbox.borrow_mut().inbox.push_back(b"hello".to_vec()));
        guest.ok(name, args);
        assert_eq!(guest.u32(0x80), 5);
        assert_eq!(&guest.memory[0x100..0x105], b"hello");
    }
}

#[test]
fn kills_and_deadlines_end_waits() {
    for (stop, outcome) in [
        (Stop::Killed, Outcome::Killed),
        (Stop::Deadline, Outcome::Deadline),
    ] {
        let (mut guest, fd, state) = socket();
        state.borrow_mut().room = 0;
        let queue = guest.queue();
        guest.ok("queue_control", &[queue, 1, fd, 3, 0]);
        guest.put(0x400, &fd_subscription(1, 1, fd as u32));
        for (name, args) in [
            ("fd_read", &[fd, 0x10, 2, 0x80][..]),
            ("fd_write", &[fd, 0x10, 2, 0x80][..]),
            ("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84][..]),
            ("sock_send", &[fd, 0x10, 2, 0, 0x80][..]),
            ("queue_wait", &[queue, 0x600, 8, u64::MAX, 0x80][..]),
            ("poll_oneoff", &[0x400, 0x500, 1, 0x80][..]),
        ] {
            guest.cx.os().0.interrupt(stop);
            assert_eq!(guest.outcome(name, args).0, outcome, "{name}");
        }
    }
}

#[test]
fn a_blocking_write_sends_all() {
    let (mut guest, fd, state) = socket();
    state.borrow_mut().room = 3;
    let more = Rc::clone(&state);
    guest.cx.os().0.then(move || more.borrow_mut().room = 4);
    let more = Rc::clone(&state);
    guest.cx.os().0.then(move || more.borrow_mut().room = 100);
    guest.put(0x100, b"0123456789");
    guest.ok("fd_write", &[fd, 0x10, 2, 0x80]);
    assert_eq!(guest.u32(0x80), 10);
    assert_eq!(state.borrow().outbox, b"0123456789");
}

#[test]
fn a_signal_after_partial_progress_reports_it() {
    let (mut guest, fd, state) = socket();
    state.borrow_mut().room = 3;
    guest.put(0x100, b"0123456789");
    guest.cx.os().0.interrupt(Stop::Park);
    guest.ok("fd_write", &[fd, 0x10, 2, 0x80]);
    assert_eq!(guest.u32(0x80), 3);
    // The same between two chunks.
    state.borrow_mut().room = 2;
    guest.cx.os().0.breaths.borrow_mut().push_back(Stop::Park);
    guest.ok("sock_send", &[fd, 0x10, 2, 0, 0x80]);
    assert_eq!(guest.u32(0x80), 2);
    assert_eq!(state.borrow().outbox, b"01201");
    // And for WAITALL.
    state.borrow_mut().inbox.push_back(b"ab".to_vec());
    guest.cx.os().0.interrupt(Stop::Park);
    guest.ok("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 2);
    // A peer that goes away in the middle: what was sent counts, the error comes next.
    state.borrow_mut().room = 1;
    let gone = Rc::clone(&state);
    guest
        .cx
        .os()
        .0
        .then(move || gone.borrow_mut().hangup = true);
    guest.ok("fd_write", &[fd, 0x10, 2, 0x80]);
    assert_eq!(guest.u32(0x80), 1);
    guest.fails(Errno::Pipe, "fd_write", &[fd, 0x10, 2, 0x80]);
}

#[test]
fn non_blocking_descriptors_do_not_wait() {
    let (mut guest, fd, state) = socket();
    guest.ok("fd_fdstat_set_flags", &[fd, 4]);
    guest.ok("fd_fdstat_get", &[fd, 0x40]);
    assert_eq!(guest.u16(0x42), 4);
    guest.fails(Errno::Again, "fd_read", &[fd, 0x10, 2, 0x80]);
    guest.fails(Errno::Again, "sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    state.borrow_mut().room = 7;
    guest.ok("fd_write", &[fd, 0x10, 2, 0x80]);
    assert_eq!(guest.u32(0x80), 7);
    guest.fails(Errno::Again, "fd_write", &[fd, 0x10, 2, 0x80]);
    assert_eq!(guest.cx.os().0.sleeps.get(), 0);
    guest.fails(Errno::Inval, "fd_fdstat_set_flags", &[fd, 1]);
    guest.fails(Errno::Inval, "fd_fdstat_set_flags", &[fd, 0x10000]);
    guest.fails(Errno::Inval, "fd_fdstat_set_flags", &[fd, 0x40]);
}

#[test]
fn waitall_and_peek() {
    let (mut guest, fd, state) = socket();
    state.borrow_mut().inbox.push_back(b"abc".to_vec());
    guest.ok("sock_recv", &[fd, 0x10, 2, 1, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 3);
    let inbox = Rc::clone(&state);
    guest.cx.os().0.then(move || {
        inbox
            .borrow_mut()
            .inbox
            .extend([b"defg".to_vec(), b"hijkl".to_vec()]);
    });
    guest.ok("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 10);
    assert_eq!(&guest.memory[0x100..0x10a], b"abcdefghij");
    state.borrow_mut().eof = true;
    guest.ok("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 2);
    guest.ok("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    assert_eq!(guest.u32(0x80), 0);
    guest.fails(Errno::Inval, "sock_recv", &[fd, 0x10, 2, 4, 0x80, 0x84]);
}

#[test]
fn datagrams_are_whole() {
    let sim = Sim::default();
    let (object, state) = sim.0.object(FileType::SocketDgram);
    state
        .borrow_mut()
        .inbox
        .extend([b"0123456789abc".to_vec(), b"x".to_vec()]);
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Datagram(object), "");
    guest.iovecs(0x10, &[(0x100, 4), (0x104, 6)]);
    guest.ok("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    assert_eq!((guest.u32(0x80), guest.u16(0x84)), (10, 1));
    guest.ok("sock_recv", &[fd, 0x10, 2, 2, 0x80, 0x84]);
    assert_eq!((guest.u32(0x80), guest.u16(0x84)), (1, 0));
    // Too little room for the address: the datagram stays.
    state.borrow_mut().inbox.push_back(b"y".to_vec());
    guest.fails(
        Errno::Overflow,
        "sock_recv_from",
        &[fd, 0x10, 2, 0, 0x80, 0x84, 0, 135, 0x88],
    );
    assert_eq!(state.borrow().inbox.len(), 1);
}

#[test]
fn a_blocking_connect_survives_parking() {
    let sim = Sim::default();
    let (object, state) = sim.0.object(FileType::SocketStream);
    state.borrow_mut().connecting = Some(Errno::InProgress);
    let dialer = RefCell::new(vec![(object, Connecting::InProgress)]);
    let mut guest = Guest::new(sim);
    let dialer = guest.grant(Resource::Dialer(dialer), "");
    let live = guest.cx.os().0.live.get();
    guest.cx.os().0.interrupt(Stop::Park);
    assert_eq!(
        guest.outcome("sock_connect", &[dialer, 0, 0, 0x80]).0,
        Outcome::Park
    );
    assert_eq!(guest.cx.descriptors(), 1);
    let done = Rc::clone(&state);
    guest
        .cx
        .os()
        .0
        .then(move || done.borrow_mut().connecting = None);
    // One address, taken at the first attempt: another attempt would fail.
    guest.ok("sock_connect", &[dialer, 0, 0, 0x80]);
    assert_eq!(guest.u32(0x80), 0);
    assert_eq!(guest.cx.os().0.live.get(), live);
}

#[test]
fn a_connect_that_fails_leaves_nothing() {
    for nonblocking in [0, 1] {
        let sim = Sim::default();
        let (object, state) = sim.0.object(FileType::SocketStream);
        state.borrow_mut().connecting = Some(Errno::InProgress);
        let dialer = RefCell::new(vec![(object, Connecting::InProgress)]);
        let mut guest = Guest::new(sim);
        let dialer = guest.grant(Resource::Dialer(dialer), "");
        let refuse = Rc::clone(&state);
        let refuse = move || refuse.borrow_mut().connecting = Some(Errno::ConnRefused);
        if nonblocking == 1 {
            guest.fails(Errno::InProgress, "sock_connect", &[dialer, 0, 1, 0x80]);
            let fd = guest.u32(0x80).into();
            guest.fails(Errno::InProgress, "sock_connect_status", &[fd]);
            refuse();
            guest.fails(Errno::ConnRefused, "sock_connect_status", &[fd]);
            guest.ok("fd_close", &[fd]);
        } else {
            guest.cx.os().0.then(refuse);
            guest.fails(Errno::ConnRefused, "sock_connect", &[dialer, 0, 0, 0x80]);
        }
        assert_eq!(guest.cx.os().0.live.get(), 0);
        assert_eq!(guest.cx.descriptors(), 1);
    }
}

#[test]
fn a_parked_poll_keeps_its_time() {
    let mut guest = Guest::new(Sim::default());
    guest.put(0x400, &clock_subscription(7, 1, 1000, 0));
    guest.cx.os().0.interrupt(Stop::Park);
    assert_eq!(
        guest.outcome("poll_oneoff", &[0x400, 0x500, 1, 0x80]).0,
        Outcome::Park
    );
    // 600 of the 1000 ns pass outside.
    guest.cx.os().0.now.set(600);
    guest.ok("poll_oneoff", &[0x400, 0x500, 1, 0x80]);
    assert_eq!(guest.cx.os().0.now.get(), 1000);
    assert_eq!(
        (guest.u32(0x80), guest.u64(0x500), guest.u64(0x508)),
        (1, 7, 0)
    );
    // A new call counts anew.
    guest.ok("poll_oneoff", &[0x400, 0x500, 1, 0x80]);
    assert_eq!(guest.cx.os().0.now.get(), 2000);
}

#[test]
fn poll_reports_what_occurs() {
    let (mut guest, fd, state) = socket();
    let realtime = 1_000_000;
    guest.put(0x400, &clock_subscription(1, 0, realtime + 500, 1));
    guest.put(0x430, &fd_subscription(2, 1, fd as u32));
    guest.put(0x460, &clock_subscription(3, 1, 500, 1));
    guest.put(0x490, &clock_subscription(4, 1, 501, 0));
    guest.ok("poll_oneoff", &[0x400, 0x600, 4, 0x80]);
    assert_eq!(guest.u32(0x80), 2);
    assert_eq!((guest.u64(0x600), guest.u64(0x620)), (1, 3));
    // Ready descriptors come at once, with hang-ups.
    state.borrow_mut().inbox.push_back(vec![1]);
    state.borrow_mut().hangup = true;
    guest.ok("poll_oneoff", &[0x430, 0x600, 1, 0x80]);
    assert_eq!(
        (guest.u32(0x80), guest.u64(0x600), guest.u64(0x608)),
        (1, 2, 1 << 16)
    );
    assert_eq!((guest.u64(0x610), guest.u16(0x618)), (1, 1));
    // Errors come at once too, beside what else is so.
    guest.put(0x400, &fd_subscription(5, 2, 77));
    guest.put(0x460, &clock_subscription(6, 2, 0, 0));
    guest.put(0x490, &clock_subscription(7, 9, 0, 0));
    guest.ok("poll_oneoff", &[0x400, 0x600, 4, 0x80]);
    assert_eq!(guest.u32(0x80), 4);
    let errors: Vec<u16> = (0..4).map(|i| guest.u16(0x608 + i * 32)).collect();
    let (badf, notsup, inval) = (Errno::Badf, Errno::NotSup, Errno::Inval);
    assert_eq!(errors, [badf.wasi(), 0, notsup.wasi(), inval.wasi()]);
    guest.fails(Errno::Inval, "poll_oneoff", &[0x400, 0x600, 0, 0x80]);
    guest.fails(Errno::Fault, "poll_oneoff", &[0xfff0, 0x600, 1, 0x80]);
    guest.fails(Errno::Fault, "poll_oneoff", &[0x400, 0xfff0, 1, 0x80]);
    guest.fails(
        Errno::Inval,
        "poll_oneoff",
        &[0x400, 0x600, u32::MAX.into(), 0x80],
    );
}

#[test]
fn random_is_filled_in_chunks_and_resumed() {
    let mut guest = Guest::new(Sim::default());
    guest.memory = vec![0; 1 << 20];
    guest.cx.os().0.breaths.borrow_mut().extend([Stop::Park]);
    let args = [1, (1 << 20) - 1];
    assert_eq!(guest.outcome("random_get", &args).0, Outcome::Park);
    assert_eq!(
        guest.memory.iter().filter(|b| **b == 0x5a).count(),
        64 << 10
    );
    guest.memory[1..=64 << 10].fill(1);
    guest.ok("random_get", &args);
    // What was done before is not done again.
    assert_eq!(guest.memory.iter().filter(|b| **b == 1).count(), 64 << 10);
    assert_eq!(
        guest.memory.iter().filter(|b| **b == 0x5a).count(),
        (1 << 20) - 1 - (64 << 10)
    );
    assert_eq!(guest.memory[0], 0);
}

#[test]
fn exits_and_signals() {
    let mut guest = Guest::new(Sim::default());
    assert_eq!(guest.outcome("proc_exit", &[300]).0, Outcome::Exit(300));
    assert_eq!(guest.outcome("proc_raise", &[6]).0, Outcome::Exit(134));
    assert_eq!(guest.outcome("proc_raise", &[15]).0, Outcome::Exit(143));
    guest.ok("proc_raise", &[0]);
    guest.ok("proc_raise", &[17]);
    guest.fails(Errno::NotSup, "proc_raise", &[19]);
    guest.fails(Errno::Inval, "proc_raise", &[31]);
    guest.ok("sched_yield", &[]);
    guest.cx.os().0.breaths.borrow_mut().push_back(Stop::Park);
    guest.ok("sched_yield", &[]);
    guest.cx.os().0.breaths.borrow_mut().push_back(Stop::Killed);
    assert_eq!(guest.outcome("sched_yield", &[]).0, Outcome::Killed);
}
