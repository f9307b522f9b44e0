// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `sock_splice`: whom it waits for, what it tells, and that not a byte is lost or doubled.
#![cfg(feature = "std")]

mod support;

use std::{
    cell::RefCell,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::{fd::OwnedFd, unix::net::UnixStream},
    rc::Rc,
    sync::Arc,
    thread,
};

use proptest::prelude::*;
use support::{
    sim::{Sim, State, World},
    Guest,
};
use wasmk_abi::{
    host::{Control, HostOs, Object},
    Errno, FileType, Grant, Outcome, Resource, Rights, Stop,
};

const OUT: u64 = 0x40;

type Side = Rc<RefCell<State>>;

/// Two connections in memory: descriptors 3 and 4.
fn simulated() -> (Guest<Sim>, Rc<World>, Side, Side) {
    let world = Rc::new(World::default());
    let mut guest = Guest::new(Sim(Rc::clone(&world)));
    let (from, from_state) = world.object(FileType::SocketStream);
    let (to, to_state) = world.object(FileType::SocketStream);
    assert_eq!(guest.grant(Resource::Socket(from), "from"), 3);
    assert_eq!(guest.grant(Resource::Socket(to), "to"), 4);
    (guest, world, from_state, to_state)
}

#[test]
fn moves_what_there_is_and_says_how_much() {
    let (mut guest, _, from, to) = simulated();
    from.borrow_mut()
        .inbox
        .extend([b"first ".to_vec(), b"second".to_vec()]);
    guest.ok("sock_splice", &[3, 4, 100, 0, OUT]);
    assert_eq!(
        (guest.u32(0x40), &to.borrow().outbox[..]),
        (12, &b"first second"[..])
    );
    from.borrow_mut().inbox.push_back(b"0123456789".to_vec());
    guest.ok("sock_splice", &[3, 4, 4, 0, OUT]);
    assert_eq!(
        (guest.u32(0x40), &to.borrow().outbox[12..]),
        (4, &b"0123"[..])
    );
    from.borrow_mut().eof = true;
    guest.ok("sock_splice", &[3, 4, 100, 0, OUT]);
    assert_eq!(
        (guest.u32(0x40), &to.borrow().outbox[16..]),
        (6, &b"456789"[..])
    );
    guest.ok("sock_splice", &[3, 4, 100, 0, OUT]);
    assert_eq!(guest.u32(0x40), 0, "the end");
}

#[test]
fn waits_for_the_side_that_is_in_the_way() {
    let (mut guest, world, from, to) = simulated();
    to.borrow_mut().room = 0;
    let (inbox, room) = (Rc::clone(&from), Rc::clone(&to));
    // While there is nothing to send, room is not waited for; while there is no room, nor is more to send.
    world.then(move || inbox.borrow_mut().inbox.push_back(b"abc".to_vec()));
    world.then(move || room.borrow_mut().room = 2);
    guest.ok("sock_splice", &[3, 4, 100, 0, OUT]);
    assert_eq!(world.sleeps.get(), 2);
    assert_eq!((guest.u32(0x40), &to.borrow().outbox[..]), (2, &b"ab"[..]));
    assert_eq!(
        from.borrow().inbox,
        [b"c".to_vec()],
        "what was not sent is still there"
    );
}

#[test]
fn does_not_wait_when_told_so() {
    let (mut guest, world, from, to) = simulated();
    let again = |guest: &mut Guest<Sim>, flags, side| {
        guest.fails(Errno::Again, "sock_splice", &[3, 4, 100, flags, OUT]);
        assert_eq!(guest.u32(0x40), side, "which side to wait for");
    };
    again(&mut guest, 1, 1);
    guest.ok("fd_fdstat_set_flags", &[3, 4]);
    again(&mut guest, 0, 1);
    guest.ok("fd_fdstat_set_flags", &[3, 0]);
    from.borrow_mut().inbox.push_back(b"abc".to_vec());
    to.borrow_mut().room = 0;
    again(&mut guest, 1, 2);
    guest.ok("fd_fdstat_set_flags", &[4, 4]);
    again(&mut guest, 0, 2);
    assert_eq!(world.sleeps.get(), 0);
    assert_eq!(from.borrow().inbox.len(), 1);
}

#[test]
fn parks_without_a_loss() {
    let (mut guest, world, from, to) = simulated();
    world.interrupt(Stop::Park);
    assert_eq!(
        guest.outcome("sock_splice", &[3, 4, 100, 0, OUT]).0,
        Outcome::Park
    );
    from.borrow_mut().inbox.push_back(vec![7; 2500]);
    // Interrupted after the first step: what moved is told.
    world.breaths.borrow_mut().push_back(Stop::Park);
    guest.ok("sock_splice", &[3, 4, 5000, 0, OUT]);
    let moved = guest.u32(0x40) as usize;
    assert_eq!(moved, to.borrow().outbox.len());
    assert!(moved > 0 && moved < 2500, "{moved}");
    for stop in [Stop::Killed, Stop::Deadline] {
        world.breaths.borrow_mut().push_back(stop);
        let outcome = guest.outcome("sock_splice", &[3, 4, 5000, 0, OUT]).0;
        assert!(matches!(outcome, Outcome::Killed | Outcome::Deadline));
    }
    for stop in [Stop::Killed, Stop::Deadline] {
        from.borrow_mut().inbox.clear();
        world.interrupt(stop);
        let outcome = guest.outcome("sock_splice", &[3, 4, 5000, 0, OUT]).0;
        assert!(matches!(outcome, Outcome::Killed | Outcome::Deadline));
    }
}

#[test]
fn a_receiver_that_is_gone_is_a_broken_pipe() {
    let (mut guest, world, from, to) = simulated();
    from.borrow_mut().inbox.push_back(b"abc".to_vec());
    to.borrow_mut().hangup = true;
    guest.fails(Errno::Pipe, "sock_splice", &[3, 4, 100, 0, OUT]);
    assert_eq!(from.borrow().inbox, [b"abc".to_vec()]);
    // Also while there is nothing to send.
    from.borrow_mut().inbox.clear();
    to.borrow_mut().hangup = false;
    world.then(move || to.borrow_mut().hangup = true);
    guest.fails(Errno::Pipe, "sock_splice", &[3, 4, 100, 0, OUT]);
}

#[test]
fn what_is_refused() {
    let (mut guest, world, _, _) = simulated();
    let mut grant = |resource, rights| {
        let grant = Grant {
            resource,
            name: b"",
            number: None,
            rights,
            inheriting: None,
        };
        u64::from(guest.cx.grant(grant).unwrap())
    };
    let socket = || Resource::Socket(world.object(FileType::SocketStream).0);
    let reading = grant(socket(), Some(Rights::FD_READ));
    let writing = grant(socket(), Some(Rights::FD_WRITE));
    let datagram = grant(
        Resource::Datagram(world.object(FileType::SocketDgram).0),
        None,
    );
    let file = grant(
        Resource::Stream(world.object(FileType::RegularFile).0),
        None,
    );
    let mut fails = |errno, args: [u64; 5]| guest.fails(errno, "sock_splice", &args);
    fails(Errno::NotCapable, [writing, 4, 100, 0, OUT]);
    fails(Errno::NotCapable, [3, reading, 100, 0, OUT]);
    fails(Errno::Inval, [3, 3, 100, 0, OUT]);
    fails(Errno::Inval, [3, 4, 100, 2, OUT]);
    fails(Errno::Inval, [datagram, 4, 100, 0, OUT]);
    fails(Errno::Inval, [3, datagram, 100, 0, OUT]);
    fails(Errno::NotSock, [file, 4, 100, 0, OUT]);
    fails(Errno::NotSock, [3, file, 100, 0, OUT]);
    fails(Errno::Badf, [99, 4, 100, 0, OUT]);
    fails(Errno::Badf, [99, 99, 100, 0, OUT]);
    fails(Errno::Fault, [3, 4, 100, 0, 0xfffe]);
}

/// A connection: one end for the guest, one for us.
fn connection(unix: bool) -> (Object, Box<dyn ReadWrite>) {
    if unix {
        let (a, b) = UnixStream::pair().unwrap();
        return (Object::new(OwnedFd::from(a)).unwrap(), Box::new(b));
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    (Object::new(OwnedFd::from(theirs)).unwrap(), Box::new(ours))
}

trait ReadWrite: Read + Write + Send {
    fn finish(&self);
}

impl ReadWrite for TcpStream {
    fn finish(&self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

impl ReadWrite for UnixStream {
    fn finish(&self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However the bytes come in pieces, and however many are asked for, they come out alike, and counted.
    #[test]
    fn any_segmentation(
        pieces in prop::collection::vec(1..40_000usize, 1..24),
        wanted in prop::collection::vec(1..100_000u32, 1..8),
        kinds in any::<(bool, bool)>(),
        chunk in 1..30_000usize,
    ) {
        let control = Arc::new(Control::new().unwrap());
        let mut guest = Guest::new(HostOs::new(Arc::clone(&control)));
        let (from, mut sender) = connection(kinds.0);
        let (to, mut receiver) = connection(kinds.1);
        let from = guest.grant(Resource::Socket(from), "from");
        let to = guest.grant(Resource::Socket(to), "to");
        let total: usize = pieces.iter().sum();
        let data: Vec<u8> = (0..total as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 23) as u8).collect();
        let sent = data.clone();
        let sending = thread::spawn(move || {
            let mut rest = &sent[..];
            for piece in pieces {
                let (now, later) = rest.split_at(piece);
                sender.write_all(now).unwrap();
                rest = later;
            }
            sender.finish();
            sender
        });
        let receiving = thread::spawn(move || {
            let (mut all, mut buffer) = (Vec::new(), vec![0; chunk]);
            loop {
                match receiver.read(&mut buffer).unwrap() {
                    0 => return all,
                    n => all.extend_from_slice(&buffer[..n]),
                }
            }
        });
        let mut moved = 0u64;
        for max in wanted.iter().cycle() {
            guest.ok("sock_splice", &[from, to, (*max).into(), 0, OUT]);
            let n = guest.u32(0x40);
            prop_assert!(n <= *max);
            if n == 0 {
                break;
            }
            moved += u64::from(n);
        }
        guest.ok("sock_shutdown", &[to, 2]);
        prop_assert_eq!(moved, total as u64);
        prop_assert!(receiving.join().unwrap() == data);
        sending.join().unwrap();
        let counters = control.counters();
        let counted = [&counters.bytes_in, &counters.bytes_out].map(|c| c.load(std::sync::atomic::Ordering::Relaxed));
        prop_assert_eq!(counted, [moved, moved]);
    }
}
