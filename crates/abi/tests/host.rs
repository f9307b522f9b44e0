// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The host backend, over real sockets, pipes and clocks.
#![cfg(feature = "std")]

mod support;

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    os::{fd::OwnedFd, unix::net::UnixListener},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use support::{clock_subscription, fd_subscription, Guest};
use wasmk_abi::{
    host::{Control, Dialer, HostOs, Object, Target},
    Address, Clock, Errno, Os, Outcome, Resource, Rights,
};

fn guest() -> (Guest<HostOs>, Arc<Control>) {
    let control = Arc::new(Control::new().unwrap());
    (Guest::new(HostOs::new(Arc::clone(&control))), control)
}

fn listener(guest: &mut Guest<HostOs>, address: &str) -> (u64, std::net::SocketAddr) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    let object = Object::listener(OwnedFd::from(listener)).unwrap();
    (guest.grant(Resource::Listener(object), "listener"), address)
}

/// A connection: the guest's descriptor and our end.
fn pair(guest: &mut Guest<HostOs>) -> (u64, TcpStream) {
    let (listener, address) = listener(guest, "127.0.0.1:0");
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    guest.ok("sock_accept", &[listener, 0, 0x80]);
    let fd = guest.u32(0x80).into();
    guest.ok("fd_close", &[listener]);
    (fd, stream)
}

fn text(guest: &mut Guest<HostOs>, function: &str, fd: u64) -> String {
    guest.ok(function, &[fd, 0x200, 100, 0x80]);
    let len = guest.u32(0x80) as usize;
    String::from_utf8(guest.memory[0x200..0x200 + len].to_vec()).unwrap()
}

#[test]
fn streams_of_both_families() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let (mut guest, _) = guest();
        let (listener, address) = listener(&mut guest, address);
        let mut stream = TcpStream::connect(address).unwrap();
        guest.ok("sock_accept", &[listener, 0, 0x80]);
        let fd = guest.u32(0x80).into();
        assert_eq!(
            text(&mut guest, "sock_local_address", fd),
            address.to_string()
        );
        let peer = stream.local_addr().unwrap().to_string();
        assert_eq!(text(&mut guest, "sock_peer_address", fd), peer);
        guest.fails(
            Errno::NotConn,
            "sock_peer_address",
            &[listener, 0x200, 100, 0x80],
        );
        stream.write_all(b"question").unwrap();
        assert_eq!(guest.read(fd, 100), b"question");
        assert_eq!(guest.write(fd, b"answer"), 6);
        guest.ok("sock_shutdown", &[fd, 2]);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "answer");
        drop(stream);
        assert_eq!(guest.read(fd, 100), b"");
    }
}

#[test]
fn unix_streams() {
    let path = std::env::temp_dir().join(format!("wasmk-abi-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let unix = UnixListener::bind(&path).unwrap();
    let (mut guest, _) = guest();
    let object = Object::listener(OwnedFd::from(unix)).unwrap();
    let listener = guest.grant(Resource::Listener(object), "");
    let name = path.to_str().unwrap();
    let target = Target {
        datagram: false,
        address: Address::unix(name.as_bytes()).unwrap(),
    };
    let dialer = guest.grant(Resource::Dialer(Dialer::new(vec![target])), "");
    guest.ok("sock_connect", &[dialer, 0, 0, 0x80]);
    let client = guest.u32(0x80).into();
    guest.ok("sock_accept", &[listener, 0, 0x80]);
    let server = guest.u32(0x80).into();
    assert_eq!(
        text(&mut guest, "sock_peer_address", client),
        format!("unix:{name}")
    );
    assert_eq!(text(&mut guest, "sock_peer_address", server), "unix:");
    guest.write(client, b"hello");
    assert_eq!(guest.read(server, 3), b"hel");
    assert_eq!(guest.read(server, 3), b"lo");
    guest.ok("fd_close", &[client]);
    assert_eq!(guest.read(server, 3), b"");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn datagrams_and_their_senders() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let (mut guest, _) = guest();
    let object = Object::new(OwnedFd::from(socket)).unwrap();
    let fd = guest.grant(Resource::Datagram(object), "");
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.send_to(b"0123456789", address).unwrap();
    guest.iovecs(0x10, &[(0x100, 3), (0x103, 4)]);
    guest.ok(
        "sock_recv_from",
        &[fd, 0x10, 2, 0, 0x80, 0x84, 0x200, 136, 0x88],
    );
    assert_eq!((guest.u32(0x80), guest.u16(0x84)), (7, 1));
    assert_eq!(&guest.memory[0x100..0x107], b"0123456");
    let len = guest.u32(0x88).into();
    guest.ok("sock_send_to", &[fd, 0x10, 2, 0x200, len, 0x80]);
    let mut answer = [0; 20];
    let (n, from) = client.recv_from(&mut answer).unwrap();
    assert_eq!((&answer[..n], from), (&b"0123456"[..], address));
    // The client's port, changed to another.
    guest.memory[0x202] ^= 1;
    guest.fails(
        Errno::NotCapable,
        "sock_send_to",
        &[fd, 0x10, 2, 0x200, len, 0x80],
    );
}

#[test]
fn parked_killed_and_late_while_waiting() {
    let (mut guest, control) = guest();
    let (fd, mut stream) = pair(&mut guest);
    guest.iovecs(0x10, &[(0x100, 5)]);
    let read = [fd, 0x10, 1, 0x80];
    let other = Arc::clone(&control);
    let later = thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        other.park();
    });
    assert_eq!(guest.outcome("fd_read", &read).0, Outcome::Park);
    later.join().unwrap();
    control.parked();
    stream.write_all(b"hello").unwrap();
    guest.ok("fd_read", &read);
    assert_eq!(&guest.memory[0x100..0x105], b"hello");

    let now = guest.cx.os().now(Clock::Monotonic).unwrap();
    control.set_deadline(Some(now + 30_000_000));
    let begin = Instant::now();
    assert_eq!(guest.outcome("fd_read", &read).0, Outcome::Deadline);
    assert!(begin.elapsed() >= Duration::from_millis(25));
    control.set_deadline(None);

    let queue = guest.queue();
    guest.ok("queue_control", &[queue, 1, fd, 1, 0]);
    let other = Arc::clone(&control);
    let later = thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        other.kill();
    });
    let wait = [queue, 0x200, 1, u64::MAX, 0x80];
    assert_eq!(guest.outcome("queue_wait", &wait).0, Outcome::Killed);
    later.join().unwrap();
    assert_eq!(guest.outcome("fd_read", &read).0, Outcome::Killed);
}

#[test]
fn queues_over_epoll() {
    let (mut guest, _) = guest();
    let (fd, mut stream) = pair(&mut guest);
    let queue = guest.queue();
    guest.ok("queue_control", &[queue, 1, fd, 1, 9]);
    assert_eq!(guest.queue_wait(queue, 4, 0), []);
    stream.write_all(b"x").unwrap();
    assert_eq!(guest.queue_wait(queue, 4, -1), [(9, 1, fd as u32)]);
    assert_eq!(guest.queue_wait(queue, 4, -1), [(9, 1, fd as u32)]);
    guest.ok("queue_control", &[queue, 2, fd, 0x103, 10]);
    assert_eq!(guest.queue_wait(queue, 4, -1), [(10, 3, fd as u32)]);
    assert_eq!(guest.queue_wait(queue, 4, 1_000_000), []);
    stream.write_all(b"y").unwrap();
    assert_eq!(guest.queue_wait(queue, 4, -1), [(10, 3, fd as u32)]);
    guest.ok("fd_close", &[fd]);
    assert_eq!(guest.queue_wait(queue, 4, 0), []);
    // Closing really closed: the peer sees it.
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    assert!(matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_)));
}

#[test]
fn refused_and_unfinished_connections() {
    let (mut guest, _) = guest();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let target = Target {
        datagram: false,
        address: Address::v4([127, 0, 0, 1].into(), port),
    };
    let dialer = guest.grant(Resource::Dialer(Dialer::new(vec![target])), "");
    guest.fails(Errno::ConnRefused, "sock_connect", &[dialer, 0, 0, 0x80]);
    assert_eq!(guest.cx.descriptors(), 1);
    match guest.call("sock_connect", &[dialer, 0, 1, 0x80]) {
        errno if errno == u64::from(Errno::ConnRefused.wasi()) => {}
        errno => {
            assert_eq!(errno, Errno::InProgress.wasi().into());
            let fd = guest.u32(0x80).into();
            guest.put(0x400, &fd_subscription(1, 2, fd as u32));
            guest.ok("poll_oneoff", &[0x400, 0x500, 1, 0x80]);
            guest.fails(Errno::ConnRefused, "sock_connect_status", &[fd]);
        }
    }
}

#[test]
fn pipes_and_files() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let (mut guest, _) = guest();
    let reader = Object::new(reader).unwrap();
    let reader = guest.grant(Resource::Stream(reader), "");
    let writer = Object::new(writer).unwrap();
    let writer = guest.grant(Resource::Stream(writer), "");
    guest.iovecs(0x10, &[(0x100, 8)]);
    guest.fails(Errno::NotCapable, "fd_write", &[reader, 0x10, 1, 0x80]);
    guest.fails(Errno::NotCapable, "fd_read", &[writer, 0x10, 1, 0x80]);
    guest.fails(Errno::Spipe, "fd_seek", &[reader, 0, 0, 0x80]);
    guest.ok("fd_fdstat_set_flags", &[reader, 4]);
    guest.fails(Errno::Again, "fd_read", &[reader, 0x10, 1, 0x80]);
    assert_eq!(guest.write(writer, b"through"), 7);
    assert_eq!(guest.read(reader, 100), b"through");
    guest.ok("fd_close", &[reader]);
    guest.fails(Errno::Pipe, "fd_write", &[writer, 0x10, 1, 0x80]);

    let path = std::env::temp_dir().join(format!("wasmk-abi-{}.txt", std::process::id()));
    std::fs::write(&path, b"0123456789").unwrap();
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    let file = guest.grant(
        Resource::Stream(Object::new(OwnedFd::from(file)).unwrap()),
        "",
    );
    guest.ok("fd_seek", &[file, 4, 0, 0x80]);
    assert_eq!(guest.read(file, 3), b"456");
    guest.ok("fd_tell", &[file, 0x80]);
    assert_eq!(guest.u64(0x80), 7);
    guest.fails(Errno::Inval, "fd_seek", &[file, (-20i64) as u64, 1, 0x80]);
    guest.ok("fd_pread", &[file, 0x10, 1, 1, 0x80]);
    assert_eq!(&guest.memory[0x100..0x108], b"12345678");
    guest.ok("fd_fdstat_set_flags", &[file, 1]);
    guest.write(file, b"END");
    guest.ok("fd_sync", &[file]);
    guest.ok("fd_filestat_get", &[file, 0x200]);
    assert_eq!((guest.memory[0x210], guest.u64(0x220)), (4, 13));
    assert_eq!(std::fs::read(&path).unwrap(), b"0123456789END");
    // Files are always ready.
    let queue = guest.queue();
    guest.ok("queue_control", &[queue, 1, file, 3, 5]);
    assert_eq!(guest.queue_wait(queue, 4, -1), [(5, 3, file as u32)]);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn time_passes() {
    let (mut guest, _) = guest();
    for clock in 0..4 {
        guest.ok("clock_res_get", &[clock, 0x80]);
        assert!((1..=10_000_000).contains(&guest.u64(0x80)));
    }
    guest.fails(Errno::Inval, "clock_res_get", &[4, 0x80]);
    let begin = Instant::now();
    guest.put(0x400, &clock_subscription(1, 1, 20_000_000, 0));
    guest.put(0x430, &clock_subscription(2, 0, 3_600_000_000_000, 0));
    guest.ok("poll_oneoff", &[0x400, 0x500, 2, 0x80]);
    assert_eq!((guest.u32(0x80), guest.u64(0x500)), (1, 1));
    assert!(begin.elapsed() >= Duration::from_millis(20));
    let queue = guest.queue();
    assert_eq!(guest.queue_wait(queue, 1, 10_000_000), []);
    assert!(begin.elapsed() >= Duration::from_millis(30));
}

#[test]
fn arguments_and_environment() {
    let (mut guest, _) = guest();
    assert_eq!(guest.cx.set_args(b"no terminator"), Err(Errno::Inval));
    assert_eq!(
        guest.cx.set_args(&vec![0; (1 << 20) + 1]),
        Err(Errno::TooBig)
    );
    guest.cx.set_args(b"prog\0\0two words\0").unwrap();
    guest.cx.set_environ(b"").unwrap();
    guest.ok("args_sizes_get", &[0x80, 0x84]);
    assert_eq!((guest.u32(0x80), guest.u32(0x84)), (3, 16));
    guest.ok("args_get", &[0x100, 0x200]);
    let pointers: Vec<_> = (0..3).map(|i| guest.u32(0x100 + i * 4)).collect();
    assert_eq!(pointers, [0x200, 0x205, 0x206]);
    assert_eq!(&guest.memory[0x200..0x210], b"prog\0\0two words\0");
    guest.ok("environ_sizes_get", &[0x80, 0x84]);
    assert_eq!((guest.u32(0x80), guest.u32(0x84)), (0, 0));
    guest.ok("environ_get", &[0, 0]);
    guest.fails(Errno::Fault, "args_get", &[0xfff8, 0x200]);
    guest.fails(Errno::Fault, "args_get", &[0x100, 0xfff8]);
}

/// A C library takes a character device without the rights to seek and tell for a terminal.
#[test]
fn a_device_that_can_be_sought_is_no_terminal() {
    let seeks = Rights::FD_SEEK | Rights::FD_TELL;
    for (path, expected) in [("/dev/null", seeks), ("/dev/ptmx", Rights::empty())] {
        let file = std::fs::File::open(path).unwrap();
        let object = Object::new(file.into()).unwrap();
        let os = HostOs::new(Arc::new(Control::new().unwrap()));
        let rights = Rights::of_stream(os.describe(&object));
        assert_eq!(rights & seeks, expected, "{path}");
    }
}

/// A path is the sender's word: where the program runs it may name somebody else's socket.
#[test]
fn senders_with_paths_are_not_answered() {
    use std::os::{linux::net::SocketAddrExt, unix::net};
    let directory = std::env::temp_dir().join(format!("wasmk-abi-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let here = directory.join("here");
    let socket = net::UnixDatagram::bind(&here).unwrap();
    let named = net::UnixDatagram::bind(directory.join("there")).unwrap();
    let name = format!("wasmk-abi-{}", std::process::id());
    let name = net::SocketAddr::from_abstract_name(name).unwrap();
    let abstracted = net::UnixDatagram::bind_addr(&name).unwrap();
    let unbound = net::UnixDatagram::unbound().unwrap();
    let (mut guest, _control) = guest();
    let object = Object::new(OwnedFd::from(socket)).unwrap();
    let fd = guest.grant(Resource::Datagram(object), "");
    guest.iovecs(0x10, &[(0x400, 16)]);
    for (sender, answered) in [(&named, false), (&unbound, false), (&abstracted, true)] {
        sender.send_to(b"hello", &here).unwrap();
        guest.ok(
            "sock_recv_from",
            &[fd, 0x10, 1, 0, 0x80, 0x84, 0x200, 144, 0x88],
        );
        assert_eq!(guest.u32(0x80), 5);
        assert_eq!(guest.u32(0x88) != 0, answered, "{sender:?}");
    }
    std::fs::remove_dir_all(directory).unwrap();
}
