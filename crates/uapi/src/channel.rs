// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Channels: by which one store's program hands descriptors to another's. Ioctls of the device.

use crate::{io, Bytes, Header, Message};

/// Makes a channel; returns its receiving end in [`ChannelCreate::fd`]. It can be granted
/// ([`crate::grant::GrantKind::Receiver`]), to several stores too: then each message goes to one of them. What was sent and not
/// received is closed when the last store that was granted it lets go.
///
/// Errors: `EEXIST` the caller's user has a channel of that name; `EPERM` as for [`crate::device::MODULE_LOAD`]; `EINVAL`, `ENOMEM`, `EMFILE`.
pub const CHANNEL_CREATE: u32 = io(0x10);
/// Makes a sending end of a channel ([`crate::grant::GrantKind::Sender`]); returns it in [`ChannelOpen::fd`]. Names are each user's
/// own (the effective one's): nobody is led to a channel that somebody else made under the same name.
///
/// Errors: `ENOENT` the caller's user has no channel of that name; `EBADF` not the receiving end of a channel; `EINVAL`, `ENOMEM`, `EMFILE`.
pub const CHANNEL_OPEN: u32 = io(0x11);

/// Argument of [`CHANNEL_CREATE`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ChannelCreate {
    /// Size; no flags.
    pub header: Header,
    /// Name to open it by, as long as the receiving end lives; may be empty.
    pub name: Bytes,
    /// Out: the receiving end (close-on-exec).
    pub fd: i32,
    /// Zero.
    pub reserved: u32,
}

/// Argument of [`CHANNEL_OPEN`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ChannelOpen {
    /// Size; no flags.
    pub header: Header,
    /// The channel's name; empty if `receiver` says which.
    pub name: Bytes,
    /// Its receiving end; ignored unless the name is empty.
    pub receiver: i32,
    /// Out: the sending end (close-on-exec).
    pub fd: i32,
}

impl Message for ChannelCreate {
    const NR: u32 = CHANNEL_CREATE;
}

impl Message for ChannelOpen {
    const NR: u32 = CHANNEL_OPEN;
}
