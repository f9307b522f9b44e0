// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The event loop.

use crate::access::AccessLog;
use crate::config::Config;
use crate::drive::{drive, expire, Turn};
use crate::net::{Event, Net, NetError};
use crate::session::Session;
use crate::shared::{Link, Shared};
use crate::slab::Slab;
use crate::stream::Stream;

/// Connections taken from a listener before others have their turn.
const ACCEPTS: usize = 64;
/// How long no connection is taken after descriptors ran out, in milliseconds.
const PAUSE: u64 = 100;

/// A proxy: all its connections and the loop that serves them.
pub struct Worker<N: Net> {
    cx: Shared<N>,
    sessions: Slab<Session<N::Handle>>,
    /// Tokens of the listeners.
    listeners: Vec<u64>,
    /// Whether connections are being taken, or from when on they will be again.
    accepting: Accepting,
    /// Sessions that have more to do.
    queue: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepting {
    Yes,
    From(u64),
    /// When a session ends.
    Full,
}

/// Numbers that tell how busy a proxy is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Client connections.
    pub sessions: usize,
    /// Idle upstream connections.
    pub idle: usize,
    /// Receive buffers in use.
    pub buffers: usize,
    /// Watched descriptors.
    pub links: usize,
}

impl<N: Net> Worker<N> {
    /// A worker on `net`, which begins to listen.
    ///
    /// # Errors
    ///
    /// A listener cannot be watched.
    pub fn new(net: N, config: Config, log: AccessLog) -> Result<Self, NetError> {
        let mut cx = Shared::new(net, config, log);
        let mut listeners = Vec::new();
        for index in 0..cx.net.listeners() {
            let token = cx.links.insert(Link::Listener(index));
            cx.net.watch_listener(index, token, true)?;
            listeners.push(token);
        }
        let accepting = Accepting::Yes;
        Ok(Self {
            cx,
            sessions: Slab::default(),
            listeners,
            accepting,
            queue: Vec::new(),
        })
    }

    /// How busy it is.
    pub fn load(&self) -> Load {
        Load {
            sessions: self.sessions.len(),
            idle: self.cx.upstreams.idle(),
            buffers: self.cx.pool.in_use(),
            links: self.cx.links.len(),
        }
    }

    /// The network it is on.
    pub fn net(&mut self) -> &mut N {
        &mut self.cx.net
    }

    /// Serves until waiting fails.
    ///
    /// # Errors
    ///
    /// Whatever waiting for events fails with.
    pub fn run(&mut self) -> NetError {
        let mut events = Vec::new();
        loop {
            if let Err(error) = self.turn(&mut events) {
                return error;
            }
        }
    }

    /// Waits for events once and serves them.
    ///
    /// # Errors
    ///
    /// Whatever waiting fails with.
    pub fn turn(&mut self, events: &mut Vec<Event>) -> Result<(), NetError> {
        let timeout = self.timeout();
        events.clear();
        self.cx.net.wait(events, timeout)?;
        self.cx.now = self.cx.net.now();
        for event in events.iter() {
            self.dispatch(event);
        }
        for id in std::mem::take(&mut self.queue) {
            if let Some(session) = self.sessions.get_mut(id) {
                session.queued = false;
                let turn = drive(&mut self.cx, id, session);
                self.settle(id, turn);
            }
        }
        self.expire();
        self.resume();
        Ok(())
    }

    fn timeout(&self) -> Option<u64> {
        if !self.queue.is_empty() {
            return Some(0);
        }
        let now = self.cx.now;
        let pause = match self.accepting {
            Accepting::From(time) => Some(time.saturating_sub(now)),
            Accepting::Yes | Accepting::Full => None,
        };
        let oldest = self.cx.upstreams.oldest();
        let idle = oldest.map(|since| (since + self.cx.config.pool_time).saturating_sub(now));
        [self.cx.wheel.wait(now), pause, idle]
            .into_iter()
            .flatten()
            .min()
    }

    fn dispatch(&mut self, event: &Event) {
        let Some(&mut link) = self.cx.links.get_mut(event.token) else {
            return;
        };
        let id = match link {
            Link::Listener(index) => return self.accept(index),
            Link::Idle(address) => return self.idle_event(address, event),
            Link::Client(id) | Link::Upstream(id) => id,
        };
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        match (&link, &mut session.upstream) {
            (Link::Client(_), _) => session.client.note(event),
            (_, Some(upstream)) => upstream.stream.note(event),
            (_, None) => return,
        }
        let turn = drive(&mut self.cx, id, session);
        self.settle(id, turn);
    }

    /// An idle upstream connection that says something is over: nothing was asked of it.
    fn idle_event(&mut self, address: usize, event: &Event) {
        if event.readable || event.gone {
            if let Some(upstream) = self.cx.upstreams.remove_idle(address, event.token) {
                self.cx.close_upstream(upstream);
            }
        }
    }

    fn accept(&mut self, index: usize) {
        for _ in 0..ACCEPTS {
            if self.accepting != Accepting::Yes {
                return;
            }
            if self.sessions.len() >= self.cx.config.max_connections {
                return self.pause(Accepting::Full);
            }
            match self.cx.net.accept(index) {
                Ok(handle) => self.open(handle),
                Err(NetError::WouldBlock) => return,
                Err(NetError::Exhausted) => {
                    return self.pause(Accepting::From(self.cx.now + PAUSE));
                }
                // That client is gone; the next one may be there.
                Err(_) => {}
            }
        }
    }

    fn open(&mut self, handle: N::Handle) {
        let mut peer = String::new();
        self.cx.net.peer(&handle, &mut peer);
        let deadline = self.cx.now + self.cx.config.head_timeout;
        let id = self
            .sessions
            .insert(Session::new(Stream::new(handle), 0, peer, deadline));
        let token = self.cx.links.insert(Link::Client(id));
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        session.token = token;
        let turn = match self.cx.net.watch(&session.client.handle, token) {
            Ok(()) => drive(&mut self.cx, id, session),
            Err(_) => Turn::Close,
        };
        self.settle(id, turn);
    }

    fn pause(&mut self, accepting: Accepting) {
        self.accepting = accepting;
        self.watch_listeners(false);
    }

    fn resume(&mut self) {
        let room = self.sessions.len() < self.cx.config.max_connections;
        let due = match self.accepting {
            Accepting::Yes => false,
            Accepting::From(time) => self.cx.now >= time && room,
            Accepting::Full => room,
        };
        if due {
            self.accepting = Accepting::Yes;
            self.watch_listeners(true);
        }
    }

    fn watch_listeners(&mut self, on: bool) {
        for (index, &token) in self.listeners.iter().enumerate() {
            if self.cx.net.watch_listener(index, token, on).is_err() {
                self.accepting = Accepting::From(self.cx.now + PAUSE);
            }
        }
    }

    /// Does what a turn of session `id` ended with.
    fn settle(&mut self, id: u64, turn: Turn) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        match turn {
            Turn::Wait => self.schedule(id),
            Turn::Again => {
                if !std::mem::replace(&mut session.queued, true) {
                    self.queue.push(id);
                }
                self.schedule(id);
            }
            Turn::Close => self.close(id),
        }
    }

    fn schedule(&mut self, id: u64) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        if session.scheduled.is_none_or(|time| time > session.deadline) {
            session.scheduled = Some(session.deadline);
            self.cx.wheel.add(session.deadline, id);
        }
    }

    fn close(&mut self, id: u64) {
        let Some(mut session) = self.sessions.remove(id) else {
            return;
        };
        self.cx.links.remove(session.token);
        session.client.rx.discard(&mut self.cx.pool);
        if let Some(upstream) = session.upstream.take() {
            self.cx.close_upstream(upstream);
        }
    }

    fn expire(&mut self) {
        let (now, mut due) = (self.cx.now, Vec::new());
        let old = now.saturating_sub(self.cx.config.pool_time);
        for upstream in self.cx.upstreams.take_older(old) {
            self.cx.close_upstream(upstream);
        }
        self.cx.wheel.turn(now, &mut due);
        for id in due {
            let Some(session) = self.sessions.get_mut(id) else {
                continue;
            };
            if session.scheduled.is_some_and(|time| time > now) {
                continue;
            }
            session.scheduled = None;
            if session.deadline > now {
                self.schedule(id);
            } else {
                let turn = expire(&mut self.cx, id, session);
                self.settle(id, turn);
            }
        }
    }
}
