// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a descriptor is.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::{call::Fault, Counted, Errno, Os, Received, Refusal, Rights, WatchSpec};

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

/// A queue that a descriptor is in.
pub(crate) struct Membership<O: Os> {
    pub(crate) queue: Counted<Descriptor<O>>,
    /// None while it is being made.
    pub(crate) watch: Option<Counted<O::Watch>>,
    pub(crate) spec: WatchSpec,
}

/// What a number stands for. Whoever works with it has a reference, which keeps it when the number is closed meanwhile.
pub struct Descriptor<O: Os> {
    pub(crate) resource: Resource<O>,
    /// Never used again in the program, unlike its number.
    pub(crate) id: u64,
    /// Name of the grant, for a directory its path in the guest; empty for derived descriptors.
    pub(crate) name: Vec<u8>,
    /// Its number; set by the table, under the lock.
    number: AtomicU32,
    // Changed under the lock, so that what was given up stays given up; looked at without it.
    rights: AtomicU64,
    inheriting: AtomicU64,
    flags: AtomicU16,
    /// A socket that was shut down for reading.
    read_shut: AtomicBool,
}

impl<O: Os> Descriptor<O> {
    /// One without a number.
    pub(crate) fn new(
        resource: Resource<O>,
        id: u64,
        (rights, inheriting): (Rights, Rights),
        flags: FdFlags,
        name: Vec<u8>,
    ) -> Self {
        Self {
            resource,
            id,
            name,
            number: AtomicU32::new(u32::MAX),
            rights: AtomicU64::new(rights.bits()),
            inheriting: AtomicU64::new(inheriting.bits()),
            flags: AtomicU16::new(flags.bits()),
            read_shut: AtomicBool::new(false),
        }
    }

    pub(crate) fn number(&self) -> u32 {
        self.number.load(Relaxed)
    }

    pub(crate) fn set_number(&self, number: u32) {
        self.number.store(number, Relaxed);
    }

    /// Its base rights.
    pub fn rights(&self) -> Rights {
        Rights::from_bits_retain(self.rights.load(Relaxed))
    }

    /// What is derived from it has at most these rights.
    pub fn inheriting(&self) -> Rights {
        Rights::from_bits_retain(self.inheriting.load(Relaxed))
    }

    /// Replaces them. The caller has the lock, and has checked that they do not grow.
    pub(crate) fn set_rights(&self, base: Rights, inheriting: Rights) {
        self.rights.store(base.bits(), Relaxed);
        self.inheriting.store(inheriting.bits(), Relaxed);
    }

    /// Its flags.
    pub fn flags(&self) -> FdFlags {
        FdFlags::from_bits_retain(self.flags.load(Relaxed))
    }

    pub(crate) fn set_flags(&self, flags: FdFlags) {
        self.flags.store(flags.bits(), Relaxed);
    }

    pub(crate) fn is_read_shut(&self) -> bool {
        self.read_shut.load(Relaxed)
    }

    /// It was shut down for reading, if `shut`; that stays so.
    pub(crate) fn shut_read(&self, shut: bool) {
        self.read_shut.fetch_or(shut, Relaxed);
    }

    /// Refuses unless it has all of `rights`.
    pub(crate) fn require(&self, rights: Rights) -> Result<(), Refusal> {
        let missing = rights.difference(self.rights());
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Refusal::missing(self.number(), missing))
        }
    }

    /// Refuses unless it has all of both.
    pub(crate) fn require_both(&self, base: Rights, inheriting: Rights) -> Result<(), Refusal> {
        let missing = base.difference(self.rights()) | inheriting.difference(self.inheriting());
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Refusal::missing(self.number(), missing))
        }
    }

    /// Its object and whether operations on it do not wait, if it has all of `rights`.
    pub(crate) fn object(&self, rights: Rights) -> Result<(&O::Object, bool), Fault> {
        self.require(rights)?;
        let object = self.resource.object().ok_or(Errno::Inval)?;
        Ok((object, self.flags().contains(FdFlags::NONBLOCK)))
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
            (Err(Errno::Again), Resource::Datagram(_)) if self.is_read_shut() => {
                Ok(Received::default())
            }
            (result, _) => result,
        }
    }
}
