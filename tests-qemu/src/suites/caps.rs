// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a guest was not given it cannot do; what it points at is checked.

use std::{
    fs::File,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::{AsFd, BorrowedFd},
    time::{Duration, Instant},
};

use anyhow::{bail, Result};
use libwasmk::{
    uapi::grant::GrantKind, Address, Call, Device, ErrorKind, Grant, GrantSource, LoadOptions,
    Outcome as Ended, Store, StoreOptions,
};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{module, tool::wasm, Cases, Outcome},
};

pub const SUITE: Suite = Suite {
    name: "caps",
    parameters: &[],
    memory: "1G",
    timeout: 600,
    slabs: 4096,
    run,
};

const SUCCESS: u64 = 0;
const AGAIN: u64 = 6;
const BADF: u64 = 8;
const FAULT: u64 = 21;
const NOENT: u64 = 44;
const SPIPE: u64 = 70;
const NOTCAPABLE: u64 = 76;
/// Bytes of the probe's memory.
const MEMORY: u64 = 65536;

fn run(cases: &mut Cases) {
    cases.case("no grants: no descriptor can be used", nothing_granted);
    cases.case(
        "a closed descriptor is gone, a renumbered one has moved",
        closed,
    );
    cases.case("pointers and lengths at the edges", edges);
    cases.case(
        "reading and writing memory by ioctl stays inside",
        memory_ioctl,
    );
    cases.case(
        "a stream has no socket rights, a listener no data",
        wrong_kind,
    );
    cases.case("a dialer reaches its addresses only", dialer);
    cases.case("a listener accepts on its own socket only", listener);
    cases.case("rights that are given up stay given up", rights);
    cases.case("grants of forbidden files are refused", forbidden_files);
    cases.case(
        "accepted sockets carry data both ways, and are closed with the store",
        accepted,
    );
    cases.case("a queue knows only live descriptors", queue);
    cases.case("descriptors run out with an error", exhaustion);
    cases.case("the counter of refusals counts", denied_counter);
}

/// An instance of the probe.
struct Probe {
    store: Store,
    instance: u32,
}

impl Probe {
    fn new(grants: &[Grant<'_>]) -> Result<Self> {
        let device = Device::open()?;
        let module = device.load(&wasm("probe.wat")?, &LoadOptions::default())?;
        let store = device.create_store(&StoreOptions::default())?;
        for grant in grants {
            store.grant(grant)?;
        }
        let instance = store.instantiate(&module, "")?;
        Ok(Self { store, instance })
    }

    fn call(&self, function: &str, args: &[i64]) -> Result<u64> {
        let wide = wide(function);
        let args: Vec<u64> = args
            .iter()
            .enumerate()
            .map(|(index, &arg)| {
                if wide.contains(&index) {
                    arg as u64
                } else {
                    u64::from(arg as u32)
                }
            })
            .collect();
        match self
            .store
            .call(&Call::export(self.instance, function, &args))?
        {
            Ended::Returned(values) => Ok(values.bits.first().copied().unwrap_or(0)),
            other => bail!("{function}{args:?}: {other:?}"),
        }
    }

    fn peek(&self, at: u64) -> Result<u32> {
        let mut bytes = [0; 4];
        self.store.read_memory(self.instance, at, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn poke(&self, at: u64, values: &[u32]) -> Result<()> {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        Ok(self.store.write_memory(self.instance, at, &bytes)?)
    }
}

/// Which parameters of a function are i64; the others are i32.
fn wide(function: &str) -> &'static [usize] {
    match function {
        "set_rights" => &[1, 2],
        "fd_seek" | "clock" => &[1],
        "queue_control" => &[4],
        "queue_wait" => &[3],
        _ => &[],
    }
}

fn stream(number: u32, file: BorrowedFd<'_>) -> Grant<'_> {
    Grant {
        name: "",
        number: Some(number),
        source: GrantSource::File(GrantKind::Stream, file),
    }
}

/// A pipe: reading and writing end.
fn pipe() -> Result<(File, File)> {
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    Ok((reader.into(), writer.into()))
}

fn nothing_granted() -> Outcome {
    let probe = Probe::new(&[])?;
    for fd in [0, 1, 2, 3, 4, 100, 65535, 65536, i64::from(i32::MAX), -1] {
        for (function, args) in [
            ("fd_read", &[fd, 0, 1, 8][..]),
            ("fd_write", &[fd, 0, 1, 8]),
            ("fd_close", &[fd]),
            ("fd_prestat_get", &[fd, 128]),
            ("fd_fdstat_get", &[fd, 128]),
            ("set_flags", &[fd, 0]),
            ("path_open", &[fd, 64, 1]),
            ("accept", &[fd, 0, 128]),
            ("recv", &[fd, 0, 1, 128]),
            ("send", &[fd, 0, 1, 128]),
            ("shutdown", &[fd, 3]),
            ("connect", &[fd, 0, 0, 128]),
            ("status", &[fd]),
            ("addresses", &[fd, 128]),
        ] {
            check_eq!(
                probe.call(function, args)?,
                BADF,
                "{function} on descriptor {fd}"
            );
        }
    }
    check_eq!(
        probe.call("grant_find", &[64, 4, 128])?,
        NOENT,
        "grant_find"
    );
    Ok(())
}

fn closed() -> Outcome {
    let null = File::open("/dev/null")?;
    let (reader, writer) = pipe()?;
    let probe = Probe::new(&[stream(0, null.as_fd()), stream(1, writer.as_fd())])?;
    drop(writer);
    probe.poke(64, &[0x64636261])?;
    check_eq!(
        probe.call("fd_write", &[1, 0, 1, 8])?,
        SUCCESS,
        "write before the close"
    );
    check_eq!(probe.call("fd_close", &[1])?, SUCCESS, "close");
    check_eq!(
        probe.call("fd_write", &[1, 0, 1, 8])?,
        BADF,
        "write after the close"
    );
    check_eq!(probe.call("fd_close", &[1])?, BADF, "second close");
    let mut data = Vec::new();
    // Ends only if the guest's reference is gone.
    (&reader).read_to_end(&mut data)?;
    check_eq!(data.len(), 16, "bytes that came through");
    check_eq!(
        probe.call("fd_renumber", &[0, 7])?,
        BADF,
        "renumber onto nothing"
    );
    Ok(())
}

fn edges() -> Outcome {
    let (_reader, writer) = pipe()?;
    let zero = File::open("/dev/zero")?;
    let probe = Probe::new(&[stream(0, zero.as_fd()), stream(1, writer.as_fd())])?;
    let top = i64::from(u32::MAX);
    // Where the array of buffers is.
    for at in [
        MEMORY as i64 - 7,
        MEMORY as i64,
        0x7fff_ffff,
        0x8000_0000,
        top - 7,
        top,
    ] {
        check_eq!(
            probe.call("fd_read", &[0, at, 1, 8])?,
            FAULT,
            "array of buffers at {at:#x}"
        );
        check_eq!(
            probe.call("fd_write", &[1, at, 1, 8])?,
            FAULT,
            "array of buffers at {at:#x}"
        );
        check_eq!(
            probe.call("random_get", &[at, 8])?,
            FAULT,
            "random_get at {at:#x}"
        );
        check_eq!(
            probe.call("clock", &[0, 1, at])?,
            FAULT,
            "clock_time_get to {at:#x}"
        );
        check_eq!(
            probe.call("poll", &[at, 256, 1, 128])?,
            FAULT,
            "poll_oneoff at {at:#x}"
        );
        check_eq!(
            probe.call("grant_find", &[at, 8, 128])?,
            FAULT,
            "grant_find at {at:#x}"
        );
    }
    // How many buffers there are.
    for count in [8193, 0x2000_0000, 0x1fff_ffff, top] {
        let errno = probe.call("fd_read", &[0, 0, count, 8])?;
        check!(errno != SUCCESS, "{count} buffers were accepted");
    }
    // What a buffer says.
    for (start, length) in [
        (65535, 2),
        (65536, 1),
        (0, 65537),
        (0xffff_ffff, 1),
        (0xffff_fff0, 0x20),
        (16, 0xffff_fff0),
        (0, 0xffff_ffff),
    ] {
        probe.poke(0, &[start, length])?;
        check_eq!(
            probe.call("fd_read", &[0, 0, 1, 8])?,
            FAULT,
            "buffer {start:#x}+{length:#x}"
        );
        check_eq!(
            probe.call("fd_write", &[1, 0, 1, 8])?,
            FAULT,
            "buffer {start:#x}+{length:#x}"
        );
    }
    // Where the answer goes.
    probe.poke(0, &[64, 16])?;
    for at in [MEMORY as i64 - 3, MEMORY as i64, top - 3, top] {
        check_eq!(
            probe.call("fd_read", &[0, 0, 1, at])?,
            FAULT,
            "length to {at:#x}"
        );
    }
    // The last byte is fine.
    probe.poke(0, &[65535, 1])?;
    check_eq!(
        probe.call("fd_read", &[0, 0, 1, 8])?,
        SUCCESS,
        "a buffer that ends with the memory"
    );
    check_eq!(
        probe.call("random_get", &[MEMORY as i64 - 8, 8])?,
        SUCCESS,
        "random_get up to the end"
    );
    check_eq!(
        probe.call("random_get", &[0, 0])?,
        SUCCESS,
        "random_get of nothing"
    );
    // Two buffers that overlap each other and the array itself.
    probe.poke(0, &[0, 16, 8, 16])?;
    let errno = probe.call("fd_read", &[0, 0, 2, 256])?;
    check!(
        errno == SUCCESS || errno == FAULT,
        "overlapping buffers: errno {errno}"
    );
    Ok(())
}

fn memory_ioctl() -> Outcome {
    let probe = Probe::new(&[])?;
    for (offset, length) in [
        (MEMORY, 1),
        (MEMORY - 1, 2),
        (u64::MAX, 1),
        (u64::MAX - 7, 8),
        (1 << 32, 1),
        (0, MEMORY + 1),
    ] {
        let mut data = vec![0; length as usize];
        check!(
            probe
                .store
                .read_memory(probe.instance, offset, &mut data)
                .is_err(),
            "read of {length} at {offset:#x}"
        );
        check!(
            probe
                .store
                .write_memory(probe.instance, offset, &data)
                .is_err(),
            "write of {length} at {offset:#x}"
        );
    }
    check_eq!(probe.store.memory_size(probe.instance)?, MEMORY, "size");
    let missing = probe
        .store
        .read_memory(99, 0, &mut [0])
        .map_err(|error| error.kind());
    check_eq!(
        missing.err(),
        Some(ErrorKind::NotFound),
        "memory of no instance"
    );
    Ok(())
}

fn wrong_kind() -> Outcome {
    let socket = TcpListener::bind("127.0.0.1:0")?;
    let (reader, _writer) = pipe()?;
    let listener = Grant {
        name: "l",
        number: None,
        source: GrantSource::File(GrantKind::Listener, socket.as_fd()),
    };
    let probe = Probe::new(&[stream(0, reader.as_fd()), listener])?;
    for (function, args) in [
        ("accept", &[0, 0, 128][..]),
        ("recv", &[0, 0, 1, 128]),
        ("send", &[0, 0, 1, 128]),
        ("connect", &[0, 0, 0, 128]),
        ("fd_write", &[0, 0, 1, 8]),
    ] {
        let errno = probe.call(function, args)?;
        check!(
            errno != SUCCESS,
            "{function} worked on the reading end of a pipe"
        );
    }
    for (function, args) in [
        ("recv", &[3, 0, 1, 128][..]),
        ("send", &[3, 0, 1, 128]),
        ("connect", &[3, 0, 0, 128]),
        ("fd_write", &[3, 0, 1, 8]),
    ] {
        let errno = probe.call(function, args)?;
        check!(errno != SUCCESS, "{function} worked on a listener");
    }
    check_eq!(
        probe.call("fd_seek", &[0, 0, 0, 128])?,
        SPIPE,
        "seek on a pipe"
    );
    Ok(())
}

fn dialer() -> Outcome {
    let (allowed, forbidden) = (
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    );
    forbidden.set_nonblocking(true)?;
    let addresses = [Address::Tcp(allowed.local_addr()?)];
    let probe = Probe::new(&[Grant {
        name: "up",
        number: None,
        source: GrantSource::Dialer(&addresses),
    }])?;
    probe.store.write_memory(probe.instance, 1024, b"up")?;
    check_eq!(
        probe.call("grant_find", &[1024, 2, 128])?,
        SUCCESS,
        "grant_find"
    );
    let fd = i64::from(probe.peek(128)?);
    check_eq!(fd, 3, "the dialer's number");
    check_eq!(
        probe.call("addresses", &[fd, 128])?,
        SUCCESS,
        "dialer_addresses"
    );
    check_eq!(probe.peek(128)?, 1, "how many addresses");
    check_eq!(
        probe.call("connect", &[fd, 0, 0, 128])?,
        SUCCESS,
        "connect to what is granted"
    );
    let socket = i64::from(probe.peek(128)?);
    let (mut peer, _) = allowed.accept()?;
    probe
        .store
        .write_memory(probe.instance, 64, b"sixteen bytes ok")?;
    check_eq!(probe.call("send", &[socket, 0, 1, 128])?, SUCCESS, "send");
    let mut data = [0; 16];
    peer.read_exact(&mut data)?;
    check_eq!(&data, b"sixteen bytes ok", "what was sent");
    for index in [1, 2, 64, i64::from(u32::MAX), -1] {
        check!(
            probe.call("connect", &[fd, index, 0, 132])? != SUCCESS,
            "address {index} could be connected to"
        );
    }
    check!(
        probe.call("connect", &[fd, 0, 0x8000, 132])? != SUCCESS,
        "an unknown flag was accepted"
    );
    check_eq!(
        probe.call("connect", &[fd, 0, 0, MEMORY as i64 - 3])?,
        FAULT,
        "descriptor written outside"
    );
    check!(
        forbidden.accept().is_err(),
        "the other listener was reached"
    );
    Ok(())
}

fn listener() -> Outcome {
    let (own, other) = (
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    );
    let probe = Probe::new(&[Grant {
        name: "",
        number: None,
        source: GrantSource::File(GrantKind::Listener, own.as_fd()),
    }])?;
    let _waiting = TcpStream::connect(other.local_addr()?)?;
    // NONBLOCK (4) on the listener: there is nobody on our own.
    check_eq!(probe.call("set_flags", &[3, 4])?, SUCCESS, "set_flags");
    check_eq!(
        probe.call("accept", &[3, 0, 128])?,
        AGAIN,
        "accept with nobody there"
    );
    let _client = TcpStream::connect(own.local_addr()?)?;
    check_eq!(probe.call("accept", &[3, 0, 128])?, SUCCESS, "accept");
    check_eq!(
        probe.call("accept", &[4, 4, 132])? == SUCCESS,
        false,
        "accept on a connection"
    );
    Ok(())
}

fn rights() -> Outcome {
    let (_reader, writer) = pipe()?;
    let probe = Probe::new(&[stream(1, writer.as_fd())])?;
    check_eq!(
        probe.call("fd_write", &[1, 0, 1, 8])?,
        SUCCESS,
        "write with the right"
    );
    check_eq!(
        probe.call("set_rights", &[1, i64::MAX, i64::MAX])?,
        NOTCAPABLE,
        "more rights"
    );
    check_eq!(probe.call("set_rights", &[1, 0, 0])?, SUCCESS, "no rights");
    check_eq!(
        probe.call("fd_write", &[1, 0, 1, 8])?,
        NOTCAPABLE,
        "write without the right"
    );
    check_eq!(
        probe.call("set_rights", &[1, 64, 0])?,
        NOTCAPABLE,
        "the right to write again"
    );
    Ok(())
}

fn forbidden_files() -> Outcome {
    let device = Device::open()?;
    let store = device.create_store(&StoreOptions::default())?;
    let module = device.load(&wasm("math.wat")?, &LoadOptions::default())?;
    let epoll = rustix::event::epoll::create(rustix::event::epoll::CreateFlags::CLOEXEC)?;
    let unbound = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let file = File::open("/proc/self/exe")?;
    for (what, kind, fd) in [
        ("the device", GrantKind::Stream, device.as_fd()),
        ("a store", GrantKind::Stream, store.as_fd()),
        ("a module", GrantKind::Stream, module.as_fd()),
        ("an epoll file", GrantKind::Stream, epoll.as_fd()),
        (
            "a datagram socket as a listener",
            GrantKind::Listener,
            unbound.as_fd(),
        ),
        (
            "a regular file as a listener",
            GrantKind::Listener,
            file.as_fd(),
        ),
        (
            "a regular file as a socket",
            GrantKind::Socket,
            file.as_fd(),
        ),
    ] {
        let result = store.grant(&Grant {
            name: "",
            number: None,
            source: GrantSource::File(kind, fd),
        });
        check!(result.is_err(), "{what} was accepted");
    }
    let dialers: Vec<Address> = (1..=65)
        .map(|port| Address::Tcp(SocketAddr::from(([127, 0, 0, 1], port))))
        .collect();
    let result = store.grant(&Grant {
        name: "",
        number: None,
        source: GrantSource::Dialer(&dialers),
    });
    check!(result.is_err(), "65 addresses were accepted");
    Ok(())
}

fn accepted() -> Outcome {
    let socket = TcpListener::bind("127.0.0.1:0")?;
    let mut clients = Vec::new();
    {
        let probe = Probe::new(&[Grant {
            name: "",
            number: None,
            source: GrantSource::File(GrantKind::Listener, socket.as_fd()),
        }])?;
        for number in 0..20i64 {
            let mut client = TcpStream::connect(socket.local_addr()?)?;
            client.set_read_timeout(Some(Duration::from_secs(10)))?;
            check_eq!(
                probe.call("accept", &[3, 0, 128])?,
                SUCCESS,
                "accept {number}"
            );
            let fd = i64::from(probe.peek(128)?);
            // 3 is the listener.
            let lowest = if number < 3 { number } else { number + 1 };
            check_eq!(fd, lowest, "lowest free number");
            client.write_all(b"0123456789abcdef")?;
            check_eq!(probe.call("recv", &[fd, 0, 1, 128])?, SUCCESS, "recv");
            check_eq!(probe.call("send", &[fd, 0, 1, 128])?, SUCCESS, "send");
            let mut data = [0; 16];
            client.read_exact(&mut data)?;
            check_eq!(&data, b"0123456789abcdef", "what came back");
            clients.push(client);
        }
        check_eq!(probe.call("fd_close", &[10])?, SUCCESS, "close");
        check_eq!(clients[9].read(&mut [0])?, 0, "bytes after the close");
        check_eq!(probe.store.info()?.descriptors, 20, "descriptors");
        check_eq!(probe.store.info()?.accepted, 20, "accepted");
    }
    for client in &mut clients {
        check_eq!(
            client.read(&mut [0]).unwrap_or(0),
            0,
            "bytes after the store is gone"
        );
    }
    module::expect_nothing_left()
}

fn queue() -> Outcome {
    let (reader, mut writer) = pipe()?;
    let probe = Probe::new(&[stream(0, reader.as_fd())])?;
    check_eq!(
        probe.call("queue_create", &[0, 128])?,
        SUCCESS,
        "queue_create"
    );
    let queue = i64::from(probe.peek(128)?);
    check_eq!(
        probe.call("queue_control", &[queue, 1, 0, 1, 77])?,
        SUCCESS,
        "add"
    );
    check!(
        probe.call("queue_control", &[queue, 1, 99, 1, 0])? == BADF,
        "add of no descriptor"
    );
    check!(
        probe.call("queue_control", &[queue, 1, queue, 1, 0])? != SUCCESS,
        "a queue in itself"
    );
    check_eq!(
        probe.call("queue_wait", &[queue, 256, 4, 0, 128])?,
        SUCCESS,
        "wait for nothing"
    );
    check_eq!(probe.peek(128)?, 0, "events of an empty pipe");
    writer.write_all(b"x")?;
    check_eq!(
        probe.call("queue_wait", &[queue, 256, 4, -1, 128])?,
        SUCCESS,
        "wait"
    );
    check_eq!(
        (probe.peek(128)?, probe.peek(256)?, probe.peek(264)?),
        (1, 77, 1),
        "count, userdata, events"
    );
    check_eq!(
        probe.call("queue_wait", &[queue, MEMORY as i64 - 8, 4, 0, 128])?,
        FAULT,
        "events outside of memory"
    );
    check_eq!(probe.call("fd_close", &[0])?, SUCCESS, "close");
    check_eq!(
        probe.call("queue_wait", &[queue, 256, 4, 0, 128])?,
        SUCCESS,
        "wait after the close"
    );
    check_eq!(probe.peek(128)?, 0, "events of a closed descriptor");
    Ok(())
}

fn exhaustion() -> Outcome {
    let probe = Probe::new(&[])?;
    let begin = Instant::now();
    for round in 0..70_000 {
        if probe.call("queue_create", &[0, 128])? != SUCCESS {
            check!(round > 100, "only {round} descriptors");
            drop(probe);
            return module::expect_nothing_left();
        }
        check!(
            begin.elapsed() < Duration::from_secs(120),
            "only {round} rounds in two minutes"
        );
    }
    bail!("70,000 descriptors were made")
}

fn denied_counter() -> Outcome {
    let (_reader, writer) = pipe()?;
    let probe = Probe::new(&[stream(1, writer.as_fd())])?;
    probe.call("set_rights", &[1, 0, 0])?;
    probe.call("fd_write", &[1, 0, 1, 8])?;
    check!(
        probe.store.info()?.denied >= 1,
        "the refusal was not counted"
    );
    Ok(())
}
