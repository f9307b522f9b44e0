// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Grants: what a store's instances are handed as descriptors.

use crate::{Bytes, Header, Message};

/// What a grant's file is used as.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// Standard streams and other byte streams: pipe, eventfd, terminal, regular file.
    Stream = 0,
    /// A listening stream socket (bound and listening already).
    Listener = 1,
    /// A connected stream socket.
    Socket = 2,
    /// A bound datagram socket.
    Datagram = 3,
    /// No file: a set of addresses that may be connected to.
    Dialer = 4,
    /// A directory that is open for reading. What is opened beneath has the grantor's credentials, umask and mounts. The grant's
    /// name is the path that the guest sees it at, at most [`PATH_MAX`] bytes.
    Directory = 5,
    /// The receiving end of a channel.
    Receiver = 6,
    /// The sending end of a channel.
    Sender = 7,
}

/// One address of a dialer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DialAddress {
    /// Bytes of `addr` in use (`socklen_t`).
    pub len: u32,
    /// `SOCK_STREAM` or `SOCK_DGRAM`.
    pub socket_type: u32,
    /// A `sockaddr_in`, `sockaddr_in6` or `sockaddr_un`.
    pub addr: [u8; 128],
}

impl Default for DialAddress {
    fn default() -> Self {
        Self {
            len: 0,
            socket_type: 0,
            addr: [0; 128],
        }
    }
}

/// Longest path of a directory in the guest, bytes.
pub const PATH_MAX: usize = 4095;

/// Most addresses of one dialer.
pub const DIAL_MAX: u32 = 64;

/// Argument of [`crate::store::GRANT`].
///
/// Descriptors are numbered from `number` when it is not `u32::MAX`, else from the lowest free number at or above 3.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Grant {
    /// Size; no flags.
    pub header: Header,
    /// A [`GrantKind`].
    pub kind: u32,
    /// The file to grant, or -1 for a dialer. Kept by reference; the caller may close it.
    pub fd: i32,
    /// In: the wanted number or `u32::MAX`; out: the number given.
    pub number: u32,
    /// Entries in `addresses`.
    pub address_count: u32,
    /// Array of [`DialAddress`], for a dialer.
    pub addresses: u64,
    /// Name that the guest can look the descriptor up by; may be empty.
    pub name: Bytes,
    /// WASI rights (base) to keep; zero means all that the kind allows.
    pub rights: u64,
    /// Inheriting rights to keep; zero means all that the kind allows.
    pub rights_inheriting: u64,
}

impl Message for Grant {
    const NR: u32 = crate::store::GRANT;
}
