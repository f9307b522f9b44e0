// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a descriptor is.

use alloc::vec::Vec;

use crate::{call::Fault, Errno, Os, Received, Refusal, Rights};

bitflags::bitflags! {
    /// Descriptor flags of WASI (`fdflags`).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct FdFlags: u16 {
        /// Writes go to the file's end.
        const APPEND = 1 << 0;
        /// Writes of data reach the medium.
        const DSYNC = 1 << 1;
        /// Operations do not wait.
        const NONBLOCK = 1 << 2;
        /// Reads wait for writes under way.
        const RSYNC = 1 << 3;
        /// Writes of data and attributes reach the medium.
        const SYNC = 1 << 4;
    }
}

/// What a descriptor stands for.
pub enum Resource<O: Os> {
    /// A byte stream that is not used as a socket (pipe, terminal, eventfd, a socket given as standard stream) or a regular file.
    Stream(O::Object),
    /// A listening stream socket.
    Listener(O::Object),
    /// A connected stream socket, or one that is connecting.
    Socket(O::Object),
    /// A datagram socket.
    Datagram(O::Object),
    /// Addresses that may be connected to.
    Dialer(O::Dialer),
    /// A readiness queue.
    Queue(O::Queue),
    /// A directory: what is beneath it, and nothing else.
    Directory(O::Directory),
    /// An end of a channel.
    Channel(O::Channel),
}

impl<O: Os> Resource<O> {
    /// The object, if there is one.
    pub fn object(&self) -> Option<&O::Object> {
        match self {
            Self::Stream(o) | Self::Listener(o) | Self::Socket(o) | Self::Datagram(o) => Some(o),
            Self::Channel(channel) => Some(channel.as_ref()),
            Self::Dialer(_) | Self::Queue(_) | Self::Directory(_) => None,
        }
    }

    /// The directory, if it is one.
    pub fn directory(&self) -> Option<&O::Directory> {
        match self {
            Self::Directory(directory) => Some(directory),
            _ => None,
        }
    }

    /// All rights that make sense for it: base and inheriting.
    pub(crate) fn all_rights(&self, os: &O) -> (Rights, Rights) {
        match self {
            Self::Stream(o) => (Rights::of_stream(os.describe(o)), Rights::empty()),
            Self::Listener(_) => (Rights::LISTENER, Rights::SOCKET),
            Self::Socket(_) | Self::Datagram(_) => (Rights::SOCKET, Rights::empty()),
            Self::Dialer(_) => (Rights::DIALER, Rights::SOCKET),
            Self::Queue(_) => (Rights::empty(), Rights::empty()),
            Self::Directory(_) => (Rights::DIRECTORY, Rights::BENEATH),
            Self::Channel(c) => (Rights::of_channel(os.describe(c.as_ref())), Rights::empty()),
        }
    }
}

/// A watch, and the [`Descriptor::id`] of the queue it is in.
pub(crate) struct Membership<O: Os> {
    pub(crate) queue: u64,
    pub(crate) watch: O::Watch,
    pub(crate) spec: crate::WatchSpec,
}

/// An open descriptor. Dropping it takes it out of all queues, then closes it.
pub struct Descriptor<O: Os> {
    // First, so that they are dropped before the object.
    pub(crate) memberships: Vec<Membership<O>>,
    pub(crate) resource: Resource<O>,
    /// Its number; set by the table.
    pub(crate) number: u32,
    /// Unlike its number, never used again in the store.
    pub(crate) id: u64,
    pub(crate) rights: Rights,
    pub(crate) inheriting: Rights,
    pub(crate) flags: FdFlags,
    /// A socket that was shut down for reading.
    pub(crate) read_shut: bool,
    /// Name of the grant, for a directory its path in the guest; empty for derived descriptors.
    pub(crate) name: Vec<u8>,
}

impl<O: Os> Descriptor<O> {
    /// What it stands for.
    pub fn resource(&self) -> &Resource<O> {
        &self.resource
    }

    /// Its base rights.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// What is derived from it has at most these rights.
    pub fn inheriting(&self) -> Rights {
        self.inheriting
    }

    /// Its flags.
    pub fn flags(&self) -> FdFlags {
        self.flags
    }

    /// Refuses unless it has all of `rights`.
    pub(crate) fn require(&self, rights: Rights) -> Result<(), Refusal> {
        if self.rights.contains(rights) {
            Ok(())
        } else {
            Err(Refusal::missing(
                self.number,
                rights.difference(self.rights),
            ))
        }
    }

    /// Its object and whether operations on it do not wait, if it has all of `rights`.
    pub(crate) fn object(&self, rights: Rights) -> Result<(&O::Object, bool), Fault> {
        self.require(rights)?;
        let object = self.resource.object().ok_or(Errno::Inval)?;
        Ok((object, self.flags.contains(FdFlags::NONBLOCK)))
    }

    /// As [`Descriptor::object`], but it must be a connected or datagram socket.
    pub(crate) fn socket(&self, rights: Rights) -> Result<(&O::Object, bool), Fault> {
        match self.resource {
            Resource::Socket(_) | Resource::Datagram(_) => self.object(rights),
            _ => Err(Errno::NotSock.into()),
        }
    }

    /// What the guest is told about a receipt: nothing more comes from a datagram socket that was shut down for reading, about
    /// which Linux tells only those who wait.
    pub(crate) fn received(&self, result: Result<Received, Errno>) -> Result<Received, Errno> {
        match (result, &self.resource) {
            (Err(Errno::Again), Resource::Datagram(_)) if self.read_shut => Ok(Received::default()),
            (result, _) => result,
        }
    }
}
