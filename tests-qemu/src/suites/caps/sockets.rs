// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A socket reaches what it was granted for.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::{fd::AsFd, unix::net::UnixListener},
    time::Duration,
};

use libwasmk::{uapi::grant::GrantKind, Address, Grant, GrantSource};

use crate::{
    check, check_eq,
    guest::{
        module,
        probe::{pipe, stream, Probe, AGAIN, FAULT, MEMORY, NOTCAPABLE, SPIPE, SUCCESS},
        Outcome,
    },
    sys::in_other_root,
};

pub(super) fn wrong_kind() -> Outcome {
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

pub(super) fn dialer() -> Outcome {
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

pub(super) fn listener() -> Outcome {
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

pub(super) fn accepted() -> Outcome {
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

/// The kernel would look a path up in the root of whoever runs: a socket of the same name there is not the one that was granted.
pub(super) fn other_root() -> Outcome {
    let here = std::env::current_dir()?;
    let root = here.join("jail");
    let path = here.join("granted.socket");
    let inside = root.join(path.strip_prefix("/")?);
    std::fs::create_dir_all(inside.parent().unwrap_or(&root))?;
    let granted = UnixListener::bind(&path)?;
    let decoy = UnixListener::bind(&inside)?;
    granted.set_nonblocking(true)?;
    decoy.set_nonblocking(true)?;
    let addresses = [Address::Unix(path.clone())];
    let probe = Probe::new(&[Grant {
        name: "",
        number: None,
        source: GrantSource::Dialer(&addresses),
    }])?;
    let jailed = in_other_root(&root, || probe.call("connect", &[3, 0, 0, 128]))??;
    check_eq!(jailed, NOTCAPABLE, "connect under another root");
    check!(
        decoy.accept().is_err(),
        "the socket of that name in the other root was reached"
    );
    check!(granted.accept().is_err(), "the granted socket was reached");
    check_eq!(
        probe.call("connect", &[3, 0, 0, 128])?,
        SUCCESS,
        "connect under the grantor's root"
    );
    granted.accept()?;
    drop(probe);
    std::fs::remove_file(path)?;
    std::fs::remove_dir_all(root)?;
    Ok(())
}
