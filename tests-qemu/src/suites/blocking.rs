// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Every host call that can wait: killed, late, and disturbed by signals while it does.

use std::{
    fs::File,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream, UdpSocket},
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use libwasmk::{
    uapi::{device::StoreState, grant::GrantKind},
    Address, Grant, GrantSource, Outcome as Ended,
};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        module,
        probe::{pipe, stream, Probe, SUCCESS},
        process::now_ns,
        tool::until,
        Cases, Outcome,
    },
    sys::Alarms,
};

pub const SUITE: Suite = Suite {
    name: "blocking",
    parameters: &[],
    memory: "1G",
    timeout: 600,
    slabs: 4096,
    run,
};

/// Where the probe has an iovec of sixteen bytes at 64, where it stores results, and where it has room for more.
const IOVEC: i64 = 0;
const OUT: i64 = 128;
const SPACE: u64 = 1024;

/// A call that waits.
struct Wait {
    probe: Probe,
    function: &'static str,
    args: Vec<i64>,
    /// Ends the wait.
    release: Box<dyn FnOnce() -> Result<()> + Send>,
    /// What must have happened once it is over.
    judge: Box<dyn FnOnce(&Probe) -> Outcome>,
}

/// Makes a call that waits.
type Make = fn() -> Result<Wait>;

const WAITS: [(&str, Make); 9] = [
    ("fd_read of an empty pipe", read_pipe),
    ("fd_write to a full pipe", write_pipe),
    ("sock_accept", accept),
    ("sock_recv from a stream", receive),
    ("sock_recv from a datagram socket", receive_datagram),
    ("sock_send to a full stream", send),
    ("sock_connect to a full backlog", connect),
    ("poll_oneoff", poll),
    ("queue_wait", queue_wait),
];

fn run(cases: &mut Cases) {
    for (name, make) in WAITS {
        cases.case(&format!("{name}: kill"), || killed(make()?));
        cases.case(&format!("{name}: deadline"), || late(make()?));
        cases.case(&format!("{name}: signals"), || disturbed(make()?));
    }
}

/// Ends by the kill, and everything is let go of.
fn killed(wait: Wait) -> Outcome {
    let ended = thread::scope(|scope| {
        let call = scope.spawn(|| wait.probe.ends(wait.function, &wait.args, None));
        until("the call runs", || {
            let running = wait.probe.store.info()?.state == StoreState::Running as u32;
            Ok(running.then_some(()))
        })?;
        thread::sleep(Duration::from_millis(50));
        check!(!call.is_finished(), "it did not wait: {:?}", call.join());
        wait.probe.store.kill()?;
        call.join().map_err(|_| anyhow::anyhow!("panicked"))?
    })?;
    check_eq!(ended, Ended::Killed, "outcome");
    drop(wait);
    module::expect_nothing_left()
}

/// Ends when the deadline passes, not before.
fn late(wait: Wait) -> Outcome {
    let deadline = now_ns() + 100_000_000;
    let ended = wait.probe.ends(wait.function, &wait.args, Some(deadline))?;
    check!(now_ns() >= deadline, "it ended early");
    check_eq!(ended, Ended::Deadline, "outcome");
    drop(wait);
    module::expect_nothing_left()
}

/// Hundreds of handled signals make it park and go on; what it waits for then happens once.
fn disturbed(wait: Wait) -> Outcome {
    let alarms = Alarms::every(Duration::from_millis(2))?;
    let release = wait.release;
    let helper = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        release()
    });
    let ended = wait.probe.ends(wait.function, &wait.args, None)?;
    let handled = alarms.handled();
    drop(alarms);
    helper.join().map_err(|_| anyhow::anyhow!("panicked"))??;
    match ended {
        Ended::Returned(values) => check_eq!(values.bits.first(), Some(&SUCCESS), "errno"),
        other => anyhow::bail!("{other:?}"),
    }
    check!(handled > 5, "only {handled} signals");
    (wait.judge)(&wait.probe)
}

fn granted(kind: GrantKind, file: &impl AsFd) -> Grant<'_> {
    Grant {
        name: "",
        number: Some(3),
        source: GrantSource::File(kind, file.as_fd()),
    }
}

fn read_pipe() -> Result<Wait> {
    let (reader, mut writer) = pipe()?;
    Ok(Wait {
        probe: Probe::new(&[stream(3, reader.as_fd())])?,
        function: "fd_read",
        args: vec![3, IOVEC, 1, OUT],
        release: Box::new(move || Ok(writer.write_all(b"0123456789abcdefX")?)),
        judge: Box::new(|probe| {
            let mut data = [0; 16];
            probe.store.read_memory(probe.instance, 64, &mut data)?;
            check_eq!(&data, b"0123456789abcdef", "what was read");
            check_eq!(probe.peek(OUT as u64)?, 16, "length");
            check_eq!(
                probe.call("fd_read", &[3, IOVEC, 1, OUT])?,
                SUCCESS,
                "the rest"
            );
            check_eq!(probe.peek(OUT as u64)?, 1, "bytes left");
            Ok(())
        }),
    })
}

/// Fills what can be written without waiting, and tells how much that was.
fn fill(file: &OwnedFd) -> Result<usize> {
    let flags = rustix::fs::fcntl_getfl(file)?;
    rustix::fs::fcntl_setfl(file, flags | rustix::fs::OFlags::NONBLOCK)?;
    let mut filled = 0;
    for size in [4096, 1] {
        while let Ok(n) = rustix::io::write(file, &vec![b'.'; size]) {
            filled += n;
        }
    }
    rustix::fs::fcntl_setfl(file, flags)?;
    Ok(filled)
}

/// Reads what `fill` wrote and then exactly `extra`.
fn drain(mut from: impl Read, filled: usize, extra: &[u8]) -> Outcome {
    let mut data = vec![0; filled + extra.len()];
    from.read_exact(&mut data)?;
    check!(
        data[..filled].iter().all(|byte| *byte == b'.'),
        "what filled it is damaged"
    );
    check_eq!(&data[filled..], extra, "what was sent");
    Ok(())
}

fn write_pipe() -> Result<Wait> {
    let (reader, writer) = pipe()?;
    let writer = OwnedFd::from(writer);
    let filled = fill(&writer)?;
    let probe = Probe::new(&[stream(3, writer.as_fd())])?;
    probe
        .store
        .write_memory(probe.instance, 64, b"0123456789abcdef")?;
    Ok(Wait {
        probe,
        function: "fd_write",
        args: vec![3, IOVEC, 1, OUT],
        release: Box::new(move || drain(reader, filled, b"0123456789abcdef")),
        judge: Box::new(|probe| {
            check_eq!(probe.peek(OUT as u64)?, 16, "length");
            Ok(())
        }),
    })
}

/// Two ends of a TCP connection.
fn connection() -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

fn accept() -> Result<Wait> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    Ok(Wait {
        probe: Probe::new(&[granted(GrantKind::Listener, &listener)])?,
        function: "accept",
        args: vec![3, 0, OUT],
        release: Box::new(move || {
            // Closed at once: the connection is there all the same.
            TcpStream::connect(address)?;
            Ok(())
        }),
        judge: Box::new(|probe| {
            let fd = i64::from(probe.peek(OUT as u64)?);
            check_eq!(probe.call("recv", &[fd, IOVEC, 1, OUT])?, SUCCESS, "recv");
            check_eq!(
                probe.peek(OUT as u64)?,
                0,
                "bytes of a connection that was closed"
            );
            check_eq!(probe.store.info()?.accepted, 1, "accepted");
            Ok(())
        }),
    })
}

fn receive() -> Result<Wait> {
    let (mut peer, socket) = connection()?;
    Ok(Wait {
        probe: Probe::new(&[granted(GrantKind::Socket, &socket)])?,
        function: "recv",
        args: vec![3, IOVEC, 1, OUT],
        release: Box::new(move || {
            peer.write_all(b"0123456789abcdef")?;
            Ok(peer.shutdown(Shutdown::Write)?)
        }),
        judge: Box::new(|probe| {
            let first = probe.peek(OUT as u64)?;
            check!((1..=16).contains(&first), "{first} bytes");
            let mut all = first;
            loop {
                check_eq!(probe.call("recv", &[3, IOVEC, 1, OUT])?, SUCCESS, "recv");
                match probe.peek(OUT as u64)? {
                    0 => break,
                    more => all += more,
                }
            }
            check_eq!(all, 16, "bytes in all");
            Ok(())
        }),
    })
}

fn receive_datagram() -> Result<Wait> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let address = socket.local_addr()?;
    Ok(Wait {
        probe: Probe::new(&[granted(GrantKind::Datagram, &socket)])?,
        function: "recv",
        args: vec![3, IOVEC, 1, OUT],
        release: Box::new(move || {
            let sender = UdpSocket::bind("127.0.0.1:0")?;
            sender.send_to(b"one", address)?;
            sender.send_to(b"second", address)?;
            Ok(())
        }),
        judge: Box::new(|probe| {
            check_eq!(probe.peek(OUT as u64)?, 3, "length of the first");
            check_eq!(probe.call("recv", &[3, IOVEC, 1, OUT])?, SUCCESS, "recv");
            check_eq!(probe.peek(OUT as u64)?, 6, "length of the second");
            Ok(())
        }),
    })
}

fn send() -> Result<Wait> {
    // Not TCP: what it takes depends on timers, and on how the peer's end stores it.
    let (peer, socket) = UnixStream::pair()?;
    let filled = fill(&OwnedFd::from(socket.try_clone()?))?;
    let probe = Probe::new(&[granted(GrantKind::Socket, &socket)])?;
    probe
        .store
        .write_memory(probe.instance, 64, b"0123456789abcdef")?;
    Ok(Wait {
        probe,
        function: "send",
        args: vec![3, IOVEC, 1, OUT],
        release: Box::new(move || drain(peer, filled, b"0123456789abcdef")),
        judge: Box::new(|probe| {
            check_eq!(probe.peek(OUT as u64)?, 16, "length");
            Ok(())
        }),
    })
}

/// A listener that nobody can connect to before it has accepted.
fn full_listener() -> Result<(OwnedFd, std::net::SocketAddr, Vec<OwnedFd>)> {
    use rustix::net::{bind, connect, listen, socket_with, AddressFamily, SocketFlags, SocketType};
    let socket = |flags| socket_with(AddressFamily::INET, SocketType::STREAM, flags, None);
    let listener = socket(SocketFlags::CLOEXEC)?;
    bind(&listener, &std::net::SocketAddr::from(([127, 0, 0, 1], 0)))?;
    listen(&listener, 0)?;
    let address: std::net::SocketAddr = rustix::net::getsockname(&listener)?
        .try_into()
        .context("the listener's address")?;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let client = socket(SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)?;
        // In progress, for good.
        let _ = connect(&client, &address);
        waiting.push(client);
    }
    Ok((listener, address, waiting))
}

fn connect() -> Result<Wait> {
    let (listener, address, waiting) = full_listener()?;
    let addresses = [Address::Tcp(address)];
    let probe = Probe::new(&[Grant {
        name: "",
        number: Some(3),
        source: GrantSource::Dialer(&addresses),
    }])?;
    Ok(Wait {
        probe,
        function: "connect",
        args: vec![3, 0, 0, OUT],
        release: Box::new(move || {
            drop(waiting);
            // Everybody gets in, and the last is served.
            let listener = TcpListener::from(listener);
            listener.set_nonblocking(true)?;
            for _ in 0..300 {
                if let Ok((mut stream, _)) = listener.accept() {
                    let _ = stream.write_all(b"hello");
                }
                thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }),
        judge: Box::new(|probe| {
            let fd = i64::from(probe.peek(OUT as u64)?);
            check_eq!(probe.call("recv", &[fd, IOVEC, 1, OUT])?, SUCCESS, "recv");
            check_eq!(probe.peek(OUT as u64)?, 5, "bytes of the greeting");
            check_eq!(probe.store.info()?.connected, 1, "connected");
            Ok(())
        }),
    })
}

/// A subscription (`subscription` in WASI's witx) to the reading of descriptor 3, at 1024; a clock that is far away follows.
fn subscribe(probe: &Probe) -> Result<()> {
    let mut words = [0u64; 12];
    words[..3].copy_from_slice(&[77, 1, 3]);
    words[6..10].copy_from_slice(&[88, 0, 1, 3_600_000_000_000]);
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    Ok(probe.store.write_memory(probe.instance, SPACE, &bytes)?)
}

fn poll() -> Result<Wait> {
    let (reader, mut writer) = pipe()?;
    let probe = Probe::new(&[stream(3, reader.as_fd())])?;
    subscribe(&probe)?;
    Ok(Wait {
        probe,
        function: "poll",
        args: vec![SPACE as i64, 4096, 2, OUT],
        release: Box::new(move || {
            writer.write_all(b"x")?;
            keep(writer)
        }),
        judge: Box::new(|probe| {
            check_eq!(probe.peek(OUT as u64)?, 1, "events");
            check_eq!(probe.peek(4096)?, 77, "userdata");
            Ok(())
        }),
    })
}

fn queue_wait() -> Result<Wait> {
    let (reader, mut writer) = pipe()?;
    let probe = Probe::new(&[stream(3, reader.as_fd())])?;
    check_eq!(
        probe.call("queue_create", &[0, OUT])?,
        SUCCESS,
        "queue_create"
    );
    let queue = i64::from(probe.peek(OUT as u64)?);
    check_eq!(
        probe.call("queue_control", &[queue, 1, 3, 1, 77])?,
        SUCCESS,
        "add"
    );
    Ok(Wait {
        probe,
        function: "queue_wait",
        args: vec![queue, 4096, 4, -1, OUT],
        release: Box::new(move || {
            writer.write_all(b"x")?;
            keep(writer)
        }),
        judge: Box::new(|probe| {
            check_eq!(probe.peek(OUT as u64)?, 1, "events");
            check_eq!(
                (probe.peek(4096)?, probe.peek(4104)?),
                (77, 1),
                "userdata and events"
            );
            Ok(())
        }),
    })
}

/// Keeps a pipe open a little longer, so that what is seen is not its end.
fn keep(writer: File) -> Result<()> {
    thread::sleep(Duration::from_millis(200));
    drop(writer);
    Ok(())
}
