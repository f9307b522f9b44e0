// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `sock_splice` in the kernel: not a byte is lost, doubled or changed, whatever happens at either end.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};
use libwasmk::{
    uapi::grant::GrantKind, Call, Device, Grant, GrantSource, LoadOptions, Outcome as Ended, Store,
    StoreOptions,
};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{process::thread_time, tool::wasm, Cases, Outcome},
    sys::Alarms,
};

// Full socket buffers are slabs of the kernel's own.
pub const SUITE: Suite = Suite {
    name: "splice",
    parameters: &[],
    memory: "1G",
    timeout: 900,
    slabs: 6144,
    run,
};

const SUCCESS: u64 = 0;
const AGAIN: u64 = 6;
const CONNRESET: u64 = 15;
const PIPE: u64 = 64;
const MIB: usize = 1 << 20;
/// The guest's descriptors.
const FROM: u64 = 3;
const TO: u64 = 4;

fn run(cases: &mut Cases) {
    cases.case("64 MiB each way between TCP connections, alike", both_ways);
    cases.case("the same while signals come", || {
        let alarms = Alarms::every(Duration::from_millis(7))?;
        transfer(tcp()?, tcp()?, 8 * MIB, 1 << 20, 60_000)?;
        check!(alarms.handled() > 10, "{} signals", alarms.handled());
        Ok(())
    });
    cases.case("unix sockets on either side and both", || {
        transfer(unix()?, tcp()?, 4 * MIB, 1 << 30, 60_000)?;
        transfer(tcp()?, unix()?, 4 * MIB, 1 << 30, 60_000)?;
        transfer(unix()?, unix()?, 4 * MIB, 1 << 30, 60_000)
    });
    cases.case("small and odd pieces", || {
        transfer(tcp()?, tcp()?, 100_000, 7, 11)?;
        transfer(tcp()?, tcp()?, 300_000, 4097, 333)?;
        transfer(unix()?, unix()?, 100_000, 7, 11)
    });
    cases.case("one direction ends, the other goes on", half_close);
    cases.case("a receiver that stalls", || {
        stall(tcp()?, tcp()?)?;
        stall(unix()?, unix()?)
    });
    cases.case("urgent bytes stay out, the others come", urgent);
    cases.case("the receiver resets the connection", receiver_resets);
    cases.case("the sender resets the connection", sender_resets);
    cases.case("a kill ends a splice that waits for either side", killed);
    cases.case("a thousand connections", many);
}

/// One end that the guest is given, and the other.
struct Pair<T> {
    given: T,
    ours: T,
}

trait Stream: Read + Write + AsFd + Send + 'static {
    fn end(&self) -> std::io::Result<()>;
}

impl Stream for TcpStream {
    fn end(&self) -> std::io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

impl Stream for UnixStream {
    fn end(&self) -> std::io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

fn tcp() -> Result<Pair<TcpStream>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (given, _) = listener.accept()?;
    ours.set_read_timeout(Some(Duration::from_secs(120)))?;
    Ok(Pair { given, ours })
}

fn unix() -> Result<Pair<UnixStream>> {
    let (given, ours) = UnixStream::pair()?;
    ours.set_read_timeout(Some(Duration::from_secs(120)))?;
    Ok(Pair { given, ours })
}

/// An instance that was given two connections.
struct Guest {
    store: Store,
    instance: u32,
}

impl Guest {
    fn new(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> Result<Self> {
        let device = Device::open()?;
        let module = device.load(&wasm("splice.wat")?, &LoadOptions::default())?;
        let store = device.create_store(&StoreOptions::default())?;
        for (number, file) in [(3, from), (4, to)] {
            store.grant(&Grant {
                name: "",
                number: Some(number),
                source: GrantSource::File(GrantKind::Socket, file),
            })?;
        }
        let instance = store.instantiate(&module, "")?;
        Ok(Self { store, instance })
    }

    fn run(&self, function: &str, args: &[u64]) -> Result<Ended> {
        Ok(self
            .store
            .call(&Call::export(self.instance, function, args))?)
    }

    fn call(&self, function: &str, args: &[u64]) -> Result<u64> {
        match self.run(function, args)? {
            Ended::Returned(values) => values.bits.first().copied().context("no result"),
            other => bail!("{function}{args:?}: {other:?}"),
        }
    }

    /// A splice that does not wait; which side is in the way, if one is.
    fn blocked_by(&self, max: u64) -> Result<Option<u32>> {
        let mut side = [0; 4];
        match self.call("once", &[FROM, TO, max, 1])? {
            SUCCESS => return Ok(None),
            AGAIN => self.store.read_memory(self.instance, 0, &mut side)?,
            errno => bail!("error {errno}"),
        }
        Ok(Some(u32::from_le_bytes(side)))
    }

    /// Bytes that all calls have moved.
    fn moved(&self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.store.read_memory(self.instance, 8, &mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

/// The bytes of every transfer, from one on: what is lost, doubled or in the wrong place shows.
struct Bytes(u64);

impl Bytes {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 51) as u8;
            self.0 += 1;
        }
    }
}

fn send(mut to: impl Write, total: usize, piece: usize) -> Outcome {
    let (mut bytes, mut buffer, mut left) = (Bytes(0), vec![0; piece], total);
    while left > 0 {
        let part = &mut buffer[..piece.min(left)];
        bytes.fill(part);
        to.write_all(part)?;
        left -= part.len();
    }
    Ok(())
}

/// Receives to the end, or as many as are asked for, and compares.
fn receive(mut from: impl Read, most: usize) -> Result<usize> {
    let (mut expected, mut done) = (Bytes(0), 0);
    let (mut buffer, mut wanted) = (vec![0; 100_000], vec![0; 100_000]);
    while done < most {
        let room = buffer.len().min(most - done);
        let got = match from.read(&mut buffer[..room]) {
            Ok(0) => break,
            Ok(got) => got,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error).with_context(|| format!("after {done} bytes")),
        };
        expected.fill(&mut wanted[..got]);
        if buffer[..got] != wanted[..got] {
            bail!("bytes differ within {got} from {done} on");
        }
        done += got;
    }
    Ok(done)
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread
        .join()
        .unwrap_or_else(|_| Err(anyhow::anyhow!("panicked")))
}

/// `total` bytes in pieces go through a guest, to the end.
fn transfer<A: Stream, B: Stream>(
    from: Pair<A>,
    to: Pair<B>,
    total: usize,
    max: u64,
    piece: usize,
) -> Outcome {
    let guest = Guest::new(from.given.as_fd(), to.given.as_fd())?;
    thread::scope(|scope| {
        let sending = scope.spawn(|| {
            let mut from = from.ours;
            send(&mut from, total, piece)?;
            from.end()?;
            Ok(from)
        });
        let receiving = scope.spawn(|| receive(to.ours, usize::MAX));
        check_eq!(guest.call("relay", &[FROM, TO, max])?, SUCCESS, "relay");
        drop(to.given);
        check_eq!(joined(receiving)?, total, "bytes received");
        joined(sending)?;
        check_eq!(guest.moved()?, total as u64, "bytes told");
        let info = guest.store.info()?;
        check_eq!(info.bytes_in, total as u64, "bytes in");
        check_eq!(info.bytes_out, total as u64, "bytes out");
        Ok(())
    })
}

fn both_ways() -> Outcome {
    const TOTAL: usize = 64 * MIB;
    let (a, b) = (tcp()?, tcp()?);
    let there = Guest::new(a.given.as_fd(), b.given.as_fd())?;
    let back = Guest::new(b.given.as_fd(), a.given.as_fd())?;
    let max = 1 << 20;
    thread::scope(|scope| {
        let mut receiving = Vec::new();
        for end in [&a.ours, &b.ours] {
            scope.spawn(move || {
                send(end, TOTAL, 100_000)?;
                Outcome::Ok(end.end()?)
            });
            receiving.push(scope.spawn(move || receive(end, usize::MAX)));
        }
        let relays =
            [&there, &back].map(|guest| scope.spawn(|| guest.call("relay", &[FROM, TO, max])));
        for relay in relays {
            check_eq!(joined(relay)?, SUCCESS, "relay");
        }
        for end in receiving {
            check_eq!(joined(end)?, TOTAL, "bytes received");
        }
        for guest in [&there, &back] {
            check_eq!(guest.moved()?, TOTAL as u64, "bytes told");
        }
        Ok(())
    })
}

fn half_close() -> Outcome {
    let (a, b) = (tcp()?, tcp()?);
    let there = Guest::new(a.given.as_fd(), b.given.as_fd())?;
    let back = Guest::new(b.given.as_fd(), a.given.as_fd())?;
    send(&a.ours, 1000, 100)?;
    a.ours.end()?;
    check_eq!(there.call("relay", &[FROM, TO, 100_000])?, SUCCESS, "relay");
    check_eq!(receive(&b.ours, usize::MAX)?, 1000, "to the end");
    // Again and again: it stays the end.
    check_eq!(
        there.call("once", &[FROM, TO, 100_000, 0])?,
        SUCCESS,
        "after the end"
    );
    check_eq!(there.moved()?, 1000, "bytes told");
    send(&b.ours, 50_000, 777)?;
    b.ours.end()?;
    check_eq!(
        back.call("relay", &[FROM, TO, 100_000])?,
        SUCCESS,
        "the way back"
    );
    check_eq!(receive(&a.ours, usize::MAX)?, 50_000, "back");
    // The guest has ended its sending: that side's fault.
    let c = tcp()?;
    let more = Guest::new(c.given.as_fd(), b.given.as_fd())?;
    send(&c.ours, 10, 10)?;
    check_eq!(
        more.call("once", &[FROM, TO, 100, 0])?,
        PIPE,
        "to what was shut down"
    );
    check_eq!(
        receive(&c.given, 10)?,
        10,
        "what was not sent is still there"
    );
    Ok(())
}

fn stall<A: Stream, B: Stream>(from: Pair<A>, to: Pair<B>) -> Outcome {
    const TOTAL: usize = 16 * MIB;
    let guest = Guest::new(from.given.as_fd(), to.given.as_fd())?;
    check_eq!(guest.blocked_by(1000)?, Some(1), "nothing is there");
    thread::scope(|scope| {
        let ours = from.ours;
        let sending = scope.spawn(move || {
            let mut ours = ours;
            send(&mut ours, TOTAL, 50_000)?;
            ours.end()?;
            Ok(ours)
        });
        // Until nothing goes any more, for a while.
        let mut refusals = 0;
        while refusals < 20 {
            // Until the sender has filled it, the sender may be in the way, too.
            match guest.blocked_by(1 << 20)? {
                Some(2) => {
                    refusals += 1;
                    thread::sleep(Duration::from_millis(20));
                }
                _ => refusals = 0,
            }
        }
        check!(guest.moved()? < TOTAL as u64, "everything went");
        let waiting = scope.spawn(|| {
            let (begin, cpu) = (Instant::now(), thread_time());
            check_eq!(
                guest.call("once", &[FROM, TO, 1 << 20, 0])?,
                SUCCESS,
                "after the stall"
            );
            Ok((begin.elapsed(), thread_time() - cpu))
        });
        thread::sleep(Duration::from_millis(1500));
        let (theirs, total) = (to.ours, TOTAL);
        let receiving = scope.spawn(move || receive(theirs, total));
        let (waited, busy) = joined(waiting)?;
        check!(
            waited >= Duration::from_secs(1),
            "it waited for {waited:?} only"
        );
        check!(
            busy < waited / 5,
            "{busy:?} of CPU time in a wait of {waited:?}"
        );
        check_eq!(
            guest.call("relay", &[FROM, TO, 1 << 20])?,
            SUCCESS,
            "the rest"
        );
        check_eq!(joined(receiving)?, TOTAL, "bytes received");
        check_eq!(guest.moved()?, TOTAL as u64, "bytes told");
        joined(sending)?;
        Ok(())
    })
}

fn urgent() -> Outcome {
    let (a, b) = (tcp()?, tcp()?);
    let guest = Guest::new(a.given.as_fd(), b.given.as_fd())?;
    send(&a.ours, 1000, 1000)?;
    rustix::net::send(&a.ours, b"!", rustix::net::SendFlags::OOB)?;
    let mut rest = vec![0; 2000];
    Bytes(0).fill(&mut rest);
    (&a.ours).write_all(&rest[1000..])?;
    a.ours.end()?;
    check_eq!(guest.call("relay", &[FROM, TO, 64])?, SUCCESS, "relay");
    check_eq!(receive(&b.ours, usize::MAX)?, 2000, "bytes received");
    check_eq!(guest.moved()?, 2000, "bytes told");
    Ok(())
}

/// Closes so that the peer is told of a reset.
fn reset(stream: TcpStream) -> Outcome {
    rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO))?;
    drop(stream);
    Ok(())
}

fn receiver_resets() -> Outcome {
    let (a, b) = (tcp()?, tcp()?);
    let guest = Guest::new(a.given.as_fd(), b.given.as_fd())?;
    send(&a.ours, 100_000, 50_000)?;
    let mut moved = 0;
    while moved < 40_000 {
        check_eq!(
            guest.call("once", &[FROM, TO, 10_000, 0])?,
            SUCCESS,
            "before"
        );
        moved = guest.moved()?;
    }
    check_eq!(receive(&b.ours, 20_000)?, 20_000, "before");
    reset(b.ours)?;
    check_eq!(guest.call("relay", &[FROM, TO, 10_000])?, PIPE, "after");
    check_eq!(guest.call("relay", &[FROM, TO, 10_000])?, PIPE, "and again");
    // All that was told to be moved is gone from the sender's side, and nothing else.
    let mut left = vec![0; 100_000];
    a.ours.end()?;
    let (mut got, mut given) = (0, &a.given);
    loop {
        match given.read(&mut left[got..])? {
            0 => break,
            n => got += n,
        }
    }
    check_eq!(got as u64, 100_000 - guest.moved()?, "bytes left");
    let (mut expected, mut skipped) = (vec![0; got], vec![0; 100_000 - got]);
    let mut bytes = Bytes(0);
    bytes.fill(&mut skipped);
    bytes.fill(&mut expected);
    check!(left[..got] == expected, "they differ");
    // A reset is noticed while there is nothing to move.
    let (c, d) = (tcp()?, tcp()?);
    let guest = Guest::new(c.given.as_fd(), d.given.as_fd())?;
    thread::scope(|scope| {
        let waiting = scope.spawn(|| guest.call("once", &[FROM, TO, 10, 0]));
        thread::sleep(Duration::from_millis(300));
        reset(d.ours)?;
        check_eq!(joined(waiting)?, PIPE, "while waiting for the sender");
        Ok(())
    })
}

fn sender_resets() -> Outcome {
    let (a, b) = (tcp()?, tcp()?);
    let guest = Guest::new(a.given.as_fd(), b.given.as_fd())?;
    send(&a.ours, 1000, 1000)?;
    check_eq!(guest.call("once", &[FROM, TO, 400, 0])?, SUCCESS, "before");
    thread::scope(|scope| {
        check_eq!(
            guest.call("once", &[FROM, TO, 1000, 0])?,
            SUCCESS,
            "the rest"
        );
        let waiting = scope.spawn(|| guest.call("once", &[FROM, TO, 1000, 0]));
        thread::sleep(Duration::from_millis(300));
        reset(a.ours)?;
        check_eq!(joined(waiting)?, CONNRESET, "while waiting for the sender");
        Ok(())
    })?;
    check_eq!(
        guest.call("once", &[FROM, TO, 1000, 0])?,
        SUCCESS,
        "told once, then the end"
    );
    check_eq!(receive(&b.ours, 1000)?, 1000, "what had come");
    Ok(())
}

fn killed() -> Outcome {
    for full in [false, true] {
        let (a, b) = (tcp()?, tcp()?);
        let guest = Guest::new(a.given.as_fd(), b.given.as_fd())?;
        a.ours.set_nonblocking(true)?;
        let fill = vec![0; 100_000];
        let mut refusals = 0;
        while full && refusals < 10 {
            let stuck = (&a.ours).write(&fill).is_err();
            let errno = guest.call("once", &[FROM, TO, 1 << 20, 1])?;
            refusals = if stuck && errno == AGAIN {
                refusals + 1
            } else {
                0
            };
            thread::sleep(Duration::from_millis(5));
        }
        thread::scope(|scope| {
            let waiting = scope.spawn(|| guest.run("once", &[FROM, TO, 1000, 0]));
            thread::sleep(Duration::from_millis(300));
            let begin = Instant::now();
            guest.store.kill()?;
            let ended = joined(waiting)?;
            check!(
                matches!(ended, Ended::Killed),
                "{ended:?} (receiver full: {full})"
            );
            check!(
                begin.elapsed() < Duration::from_secs(5),
                "it took {:?}",
                begin.elapsed()
            );
            Ok(())
        })?;
    }
    Ok(())
}

fn many() -> Outcome {
    for round in 0..1000 {
        let (a, b) = (tcp()?, tcp()?);
        let guest = Guest::new(a.given.as_fd(), b.given.as_fd())?;
        send(&a.ours, 5000, 5000)?;
        if round % 2 == 0 {
            a.ours.end()?;
            check_eq!(guest.call("relay", &[FROM, TO, 3000])?, SUCCESS, "relay");
            check_eq!(receive(&b.ours, usize::MAX)?, 5000, "bytes received");
        } else {
            // With bytes on their way in both sockets.
            check_eq!(guest.call("once", &[FROM, TO, 3000, 0])?, SUCCESS, "once");
        }
    }
    Ok(())
}
