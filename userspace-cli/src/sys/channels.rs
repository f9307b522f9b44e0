// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The ioctls of channels.

use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd},
};

use wasmk_uapi::channel::{ChannelCreate, ChannelOpen};

use super::ioctl::{bytes, header, ioctl};

/// `channel::CHANNEL_CREATE`.
pub fn create(fd: BorrowedFd<'_>, name: &str) -> io::Result<ChannelCreate> {
    let mut message = ChannelCreate {
        header: header::<ChannelCreate>(0),
        name: bytes(name.as_bytes()),
        fd: -1,
        reserved: 0,
    };
    // SAFETY: the name is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message)
}

/// `channel::CHANNEL_OPEN`: by name, or by the receiving end.
pub fn open(
    fd: BorrowedFd<'_>,
    name: &str,
    receiver: Option<BorrowedFd<'_>>,
) -> io::Result<ChannelOpen> {
    let mut message = ChannelOpen {
        header: header::<ChannelOpen>(0),
        name: bytes(name.as_bytes()),
        receiver: receiver.map_or(-1, |receiver| receiver.as_raw_fd()),
        fd: -1,
    };
    // SAFETY: the name is only read, and outlives the call.
    unsafe { ioctl(fd, &mut message) }?;
    Ok(message)
}
