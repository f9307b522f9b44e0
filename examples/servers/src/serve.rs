// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The event loop: one readiness queue, non-blocking sockets, bounded buffers.

use crate::{Service, Step};
use std::process::ExitCode;
use wasmk_guest::{grants, Errno, Event, Interest, Listener, Queue, Stream};

/// Bytes received and not taken, at most, per connection.
const INPUT: usize = 16 * 1024;
/// Output above which a service has to wait until some is sent.
const OUTPUT: usize = 64 * 1024;
/// Tokens of listeners have this bit.
const LISTENER: u64 = 1 << 63;

struct Connection<S> {
    stream: Stream,
    state: S,
    input: Vec<u8>,
    output: Vec<u8>,
    sent: usize,
    closing: bool,
}

/// Serves all granted listeners; returns only when it cannot.
pub fn serve<S: Service>(name: &str, service: S) -> ExitCode {
    match run(service) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{name}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run<S: Service>(service: S) -> Result<(), String> {
    let listeners = grants().listeners;
    if listeners.is_empty() {
        return Err("nothing to listen on: give it --listen ADDRESS".into());
    }
    let queue = Queue::new().map_err(|e| format!("readiness queue: {e}"))?;
    let level = Interest {
        read: true,
        ..Interest::default()
    };
    for (listener, token) in listeners.iter().zip(LISTENER..) {
        let ready = listener.descriptor().set_nonblocking();
        ready
            .and_then(|()| queue.add(listener.descriptor(), level, token))
            .map_err(|e| format!("listener: {e}"))?;
    }
    let mut connections: Vec<Option<Connection<S::State>>> = Vec::new();
    let mut free = Vec::new();
    let mut events = vec![Event::default(); 128];
    loop {
        let ready = match queue.wait(&mut events, None) {
            Err(Errno::INTR | Errno::AGAIN) => continue,
            ready => ready.map_err(|e| format!("waiting for events: {e}"))?,
        };
        for event in ready {
            if event.userdata & LISTENER != 0 {
                let listener = listeners.get((event.userdata & !LISTENER) as usize);
                let Some(listener) = listener else { continue };
                accept(listener, &queue, &mut connections, &mut free);
                continue;
            }
            let index = event.userdata as usize;
            let Some(slot) = connections.get_mut(index) else {
                continue;
            };
            if slot.as_mut().is_some_and(|c| c.advance(&service).is_none()) {
                *slot = None;
                free.push(index);
            }
        }
    }
}

/// Takes the connections that wait.
fn accept<S: Default>(
    listener: &Listener,
    queue: &Queue,
    connections: &mut Vec<Option<Connection<S>>>,
    free: &mut Vec<usize>,
) {
    while let Ok(stream) = listener.accept_nonblocking() {
        let index = free.pop().unwrap_or_else(|| {
            connections.push(None);
            connections.len() - 1
        });
        // Adding reports what is there already, so nothing has to be tried before.
        let both = Interest {
            read: true,
            write: true,
            edge: true,
        };
        if queue.add(stream.descriptor(), both, index as u64).is_ok() {
            let (input, output) = (Vec::new(), Vec::new());
            let state = S::default();
            let connection = Connection {
                stream,
                state,
                input,
                output,
                sent: 0,
                closing: false,
            };
            connections[index] = Some(connection);
        } else {
            free.push(index);
        }
    }
}

impl<S: Default> Connection<S> {
    /// Does what can be done without waiting; `None` when the connection is over.
    fn advance<T: Service<State = S>>(&mut self, service: &T) -> Option<()> {
        loop {
            let mut starved = false;
            while !self.closing && self.output.len() < OUTPUT {
                match service.step(&mut self.state, &self.input, &mut self.output) {
                    Step::Took(count) => drop(self.input.drain(..count)),
                    Step::More => {
                        starved = true;
                        break;
                    }
                    Step::Close => self.closing = true,
                }
            }
            if !self.flush()? {
                return Some(());
            }
            if self.closing {
                return None;
            }
            if starved && !self.receive()? {
                return Some(());
            }
        }
    }

    /// Sends the output; answers whether all is gone.
    fn flush(&mut self) -> Option<bool> {
        while self.sent < self.output.len() {
            match self.stream.send(&[&self.output[self.sent..]]) {
                Ok(count) => self.sent += count,
                Err(Errno::AGAIN) => return Some(false),
                Err(_) => return None,
            }
        }
        self.output.clear();
        self.sent = 0;
        Some(true)
    }

    /// Receives some input; answers whether there was any or the end.
    fn receive(&mut self) -> Option<bool> {
        let held = self.input.len();
        self.input.resize(held + INPUT, 0);
        let received = self.stream.recv(&mut self.input[held..]);
        self.input.truncate(held + received.unwrap_or(0));
        match received {
            Ok(0) => {
                self.closing = true;
                Some(true)
            }
            Ok(_) => Some(true),
            Err(Errno::AGAIN) => {
                if held == 0 {
                    self.input = Vec::new();
                }
                Some(false)
            }
            Err(_) => None,
        }
    }
}
