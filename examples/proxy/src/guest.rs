// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! [`Net`] on what wasmk granted, and the guest's main function.

use std::io::LineWriter;
use std::process::ExitCode;
use std::time::Duration;
use wasmk_guest::{
    Connecting, Dialer, Errno, Interest, Listener, Queue, Shutdown, Spliced, Stream,
};
use wasmk_proxy::access::AccessLog;
use wasmk_proxy::config::{Config, USAGE};
use wasmk_proxy::net::{Event, Net, NetError, PassError, Passed};
use wasmk_proxy::upstream::MAX_ADDRESSES;
use wasmk_proxy::worker::Worker;

/// Memory taken at the start, in bytes: what 256 clients that all read slowly need. A guest's memory grows but never
/// shrinks, so taking it at once keeps it the same under load.
const RESERVE: usize = 6 << 20;
/// Events taken from the queue at once.
const BATCH: usize = 256;

struct Granted {
    listeners: Vec<Listener>,
    dialers: Vec<Dialer>,
    /// Each upstream address: number of the dialer, and of the address in it.
    addresses: Vec<(usize, u32)>,
    queue: Queue,
    batch: Vec<wasmk_guest::Event>,
}

impl Granted {
    fn new() -> Result<Self, String> {
        let grants = wasmk_guest::grants();
        if grants.listeners.is_empty() {
            return Err("nothing to listen on: give it --listen ADDRESS".into());
        }
        let mut addresses = Vec::new();
        for (number, dialer) in grants.dialers.iter().enumerate() {
            let count = dialer.addresses().map_err(|e| format!("dialer: {e}"))?;
            addresses.extend((0..count).map(|index| (number, index)));
        }
        if addresses.is_empty() {
            return Err("no upstream to connect to: give it --connect ADDRESS".into());
        }
        if addresses.len() > MAX_ADDRESSES {
            return Err(format!("more than {MAX_ADDRESSES} upstream addresses"));
        }
        for listener in &grants.listeners {
            let set = listener.descriptor().set_nonblocking();
            set.map_err(|e| format!("listener: {e}"))?;
        }
        Ok(Self {
            listeners: grants.listeners,
            dialers: grants.dialers,
            addresses,
            queue: Queue::new().map_err(|e| format!("readiness queue: {e}"))?,
            batch: vec![wasmk_guest::Event::default(); BATCH],
        })
    }
}

fn error(errno: Errno) -> NetError {
    match errno {
        Errno::AGAIN | Errno::INPROGRESS | Errno::INTR => NetError::WouldBlock,
        Errno::CONNREFUSED
        | Errno::HOSTUNREACH
        | Errno::NETUNREACH
        | Errno::ADDRNOTAVAIL
        | Errno::NOENT => NetError::Unreachable,
        Errno::CONNRESET | Errno::CONNABORTED | Errno::PIPE | Errno::NOTCONN => NetError::Reset,
        Errno::TIMEDOUT => NetError::TimedOut,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::NOBUFS => NetError::Exhausted,
        Errno(number) => NetError::Other(number.into()),
    }
}

impl Net for Granted {
    type Handle = Stream;

    fn listeners(&self) -> usize {
        self.listeners.len()
    }

    fn upstreams(&self) -> usize {
        self.addresses.len()
    }

    fn accept(&mut self, index: usize) -> Result<Stream, NetError> {
        self.listeners[index].accept_nonblocking().map_err(error)
    }

    fn connect(&mut self, index: usize) -> Result<(Stream, bool), NetError> {
        let (dialer, address) = self.addresses[index];
        match self.dialers[dialer]
            .connect_nonblocking(address)
            .map_err(error)?
        {
            Connecting::Done(stream) => Ok((stream, true)),
            Connecting::Started(stream) => Ok((stream, false)),
        }
    }

    fn connected(&mut self, handle: &Stream) -> Result<(), NetError> {
        handle.connect_status().map_err(error)
    }

    fn peer(&mut self, handle: &Stream, out: &mut String) {
        let text = handle.peer_address().unwrap_or_default();
        out.push_str(wasmk_proxy::net::without_port(&text));
    }

    fn recv(&mut self, handle: &Stream, buffer: &mut [u8]) -> Result<usize, NetError> {
        handle.recv(buffer).map_err(error)
    }

    fn send(&mut self, handle: &Stream, parts: &[&[u8]]) -> Result<usize, NetError> {
        handle.send(parts).map_err(error)
    }

    fn pass(&mut self, from: &Stream, to: &Stream, most: usize) -> Result<Passed, PassError> {
        match from.splice_to(to, most, true) {
            Ok(Spliced::Moved(count)) => Ok(Passed::Moved(count)),
            Ok(Spliced::End) => Ok(Passed::End),
            Ok(Spliced::Empty) => Ok(Passed::Empty),
            Ok(Spliced::Full) => Ok(Passed::Full),
            Err(Errno::PIPE) => Err(PassError::Sink(NetError::Reset)),
            Err(other) => Err(PassError::Source(error(other))),
        }
    }

    fn shutdown_write(&mut self, handle: &Stream) -> Result<(), NetError> {
        handle.shutdown(Shutdown::Write).map_err(error)
    }

    fn watch(&mut self, handle: &Stream, token: u64) -> Result<(), NetError> {
        let both = Interest {
            read: true,
            write: true,
            edge: true,
        };
        self.queue
            .add(handle.descriptor(), both, token)
            .map_err(error)
    }

    fn watch_listener(&mut self, index: usize, token: u64, on: bool) -> Result<(), NetError> {
        let listener = self.listeners[index].descriptor();
        let read = Interest {
            read: true,
            ..Interest::default()
        };
        let changed = match on {
            true => self.queue.add(listener, read, token),
            false => self.queue.remove(listener),
        };
        changed.map_err(error)
    }

    fn wait(&mut self, events: &mut Vec<Event>, timeout: Option<u64>) -> Result<(), NetError> {
        let timeout = timeout.map(Duration::from_millis);
        let ready = match self.queue.wait(&mut self.batch, timeout) {
            Err(Errno::INTR | Errno::AGAIN) => &[],
            other => other.map_err(error)?,
        };
        events.extend(ready.iter().map(|event| Event {
            token: event.userdata,
            readable: event.is_readable(),
            writable: event.is_writable(),
            gone: event.is_gone(),
        }));
        Ok(())
    }

    fn now(&mut self) -> u64 {
        wasmk_guest::monotonic().as_millis() as u64
    }
}

pub fn main() -> ExitCode {
    let config = match Config::parse(std::env::args().skip(1)) {
        Ok(Some(config)) => config,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("proxy: {why}; --help lists what there is");
            return ExitCode::from(2);
        }
    };
    drop(std::hint::black_box(Vec::<u8>::with_capacity(RESERVE)));
    let log = match config.log {
        true => AccessLog::to(Box::new(LineWriter::new(std::io::stdout()))),
        false => AccessLog::default(),
    };
    let served = Granted::new().and_then(|net| {
        let mut worker = Worker::new(net, config, log).map_err(|e| e.to_string())?;
        Err::<(), _>(format!("waiting for events: {}", worker.run()))
    });
    if let Err(why) = served {
        eprintln!("proxy: {why}");
    }
    ExitCode::FAILURE
}
