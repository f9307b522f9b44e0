// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Channels in memory.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use wasmk_abi::{Channels, Connecting, Errno, FileType, Passed, Take, MESSAGES_MAX};

use super::{
    sim::{Dialer, Object, Sim, State, World},
    sim_files::Directory,
};

type Message = (Vec<u8>, Option<Passed<Sim>>);

/// What both ends share.
struct Shared {
    messages: RefCell<VecDeque<Message>>,
    receiving: Rc<RefCell<State>>,
    sending: Rc<RefCell<State>>,
    ends: [Cell<usize>; 2],
}

impl Shared {
    fn settle(&self) {
        let len = self.messages.borrow().len();
        let [receivers, senders] = [self.ends[0].get(), self.ends[1].get()];
        self.receiving.borrow_mut().eof = len > 0;
        self.receiving.borrow_mut().hangup = senders == 0;
        self.sending.borrow_mut().room = MESSAGES_MAX - len;
        self.sending.borrow_mut().hangup = receivers == 0;
    }
}

/// An end.
pub struct Channel {
    object: Object,
    shared: Rc<Shared>,
}

impl AsRef<Object> for Channel {
    fn as_ref(&self) -> &Object {
        &self.object
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let side = &self.shared.ends[usize::from(self.object.writable)];
        side.set(side.get() - 1);
        if self.shared.ends[0].get() == 0 {
            let undelivered = self.shared.messages.take();
            drop(undelivered);
        }
        self.shared.settle();
    }
}

impl World {
    /// A new channel: the receiving and the sending end.
    pub fn channel(&self) -> (Channel, Channel) {
        let (mut receiver, receiving) = self.object(FileType::Unknown);
        let (mut sender, sending) = self.object(FileType::Unknown);
        (receiver.writable, sender.readable) = (false, false);
        let shared = Rc::new(Shared {
            messages: RefCell::default(),
            receiving,
            sending,
            ends: [Cell::new(1), Cell::new(1)],
        });
        shared.settle();
        let end = |object| Channel {
            object,
            shared: Rc::clone(&shared),
        };
        (end(receiver), end(sender))
    }
}

impl Channels for Sim {
    type Channel = Channel;

    fn share(&mut self, object: &Object) -> Result<Object, Errno> {
        Ok(object.share())
    }

    fn share_directory(&mut self, directory: &Directory) -> Result<Directory, Errno> {
        Ok(self.0.directory(&directory.node))
    }

    fn share_dialer(&mut self, dialer: &RefCell<Dialer>) -> Result<RefCell<Dialer>, Errno> {
        let same = |(object, state): &(Object, Connecting)| (object.share(), *state);
        Ok(RefCell::new(dialer.borrow().iter().map(same).collect()))
    }

    fn channel_send(
        &mut self,
        channel: &Channel,
        data: &[u8],
        passed: &mut Option<Passed<Self>>,
    ) -> Result<(), Errno> {
        if channel.shared.ends[0].get() == 0 {
            return Err(Errno::Pipe);
        }
        let mut messages = channel.shared.messages.borrow_mut();
        if messages.len() >= MESSAGES_MAX {
            return Err(Errno::Again);
        }
        messages.push_back((data.to_vec(), passed.take()));
        drop(messages);
        channel.shared.settle();
        Ok(())
    }

    fn channel_recv(
        &mut self,
        channel: &Channel,
        take: &mut Take<'_>,
    ) -> Result<Option<Passed<Self>>, Errno> {
        let mut messages = channel.shared.messages.borrow_mut();
        let Some((data, passed)) = messages.front() else {
            return Err(if channel.shared.ends[1].get() == 0 {
                Errno::Pipe
            } else {
                Errno::Again
            });
        };
        take(data, passed.is_some())?;
        let first = messages.pop_front();
        drop(messages);
        channel.shared.settle();
        Ok(first.and_then(|(_, passed)| passed))
    }
}
