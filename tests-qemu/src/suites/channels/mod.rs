// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Descriptors that are handed on, from store to store: with what rights, to whom, and what becomes of those nobody takes.

mod names;

use std::{
    io::{IoSlice, Read, Write},
    mem::MaybeUninit,
    net::{TcpListener, TcpStream},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    thread,
    time::Duration,
};

use anyhow::Result;
use libwasmk::{uapi::grant::GrantKind, Address, Device, Grant, GrantSource};
use rustix::{
    event::{poll, PollFd, PollFlags, Timespec},
    net::{sendmsg, SendAncillaryBuffer, SendAncillaryMessage, SendFlags},
};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        module,
        probe::{Probe, AGAIN, NOTCAPABLE, SUCCESS},
        tool::{instances, number, until, wasmctl},
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "channels",
    parameters: &[],
    memory: "1G",
    timeout: 900,
    slabs: 4096,
    run,
};

const INVAL: u64 = 28;
const PIPE: u64 = 64;
/// Rights.
const READ: i64 = 1 << 1;
const WRITE: i64 = 1 << 6;
const CONNECT: i64 = 1 << 30;
/// In place of a descriptor's number.
const NONE: i64 = 0xffff_ffff;
/// The end of a channel, and what else the guest is given.
const CHANNEL: i64 = 3;
const OTHER: i64 = 4;
/// Where a message is, its length, the descriptor that came with it.
const DATA: i64 = 2048;
const LEN: i64 = 160;
const FD: i64 = 164;

fn run(cases: &mut Cases) {
    cases.case(
        "names are unique, and found as long as somebody receives",
        names::unique,
    );
    cases.case("each user has names of its own", names::of_users);
    cases.case("what is granted as an end is one", kinds);
    cases.case(
        "bytes and a connection go over, with fewer rights",
        connection,
    );
    cases.case("a dialer goes over, and dials what it could before", dialer);
    cases.case("ends and queues do not go over", refused);
    cases.case("a full channel and an empty one are waited for", waiting);
    cases.case("a kill ends either wait", killed);
    cases.case("readiness queues and poll(2) see ends", polled);
    cases.case(
        "what nobody has taken is closed with its receiver",
        undelivered,
    );
    cases.case("each message goes to one of several receivers", shared);
    cases.case("a receiving end on its way to itself is let go", cycle);
    cases.case("20,000 descriptors go over", many);
    cases.case(
        "Balu reaches Chandra only by what Anitha hands over",
        friends,
    );
}

fn end(kind: GrantKind, file: BorrowedFd<'_>) -> Grant<'_> {
    Grant {
        name: "",
        number: Some(CHANNEL as u32),
        source: GrantSource::File(kind, file),
    }
}

fn socket(file: BorrowedFd<'_>) -> Grant<'_> {
    Grant {
        name: "",
        number: Some(OTHER as u32),
        source: GrantSource::File(GrantKind::Socket, file),
    }
}

/// The ends of a new channel: for receiving and for sending.
fn channel() -> Result<(OwnedFd, OwnedFd)> {
    let device = Device::open()?;
    let receiver = device.create_channel("")?;
    let sender = device.channel_sender(receiver.as_fd())?;
    Ok((receiver, sender))
}

/// Programs at both ends of a channel: the sender, with more, and the receiver.
fn pair(more: &[Grant<'_>]) -> Result<(Probe, Probe)> {
    let (receiver, sender) = channel()?;
    let to = Probe::new(&[end(GrantKind::Receiver, receiver.as_fd())])?;
    let mut grants = vec![end(GrantKind::Sender, sender.as_fd())];
    grants.extend_from_slice(more);
    Ok((Probe::new(&grants)?, to))
}

fn send(from: &Probe, fd: i64, rights: [i64; 2], len: i64) -> Result<u64> {
    from.call(
        "channel_send",
        &[CHANNEL, fd, rights[0], rights[1], DATA, len],
    )
}

/// Receives; the length and the descriptor.
fn receive(to: &Probe) -> Result<(u64, u32, u32)> {
    let errno = to.call("channel_recv", &[CHANNEL, DATA, 1024, LEN, FD])?;
    Ok((errno, to.peek(LEN as u64)?, to.peek(FD as u64)?))
}

fn kinds() -> Outcome {
    let (receiver, sender) = channel()?;
    let null = std::fs::File::open("/dev/null")?;
    for (kind, file, errno) in [
        (GrantKind::Receiver, sender.as_fd(), libc::EINVAL),
        (GrantKind::Sender, receiver.as_fd(), libc::EINVAL),
        (GrantKind::Stream, receiver.as_fd(), libc::EINVAL),
        (GrantKind::Socket, sender.as_fd(), libc::ENOTSOCK),
        (GrantKind::Sender, null.as_fd(), libc::EBADF),
    ] {
        let store = Device::open()?.create_store(&libwasmk::StoreOptions::default())?;
        let errno_of = store.grant(&end(kind, file)).err().map(|error| error.errno);
        // Some kinds are refused before it is asked what they are.
        check!(
            errno_of == Some(errno)
                || (kind == GrantKind::Socket && errno_of == Some(libc::EINVAL)),
            "{kind:?}: {errno_of:?}"
        );
    }
    Ok(())
}

fn connection() -> Outcome {
    let (ours, given) = UnixStream::pair()?;
    let (from, to) = pair(&[socket(given.as_fd())])?;
    drop(given);
    from.store
        .write_memory(from.instance, DATA as u64, b"here it is")?;
    check_eq!(send(&from, OTHER, [READ, 0], 10)?, SUCCESS, "send");
    check_eq!(from.call("fd_close", &[OTHER])?, SUCCESS, "close");
    let (errno, len, fd) = receive(&to)?;
    check_eq!((errno, len), (SUCCESS, 10), "receive");
    let mut text = [0; 10];
    to.store.read_memory(to.instance, DATA as u64, &mut text)?;
    check_eq!(&text, b"here it is", "the message");
    (&ours).write_all(b"abcd")?;
    let fd = i64::from(fd);
    check_eq!(
        to.call("recv", &[fd, 0, 1, 128])?,
        SUCCESS,
        "reading from what came"
    );
    check_eq!(to.peek(64)?, u32::from_le_bytes(*b"abcd"), "what was read");
    check_eq!(
        to.call("send", &[fd, 0, 1, 128])?,
        NOTCAPABLE,
        "writing to it"
    );
    check_eq!(
        to.call("shutdown", &[fd, 2])?,
        NOTCAPABLE,
        "shutting it down"
    );
    check_eq!(
        to.call("set_rights", &[fd, READ | WRITE, 0])?,
        NOTCAPABLE,
        "asking for more"
    );
    check_eq!(to.call("fd_close", &[fd])?, SUCCESS, "close");
    check_eq!(
        (&ours).read(&mut [0; 1])?,
        0,
        "bytes after the last descriptor was closed"
    );
    Ok(())
}

fn dialer() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let addresses = [Address::Tcp(listener.local_addr()?)];
    let (from, to) = pair(&[Grant {
        name: "",
        number: Some(OTHER as u32),
        source: GrantSource::Dialer(&addresses),
    }])?;
    check_eq!(
        send(&from, OTHER, [CONNECT | READ, 0], 0)?,
        NOTCAPABLE,
        "more base rights"
    );
    check_eq!(
        send(&from, OTHER, [CONNECT, CONNECT], 0)?,
        NOTCAPABLE,
        "more inheriting rights"
    );
    check_eq!(send(&from, OTHER, [0, 0], 0)?, SUCCESS, "without any right");
    check_eq!(
        send(&from, OTHER, [CONNECT, WRITE], 0)?,
        SUCCESS,
        "to write only"
    );
    // The grantor and its grant are gone.
    drop(from);
    let (_, _, useless) = receive(&to)?;
    let args = [i64::from(useless), 0, 0, 128];
    check_eq!(to.call("connect", &args)?, NOTCAPABLE, "without the right");
    let (_, _, fd) = receive(&to)?;
    check_eq!(
        to.call("connect", &[i64::from(fd), 0, 0, 128])?,
        SUCCESS,
        "connect"
    );
    check_eq!(
        to.call("connect", &[i64::from(fd), 1, 0, 128])?,
        INVAL,
        "another address"
    );
    let (mut accepted, _) = listener.accept()?;
    to.call("connect", &[i64::from(fd), 0, 0, 128])?;
    let stream = i64::from(to.peek(128)?);
    let (mut second, _) = listener.accept()?;
    check_eq!(to.call("send", &[stream, 0, 1, 128])?, SUCCESS, "writing");
    check_eq!(
        to.call("recv", &[stream, 0, 1, 128])?,
        NOTCAPABLE,
        "reading"
    );
    check_eq!(second.read(&mut [0; 100])?, 16, "bytes that came");
    drop(to);
    check_eq!(accepted.read(&mut [0; 100])?, 0, "after the program's end");
    Ok(())
}

fn refused() -> Outcome {
    let (from, to) = pair(&[])?;
    check_eq!(from.call("queue_create", &[0, 128])?, SUCCESS, "queue");
    let queue = i64::from(from.peek(128)?);
    for fd in [queue, CHANNEL] {
        check_eq!(
            send(&from, fd, [0, 0], 0)?,
            INVAL,
            "passing descriptor {fd}"
        );
    }
    check_eq!(
        send(&to, NONE, [0, 0], 0)?,
        NOTCAPABLE,
        "sending by the receiving end"
    );
    check_eq!(
        receive(&from)?.0,
        NOTCAPABLE,
        "receiving by the sending end"
    );
    check_eq!(to.call("fd_read", &[CHANNEL, 0, 1, 128])?, INVAL, "reading");
    check_eq!(
        from.call("fd_write", &[CHANNEL, 0, 1, 128])?,
        INVAL,
        "writing"
    );
    check_eq!(send(&from, NONE, [0, 0], 1025)?, 1, "too long");
    Ok(())
}

fn waiting() -> Outcome {
    let (from, to) = pair(&[])?;
    check_eq!(to.call("set_flags", &[CHANNEL, 4])?, SUCCESS, "flags");
    check_eq!(receive(&to)?.0, AGAIN, "nothing is there");
    check_eq!(to.call("set_flags", &[CHANNEL, 0])?, SUCCESS, "flags");
    thread::scope(|scope| {
        let receiving = scope.spawn(|| receive(&to));
        thread::sleep(Duration::from_millis(200));
        check_eq!(send(&from, NONE, [0, 0], 7)?, SUCCESS, "send");
        let answer = receiving
            .join()
            .map_err(|_| anyhow::anyhow!("panicked"))??;
        check_eq!(answer, (SUCCESS, 7, NONE as u32), "what came");
        Outcome::Ok(())
    })?;
    for number in 0..16 {
        check_eq!(
            send(&from, NONE, [0, 0], number)?,
            SUCCESS,
            "message {number}"
        );
    }
    check_eq!(from.call("set_flags", &[CHANNEL, 4])?, SUCCESS, "flags");
    check_eq!(send(&from, NONE, [0, 0], 16)?, AGAIN, "the 17th");
    check_eq!(from.call("set_flags", &[CHANNEL, 0])?, SUCCESS, "flags");
    thread::scope(|scope| {
        let sending = scope.spawn(|| send(&from, NONE, [0, 0], 16));
        thread::sleep(Duration::from_millis(200));
        for number in 0..17 {
            check_eq!(receive(&to)?, (SUCCESS, number, NONE as u32), "in order");
        }
        let errno = sending.join().map_err(|_| anyhow::anyhow!("panicked"))??;
        check_eq!(errno, SUCCESS, "the one that waited");
        Outcome::Ok(())
    })?;
    // The end wakes a receiver, too.
    thread::scope(|scope| {
        let receiving = scope.spawn(|| receive(&to));
        thread::sleep(Duration::from_millis(200));
        drop(from);
        let answer = receiving
            .join()
            .map_err(|_| anyhow::anyhow!("panicked"))??;
        check_eq!(answer.0, PIPE, "after the last sender");
        Ok(())
    })
}

fn killed() -> Outcome {
    for full in [false, true] {
        let (from, to) = pair(&[])?;
        while full && send(&from, NONE, [0, 0], 0)? == SUCCESS {
            from.call("set_flags", &[CHANNEL, 4])?;
        }
        from.call("set_flags", &[CHANNEL, 0])?;
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                if full {
                    send(&from, NONE, [0, 0], 0)
                } else {
                    receive(&to).map(|answer| answer.0)
                }
            });
            thread::sleep(Duration::from_millis(200));
            let store = if full { &from.store } else { &to.store };
            store.kill()?;
            let ended = waiting.join().map_err(|_| anyhow::anyhow!("panicked"))?;
            let killed = ended
                .as_ref()
                .is_err_and(|why| why.to_string().contains("Killed"));
            check!(killed, "{ended:?} (full: {full})");
            Outcome::Ok(())
        })?;
    }
    Ok(())
}

/// What poll(2) says at once.
fn events(file: &OwnedFd) -> Result<PollFlags> {
    let mut fds = [PollFd::new(file, PollFlags::IN | PollFlags::OUT)];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut fds, Some(&now))?;
    let [fd] = fds;
    Ok(fd.revents())
}

fn polled() -> Outcome {
    let (receiver, sender) = channel()?;
    let to = Probe::new(&[end(GrantKind::Receiver, receiver.as_fd())])?;
    let from = Probe::new(&[end(GrantKind::Sender, sender.as_fd())])?;
    check_eq!(events(&receiver)?, PollFlags::empty(), "nothing to receive");
    check_eq!(events(&sender)?, PollFlags::OUT, "room to send");
    let mut queues = Vec::new();
    for (probe, wanted) in [(&to, 1), (&from, 2)] {
        check_eq!(probe.call("queue_create", &[0, 128])?, SUCCESS, "queue");
        let queue = i64::from(probe.peek(128)?);
        check_eq!(
            probe.call("queue_control", &[queue, 1, CHANNEL, wanted, 9])?,
            SUCCESS,
            "add"
        );
        queues.push(queue);
    }
    let reports = |probe: &Probe, queue: i64, timeout: i64| -> Result<u32> {
        check_eq!(
            probe.call("queue_wait", &[queue, 4096, 4, timeout, 128])?,
            SUCCESS,
            "wait"
        );
        Ok(if probe.peek(128)? == 0 {
            0
        } else {
            probe.peek(4096 + 8)?
        })
    };
    check_eq!(reports(&to, queues[0], 0)?, 0, "nothing to receive");
    check_eq!(reports(&from, queues[1], 0)?, 2, "room to send");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| reports(&to, queues[0], 60_000_000_000));
        thread::sleep(Duration::from_millis(200));
        check_eq!(send(&from, NONE, [0, 0], 0)?, SUCCESS, "send");
        let seen = waiting.join().map_err(|_| anyhow::anyhow!("panicked"))??;
        check_eq!(seen, 1, "the message is reported");
        Outcome::Ok(())
    })?;
    check_eq!(events(&receiver)?, PollFlags::IN, "something to receive");
    for _ in 1..16 {
        check_eq!(send(&from, NONE, [0, 0], 0)?, SUCCESS, "send");
    }
    check_eq!(reports(&from, queues[1], 0)?, 0, "no room");
    check_eq!(events(&sender)?, PollFlags::empty(), "no room");
    drop(to);
    check_eq!(reports(&from, queues[1], 0)? & 4, 4, "the receiver hung up");
    check!(events(&sender)?.contains(PollFlags::HUP), "it hung up");
    drop((from, sender));
    check!(
        events(&receiver)?.contains(PollFlags::HUP),
        "the senders hung up"
    );
    Ok(())
}

fn undelivered() -> Outcome {
    let (mut ours, given) = UnixStream::pair()?;
    ours.set_read_timeout(Some(Duration::from_secs(10)))?;
    let (from, to) = pair(&[socket(given.as_fd())])?;
    drop(given);
    for _ in 0..16 {
        check_eq!(send(&from, OTHER, [READ, 0], 3)?, SUCCESS, "send");
    }
    check_eq!(from.call("fd_close", &[OTHER])?, SUCCESS, "close");
    ours.set_nonblocking(true)?;
    check!(ours.read(&mut [0]).is_err(), "it is still open, on its way");
    ours.set_nonblocking(false)?;
    drop(to);
    check_eq!(ours.read(&mut [0])?, 0, "after the receiver");
    check_eq!(send(&from, NONE, [0, 0], 0)?, PIPE, "sending after that");
    Ok(())
}

fn shared() -> Outcome {
    let (receiver, sender) = channel()?;
    let grant = end(GrantKind::Receiver, receiver.as_fd());
    let (one, two) = (Probe::new(&[grant])?, Probe::new(&[grant])?);
    let from = Probe::new(&[end(GrantKind::Sender, sender.as_fd())])?;
    for len in 0..4 {
        check_eq!(send(&from, NONE, [0, 0], len)?, SUCCESS, "send");
    }
    for (probe, len) in [(&one, 0), (&two, 1), (&two, 2)] {
        check_eq!(receive(probe)?.1, len, "in order");
    }
    drop(one);
    check_eq!(receive(&two)?.1, 3, "one receiver is left");
    drop(two);
    check_eq!(send(&from, NONE, [0, 0], 0)?, PIPE, "none is left");
    // A worker that is started anew receives again.
    let again = Probe::new(&[grant])?;
    check_eq!(send(&from, NONE, [0, 0], 5)?, SUCCESS, "send");
    check_eq!(receive(&again)?.1, 5, "received");
    Ok(())
}

/// A unix socket with a receiving end in its queue is sent through that channel, and everything else is closed.
fn cycle() -> Outcome {
    let (receiver, sender) = channel()?;
    let (ours, given) = UnixStream::pair()?;
    let to = Probe::new(&[end(GrantKind::Receiver, receiver.as_fd())])?;
    let from = Probe::new(&[
        end(GrantKind::Sender, sender.as_fd()),
        socket(given.as_fd()),
    ])?;
    let fds = [receiver.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    check!(
        control.push(SendAncillaryMessage::ScmRights(&fds)),
        "no room"
    );
    sendmsg(
        &ours,
        &[IoSlice::new(b"x")],
        &mut control,
        SendFlags::empty(),
    )?;
    check_eq!(send(&from, OTHER, [READ, 0], 0)?, SUCCESS, "send");
    drop((receiver, sender, given, ours, from, to));
    until("nothing uses the module", || {
        Ok((module::users()? == 0).then_some(()))
    })
}

fn many() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let given = TcpStream::connect(listener.local_addr()?)?;
    let (from, to) = pair(&[socket(given.as_fd())])?;
    for round in 0..20_000 {
        check_eq!(
            send(&from, OTHER, [READ | WRITE, 0], 100)?,
            SUCCESS,
            "send {round}"
        );
        let (errno, _, fd) = receive(&to)?;
        check_eq!((errno, fd), (SUCCESS, 0), "receive {round}");
        check_eq!(to.call("fd_close", &[0])?, SUCCESS, "close {round}");
    }
    Ok(())
}

/// The talk's example: see examples/friends.
fn friends() -> Outcome {
    let program = |name: &str| format!("/usr/share/wasmk/examples/{name}.wasm");
    let load = |name: &str, flags: &[&str]| -> Outcome {
        let path = program(name);
        let mut args = vec!["load", "--name", name];
        args.extend_from_slice(flags);
        args.push(&path);
        wasmctl(&args)?.expect(0).map(drop)
    };
    let log = |name: &str| Ok::<_, anyhow::Error>(wasmctl(&["logs", name])?.expect(0)?.out);
    let says = |name: &'static str, line: &str| {
        until(&format!("{name} says {line:?}"), || {
            Ok(log(name)?.contains(line).then_some(()))
        })
    };
    load("chandra", &["--listen", "phone=127.0.0.1:7001"])?;
    load("balu", &["--receive", "balu"])?;
    for line in [
        "Balu: is there a number: Err(Errno(44: no such grant))",
        "Balu: dialers: 0, listeners: 0, others: 1",
        "Balu: ringing the channel: Some(Errno(28: invalid argument))",
    ] {
        says("balu", line)?;
    }
    let calls = || -> Result<u64> {
        let chandra = instances("chandra")?;
        chandra
            .iter()
            .map(|instance| number(instance, "accepted"))
            .sum()
    };
    thread::sleep(Duration::from_millis(500));
    check_eq!(calls()?, 0, "calls before Anitha");
    load(
        "anitha",
        &["--connect", "chandra=127.0.0.1:7001", "--send", "balu"],
    )?;
    for line in [
        "Anitha: Chandra says \"hello, Anitha\"",
        "Anitha: more than she has: Err(Errno(76: not permitted by the grant))",
        "Anitha: Chandra says \"hello, Balu on Anitha's phone\"",
    ] {
        says("anitha", line)?;
    }
    for line in [
        "Balu: Chandra says \"hello, Balu\"",
        "Balu: hanging up one side: Err(Errno(76: not permitted by the grant))",
        "Balu: listening: Err(Errno(76: not permitted by the grant))",
        "Balu: nobody sends any more",
    ] {
        says("balu", line)?;
    }
    check_eq!(calls()?, 3, "calls in the end");
    says("chandra", "Chandra: Balu calls")?;
    for name in ["anitha", "balu", "chandra"] {
        // Those that have ended are gone already, or about to be.
        let _ = wasmctl(&["unload", name])?;
    }
    module::expect_nothing_left()
}
