// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! A network in memory: pipes with little room, events only when something changes, a clock that the test turns.

#![allow(dead_code)]

pub mod peer;
pub mod random;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use wasmk_proxy::access::AccessLog;
use wasmk_proxy::config::Config;
use wasmk_proxy::net::{Event, Net, NetError, PassError, Passed};
use wasmk_proxy::worker::Worker;

/// Bytes on their way in one direction.
#[derive(Default)]
pub struct Pipe {
    pub bytes: VecDeque<u8>,
    /// The writer will write no more.
    pub ended: bool,
}

/// A connection: index 0 is the proxy's side, 1 the other.
pub struct Link {
    /// What each side has to read.
    pub to: [Pipe; 2],
    pub open: [bool; 2],
    pub reset: bool,
    /// Set while a connection attempt goes on.
    pub pending: Option<Attempt>,
    token: Option<u64>,
}

/// How attempts to connect to an upstream go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    Accept,
    Refuse,
    /// Refused, but only after a while.
    RefuseLater,
    AcceptLater,
    Hang,
}

#[derive(Default)]
pub struct World {
    pub links: HashMap<usize, Link>,
    next: usize,
    /// Connections that clients have made and the proxy has not taken.
    backlog: VecDeque<usize>,
    listening: Option<u64>,
    pub upstreams: Vec<Attempt>,
    /// Connections that the proxy has made, by upstream.
    pub dialed: Vec<(usize, usize)>,
    changed: HashSet<usize>,
    pub clock: u64,
    /// Room in each pipe.
    pub room: usize,
    /// Most bytes that one receive gives.
    pub gulp: usize,
    /// Bytes may be passed on without being received.
    pub passes: bool,
    /// How many were.
    pub passed: usize,
}

impl World {
    pub fn link(&mut self, id: usize) -> &mut Link {
        self.links.get_mut(&id).expect("a live connection")
    }

    fn add(&mut self, pending: Option<Attempt>) -> usize {
        self.next += 1;
        let to = [Pipe::default(), Pipe::default()];
        let link = Link {
            to,
            open: [true; 2],
            reset: false,
            pending,
            token: None,
        };
        self.links.insert(self.next, link);
        self.next
    }

    /// Something changed that the proxy's side of `id` may wait for.
    pub fn touch(&mut self, id: usize) {
        self.changed.insert(id);
    }

    pub fn close(&mut self, id: usize, side: usize) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        link.open[side] = false;
        link.to[1 - side].ended = true;
        // As TCP does: closing with bytes unread breaks the connection.
        link.reset |= !link.to[side].bytes.is_empty();
        if !link.open[0] && !link.open[1] {
            self.links.remove(&id);
        }
        self.touch(id);
    }

    pub fn send(&mut self, id: usize, side: usize, parts: &[&[u8]]) -> Result<usize, NetError> {
        let room = self.room;
        let link = self.link(id);
        if link.reset || !link.open[1 - side] {
            link.reset = true;
            return Err(NetError::Reset);
        }
        let pipe = &mut link.to[1 - side];
        assert!(!pipe.ended, "sending after the end");
        let mut sent = 0;
        for part in parts {
            let take = part.len().min(room.saturating_sub(pipe.bytes.len()));
            pipe.bytes.extend(&part[..take]);
            sent += take;
            if take < part.len() {
                break;
            }
        }
        if sent == 0 {
            return Err(NetError::WouldBlock);
        }
        self.touch(id);
        Ok(sent)
    }

    pub fn recv(&mut self, id: usize, side: usize, buffer: &mut [u8]) -> Result<usize, NetError> {
        assert!(!buffer.is_empty(), "receiving into nothing");
        let gulp = self.gulp;
        let link = self.link(id);
        if link.reset {
            return Err(NetError::Reset);
        }
        let pipe = &mut link.to[side];
        let count = pipe.bytes.len().min(buffer.len()).min(gulp);
        if count == 0 {
            return if pipe.ended {
                Ok(0)
            } else {
                Err(NetError::WouldBlock)
            };
        }
        for (slot, byte) in buffer.iter_mut().zip(pipe.bytes.drain(..count)) {
            *slot = byte;
        }
        self.touch(id);
        Ok(count)
    }

    /// As the kernel does it: what is sent is taken, and nothing else.
    pub fn pass(&mut self, from: usize, to: usize, most: usize) -> Result<Passed, PassError> {
        let source = self.link(from);
        if source.reset {
            return Err(PassError::Source(NetError::Reset));
        }
        let pipe = &source.to[0];
        let bytes: Vec<u8> = pipe.bytes.iter().take(most).copied().collect();
        if bytes.is_empty() {
            return Ok(if pipe.ended {
                Passed::End
            } else {
                Passed::Empty
            });
        }
        match self.send(to, 0, &[&bytes]) {
            Ok(sent) => {
                self.link(from).to[0].bytes.drain(..sent);
                self.touch(from);
                self.passed += sent;
                Ok(Passed::Moved(sent))
            }
            Err(NetError::WouldBlock) => Ok(Passed::Full),
            Err(error) => Err(PassError::Sink(error)),
        }
    }

    fn event(&self, id: usize) -> Option<Event> {
        let link = self.links.get(&id)?;
        let token = link.token?;
        let gone = link.reset || (link.to[0].ended && link.to[1].ended);
        let readable = !link.to[0].bytes.is_empty() || link.to[0].ended;
        let writable = match link.pending {
            None | Some(Attempt::Accept) => link.to[1].bytes.len() < self.room,
            Some(Attempt::AcceptLater | Attempt::RefuseLater) => true,
            Some(_) => false,
        };
        Some(Event {
            token,
            readable: readable || gone,
            writable: writable || gone,
            gone,
        })
    }
}

pub type Shared = Rc<RefCell<World>>;

/// The proxy's side of a connection.
pub struct Handle {
    id: usize,
    world: Shared,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.world.borrow_mut().close(self.id, 0);
    }
}

pub struct SimNet(Shared);

impl SimNet {
    fn handle(&self, id: usize) -> Handle {
        Handle {
            id,
            world: self.0.clone(),
        }
    }
}

impl Net for SimNet {
    type Handle = Handle;

    fn listeners(&self) -> usize {
        1
    }

    fn upstreams(&self) -> usize {
        self.0.borrow().upstreams.len()
    }

    fn accept(&mut self, _: usize) -> Result<Handle, NetError> {
        let id = self
            .0
            .borrow_mut()
            .backlog
            .pop_front()
            .ok_or(NetError::WouldBlock)?;
        Ok(self.handle(id))
    }

    fn connect(&mut self, index: usize) -> Result<(Handle, bool), NetError> {
        let mut world = self.0.borrow_mut();
        let attempt = world.upstreams[index];
        if attempt == Attempt::Refuse {
            return Err(NetError::Unreachable);
        }
        let there = attempt == Attempt::Accept;
        let id = world.add((!there).then_some(attempt));
        if matches!(attempt, Attempt::Accept | Attempt::AcceptLater) {
            world.dialed.push((index, id));
        }
        drop(world);
        Ok((self.handle(id), there))
    }

    fn connected(&mut self, handle: &Handle) -> Result<(), NetError> {
        match self.0.borrow_mut().link(handle.id).pending.take() {
            None | Some(Attempt::Accept | Attempt::AcceptLater) => Ok(()),
            Some(Attempt::RefuseLater | Attempt::Refuse) => Err(NetError::Unreachable),
            Some(Attempt::Hang) => Err(NetError::WouldBlock),
        }
    }

    fn peer(&mut self, _: &Handle, out: &mut String) {
        out.push_str("192.0.2.7");
    }

    fn recv(&mut self, handle: &Handle, buffer: &mut [u8]) -> Result<usize, NetError> {
        self.0.borrow_mut().recv(handle.id, 0, buffer)
    }

    fn send(&mut self, handle: &Handle, parts: &[&[u8]]) -> Result<usize, NetError> {
        self.0.borrow_mut().send(handle.id, 0, parts)
    }

    fn pass(&mut self, from: &Handle, to: &Handle, most: usize) -> Result<Passed, PassError> {
        let mut world = self.0.borrow_mut();
        if !world.passes {
            return Ok(Passed::Unable);
        }
        world.pass(from.id, to.id, most)
    }

    fn shutdown_write(&mut self, handle: &Handle) -> Result<(), NetError> {
        let mut world = self.0.borrow_mut();
        world.link(handle.id).to[1].ended = true;
        Ok(())
    }

    fn watch(&mut self, handle: &Handle, token: u64) -> Result<(), NetError> {
        let mut world = self.0.borrow_mut();
        world.link(handle.id).token = Some(token);
        world.touch(handle.id);
        Ok(())
    }

    fn watch_listener(&mut self, _: usize, token: u64, on: bool) -> Result<(), NetError> {
        self.0.borrow_mut().listening = on.then_some(token);
        Ok(())
    }

    fn wait(&mut self, events: &mut Vec<Event>, _: Option<u64>) -> Result<(), NetError> {
        let mut world = self.0.borrow_mut();
        let mut changed: Vec<_> = world.changed.drain().collect();
        changed.sort_unstable();
        events.extend(changed.into_iter().filter_map(|id| world.event(id)));
        if let (Some(token), false) = (world.listening, world.backlog.is_empty()) {
            events.push(Event {
                token,
                readable: true,
                ..Event::default()
            });
        }
        Ok(())
    }

    fn now(&mut self) -> u64 {
        self.0.borrow().clock
    }
}

/// A proxy on a simulated network.
pub struct Sim {
    pub world: Shared,
    pub worker: Worker<SimNet>,
}

impl Sim {
    pub fn new(upstreams: &[Attempt], config: Config) -> Self {
        let world = World {
            upstreams: upstreams.to_vec(),
            room: 1 << 16,
            gulp: 1 << 16,
            clock: 1000,
            passes: true,
            ..World::default()
        };
        let world = Rc::new(RefCell::new(world));
        let worker = Worker::new(SimNet(world.clone()), config, AccessLog::default());
        Self {
            world,
            worker: worker.expect("a worker"),
        }
    }

    /// Lets the proxy work until nothing changes any more.
    pub fn settle(&mut self) {
        let mut events = Vec::new();
        for _ in 0..100 {
            self.worker.turn(&mut events).expect("a turn");
        }
    }

    /// Lets `time` milliseconds pass.
    pub fn pass(&mut self, time: u64) {
        for _ in 0..time.div_ceil(100) {
            self.world.borrow_mut().clock += 100;
            self.settle();
        }
    }

    /// A client that has connected.
    pub fn client(&mut self) -> peer::Peer {
        let mut world = self.world.borrow_mut();
        let id = world.add(None);
        world.backlog.push_back(id);
        drop(world);
        peer::Peer::new(id, self.world.clone())
    }

    /// The upstream side of the connections that the proxy has made since the last call.
    pub fn dialed(&mut self) -> Vec<(usize, peer::Peer)> {
        let dialed = std::mem::take(&mut self.world.borrow_mut().dialed);
        let peer = |(upstream, id)| (upstream, peer::Peer::new(id, self.world.clone()));
        dialed.into_iter().map(peer).collect()
    }

    /// The one connection that the proxy has made since the last call.
    pub fn upstream(&mut self) -> peer::Peer {
        let mut dialed = self.dialed();
        assert_eq!(dialed.len(), 1, "connections to upstreams");
        dialed.remove(0).1
    }
}
