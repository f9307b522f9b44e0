// SPDX-License-Identifier: GPL-2.0
//! Sockets.

use super::{
    authority::Acting,
    check,
    dialer::{AF_UNIX, NONBLOCK},
    ffi::{self, traits},
    file::Object,
    iovec::{Buffers, Whole},
};
use core::ptr::NonNull;
use kernel::{bindings, error::from_err_ptr, prelude::*};
use wasmk_abi::{Address, Errno, Gather, Received, Scatter, Shutdown};

const MSG_PEEK: u32 = 0x02;
const MSG_TRUNC: u32 = 0x20;
const MSG_DONTWAIT: u32 = 0x40;
const MSG_NOSIGNAL: u32 = 0x4000;

/// Room for any address (`struct sockaddr_storage`).
#[repr(C, align(8))]
struct Storage([u8; Address::MAX]);

impl Storage {
    fn new() -> Self {
        Self([0; Address::MAX])
    }

    fn address(&self, len: usize) -> Address {
        let bytes = self.0.get(..len.min(Address::MAX)).unwrap_or(&[]);
        Address::from_bytes(bytes).unwrap_or(Address::none())
    }
}

/// What a socket is.
#[derive(Clone, Copy)]
pub(crate) struct SocketTraits(u32);

impl SocketTraits {
    /// Of `socket`, which the caller's reference to its file keeps.
    pub(super) fn of(socket: NonNull<bindings::socket>) -> Self {
        // SAFETY: it lives.
        Self(unsafe { ffi::wasmk_sock_traits(socket.as_ptr()) })
    }

    /// Of `object`, if it is a socket.
    pub(crate) fn of_object(object: &Object) -> Option<Self> {
        object.socket().map(Self::of)
    }

    pub(crate) fn is_stream(self) -> bool {
        self.0 & 0xff == 1
    }

    pub(crate) fn is_datagram(self) -> bool {
        self.0 & 0xff == 2
    }

    /// Of a family that is served: Unix, IPv4, IPv6.
    pub(crate) fn is_served(self) -> bool {
        matches!((self.0 >> 8) & 0xff, 1 | 2 | 10)
    }

    pub(crate) fn is_listening(self) -> bool {
        self.0 & traits::LISTENING != 0
    }

    fn is_connecting(self) -> bool {
        self.0 & traits::CONNECTING != 0
    }
}

fn socket(object: &Object) -> Result<NonNull<bindings::socket>, Errno> {
    object.socket().ok_or(Errno::NotSock)
}

/// Makes a file of a socket.
///
/// # Safety
///
/// `socket` has no file, and is the caller's; this function takes it, also when it fails.
pub(super) unsafe fn file_of(socket: *mut bindings::socket) -> Result<Object, Errno> {
    // SAFETY: by contract; on failure the kernel has released the socket.
    let file = unsafe { bindings::sock_alloc_file(socket, NONBLOCK, core::ptr::null()) };
    let file = from_err_ptr(file).map_err(|error| Errno::from_linux(-error.to_errno()))?;
    let file = NonNull::new(file).ok_or(Errno::NoMem)?;
    // SAFETY: a fresh reference.
    unsafe { Object::from_raw(file) }
}

/// See `Os::accept`.
pub(crate) fn accept(listener: &Object) -> Result<Object, Errno> {
    let mut new = core::ptr::null_mut();
    let listening = socket(listener)?.as_ptr();
    // SAFETY: the listener's socket lives as its file does.
    let answer = unsafe { bindings::kernel_accept(listening, &raw mut new, NONBLOCK) };
    check(answer as isize)?;
    // SAFETY: the kernel answered a socket without a file.
    unsafe {
        ffi::wasmk_sock_nodelay(new);
        file_of(new)
    }
}

/// Datagrams are transferred whole.
fn whole(object: &Object) -> Whole {
    if object.description().filetype == wasmk_abi::FileType::SocketDgram {
        Whole::Yes
    } else {
        Whole::No
    }
}

/// See `Os::recv`.
pub(crate) fn recv(
    object: &Object,
    into: &mut Scatter<'_>,
    peek: bool,
    from: Option<&mut Address>,
) -> Result<Received, Errno> {
    let socket = socket(object)?;
    let mut buffers = Buffers::to_fill(into, whole(object))?;
    let mut storage = Storage::new();
    let mut message = bindings::msghdr::default();
    if from.is_some() {
        message.msg_name = storage.0.as_mut_ptr().cast();
    }
    let flags = MSG_DONTWAIT | if peek { MSG_PEEK } else { 0 };
    // SAFETY: the socket lives as its file does; the buffers are guest memory, there while `into` lives, and only copied to; the name has room for
    // any address.
    let bytes = check(unsafe {
        bindings::kernel_recvmsg(
            socket.as_ptr(),
            &raw mut message,
            buffers.as_mut_ptr(),
            buffers.count(),
            buffers.len(),
            flags as c_int,
        )
    } as isize)?;
    if let Some(from) = from {
        *from = storage.address(usize::try_from(message.msg_namelen).unwrap_or(0));
    }
    Ok(Received {
        bytes,
        truncated: message.msg_flags & MSG_TRUNC != 0,
    })
}

/// The address is looked up in a file system.
fn is_path(address: &Address) -> bool {
    match *address.as_bytes() {
        [low, high, first, ..] => u16::from_ne_bytes([low, high]) == AF_UNIX && first != 0,
        _ => false,
    }
}

/// See `Os::send`.
pub(crate) fn send(
    object: &Object,
    from: &Gather<'_>,
    to: Option<&Address>,
) -> Result<usize, Errno> {
    let socket = socket(object)?;
    let mut buffers = Buffers::to_read(from, whole(object))?;
    let mut storage = Storage::new();
    let mut message = bindings::msghdr {
        msg_flags: MSG_DONTWAIT | MSG_NOSIGNAL,
        ..Default::default()
    };
    if let Some(to) = to {
        let bytes = to.as_bytes();
        storage
            .0
            .get_mut(..bytes.len())
            .ok_or(Errno::Inval)?
            .copy_from_slice(bytes);
        message.msg_name = storage.0.as_mut_ptr().cast();
        message.msg_namelen = bytes.len() as c_int;
    }
    let _acting = to.is_some_and(is_path).then(Acting::unaudited);
    // SAFETY: as in `recv`; the buffers are only read.
    check(unsafe {
        bindings::kernel_sendmsg(
            socket.as_ptr(),
            &raw mut message,
            buffers.as_mut_ptr(),
            buffers.count(),
            buffers.len(),
        )
    } as isize)
}

/// See `Os::shutdown`.
pub(crate) fn shutdown(object: &Object, how: Shutdown) -> Result<(), Errno> {
    let how = match how {
        Shutdown::Read => bindings::sock_shutdown_cmd_SHUT_RD,
        Shutdown::Write => bindings::sock_shutdown_cmd_SHUT_WR,
        Shutdown::Both => bindings::sock_shutdown_cmd_SHUT_RDWR,
    };
    // SAFETY: the socket lives as its file does.
    check(unsafe { bindings::kernel_sock_shutdown(socket(object)?.as_ptr(), how) } as isize)
        .map(drop)
}

/// See `Os::address`.
pub(crate) fn address(object: &Object, peer: bool) -> Result<Address, Errno> {
    let socket = socket(object)?.as_ptr();
    let mut storage = Storage::new();
    let to = storage.0.as_mut_ptr().cast();
    // SAFETY: the socket lives as its file does; there is room for any address.
    let len = check(unsafe {
        if peer {
            bindings::kernel_getpeername(socket, to)
        } else {
            bindings::kernel_getsockname(socket, to)
        }
    } as isize)?;
    Ok(storage.address(len))
}

/// See `Os::connect_status`.
pub(crate) fn connect_status(object: &Object) -> Result<(), Errno> {
    let socket = socket(object)?;
    // SAFETY: the socket lives as its file does.
    check(unsafe { ffi::wasmk_sock_error(socket.as_ptr()) } as isize)?;
    match address(object, true) {
        Ok(_) => Ok(()),
        Err(Errno::NotConn) if SocketTraits::of(socket).is_connecting() => Err(Errno::InProgress),
        Err(errno) => Err(errno),
    }
}
