// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Threads of one program: while one waits, another changes what they share. In the simulation that happens during the sleep, in one
//! thread, so each of these is the same every time; and a sleep with the lock held would be found out.

mod support;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use support::{
    fd_subscription,
    sim::{Object, Sim, State},
    Guest,
};
use wasmk_abi::{
    Connecting, Errno, FileType, Memory, Outcome, Resource, Rights, Stop, DESCRIPTORS_MAX,
};

type Shared = Rc<RefCell<Guest<Sim>>>;

/// Two threads of a program.
fn threads() -> (Guest<Sim>, Shared) {
    let first = Guest::new(Sim::default());
    let os = Sim(Rc::clone(&first.cx.os().0));
    let second = Guest {
        cx: first.cx.thread(os).unwrap(),
        memory: vec![0; 1 << 16],
    };
    (first, Rc::new(RefCell::new(second)))
}

fn object(guest: &Guest<Sim>) -> (Object, Rc<RefCell<State>>) {
    guest.cx.os().0.object(FileType::SocketStream)
}

fn socket(guest: &mut Guest<Sim>) -> (u64, Rc<RefCell<State>>) {
    let (object, state) = object(guest);
    (guest.grant(Resource::Socket(object), ""), state)
}

/// While the first thread sleeps next, the second does this.
fn meanwhile(guest: &Guest<Sim>, other: &Shared, step: impl FnOnce(&mut Guest<Sim>) + 'static) {
    let other = Rc::clone(other);
    guest.cx.os().0.then(move || step(&mut other.borrow_mut()));
}

fn live(guest: &Guest<Sim>) -> usize {
    guest.cx.os().0.live.get()
}

#[test]
fn a_thread_is_asked_for_until_it_is_answered() {
    let mut guest = Guest::new(Sim::default());
    let spawn = Outcome::Spawn { start_arg: 7 };
    assert_eq!(guest.outcome("thread-spawn", &[7]), (spawn, 7));
    assert_eq!(guest.outcome("thread-spawn", &[7]), (spawn, 7));
    guest.cx.spawned(Ok(5));
    assert_eq!(guest.outcome("thread-spawn", &[7]), (Outcome::Done, 5));
    // An answer is for one call.
    assert_eq!(guest.outcome("thread-spawn", &[8]).1, 8);
    guest.cx.spawned(Err(Errno::Again));
    let no = -i32::from(Errno::Again.wasi());
    let answer = (Outcome::Done, u64::from(no as u32));
    assert_eq!(guest.outcome("thread-spawn", &[8]), answer);
    // And not for another.
    guest.outcome("thread-spawn", &[9]);
    guest.cx.spawned(Ok(6));
    guest.ok("sched_yield", &[]);
    let spawn = Outcome::Spawn { start_arg: 9 };
    assert_eq!(guest.outcome("thread-spawn", &[9]).0, spawn);
}

#[test]
fn threads_have_the_same_descriptors_and_strings() {
    let (mut one, two) = threads();
    let (fd, state) = socket(&mut one);
    one.cx.set_args(b"name\0").unwrap();
    let mut two = two.borrow_mut();
    state.borrow_mut().inbox.push_back(b"hello".to_vec());
    assert_eq!(two.read(fd, 10), b"hello");
    two.ok("args_sizes_get", &[0, 4]);
    assert_eq!((two.u32(0), two.u32(4)), (1, 5));
    // Later calls of one see the rights and flags that the other left.
    one.ok("fd_fdstat_set_flags", &[fd, 4]);
    two.iovecs(0x10, &[(0x100, 4)]);
    two.fails(Errno::Again, "fd_read", &[fd, 0x10, 1, 0x80]);
    one.ok("fd_fdstat_set_rights", &[fd, Rights::FD_WRITE.bits(), 0]);
    two.fails(Errno::NotCapable, "fd_read", &[fd, 0x10, 1, 0x80]);
    let back = Rights::FD_READ.bits();
    two.fails(Errno::NotCapable, "fd_fdstat_set_rights", &[fd, back, 0]);
    // What one opens is the other's, and counts once.
    let queue = two.queue();
    assert_eq!(one.cx.descriptors(), 2);
    one.ok("fd_close", &[queue]);
    two.fails(Errno::Badf, "fd_close", &[queue]);
    assert_eq!(two.cx.descriptors(), 1);
}

#[test]
fn what_they_share_goes_with_the_last() {
    let (mut one, two) = threads();
    socket(&mut one);
    let world = Rc::clone(&one.cx.os().0);
    drop(one);
    assert_eq!(world.live.get(), 1);
    assert_eq!(two.borrow().cx.descriptors(), 1);
    drop(two);
    assert_eq!(world.live.get(), 0);
}

#[test]
fn a_read_outlives_the_close_of_its_descriptor() {
    for name in ["fd_read", "sock_recv"] {
        let (mut one, two) = threads();
        let (fd, state) = socket(&mut one);
        one.iovecs(0x10, &[(0x100, 8)]);
        meanwhile(&one, &two, move |two| {
            two.ok("fd_close", &[fd]);
            two.fails(Errno::Badf, "fd_close", &[fd]);
            assert_eq!((two.cx.descriptors(), live(two)), (0, 1));
            // The number is somebody else's at once.
            let (object, other) = object(two);
            other.borrow_mut().inbox.push_back(b"wrong".to_vec());
            assert_eq!(two.grant(Resource::Socket(object), ""), fd);
            state.borrow_mut().inbox.push_back(b"right".to_vec());
        });
        let args: &[u64] = &[fd, 0x10, 1, 0x80];
        let recv: &[u64] = &[fd, 0x10, 1, 0, 0x80, 0x84];
        one.ok(name, if name == "fd_read" { args } else { recv });
        assert_eq!(
            (one.u32(0x80), &one.memory[0x100..0x105]),
            (5, &b"right"[..])
        );
        // With the call went the last reference.
        assert_eq!(live(&one), 1);
        assert_eq!(one.read(fd, 8), b"wrong");
    }
}

#[test]
fn a_write_goes_on_where_it_began() {
    let (mut one, two) = threads();
    let (fd, state) = socket(&mut one);
    let (other, elsewhere) = socket(&mut one);
    state.borrow_mut().room = 3;
    let room = Rc::clone(&state);
    meanwhile(&one, &two, move |two| {
        two.ok("fd_renumber", &[other, fd]);
        two.fails(Errno::Badf, "fd_renumber", &[other, fd]);
        room.borrow_mut().room = 100;
    });
    assert_eq!(one.write(fd, b"abcdef"), 6);
    assert_eq!(state.borrow().outbox, b"abcdef");
    assert_eq!(one.write(fd, b"later"), 5);
    assert_eq!(elsewhere.borrow().outbox, b"later");
    assert_eq!(live(&one), 1);
}

#[test]
fn rights_that_were_given_up_meanwhile_are_asked_of_later_calls() {
    let (mut one, two) = threads();
    let (fd, state) = socket(&mut one);
    let inbox = Rc::clone(&state);
    meanwhile(&one, &two, move |two| {
        two.ok("fd_fdstat_set_rights", &[fd, 0, 0]);
        inbox.borrow_mut().inbox.push_back(b"once".to_vec());
    });
    assert_eq!(one.read(fd, 8), b"once");
    one.fails(Errno::NotCapable, "fd_read", &[fd, 0x8000, 1, 0x8010]);
}

#[test]
fn an_accept_has_its_number_before_it_waits() {
    let (mut one, two) = threads();
    let (listener, state) = object(&one);
    let listener = one.grant(Resource::Listener(listener), "");
    let accept = [listener, 0, 0x80];
    // Parked, it gives the number back.
    one.cx.os().0.interrupt(Stop::Park);
    assert_eq!(one.outcome("sock_accept", &accept).0, Outcome::Park);
    let first = two.borrow_mut().queue();
    assert_eq!(first, 0);
    let queues = Rc::new(Cell::new((0, 0)));
    let seen = Rc::clone(&queues);
    let (connection, _) = object(&one);
    meanwhile(&one, &two, move |two| {
        // The accept has 1; numbers without a descriptor cannot be worked with.
        two.fails(Errno::Badf, "fd_close", &[1]);
        two.fails(Errno::Badf, "fd_renumber", &[first, 1]);
        seen.set((two.queue(), two.cx.descriptors()));
        state.borrow_mut().backlog.push_back(connection);
        two.ok("fd_close", &[listener]);
    });
    one.ok("sock_accept", &accept);
    assert_eq!(one.u32(0x80), 1);
    assert_eq!(queues.get(), (2, 3));
    assert_eq!(live(&one), 1);
}

#[test]
fn the_limit_is_the_programs() {
    let (mut one, two) = threads();
    let (listener, state) = object(&one);
    let listener = one.grant(Resource::Listener(listener), "");
    for _ in 2..DESCRIPTORS_MAX {
        one.queue();
    }
    let (connection, _) = object(&one);
    meanwhile(&one, &two, move |two| {
        // The last one was promised to the accept.
        two.fails(Errno::Mfile, "queue_create", &[0, 0x8ff0]);
        state.borrow_mut().backlog.push_back(connection);
    });
    one.ok("sock_accept", &[listener, 0, 0x80]);
    one.fails(Errno::Mfile, "queue_create", &[0, 0x8ff0]);
    assert_eq!(one.cx.descriptors(), DESCRIPTORS_MAX);
}

#[test]
fn a_connection_that_fails_gives_its_number_back() {
    let (mut one, two) = threads();
    let (socket, state) = object(&one);
    state.borrow_mut().connecting = Some(Errno::InProgress);
    let dialer = RefCell::new(vec![(socket, Connecting::InProgress)]);
    let dialer = one.grant(Resource::Dialer(dialer), "");
    meanwhile(&one, &two, move |two| {
        assert_eq!(two.queue(), 1);
        two.ok("fd_close", &[dialer]);
        state.borrow_mut().connecting = Some(Errno::ConnRefused);
    });
    one.fails(Errno::ConnRefused, "sock_connect", &[dialer, 0, 0, 0x80]);
    assert_eq!((one.queue(), live(&one)), (0, 0));
}

#[test]
fn a_poll_keeps_what_it_waits_for() {
    let (mut one, two) = threads();
    let (fd, state) = socket(&mut one);
    one.put(0x400, &fd_subscription(7, 1, fd as u32));
    meanwhile(&one, &two, move |two| {
        two.ok("fd_close", &[fd]);
        assert_eq!(live(two), 1);
        state.borrow_mut().inbox.push_back(vec![1]);
    });
    one.ok("poll_oneoff", &[0x400, 0x600, 1, 0x80]);
    assert_eq!((one.u32(0x80), one.u64(0x600), one.u16(0x608)), (1, 7, 0));
    assert_eq!(live(&one), 0);
}

#[test]
fn a_queue_reports_what_another_thread_adds() {
    let (mut one, two) = threads();
    let queue = one.queue();
    let (fd, state) = socket(&mut one);
    meanwhile(&one, &two, move |two| {
        two.ok("queue_control", &[queue, 1, fd, 1, 9]);
        state.borrow_mut().inbox.push_back(vec![1]);
    });
    assert_eq!(one.queue_wait(queue, 4, -1), [(9, 1, fd as u32)]);
    // Closing by one takes it out for the other.
    two.borrow_mut().ok("fd_close", &[fd]);
    assert_eq!(one.queue_wait(queue, 4, 0), []);
}

#[test]
fn a_queue_that_is_closed_is_waited_for_to_the_end() {
    let (mut one, two) = threads();
    let queue = one.queue();
    let (fd, state) = socket(&mut one);
    one.ok("queue_control", &[queue, 1, fd, 1, 9]);
    meanwhile(&one, &two, move |two| {
        two.ok("fd_close", &[queue]);
        // It has no members any more: this is told to nobody.
        state.borrow_mut().inbox.push_back(vec![1]);
        // The place that it had among the descriptor's sixteen is free.
        for _ in 0..16 {
            let other = two.queue();
            two.ok("queue_control", &[other, 1, fd, 1, 9]);
        }
    });
    assert_eq!(one.queue_wait(queue, 4, 500), []);
    assert_eq!(one.cx.os().0.now.get(), 500);
}

#[test]
fn a_renumbered_member_is_reported_under_its_new_number() {
    let (mut one, two) = threads();
    let queue = one.queue();
    let (fd, state) = socket(&mut one);
    let (to, _) = socket(&mut one);
    one.ok("queue_control", &[queue, 1, to, 2, 1]);
    one.ok("queue_control", &[queue, 1, fd, 1, 2]);
    one.ok("queue_control", &[queue, 2, to, 1, 1]);
    meanwhile(&one, &two, move |two| {
        two.ok("fd_renumber", &[fd, to]);
        state.borrow_mut().inbox.push_back(vec![1]);
    });
    assert_eq!(one.queue_wait(queue, 4, -1), [(2, 1, to as u32)]);
}

#[test]
fn a_receiver_waits_with_a_number() {
    let (mut one, two) = threads();
    let (receiver, sender) = one.cx.os().0.channel();
    let receiver = one.grant(Resource::Channel(receiver), "");
    let sender = one.grant(Resource::Channel(sender), "");
    let (fd, _) = socket(&mut one);
    meanwhile(&one, &two, move |two| {
        let rights = Rights::FD_READ.bits();
        two.ok("channel_send", &[sender, fd, rights, 0, 0, 0]);
        two.ok("fd_close", &[receiver]);
        two.ok("fd_close", &[fd]);
    });
    one.ok("channel_recv", &[receiver, 0x100, 16, 0x80, 0x84]);
    let taken = one.u32(0x84);
    let rights = one.cx.descriptor(taken).unwrap().rights();
    assert_eq!((taken, rights, live(&one)), (0, Rights::FD_READ, 2));
    // Without a descriptor in the message the number is free again.
    assert_eq!(one.queue(), 1);
}

#[test]
fn nothing_is_opened_after_all_was_closed() {
    let (mut one, two) = threads();
    let (listener, state) = object(&one);
    let listener = one.grant(Resource::Listener(listener), "");
    let (connection, _) = object(&one);
    meanwhile(&one, &two, move |two| {
        two.cx.close_all();
        two.fails(Errno::Mfile, "queue_create", &[0, 0x8ff0]);
        state.borrow_mut().backlog.push_back(connection);
    });
    one.ok("sock_accept", &[listener, 0, 0x80]);
    assert_eq!((one.cx.descriptors(), live(&one)), (0, 0));
    one.fails(Errno::Badf, "fd_close", &[one.u32(0x80).into()]);
}

#[test]
fn the_key_of_addresses_is_the_programs() {
    let (mut one, two) = threads();
    let (socket, state) = one.cx.os().0.object(FileType::SocketDgram);
    let fd = one.grant(Resource::Datagram(socket), "");
    state.borrow_mut().inbox.push_back(b"ping".to_vec());
    one.iovecs(0x10, &[(0x100, 8)]);
    let args = [fd, 0x10, 1, 0, 0x80, 0x84, 0x200, 0x100, 0x88];
    one.ok("sock_recv_from", &args);
    let len = one.u32(0x88);
    let mut two = two.borrow_mut();
    let mut values = [fd, 0x10, 1, 0x200, len.into(), 0x80];
    let send = wasmk_abi::lookup("wasmk", "sock_send_to").unwrap();
    let memory = Memory::new(&mut one.memory);
    assert_eq!(two.cx.call(send.number, memory, &mut values), Outcome::Done);
    assert_eq!(values[0], 0);
}
