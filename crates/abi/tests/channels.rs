// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Channels: what passes and with which rights, what waits, and what happens to what is not taken.
#![cfg(feature = "std")]

mod support;

use std::{
    os::{fd::OwnedFd, unix::net::UnixStream},
    rc::Rc,
    sync::Arc,
    thread,
    time::Duration,
};

use support::{
    sim::{Sim, World},
    Guest,
};
use wasmk_abi::{
    host::{self, Control, HostOs, Object},
    Connecting, Errno, FileType, Outcome, Resource, Rights, Stop,
};

const DATA: u64 = 0x100;
const LEN: u64 = 0x40;
const FD: u64 = 0x44;
const NONE: u64 = 0xffff_ffff;

/// A channel from one guest (its descriptor 3) to another (its descriptor 3).
fn simulated() -> (Guest<Sim>, Guest<Sim>, Rc<World>) {
    let world = Rc::new(World::default());
    let guest = || Guest::new(Sim(Rc::clone(&world)));
    let (mut from, mut to) = (guest(), guest());
    let (receiver, sender) = world.channel();
    assert_eq!(from.grant(Resource::Channel(sender), "out"), 3);
    assert_eq!(to.grant(Resource::Channel(receiver), "in"), 3);
    (from, to, world)
}

fn rights(guest: &mut Guest<impl wasmk_abi::Os>, fd: u64) -> [Rights; 2] {
    guest.ok("fd_fdstat_get", &[fd, 0x80]);
    [0x88, 0x90].map(|at| Rights::from_bits_retain(guest.u64(at)))
}

/// Receives; the bytes and the descriptor.
fn receive(guest: &mut Guest<impl wasmk_abi::Os>) -> (Vec<u8>, u64) {
    guest.ok("channel_recv", &[3, DATA, 1024, LEN, FD]);
    let (len, fd) = (guest.u32(0x40) as usize, guest.u32(0x44));
    (guest.memory[0x100..][..len].to_vec(), fd.into())
}

#[test]
fn bytes_come_in_order_and_whole() {
    let (mut from, mut to, _) = simulated();
    for text in [&b"first"[..], b"", &[7; 1024]] {
        from.put(0x100, text);
        from.ok("channel_send", &[3, NONE, 0, 0, DATA, text.len() as u64]);
    }
    assert_eq!(receive(&mut to), (b"first".to_vec(), NONE));
    assert_eq!(receive(&mut to), (Vec::new(), NONE));
    to.fails(Errno::Overflow, "channel_recv", &[3, DATA, 1023, LEN, FD]);
    assert_eq!(to.u32(0x40), 1024, "how long it is");
    assert_eq!(receive(&mut to), (vec![7; 1024], NONE));
}

#[test]
fn rights_shrink_on_the_way() {
    let (mut from, mut to, world) = simulated();
    let (socket, state) = world.object(FileType::SocketStream);
    let socket = from.grant(Resource::Socket(socket), "");
    let read = Rights::FD_READ | Rights::POLL_FD_READWRITE;
    from.ok("channel_send", &[3, socket, read.bits(), 0, DATA, 0]);
    from.ok("fd_close", &[socket]);
    let (_, fd) = receive(&mut to);
    assert_eq!(rights(&mut to, fd), [read, Rights::empty()]);
    state.borrow_mut().inbox.push_back(b"abc".to_vec());
    assert_eq!(to.read(fd, 10), b"abc");
    to.iovecs(0x8000, &[(0x8100, 3)]);
    to.fails(Errno::NotCapable, "sock_send", &[fd, 0x8000, 1, 0, 0x8010]);

    let peer = (world.object(FileType::SocketStream).0, Connecting::Done);
    let dialer = from.grant(Resource::Dialer(vec![peer].into()), "");
    let connect = Rights::SOCK_CONNECT.bits();
    let more = [
        (Rights::SOCK_CONNECT | Rights::FD_READ, Rights::empty()),
        (Rights::SOCK_CONNECT, Rights::SOCK_ACCEPT),
        (Rights::from_bits_retain(1 << 60), Rights::empty()),
    ];
    for (base, inheriting) in more {
        let args = [3, dialer, base.bits(), inheriting.bits(), DATA, 0];
        from.fails(Errno::NotCapable, "channel_send", &args);
    }
    assert_eq!(world.denials.borrow().last().unwrap().0, "channel_send");
    let inheriting = Rights::FD_WRITE;
    from.ok(
        "channel_send",
        &[3, dialer, connect, inheriting.bits(), DATA, 0],
    );
    let (_, fd) = receive(&mut to);
    assert_eq!(rights(&mut to, fd), [Rights::SOCK_CONNECT, inheriting]);
    to.ok("sock_connect", &[fd, 0, 0, 0x80]);
    let stream = to.u32(0x80).into();
    assert_eq!(rights(&mut to, stream)[0], inheriting);
}

#[test]
fn what_cannot_pass() {
    let (mut from, mut to, world) = simulated();
    let queue = from.queue();
    for fd in [queue, 3] {
        from.fails(Errno::Inval, "channel_send", &[3, fd, 0, 0, DATA, 0]);
    }
    from.fails(Errno::Badf, "channel_send", &[3, 99, 0, 0, DATA, 0]);
    from.fails(Errno::TooBig, "channel_send", &[3, NONE, 0, 0, DATA, 1025]);
    from.fails(Errno::Fault, "channel_send", &[3, NONE, 0, 0, 0xfff0, 17]);
    from.fails(Errno::Inval, "channel_send", &[queue, NONE, 0, 0, DATA, 0]);
    from.fails(Errno::NotCapable, "channel_recv", &[3, DATA, 9, LEN, FD]);
    to.fails(Errno::NotCapable, "channel_send", &[3, NONE, 0, 0, DATA, 0]);
    for args in [
        [0xffff, 9, LEN, FD],
        [DATA, 9, 0xfffd, FD],
        [DATA, 9, LEN, 0xfffd],
    ] {
        let [data, cap, len, fd] = args;
        to.fails(Errno::Fault, "channel_recv", &[3, data, cap, len, fd]);
    }
    // Nor is an end a stream.
    to.iovecs(0x8000, &[(0x8100, 3)]);
    to.fails(Errno::Inval, "fd_read", &[3, 0x8000, 1, 0x8010]);
    from.iovecs(0x8000, &[(0x8100, 3)]);
    from.fails(Errno::Inval, "fd_write", &[3, 0x8000, 1, 0x8010]);
    to.fails(Errno::NotCapable, "fd_filestat_get", &[3, 0x8000]);
    assert_eq!(world.sleeps.get(), 0);
}

#[test]
fn both_sides_wait_or_are_told_to_come_again() {
    let (mut from, mut to, world) = simulated();
    to.ok("fd_fdstat_set_flags", &[3, 4]);
    to.fails(Errno::Again, "channel_recv", &[3, DATA, 9, LEN, FD]);
    for _ in 0..16 {
        from.ok("channel_send", &[3, NONE, 0, 0, DATA, 1]);
    }
    world.interrupt(Stop::Park);
    assert_eq!(
        from.outcome("channel_send", &[3, NONE, 0, 0, DATA, 1]).0,
        Outcome::Park
    );
    world.interrupt(Stop::Killed);
    assert_eq!(
        from.outcome("channel_send", &[3, NONE, 0, 0, DATA, 1]).0,
        Outcome::Killed
    );
    from.ok("fd_fdstat_set_flags", &[3, 4]);
    from.fails(Errno::Again, "channel_send", &[3, NONE, 0, 0, DATA, 1]);
    let queue = from.queue();
    from.ok("queue_control", &[queue, 1, 3, 2, 5]);
    assert_eq!(from.queue_wait(queue, 4, 0), []);
    receive(&mut to);
    assert_eq!(from.queue_wait(queue, 4, 0), [(5, 2, 3)]);
    from.ok("channel_send", &[3, NONE, 0, 0, DATA, 1]);
}

#[test]
fn a_full_table_leaves_the_message() {
    let (mut from, mut to, world) = simulated();
    let (socket, _) = world.object(FileType::SocketStream);
    let socket = from.grant(Resource::Socket(socket), "");
    from.ok("channel_send", &[3, socket, 0, 0, DATA, 0]);
    let mut last = 0;
    loop {
        match to.call("queue_create", &[0, 0x80]) {
            0 => last = u64::from(to.u32(0x80)),
            errno => break assert_eq!(errno, Errno::Mfile.wasi().into()),
        }
    }
    to.fails(Errno::Mfile, "channel_recv", &[3, DATA, 9, LEN, FD]);
    to.ok("fd_close", &[last]);
    assert_eq!(receive(&mut to).1, last);
}

#[test]
fn what_is_not_taken_is_closed() {
    let (mut from, mut to, world) = simulated();
    let (socket, _) = world.object(FileType::SocketStream);
    let socket = from.grant(Resource::Socket(socket), "");
    for _ in 0..5 {
        from.ok("channel_send", &[3, socket, 0, 0, DATA, 0]);
    }
    from.ok("fd_close", &[socket]);
    let before = world.live.get();
    to.ok("fd_close", &[3]);
    // The receiving end, and all that was on its way.
    assert_eq!(world.live.get(), before - 6);
    from.fails(Errno::Pipe, "channel_send", &[3, NONE, 0, 0, DATA, 0]);
}

#[test]
fn the_end_comes_after_the_last_message() {
    let (mut from, mut to, _) = simulated();
    from.put(0x100, b"last");
    from.ok("channel_send", &[3, NONE, 0, 0, DATA, 4]);
    from.ok("fd_close", &[3]);
    assert_eq!(receive(&mut to).0, b"last");
    to.fails(Errno::Pipe, "channel_recv", &[3, DATA, 9, LEN, FD]);
}

#[test]
fn between_threads_of_a_process() {
    let guest = || Guest::new(HostOs::new(Arc::new(Control::new().unwrap())));
    let (receiver, sender) = host::Channel::pair().unwrap();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let sending = thread::spawn(move || {
        let mut from = guest();
        assert_eq!(from.grant(Resource::Channel(sender), "out"), 3);
        let theirs = Object::new(OwnedFd::from(theirs)).unwrap();
        let socket = from.grant(Resource::Socket(theirs), "");
        thread::sleep(Duration::from_millis(50));
        // More than fit: it waits for room.
        for n in 0..40 {
            from.put(0x100, &[n]);
            let write = Rights::FD_WRITE.bits();
            from.ok("channel_send", &[3, socket, write, 0, DATA, 1]);
        }
    });
    let mut to = guest();
    assert_eq!(to.grant(Resource::Channel(receiver), "in"), 3);
    for n in 0..40 {
        let (bytes, fd) = receive(&mut to);
        assert_eq!((bytes, to.write(fd, &[n])), (vec![n], 1));
        to.ok("fd_close", &[fd]);
    }
    to.fails(Errno::Pipe, "channel_recv", &[3, DATA, 9, LEN, FD]);
    sending.join().unwrap();
    let mut all = Vec::new();
    std::io::Read::read_to_end(&mut &ours, &mut all).unwrap();
    assert_eq!(all, (0..40).collect::<Vec<u8>>());
}
