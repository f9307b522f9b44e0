// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Readiness queues over epoll.

use std::{
    collections::HashMap,
    os::fd::OwnedFd,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustix::event::{
    epoll::{self, CreateFlags, EventData, EventFlags},
    PollFd, PollFlags, Timespec,
};

use super::{control::Control, wait::poll_until, Object};
use crate::{Errno, Events, QueueEvent, WaitError, WatchSpec};

/// A readiness queue.
#[derive(Debug)]
pub struct Queue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    epoll: OwnedFd,
    watches: Mutex<Watches>,
}

#[derive(Debug, Default)]
struct Watches {
    next: u64,
    specs: HashMap<u64, WatchSpec>,
    /// Keys of watches of regular files, which are always ready and which epoll does not take; with whether they are armed.
    always: HashMap<u64, bool>,
}

impl Inner {
    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An object in a queue.
#[derive(Debug)]
pub struct Watch {
    queue: Arc<Inner>,
    object: Object,
    key: u64,
}

fn flags(spec: WatchSpec) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, spec.events.contains(Events::READ));
    flags.set(EventFlags::OUT, spec.events.contains(Events::WRITE));
    flags.set(EventFlags::ET, spec.edge);
    flags
}

fn events(flags: EventFlags) -> Events {
    let mut events = Events::empty();
    events.set(Events::READ, flags.contains(EventFlags::IN));
    events.set(Events::WRITE, flags.contains(EventFlags::OUT));
    events.set(Events::HANGUP, flags.contains(EventFlags::HUP));
    events.set(Events::ERROR, flags.contains(EventFlags::ERR));
    events
}

impl Queue {
    pub(super) fn new() -> Result<Self, Errno> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        Ok(Self(Arc::new(Inner {
            epoll,
            watches: Mutex::default(),
        })))
    }

    pub(super) fn watch(&self, object: &Object, spec: WatchSpec) -> Result<Watch, Errno> {
        let mut watches = self.0.watches();
        let key = watches.next;
        if object.is_regular() {
            watches.always.insert(key, true);
        } else {
            epoll::add(&self.0.epoll, object, EventData::new_u64(key), flags(spec))?;
        }
        watches.next += 1;
        watches.specs.insert(key, spec);
        Ok(Watch {
            queue: Arc::clone(&self.0),
            object: object.clone(),
            key,
        })
    }

    /// What is ready now.
    fn collect(&self, out: &mut [QueueEvent]) -> Result<usize, Errno> {
        let mut watches = self.0.watches();
        let Watches { specs, always, .. } = &mut *watches;
        let mut count = 0;
        for (key, armed) in always.iter_mut().filter(|(_, armed)| **armed) {
            let (Some(spec), Some(slot)) = (specs.get(key), out.get_mut(count)) else {
                break;
            };
            *armed = !spec.edge;
            if !spec.events.is_empty() {
                *slot = QueueEvent {
                    userdata: spec.userdata,
                    events: spec.events,
                    fd: spec.fd,
                };
                count += 1;
            }
        }
        let room = out.get_mut(count..).unwrap_or_default();
        if room.is_empty() {
            return Ok(count);
        }
        let mut ready = Vec::with_capacity(room.len());
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        epoll::wait(
            &self.0.epoll,
            rustix::buffer::spare_capacity(&mut ready),
            Some(&now),
        )?;
        for (slot, event) in room.iter_mut().zip(ready) {
            let (flags, data) = (event.flags, event.data);
            if let Some(spec) = specs.get(&data.u64()) {
                let (userdata, fd) = (spec.userdata, spec.fd);
                *slot = QueueEvent {
                    userdata,
                    events: events(flags),
                    fd,
                };
                count += 1;
            }
        }
        Ok(count)
    }

    pub(super) fn wait(
        &self,
        control: &Control,
        out: &mut [QueueEvent],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        loop {
            let count = self.collect(out).map_err(WaitError::Errno)?;
            if count > 0 {
                return Ok(count);
            }
            let mut fds = [PollFd::new(&self.0.epoll, PollFlags::IN)];
            if poll_until(control, &mut fds, deadline)? == 0 {
                return Ok(0);
            }
        }
    }
}

impl Watch {
    pub(super) fn change(&self, spec: WatchSpec) -> Result<(), Errno> {
        let mut watches = self.queue.watches();
        if let Some(armed) = watches.always.get_mut(&self.key) {
            *armed = true;
        } else {
            let data = EventData::new_u64(self.key);
            epoll::modify(&self.queue.epoll, &self.object, data, flags(spec))?;
        }
        watches.specs.insert(self.key, spec);
        Ok(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watches = self.queue.watches();
        watches.specs.remove(&self.key);
        if watches.always.remove(&self.key).is_none() {
            // Cannot fail: it was added, and the object is still open.
            let _ = epoll::delete(&self.queue.epoll, &self.object);
        }
    }
}
