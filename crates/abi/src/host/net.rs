// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Sockets.

use std::{io::IoSlice, net::SocketAddr};

use rustix::{
    event::{poll, PollFd, PollFlags, Timespec},
    net::{
        self, sockopt, AddressFamily, RecvFlags, SendAncillaryBuffer, SendFlags, SocketAddrAny,
        SocketAddrUnix, SocketFlags, SocketType,
    },
};

use super::Object;
use crate::{Address, Connecting, Errno, FileType, Gather, Received, Scatter, Shutdown};

/// Most bytes of one transfer on a stream; datagrams are transferred whole. They go through a buffer, as nobody but their copies
/// may look at the guest's memory.
const PIECE: usize = 256 << 10;

/// Largest datagram.
const DATAGRAM_MAX: usize = 64 << 10;

/// An address that a dialer may reach.
#[derive(Clone, Debug)]
pub struct Target {
    /// Datagrams, else a stream.
    pub datagram: bool,
    /// The address.
    pub address: Address,
}

/// Addresses that may be connected to.
#[derive(Clone, Debug)]
pub struct Dialer {
    targets: Vec<Target>,
}

impl Dialer {
    /// A dialer of `targets`.
    pub fn new(targets: Vec<Target>) -> Self {
        Self { targets }
    }

    pub(super) fn len(&self) -> u32 {
        self.targets.len() as u32
    }
}

/// The address in rustix's form.
fn to_any(address: &Address) -> Result<SocketAddrAny, Errno> {
    if let Some(ip) = address.socket_addr() {
        return Ok(ip.into());
    }
    let path = address.unix_path().ok_or(Errno::AfNoSupport)?;
    let unix = match path.split_first() {
        Some((0, name)) => SocketAddrUnix::new_abstract_name(name)?,
        _ => SocketAddrUnix::new(path)?,
    };
    Ok(unix.into())
}

/// The address in our form.
fn from_any(any: SocketAddrAny) -> Address {
    match SocketAddr::try_from(any.clone()) {
        Ok(SocketAddr::V4(v4)) => return Address::v4(*v4.ip(), v4.port()),
        Ok(SocketAddr::V6(v6)) => return Address::v6(*v6.ip(), v6.port(), v6.scope_id()),
        Err(_) => {}
    }
    let Ok(unix) = SocketAddrUnix::try_from(any) else {
        return Address::none();
    };
    let mut path = Vec::new();
    if let Some(name) = unix.abstract_name().filter(|name| !name.is_empty()) {
        path.push(0);
        path.extend_from_slice(name);
    } else if let Some(bytes) = unix.path_bytes() {
        path.extend_from_slice(bytes);
    }
    Address::unix(&path).unwrap_or(Address::none())
}

/// Sets `TCP_NODELAY`; sockets of other kinds have no such option.
fn set_nodelay(object: &Object) {
    let _ = sockopt::set_tcp_nodelay(object, true);
}

pub(super) fn accept(listener: &Object) -> Result<Object, Errno> {
    let object = Object::new(net::accept_with(listener, SocketFlags::CLOEXEC)?)?;
    set_nodelay(&object);
    Ok(object)
}

pub(super) fn recv(
    socket: &Object,
    into: &mut Scatter<'_>,
    peek: bool,
    from: Option<&mut Address>,
) -> Result<Received, Errno> {
    let mut flags = RecvFlags::DONTWAIT;
    flags.set(RecvFlags::PEEK, peek);
    if socket.description().filetype != FileType::SocketDgram {
        if into.is_empty() {
            return Ok(Received::default());
        }
        let mut piece = vec![0; into.len().min(PIECE)];
        let (bytes, _) = net::recv(socket, piece.as_mut_slice(), flags)?;
        into.store(piece.get(..bytes).unwrap_or_default());
        return Ok(Received {
            bytes,
            truncated: false,
        });
    }
    let mut datagram = vec![0; DATAGRAM_MAX];
    let (bytes, _, sender) = net::recvfrom(socket, datagram.as_mut_slice(), flags)?;
    if let (Some(from), Some(sender)) = (from, sender) {
        *from = from_any(sender);
    }
    let stored = into.store(datagram.get(..bytes).unwrap_or_default());
    Ok(Received {
        bytes: stored,
        truncated: stored < bytes,
    })
}

pub(super) fn send(
    socket: &Object,
    from: &Gather<'_>,
    to: Option<&Address>,
) -> Result<usize, Errno> {
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    let mut control = SendAncillaryBuffer::default();
    if socket.description().filetype == FileType::SocketDgram {
        let mut datagram = vec![0; from.len().min(DATAGRAM_MAX + 1)];
        from.load(&mut datagram);
        let whole = [IoSlice::new(&datagram)];
        return Ok(match to {
            Some(to) => net::sendmsg_addr(socket, &to_any(to)?, &whole, &mut control, flags)?,
            None => net::sendmsg(socket, &whole, &mut control, flags)?,
        });
    }
    let mut piece = vec![0; from.len().min(PIECE)];
    from.load(&mut piece);
    let whole = [IoSlice::new(&piece)];
    Ok(net::sendmsg(socket, &whole, &mut control, flags)?)
}

pub(super) fn shutdown(socket: &Object, how: Shutdown) -> Result<(), Errno> {
    let how = match how {
        Shutdown::Read => net::Shutdown::Read,
        Shutdown::Write => net::Shutdown::Write,
        Shutdown::Both => net::Shutdown::Both,
    };
    Ok(net::shutdown(socket, how)?)
}

pub(super) fn address(socket: &Object, peer: bool) -> Result<Address, Errno> {
    Ok(if peer {
        from_any(net::getpeername(socket)?.ok_or(Errno::NotConn)?)
    } else {
        from_any(net::getsockname(socket)?)
    })
}

pub(super) fn connect(dialer: &Dialer, index: u32) -> Result<(Object, Connecting), Errno> {
    let target = dialer.targets.get(index as usize).ok_or(Errno::Inval)?;
    let family = AddressFamily::from_raw(target.address.family());
    let kind = if target.datagram {
        SocketType::DGRAM
    } else {
        SocketType::STREAM
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let object = Object::new(net::socket_with(family, kind, flags, None)?)?;
    if !target.datagram {
        set_nodelay(&object);
    }
    match net::connect(&object, &to_any(&target.address)?) {
        Ok(()) => Ok((object, Connecting::Done)),
        Err(rustix::io::Errno::INPROGRESS) => Ok((object, Connecting::InProgress)),
        Err(errno) => Err(errno.into()),
    }
}

pub(super) fn connect_status(socket: &Object) -> Result<(), Errno> {
    sockopt::socket_error(socket)??;
    match net::getpeername(socket) {
        Ok(Some(_)) => return Ok(()),
        Ok(None) => {}
        Err(rustix::io::Errno::NOTCONN) => {}
        Err(errno) => return Err(errno.into()),
    }
    // Not connected and without an error: under way, unless the error was told before.
    let mut fds = [PollFd::new(socket, PollFlags::OUT)];
    poll(
        &mut fds,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )?;
    let over = fds.iter().any(|fd| !fd.revents().is_empty());
    sockopt::socket_error(socket)??;
    Err(if over && net::getpeername(socket).is_err() {
        Errno::NotConn
    } else {
        Errno::InProgress
    })
}
