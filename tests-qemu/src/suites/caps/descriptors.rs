// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Descriptors that are not there, not there any more, or of the wrong kind.

use std::{
    fs::File,
    io::{Read, Write},
    net::SocketAddr,
    os::fd::AsFd,
    time::{Duration, Instant},
};

use anyhow::bail;
use libwasmk::{
    uapi::grant::GrantKind, Address, Device, Grant, GrantSource, LoadOptions, StoreOptions,
};

use crate::{
    check, check_eq,
    guest::{
        module,
        probe::{pipe, stream, Probe, BADF, FAULT, MEMORY, NOENT, NOTCAPABLE, SPIPE, SUCCESS},
        tool::wasm,
        Outcome,
    },
};

pub(super) fn nothing_granted() -> Outcome {
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

pub(super) fn closed() -> Outcome {
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

pub(super) fn rights() -> Outcome {
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

/// A C library takes a character device that cannot be sought for a terminal, and asks its rights.
pub(super) fn devices() -> Outcome {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    let terminal = File::open("/dev/ptmx")?;
    let probe = Probe::new(&[stream(3, null.as_fd()), stream(4, terminal.as_fd())])?;
    check_eq!(
        probe.call("fd_seek", &[3, 0, 2, 128])?,
        SUCCESS,
        "seek on /dev/null"
    );
    check_eq!(
        probe.call("fd_seek", &[4, 0, 1, 128])?,
        SPIPE,
        "seek on a terminal"
    );
    for (fd, expected) in [(3, 0x24), (4, 0)] {
        check_eq!(probe.call("fd_fdstat_get", &[fd, 128])?, SUCCESS, "fdstat");
        check_eq!(
            probe.peek(136)? & 0x24,
            expected,
            "rights to seek and tell of descriptor {fd}"
        );
    }
    Ok(())
}

pub(super) fn forbidden_files() -> Outcome {
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

pub(super) fn queue() -> Outcome {
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

pub(super) fn exhaustion() -> Outcome {
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

pub(super) fn denied_counter() -> Outcome {
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
