// SPDX-License-Identifier: GPL-2.0
//! Dialers: addresses, and on whose behalf and in which network they are connected to.

use super::{authority::Acting, check, errno, ffi, file::Object, socket::file_of};
use core::ptr::{null_mut, NonNull};
use kernel::{bindings, prelude::*, sync::Arc};
use wasmk_abi::{Connecting, Errno};
use wasmk_uapi::grant::DialAddress;

pub(super) const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

const SOCK_STREAM: u32 = 1;
const SOCK_DGRAM: u32 = 2;

/// `O_NONBLOCK`, as a flag of connections.
pub(super) const NONBLOCK: c_int = 0o4000;

/// The root directory of the grantor, referenced; none unless a path is to be looked up in it.
struct Root(ffi::Root);

impl Root {
    /// Of the calling task, if `wanted`.
    fn current(wanted: bool) -> Self {
        let mut root = ffi::Root {
            mnt: null_mut(),
            dentry: null_mut(),
        };
        if wanted {
            // SAFETY: process context; fills the structure in.
            unsafe { ffi::wasmk_root_get(&raw mut root) };
        }
        Self(root)
    }

    fn is_current(&self) -> bool {
        // SAFETY: process context; the directories are only compared.
        unsafe { ffi::wasmk_root_is_current(&raw const self.0) }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        // SAFETY: the references that `current` took, or null.
        unsafe { ffi::wasmk_root_put(&raw const self.0) };
    }
}

/// Addresses that may be connected to, with the grantor's network namespace, credentials and root directory; shared by all
/// descriptors that came of one grant.
#[derive(Clone)]
pub(crate) struct Dialer(Arc<Granted>);

struct Granted {
    net: NonNull<bindings::net>,
    cred: NonNull<bindings::cred>,
    root: Root,
    addresses: KVec<DialAddress>,
}

// SAFETY: the references are counted atomically, and what they refer to is shared by design.
unsafe impl Send for Granted {}
// SAFETY: as above.
unsafe impl Sync for Granted {}

impl Drop for Granted {
    fn drop(&mut self) {
        // SAFETY: `new` took the references.
        unsafe {
            bindings::put_cred(self.cred.as_ptr());
            ffi::wasmk_net_put(self.net.as_ptr());
        }
    }
}

/// `sa_family`.
fn family(address: &DialAddress) -> u16 {
    let [low, high, ..] = address.addr;
    u16::from_ne_bytes([low, high])
}

/// The address of a Unix socket in the file system.
fn is_path(address: &DialAddress) -> bool {
    let [_, _, first, ..] = address.addr;
    family(address) == AF_UNIX && first != 0
}

/// A stream or datagram address of a family that is served. Paths are absolute (or abstract): the program's working
/// directory is not the grantor's.
fn is_valid(address: &DialAddress) -> bool {
    let [_, _, first, ..] = address.addr;
    let len = match family(address) {
        AF_INET => address.len == 16,
        AF_INET6 => address.len == 28,
        AF_UNIX => (3..=110).contains(&address.len) && matches!(first, b'/' | 0),
        _ => false,
    };
    len && matches!(address.socket_type, SOCK_STREAM | SOCK_DGRAM)
}

impl Dialer {
    /// A dialer on behalf of the calling task.
    ///
    /// # Errors
    ///
    /// `Inval` for none, or one that is no stream or datagram address of IPv4, IPv6 or Unix sockets.
    pub(crate) fn new(addresses: KVec<DialAddress>) -> Result<Self, Errno> {
        if addresses.is_empty() || !addresses.iter().all(is_valid) {
            return Err(Errno::Inval);
        }
        // SAFETY: process context. Both are never null.
        let (net, cred) = unsafe { (ffi::wasmk_net_get(), ffi::wasmk_cred_get()) };
        let (Some(net), Some(cred)) = (NonNull::new(net), NonNull::new(cred.cast_mut())) else {
            return Err(Errno::NoMem);
        };
        let granted = Granted {
            net,
            cred,
            root: Root::current(addresses.iter().any(is_path)),
            addresses,
        };
        Arc::new(granted, GFP_KERNEL_ACCOUNT)
            .map(Self)
            .map_err(|_| Errno::NoMem)
    }

    /// Number of addresses.
    pub(crate) fn len(&self) -> u32 {
        self.0.addresses.len() as u32
    }

    /// See `Os::connect`. The socket is one of the grantor's: it counts, and making it is checked, as if the grantor had made it.
    /// Of connecting, `kernel_connect` has only `unix_stream_connect` checked, not `socket_connect`.
    ///
    /// # Errors
    ///
    /// `NotCapable` for a path when the calling task has another root directory than the grantor: the kernel would look it up
    /// in the caller's, with the grantor's permissions.
    pub(crate) fn connect(&self, index: u32) -> Result<(Object, Connecting), Errno> {
        let target = self.0.addresses.get(index as usize).ok_or(Errno::Inval)?;
        if is_path(target) && !self.0.root.is_current() {
            return Err(Errno::NotCapable);
        }
        // SAFETY: the credentials are referenced by this dialer, which outlives the guard.
        let acting = unsafe { Acting::with_cred(self.0.cred.as_ptr()) };
        let mut socket = null_mut();
        // SAFETY: the namespace is referenced by this dialer; the socket takes a reference of its own (it is not a
        // kernel socket).
        check(unsafe {
            bindings::__sock_create(
                self.0.net.as_ptr(),
                family(target).into(),
                target.socket_type as c_int,
                0,
                &raw mut socket,
                0,
            )
        } as isize)?;
        // SAFETY: a fresh socket, not yet of any file.
        let object = unsafe { file_of(socket) }?;
        let mut address = target.addr;
        // SAFETY: the socket lives as its file does; the address is as long as it says, which `is_valid` has checked.
        let result = unsafe {
            if target.socket_type == SOCK_STREAM {
                ffi::wasmk_sock_nodelay(socket);
            }
            bindings::kernel_connect(
                socket,
                address.as_mut_ptr().cast(),
                target.len as c_int,
                NONBLOCK,
            )
        };
        drop(acting);
        match result {
            0 => Ok((object, Connecting::Done)),
            error => match errno(error as isize) {
                Errno::InProgress => Ok((object, Connecting::InProgress)),
                errno => Err(errno),
            },
        }
    }
}
