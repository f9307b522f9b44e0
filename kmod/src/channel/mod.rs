// SPDX-License-Identifier: GPL-2.0
//! Channels: bounded queues of messages, each with at most one descriptor, from store to store.
//!
//! A message lives in its channel only. Nothing that holds a channel can be in a message (`wasmk_abi::Channels`), and a channel keeps
//! messages only as long as a store has been granted its receiving end: so what is under way is never all that keeps its own
//! receiver alive, but for what `docs/security.md` says about processes that send ends to each other by unix sockets.
//!
//! **Locks.** A channel's lock is a leaf; nothing is closed under it.

mod end;

pub(crate) use end::End;

use crate::{
    os::KernelOs,
    sys::{globals::CHANNELS, task},
    text::Name,
};
use kernel::{
    fs::File,
    new_mutex, new_poll_condvar,
    prelude::*,
    sync::{
        poll::{PollCondVar, PollTable},
        Arc, Mutex,
    },
};
use wasmk_abi::{Errno, Passed, Take, MESSAGES_MAX};

/// A message.
struct Message {
    data: KVec<u8>,
    passed: Option<Passed<KernelOs>>,
}

struct State {
    /// The oldest first; room for all that there may be.
    messages: KVec<Message>,
    /// How often the receiving end was granted.
    receivers: u32,
    /// Sending ends.
    senders: u32,
    /// There was one before.
    had_sender: bool,
}

/// See the module.
#[pin_data]
pub(crate) struct Channel {
    #[pin]
    state: Mutex<State>,
    /// Whoever polls an end.
    #[pin]
    changed: PollCondVar,
    name: Name,
    /// Effective user id of its creator.
    uid: u32,
}

/// What an end's polling says.
#[derive(Clone, Copy, Default)]
pub(crate) struct Readiness {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    pub(crate) hangup: bool,
}

impl Channel {
    /// A new channel, found by `name` unless that is empty. `EEXIST` if another of the same user has that name: what others call
    /// theirs is in nobody's way, and nobody takes theirs for its own.
    fn new(name: Name) -> Result<Arc<Self>> {
        let messages = KVec::with_capacity(MESSAGES_MAX, GFP_KERNEL_ACCOUNT)?;
        let state = State {
            messages,
            receivers: 0,
            senders: 0,
            had_sender: false,
        };
        let channel = Arc::pin_init(
            pin_init!(Self {
                state <- new_mutex!(state, "wasmk_channel"),
                changed <- new_poll_condvar!("wasmk_channel"),
                name,
                uid: task::euid(),
            }),
            GFP_KERNEL_ACCOUNT,
        )?;
        if !channel.name.is_empty() {
            let mut channels = CHANNELS.lock();
            if channels
                .iter()
                .any(|other| other.is_called(channel.name.as_str(), channel.uid))
            {
                return Err(EEXIST);
            }
            channels.push(channel.clone(), GFP_KERNEL_ACCOUNT)?;
        }
        Ok(channel)
    }

    /// The channel that the caller's user calls `name`.
    fn find(name: &str) -> Result<Arc<Self>> {
        let uid = task::euid();
        let channels = CHANNELS.lock();
        let found = channels.iter().find(|channel| channel.is_called(name, uid));
        found.cloned().ok_or(ENOENT)
    }

    fn is_called(&self, name: &str, uid: u32) -> bool {
        self.uid == uid && self.name.as_str() == name
    }

    /// It is not found any more.
    fn forget(&self) {
        let mut channels = CHANNELS.lock();
        let at = channels
            .iter()
            .position(|other| core::ptr::eq(&raw const **other, self));
        let removed = at.and_then(|at| channels.remove(at).ok());
        drop(channels);
        drop(removed);
    }

    /// A store was granted the receiving end.
    fn join(&self) -> Result {
        let mut state = self.state.lock();
        state.receivers = state.receivers.checked_add(1).ok_or(EMFILE)?;
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    /// A store let go of the receiving end. With the last one goes what nobody has received.
    fn leave(&self) {
        let mut state = self.state.lock();
        state.receivers = state.receivers.saturating_sub(1);
        let undelivered = if state.receivers == 0 {
            // There is no room needed for later messages of the same channel but what `send` makes.
            core::mem::replace(&mut state.messages, KVec::new())
        } else {
            KVec::new()
        };
        drop(state);
        self.changed.notify_all();
        drop(undelivered);
    }

    /// There is one more sending end.
    fn add_sender(&self) -> Result {
        let mut state = self.state.lock();
        state.senders = state.senders.checked_add(1).ok_or(EMFILE)?;
        state.had_sender = true;
        Ok(())
    }

    /// A sending end was closed.
    fn remove_sender(&self) {
        let mut state = self.state.lock();
        state.senders = state.senders.saturating_sub(1);
        drop(state);
        self.changed.notify_all();
    }

    /// See `Channels::channel_send`.
    pub(crate) fn send(
        &self,
        data: &[u8],
        passed: &mut Option<Passed<KernelOs>>,
    ) -> Result<(), Errno> {
        let mut copy = KVec::new();
        copy.extend_from_slice(data, GFP_KERNEL_ACCOUNT)
            .map_err(|_| Errno::NoMem)?;
        let mut state = self.state.lock();
        if state.receivers == 0 {
            return Err(Errno::Pipe);
        }
        if state.messages.len() >= MESSAGES_MAX {
            return Err(Errno::Again);
        }
        state
            .messages
            .reserve(1, GFP_KERNEL_ACCOUNT)
            .map_err(|_| Errno::NoMem)?;
        let message = Message {
            data: copy,
            passed: passed.take(),
        };
        let pushed = state.messages.push_within_capacity(message);
        drop(state);
        self.changed.notify_all();
        // There was room.
        pushed.map_err(|_| Errno::NoMem)
    }

    /// See `Channels::channel_recv`.
    pub(crate) fn recv(&self, take: &mut Take<'_>) -> Result<Option<Passed<KernelOs>>, Errno> {
        let mut state = self.state.lock();
        let Some(first) = state.messages.first() else {
            return Err(if state.had_sender && state.senders == 0 {
                Errno::Pipe
            } else {
                Errno::Again
            });
        };
        take(&first.data, first.passed.is_some())?;
        let first = state.messages.remove(0);
        drop(state);
        self.changed.notify_all();
        Ok(first.ok().and_then(|message| message.passed))
    }

    /// What is so at one of its ends; `table` is told when that changes.
    fn poll(&self, file: &File, table: &PollTable<'_>, receiving: bool) -> Readiness {
        table.register_wait(file, &self.changed);
        let state = self.state.lock();
        if receiving {
            Readiness {
                readable: !state.messages.is_empty(),
                hangup: state.had_sender && state.senders == 0,
                ..Readiness::default()
            }
        } else {
            Readiness {
                writable: state.messages.len() < MESSAGES_MAX,
                hangup: state.receivers == 0,
                ..Readiness::default()
            }
        }
    }
}
