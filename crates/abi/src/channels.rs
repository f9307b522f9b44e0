// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the host functions need of channels: bounded queues of small messages, each with or without a descriptor, from one store
//! to another.
//!
//! A descriptor travels as a duplicate of what it stands for, with rights of its own; whoever takes it out can do with it what
//! those rights say and nothing else, in the name of whom it was granted by. Ends of channels and readiness queues do not travel.

use crate::{Errno, FdFlags, Files, Os, Resource, Rights};

/// Most bytes of a message.
pub const MESSAGE_MAX: usize = 1024;

/// Most messages that wait in a channel.
pub const MESSAGES_MAX: usize = 16;

/// A descriptor under way.
pub struct Passed<O: Os> {
    /// What it stands for.
    pub resource: Resource<O>,
    /// Its base rights.
    pub rights: Rights,
    /// Its inheriting rights.
    pub inheriting: Rights,
    /// Its flags.
    pub flags: FdFlags,
    /// A socket that was shut down for reading.
    pub read_shut: bool,
}

/// What is told of a message that may be received: its bytes, and whether a descriptor comes with it. It stays when that fails.
pub type Take<'a> = dyn FnMut(&[u8], bool) -> Result<(), Errno> + 'a;

/// The system's channels. Nothing here waits: see [`Os`].
pub trait Channels: Files + Sized {
    /// An end of a channel: of its object's [`crate::Description`], one that is readable receives, one that is writable sends.
    /// The object can be waited for, and nothing else.
    type Channel: AsRef<Self::Object>;

    /// The same object once more.
    fn share(&mut self, object: &Self::Object) -> Result<Self::Object, Errno>;
    /// The same directory once more, by the same authority.
    fn share_directory(&mut self, directory: &Self::Directory) -> Result<Self::Directory, Errno>;
    /// The same dialer once more, by the same authority.
    fn share_dialer(&mut self, dialer: &Self::Dialer) -> Result<Self::Dialer, Errno>
    where
        Self: Os;

    /// Appends a message of at most [`MESSAGE_MAX`] bytes, and takes what is `passed`; not if it fails.
    ///
    /// # Errors
    ///
    /// `Again` when [`MESSAGES_MAX`] wait, `Pipe` when nobody receives.
    fn channel_send(
        &mut self,
        channel: &Self::Channel,
        data: &[u8],
        passed: &mut Option<Passed<Self>>,
    ) -> Result<(), Errno>
    where
        Self: Os;
    /// Shows the first message to `take`, and whether a descriptor comes with it; removes it unless that fails.
    ///
    /// # Errors
    ///
    /// `Again` when none waits, `Pipe` when nobody can send any more; those of `take`.
    fn channel_recv(
        &mut self,
        channel: &Self::Channel,
        take: &mut Take<'_>,
    ) -> Result<Option<Passed<Self>>, Errno>
    where
        Self: Os;
}
