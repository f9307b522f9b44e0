// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Channels between stores of one process. Ends are waited for by an eventfd each, which says what the queue allows.

use std::{
    collections::VecDeque,
    os::fd::OwnedFd,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustix::event::{eventfd, EventfdFlags};

use super::{Dialer, Directory, HostOs, Object};
use crate::{Channels, Errno, Passed, Take, MESSAGES_MAX};

struct Message {
    data: Vec<u8>,
    passed: Option<Passed<HostOs>>,
}

#[derive(Default)]
struct State {
    messages: VecDeque<Message>,
    receivers: usize,
    senders: usize,
}

/// What both ends share.
struct Shared {
    state: Mutex<State>,
    /// Can be read when there is something to receive, or the end of it.
    receiving: Arc<OwnedFd>,
    /// Can be written when there is room, or nobody who receives.
    sending: Arc<OwnedFd>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the eventfds say what is so.
    fn settle(&self, state: &State) {
        let receive = !state.messages.is_empty() || state.senders == 0;
        let send = state.messages.len() < MESSAGES_MAX || state.receivers == 0;
        set(&self.receiving, u64::from(receive));
        set(&self.sending, if send { 0 } else { u64::MAX - 1 });
    }
}

/// Sets an eventfd's counter.
fn set(fd: &OwnedFd, value: u64) {
    // Empty or not: it is afterwards.
    let _ = rustix::io::read(fd, &mut [0; 8]);
    if value > 0 {
        // There is room, as the lock is held.
        let _ = rustix::io::write(fd, &value.to_ne_bytes());
    }
}

/// An end of a channel.
pub struct Channel {
    shared: Arc<Shared>,
    object: Object,
}

impl Channel {
    /// A new channel: the receiving and the sending end.
    pub fn pair() -> Result<(Self, Self), Errno> {
        let new = || eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map(Arc::new);
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            receiving: new()?,
            sending: new()?,
        });
        let end = |receives| Self::end(Arc::clone(&shared), receives);
        Ok((end(true), end(false)))
    }

    fn end(shared: Arc<Shared>, receives: bool) -> Self {
        let fd = if receives {
            &shared.receiving
        } else {
            &shared.sending
        };
        let object = Object::one_way(Arc::clone(fd), receives);
        let mut state = shared.lock();
        *count(&mut state, receives) += 1;
        shared.settle(&state);
        drop(state);
        Self { shared, object }
    }
}

/// How many ends there are on that side.
fn count(state: &mut State, receives: bool) -> &mut usize {
    if receives {
        &mut state.receivers
    } else {
        &mut state.senders
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        *count(&mut state, self.object.description().readable) -= 1;
        let undelivered = if state.receivers == 0 {
            std::mem::take(&mut state.messages)
        } else {
            VecDeque::new()
        };
        self.shared.settle(&state);
        drop(state);
        drop(undelivered);
    }
}

impl AsRef<Object> for Channel {
    fn as_ref(&self) -> &Object {
        &self.object
    }
}

impl Channels for HostOs {
    type Channel = Channel;

    fn share(&mut self, object: &Object) -> Result<Object, Errno> {
        Ok(object.clone())
    }

    fn share_directory(&mut self, directory: &Directory) -> Result<Directory, Errno> {
        directory.reopen()
    }

    fn share_dialer(&mut self, dialer: &Dialer) -> Result<Dialer, Errno> {
        Ok(dialer.clone())
    }

    fn channel_send(
        &mut self,
        channel: &Channel,
        data: &[u8],
        passed: &mut Option<Passed<Self>>,
    ) -> Result<(), Errno> {
        let mut state = channel.shared.lock();
        if state.receivers == 0 {
            return Err(Errno::Pipe);
        }
        if state.messages.len() >= MESSAGES_MAX {
            return Err(Errno::Again);
        }
        state.messages.push_back(Message {
            data: data.to_vec(),
            passed: passed.take(),
        });
        channel.shared.settle(&state);
        Ok(())
    }

    fn channel_recv(
        &mut self,
        channel: &Channel,
        take: &mut Take<'_>,
    ) -> Result<Option<Passed<Self>>, Errno> {
        let mut state = channel.shared.lock();
        let Some(first) = state.messages.front() else {
            return Err(if state.senders == 0 {
                Errno::Pipe
            } else {
                Errno::Again
            });
        };
        take(&first.data, first.passed.is_some())?;
        let first = state.messages.pop_front();
        channel.shared.settle(&state);
        Ok(first.and_then(|message| message.passed))
    }
}
