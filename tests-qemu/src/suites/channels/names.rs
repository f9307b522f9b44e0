// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Names of channels: whose they are, and how long.

use std::os::fd::{AsFd, OwnedFd};

use anyhow::Result;
use libwasmk::{uapi::grant::GrantKind, Device};
use rustix::{
    process::Uid,
    thread::{capabilities, set_capabilities, set_thread_res_uid},
};

use super::{end, receive, send, NONE, PIPE};
use crate::{
    check, check_eq,
    guest::{
        probe::{Probe, SUCCESS},
        Outcome,
    },
};

pub(super) fn unique() -> Outcome {
    let device = Device::open()?;
    let receiver = device.create_channel("test")?;
    let errno = |result: Result<OwnedFd, libwasmk::Error>| result.err().map(|error| error.errno);
    check_eq!(
        errno(device.create_channel("test")),
        Some(libc::EEXIST),
        "the same name again"
    );
    let sender = device.open_channel("test")?;
    check_eq!(
        errno(device.open_channel("other")),
        Some(libc::ENOENT),
        "a name that is not there"
    );
    let by_sender = device.channel_sender(sender.as_fd());
    check_eq!(
        errno(by_sender),
        Some(libc::EBADF),
        "the other end of a sending end"
    );
    drop(receiver);
    check_eq!(
        errno(device.open_channel("test")),
        Some(libc::ENOENT),
        "after the receiver has gone"
    );
    let from = Probe::new(&[end(GrantKind::Sender, sender.as_fd())])?;
    check_eq!(send(&from, NONE, [0, 0], 0)?, PIPE, "sending to nobody");
    let again = device.create_channel("test")?;
    check_eq!(
        send(&from, NONE, [0, 0], 0)?,
        PIPE,
        "sending to an old one of that name"
    );
    drop(again);
    Ok(())
}

/// Does something as another user, with all capabilities.
fn as_other<T>(action: impl FnOnce() -> Result<T>) -> Result<T> {
    let root = Uid::ROOT;
    set_thread_res_uid(root, Uid::from_raw(1000), root)?;
    let mut sets = capabilities(None)?;
    sets.effective = sets.permitted;
    set_capabilities(None, sets)?;
    let result = action();
    set_thread_res_uid(root, root, root)?;
    result
}

pub(super) fn of_users() -> Outcome {
    let device = Device::open()?;
    let errno = |result: Result<OwnedFd, libwasmk::Error>| result.err().map(|error| error.errno);
    let theirs = as_other(|| Ok(device.create_channel("name")?))?;
    check_eq!(
        errno(device.open_channel("name")),
        Some(libc::ENOENT),
        "a name that another user gave"
    );
    let ours = device.create_channel("name")?;
    let sender = device.open_channel("name")?;
    let from = Probe::new(&[end(GrantKind::Sender, sender.as_fd())])?;
    let other = Probe::new(&[end(GrantKind::Receiver, theirs.as_fd())])?;
    check_eq!(
        send(&from, NONE, [0, 0], 0)?,
        PIPE,
        "only the other user's channel has a receiver"
    );
    let to = Probe::new(&[end(GrantKind::Receiver, ours.as_fd())])?;
    check_eq!(send(&from, NONE, [0, 0], 0)?, SUCCESS, "to our own");
    check_eq!(receive(&to)?.0, SUCCESS, "from our own");
    drop((other, theirs));
    check!(
        device.open_channel("name").is_ok(),
        "after the other user's has gone"
    );
    Ok(())
}
