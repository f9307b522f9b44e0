// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Threads of one program that run at the same time: over memory that changes during a call, and over one table of descriptors.
#![cfg(feature = "std")]

mod support;

use std::{
    fs::File,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::fd::OwnedFd,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
        Arc, Barrier,
    },
    thread,
    time::{Duration, Instant},
};

use support::{
    fd_subscription,
    sim::Sim,
    sys::{SharedMemory, SIZE},
    tree, Guest,
};
use wasmk_abi::{
    host::{Channel, Control, Dialer, HostOs, Object, Target},
    lookup, Address, Context, Errno, FileType, Os, Outcome, Resource, Rights,
};

const INVAL: u64 = Errno::Inval as u64;
/// In place of a descriptor's number.
const NONE: u64 = u32::MAX as u64;

/// Makes a host call over shared memory.
fn call<O: Os>(cx: &mut Context<O>, memory: &SharedMemory, name: &str, args: &[u64]) -> u64 {
    let found = ["wasi_snapshot_preview1", "wasmk"]
        .into_iter()
        .find_map(|module| lookup(module, name));
    let mut values = [0; 16];
    values[..args.len()].copy_from_slice(args);
    let values = &mut values[..args.len().max(1)];
    let outcome = cx.call(found.unwrap().number, memory.memory(), values);
    assert_eq!(outcome, Outcome::Done, "{name}");
    values[0]
}

/// Runs `work` while a thread calls `disturb` with 0, 1, 2, ...
fn disturbed(disturb: impl Fn(usize) + Sync, work: impl FnOnce()) {
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
        }
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0;
            while !over.load(Relaxed) {
                disturb(n);
                n += 1;
            }
        });
        let _stop = Stop(&over);
        work();
    });
}

fn word(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[test]
fn buffers_that_change_stay_in_memory() {
    let sim = Sim::default();
    let (file, state) = sim.0.object(FileType::RegularFile);
    state.borrow_mut().data = vec![0xff; 4096];
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Stream(file), "");
    let memory = SharedMemory::default();
    let size = SIZE as u32;
    let buffers = [
        word(0x1000, 16),
        word(size - 8, 8),
        word(size - 8, 64),
        word(u32::MAX - 15, 32),
        word(size, 4096),
        word(0x1000, u32::MAX),
    ];
    memory.put_word(0x100, buffers[0]);
    let mut answers = [0u32; 2];
    disturbed(
        |n| memory.put_word(0x100, buffers[n % buffers.len()]),
        || {
            for _ in 0..50_000 {
                let read = call(&mut guest.cx, &memory, "fd_pread", &[fd, 0x100, 1, 0, 0x80]);
                match read {
                    0 => assert!([8, 16].contains(&memory.u32(0x80))),
                    errno => assert_eq!(errno, Errno::Fault.wasi().into()),
                }
                answers[usize::from(read == 0)] += 1;
                let written = call(
                    &mut guest.cx,
                    &memory,
                    "fd_pwrite",
                    &[fd, 0x100, 1, 0, 0x80],
                );
                assert!(written == 0 || written == Errno::Fault.wasi().into());
            }
        },
    );
    assert!(memory.is_whole_outside());
    assert!(
        answers.iter().all(|n| *n > 0),
        "nothing changed: {answers:?}"
    );
}

/// The simulation asserts that no path is looked up that is not one.
#[test]
fn paths_that_change_are_looked_up_as_they_were_checked() {
    let (mut guest, _) = tree::guest();
    let memory = SharedMemory::default();
    let texts: [&[u8; 8]; 5] = [
        b"dir/../.",
        b"../../..",
        b"dir\0\0\0\0\0",
        b"dir/\xff\xfe\xfd\xfc",
        b"dir/nono",
    ];
    let root = tree::ROOT;
    let world = guest.cx.os().0.clone();
    let mut answers = std::collections::BTreeMap::new();
    disturbed(
        |n| {
            let text = u64::from_le_bytes(*texts[n % texts.len()]);
            memory.put_word(0x100, text);
            memory.put_word(0x108, text.rotate_left(8 * (n as u32 % 8)));
        },
        || {
            for n in 0..30_000 {
                let (a, b) = (0x100 + n % 8, 0x108 - n % 8);
                let cx = &mut guest.cx;
                let stat = call(
                    cx,
                    &memory,
                    "path_filestat_get",
                    &[root, 1, 0x100, 8, 0x800],
                );
                *answers.entry(stat).or_insert(0) += 1;
                // What is reported is what was refused. At once: the calls below change the tree.
                if stat == Errno::Perm.wasi().into() {
                    let (function, _, missing, subject) =
                        world.denials.take().pop().expect("no report");
                    assert_eq!(function, "path_filestat_get");
                    assert!(missing.is_empty());
                    let len = tree::path(&mut guest, &subject);
                    let args = [root, 1, tree::PATH, len, 0x800];
                    guest.fails(Errno::Perm, "path_filestat_get", &args);
                }
                let cx = &mut guest.cx;
                call(cx, &memory, "path_rename", &[root, a, 8, root, b, 8]);
                call(cx, &memory, "path_symlink", &[a, 8, root, b, 8]);
                call(cx, &memory, "path_unlink_file", &[root, a, 8]);
                let open = [root, 1, 0x100, 8, 0, 0, 0, 0, 0x80];
                if call(cx, &memory, "path_open", &open) == 0 {
                    let fd = memory.u32(0x80).into();
                    assert_eq!(call(cx, &memory, "fd_close", &[fd]), 0);
                }
            }
        },
    );
    // Each kind of text was met.
    for errno in [Errno::Perm, Errno::Inval, Errno::Ilseq, Errno::NoEnt] {
        assert!(answers.contains_key(&errno.wasi().into()), "{answers:?}");
    }
}

#[test]
fn subscriptions_and_names_that_change_are_read_once() {
    let sim = Sim::default();
    let (socket, state) = sim.0.object(FileType::SocketStream);
    state.borrow_mut().eof = true;
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Socket(socket), "first");
    let memory = SharedMemory::default();
    memory.put(0x400, &fd_subscription(7, 1, fd as u32));
    disturbed(
        |n| {
            memory.put_word(0x410, [fd, 77, 1 << 31][n % 3]);
            memory.put_word(0x408, [1, 2, 0, 9][n % 4]);
            memory.put_word(
                0x100,
                u64::from_le_bytes(*[b"first\0\0\0", b"fur\0\0\0\0\0"][n % 2]),
            );
        },
        || {
            for _ in 0..20_000 {
                match call(
                    &mut guest.cx,
                    &memory,
                    "poll_oneoff",
                    &[0x400, 0x600, 1, 0x80],
                ) {
                    0 => assert_eq!((memory.u32(0x80), memory.u32(0x600)), (1, 7)),
                    errno => assert_eq!(errno, INVAL),
                }
                let found = call(&mut guest.cx, &memory, "grant_find", &[0x100, 5, 0x80]);
                assert!(found == 0 || found == Errno::NoEnt.wasi().into());
            }
        },
    );
    assert!(memory.is_whole_outside());
}

fn host() -> Guest<HostOs> {
    Guest::new(os())
}

fn os() -> HostOs {
    HostOs::new(Arc::new(Control::new().unwrap()))
}

fn thread_of(guest: &Guest<HostOs>) -> Guest<HostOs> {
    Guest {
        cx: guest.cx.thread(os()).unwrap(),
        memory: vec![0; 1 << 16],
    }
}

/// A pipe: the ends to read from and to write to.
fn ends() -> (File, File) {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    (reader.into(), writer.into())
}

/// Grants the writing end of a pipe.
fn pipe(guest: &mut Guest<HostOs>) -> (u64, File) {
    let (reader, writer) = ends();
    let object = Object::new(OwnedFd::from(writer)).unwrap();
    (guest.grant(Resource::Stream(object), ""), reader)
}

/// Everything at once, by numbers that anybody may close or move: what goes wrong is told by an error that the function has.
#[test]
fn a_table_under_fire() {
    const ROUNDS: u32 = 3000;
    const NUMBERS: u64 = 12;
    let mut first = host();
    let (mut readers, mut objects) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let (reader, writer) = ends();
        readers.push(reader);
        objects.push(Object::new(OwnedFd::from(writer)).unwrap());
    }
    let granter = Arc::new(objects);
    let others: Vec<_> = (0..3).map(|_| thread_of(&first)).collect();
    let start = Barrier::new(4);
    let work = |guest: &mut Guest<HostOs>, seed: u32| {
        start.wait();
        let mut state = seed;
        let mut random = |below: u64| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u64::from(state >> 8) % below
        };
        for _ in 0..ROUNDS {
            let (a, b) = (random(NUMBERS), random(NUMBERS));
            let (name, args): (_, &[u64]) = match random(9) {
                0 => ("fd_close", &[a]),
                1 => ("fd_renumber", &[a, b]),
                2 if guest.cx.descriptors() < NUMBERS as u32 => ("queue_create", &[0, 0x80]),
                3 => ("queue_control", &[a, 1 + random(3), b, 2, 5]),
                4 => ("queue_wait", &[a, 0x9000, 4, random(3) * 100, 0x80]),
                5 => {
                    guest.put(0x400, &fd_subscription(1, 2, a as u32));
                    guest.put(0x430, &fd_subscription(2, 2, b as u32));
                    ("poll_oneoff", &[0x400, 0x600, 2, 0x80])
                }
                6 => ("fd_fdstat_get", &[a, 0x80]),
                7 => {
                    guest.iovecs(0x8000, &[(0x8100, 1)]);
                    ("fd_write", &[a, 0x8000, 1, 0x8010])
                }
                _ => {
                    let object = granter[random(4) as usize].clone();
                    if guest.cx.descriptors() < NUMBERS as u32 {
                        guest.grant(Resource::Stream(object), "");
                    }
                    continue;
                }
            };
            let errno = guest.call(name, args);
            let known = [
                0,
                Errno::Badf.wasi(),
                Errno::Inval.wasi(),
                Errno::NotCapable.wasi(),
                Errno::Exist.wasi(),
                Errno::NoEnt.wasi(),
            ];
            assert!(known.map(u64::from).contains(&errno), "{name}: {errno}");
        }
    };
    let drain: Vec<_> = readers
        .into_iter()
        .map(|mut reader| thread::spawn(move || reader.read_to_end(&mut Vec::new()).unwrap()))
        .collect();
    thread::scope(|scope| {
        for (mut guest, seed) in others.into_iter().zip(1..) {
            let work = &work;
            scope.spawn(move || work(&mut guest, seed));
        }
        work(&mut first, 99);
    });
    // Everything is still there to be closed, once.
    let open = (0..4 * NUMBERS)
        .filter(|fd| first.call("fd_close", &[*fd]) == 0)
        .count();
    assert_eq!(first.cx.descriptors(), 0, "{open} were open");
    drop(granter);
    // Nothing was left open elsewhere: the pipes end.
    for reader in drain {
        reader.join().unwrap();
    }
}

/// One byte for two threads that read without waiting: the other is told to come again.
#[test]
fn a_byte_is_for_one_reader() {
    let mut first = host();
    let (reader, mut writer) = ends();
    let object = Object::new(OwnedFd::from(reader)).unwrap();
    let fd = first.grant(Resource::Stream(object), "");
    first.ok("fd_fdstat_set_flags", &[fd, 4]);
    let second = thread_of(&first);
    let (start, end) = (Barrier::new(3), Barrier::new(3));
    let met = AtomicU32::new(0);
    const ROUNDS: u32 = 2000;
    thread::scope(|scope| {
        for mut guest in [first, second] {
            let (start, end, met) = (&start, &end, &met);
            scope.spawn(move || {
                guest.iovecs(0x10, &[(0x100, 1)]);
                for _ in 0..ROUNDS {
                    start.wait();
                    match guest.call("fd_read", &[fd, 0x10, 1, 0x80]) {
                        0 => drop(met.fetch_add(guest.u32(0x80), Relaxed)),
                        errno => assert_eq!(errno, u64::from(Errno::Again.wasi())),
                    }
                    end.wait();
                }
            });
        }
        for round in 1..=ROUNDS {
            writer.write_all(&[1]).unwrap();
            start.wait();
            end.wait();
            assert_eq!(met.load(Relaxed), round);
        }
    });
}

/// Two threads wait on one queue, a third adds and removes members: every byte is met by one of them.
#[test]
fn no_wake_up_of_a_queue_is_lost() {
    const BYTES: u32 = 400;
    let mut first = host();
    let queue = first.queue();
    let (reader, mut writer) = ends();
    let object = Object::new(OwnedFd::from(reader)).unwrap();
    let fd = first.grant(Resource::Stream(object), "");
    first.ok("fd_fdstat_set_flags", &[fd, 4]);
    first.ok("queue_control", &[queue, 1, fd, 1, 7]);
    let (other, _keep) = pipe(&mut first);
    let second = thread_of(&first);
    let mut third = thread_of(&first);
    let met = AtomicU32::new(0);
    let end = Instant::now() + Duration::from_secs(60);
    let wait = |guest: &mut Guest<HostOs>| {
        while met.load(Relaxed) < BYTES {
            assert!(Instant::now() < end, "{met:?} of {BYTES}");
            for report in guest.queue_wait(queue, 4, 20_000_000) {
                if report.0 != 7 {
                    continue;
                }
                guest.iovecs(0x10, &[(0x100, 1)]);
                if guest.call("fd_read", &[fd, 0x10, 1, 0x80]) == 0 {
                    met.fetch_add(guest.u32(0x80), Relaxed);
                }
            }
        }
    };
    thread::scope(|scope| {
        for mut guest in [first, second] {
            let wait = &wait;
            scope.spawn(move || wait(&mut guest));
        }
        for _ in 0..BYTES {
            writer.write_all(&[1]).unwrap();
            third.ok("queue_control", &[queue, 1, other, 0, 8]);
            third.ok("queue_control", &[queue, 2, fd, 1, 7]);
            third.ok("queue_control", &[queue, 3, other, 0, 0]);
        }
    });
    assert_eq!(met.load(Relaxed), BYTES);
}

/// Rights that two threads give up at the same time do not come back.
#[test]
fn rights_only_shrink() {
    let mut first = host();
    let second = thread_of(&first);
    let (reader, _writer) = ends();
    let object = Object::new(OwnedFd::from(reader)).unwrap();
    for _ in 0..300 {
        let fd = first.grant(Resource::Stream(object.clone()), "");
        let all = first.cx.descriptor(fd as u32).unwrap().rights();
        let (mut one, mut two) = (thread_of(&first), thread_of(&second));
        let start = Barrier::new(2);
        let drop_one = |guest: &mut Guest<HostOs>, mask: u64| {
            start.wait();
            // Of those that are left, as a program would.
            guest.ok("fd_fdstat_get", &[fd, 0x40]);
            let keep = guest.u64(0x48) & mask;
            guest.call("fd_fdstat_set_rights", &[fd, keep, 0]) == 0
        };
        let lowest = 1 << all.bits().trailing_zeros();
        let (a, b) = thread::scope(|scope| {
            let other = scope.spawn(|| drop_one(&mut two, !lowest));
            (drop_one(&mut one, lowest), other.join().unwrap())
        });
        let left = first.cx.descriptor(fd as u32).unwrap().rights().bits();
        assert!(!(a && b) || left == 0, "{left:x}");
        first.ok("fd_close", &[fd]);
    }
}

/// Starts `waiting` in a thread, lets it wait, gives rights up in another, and then lets it go on.
fn given_up_meanwhile(waiting: impl FnOnce() + Send, give_up: impl FnOnce(), go_on: impl FnOnce()) {
    thread::scope(|scope| {
        let waiting = scope.spawn(waiting);
        thread::sleep(Duration::from_millis(100));
        give_up();
        assert!(!waiting.is_finished(), "nothing was waited for");
        go_on();
    });
}

/// Rights of a descriptor: base and inheriting.
fn rights(guest: &Guest<HostOs>, fd: u64) -> (Rights, Rights) {
    let descriptor = guest.cx.descriptor(fd as u32).unwrap();
    (descriptor.rights(), descriptor.inheriting())
}

/// Rights that a thread gives up while another waits with them are gone from what that one opens then.
#[test]
fn a_call_that_waits_opens_with_what_is_left() {
    let mut first = host();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let object = Object::listener(OwnedFd::from(listener)).unwrap();
    let fd = first.grant(Resource::Listener(object), "");
    let left = Rights::FD_READ | Rights::POLL_FD_READWRITE;
    let mut second = thread_of(&first);
    let mut streams = Vec::new();
    given_up_meanwhile(
        || second.ok("sock_accept", &[fd, 0, 0x80]),
        || first.ok("fd_fdstat_set_rights", &[fd, 0, left.bits()]),
        || streams.push(TcpStream::connect(address).unwrap()),
    );
    let accepted = second.u32(0x80).into();
    assert_eq!(rights(&second, accepted), (left, Rights::empty()));
    second.iovecs(0x10, &[(0x100, 1)]);
    second.fails(Errno::NotCapable, "fd_write", &[accepted, 0x10, 1, 0x80]);
}

/// The same of a connection that takes its time: the listener's queue is full.
#[test]
fn a_connection_is_made_with_what_is_left() {
    let mut first = host();
    let socket = rustix::net::socket(
        rustix::net::AddressFamily::INET,
        rustix::net::SocketType::STREAM,
        None,
    )
    .unwrap();
    let any = "127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap();
    rustix::net::bind(&socket, &any).unwrap();
    rustix::net::listen(&socket, 0).unwrap();
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().unwrap();
    let _fills_it = TcpStream::connect(address).unwrap();
    let target = Target {
        datagram: false,
        address: Address::v4([127, 0, 0, 1].into(), address.port()),
    };
    let fd = first.grant(Resource::Dialer(Dialer::new(vec![target])), "");
    let left = Rights::FD_READ | Rights::POLL_FD_READWRITE;
    let mut second = thread_of(&first);
    given_up_meanwhile(
        || second.ok("sock_connect", &[fd, 0, 0, 0x80]),
        || first.ok("fd_fdstat_set_rights", &[fd, 0, left.bits()]),
        || drop(listener.accept().unwrap()),
    );
    let connected = second.u32(0x80).into();
    assert_eq!(rights(&second, connected), (left, Rights::empty()));
}

/// The same of a descriptor that waits to be sent.
#[test]
fn a_descriptor_that_waits_to_be_sent_loses_rights() {
    let mut first = host();
    let (receiver, sender) = Channel::pair().unwrap();
    let sender = first.grant(Resource::Channel(sender), "");
    let receiver = first.grant(Resource::Channel(receiver), "");
    let (fd, _reader) = pipe(&mut first);
    let (all, _) = rights(&first, fd);
    let left = Rights::FD_FDSTAT_SET_FLAGS;
    assert!(all.contains(left | Rights::FD_WRITE));
    // Full: another is waited for.
    first.ok("fd_fdstat_set_flags", &[sender, 4]);
    while first.call("channel_send", &[sender, NONE, 0, 0, 0, 1]) == 0 {}
    first.ok("fd_fdstat_set_flags", &[sender, 0]);
    let mut second = thread_of(&first);
    let mut third = thread_of(&first);
    given_up_meanwhile(
        || second.ok("channel_send", &[sender, fd, all.bits(), 0, 0, 1]),
        || first.ok("fd_fdstat_set_rights", &[fd, left.bits(), 0]),
        || loop {
            third.ok("channel_recv", &[receiver, 0, 8, 0x80, 0x84]);
            if u64::from(third.u32(0x84)) != NONE {
                break;
            }
        },
    );
    let received = third.u32(0x84).into();
    assert_eq!(rights(&third, received), (left, Rights::empty()));
}
