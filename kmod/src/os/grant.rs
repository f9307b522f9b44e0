// SPDX-License-Identifier: GPL-2.0
//! What may be granted.

use super::{
    sys::{ChannelEnd, Dialer, Directory, Object, SocketTraits},
    KernelOs,
};
use kernel::prelude::*;
use wasmk_abi::{Errno, Resource};
use wasmk_uapi::grant::{DialAddress, GrantKind};

fn error(errno: Errno) -> Error {
    Error::from_errno(-errno.to_linux())
}

/// A grant of kind `kind` ([`GrantKind`]): file `fd` of the caller, or a dialer of `addresses`. A directory has the caller's authority.
///
/// # Errors
///
/// `EBADF`; `ENOTDIR` for a directory that is none or not open for reading; `EINVAL` for a file of another kind, or one that is never granted; `ENOTSOCK`; `EAFNOSUPPORT` for a socket of another
/// family than IPv4, IPv6 and Unix.
pub(crate) fn resource(
    kind: u32,
    fd: i32,
    addresses: KVec<DialAddress>,
) -> Result<Resource<KernelOs>> {
    if kind == GrantKind::Dialer as u32 {
        return Dialer::new(addresses).map(Resource::Dialer).map_err(error);
    }
    if kind == GrantKind::Directory as u32 {
        return Directory::from_fd(fd)
            .map(Resource::Directory)
            .map_err(error);
    }
    let receiver = kind == GrantKind::Receiver as u32;
    if receiver || kind == GrantKind::Sender as u32 {
        return ChannelEnd::from_fd(fd, receiver).map(Resource::Channel);
    }
    let object = Object::from_fd(fd).map_err(error)?;
    let socket = SocketTraits::of_object(&object);
    if kind == GrantKind::Stream as u32 {
        let description = object.description();
        let usable = description.readable || description.writable;
        if !usable || socket.is_some_and(SocketTraits::is_listening) {
            return Err(EINVAL);
        }
        return Ok(Resource::Stream(object));
    }
    let socket = socket.ok_or_else(|| error(Errno::NotSock))?;
    if !socket.is_served() {
        return Err(error(Errno::AfNoSupport));
    }
    let (stream, listening) = (socket.is_stream(), socket.is_listening());
    if kind == GrantKind::Listener as u32 && stream && listening {
        Ok(Resource::Listener(object))
    } else if kind == GrantKind::Socket as u32 && stream && !listening {
        Ok(Resource::Socket(object))
    } else if kind == GrantKind::Datagram as u32 && socket.is_datagram() {
        Ok(Resource::Datagram(object))
    } else {
        Err(EINVAL)
    }
}
