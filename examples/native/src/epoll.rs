// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! [`Net`] on the host's sockets.

use rustix::buffer::spare_capacity;
use rustix::event::{epoll, Timespec};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{self, sockopt, AddressFamily, SocketFlags, SocketType};
use std::io::IoSlice;
use std::net::{SocketAddr, TcpListener};
use std::time::Instant;
use wasmk_proxy::net::{Event, Net, NetError};

pub struct Epoll {
    listeners: Vec<OwnedFd>,
    upstreams: Vec<SocketAddr>,
    queue: OwnedFd,
    batch: Vec<epoll::Event>,
    start: Instant,
}

impl Epoll {
    pub fn new(listen: &[SocketAddr], upstreams: Vec<SocketAddr>) -> std::io::Result<Self> {
        let mut listeners = Vec::new();
        for address in listen {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            listeners.push(listener.into());
        }
        let queue = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let batch = Vec::with_capacity(256);
        Ok(Self {
            listeners,
            upstreams,
            queue,
            batch,
            start: Instant::now(),
        })
    }
}

fn error(errno: Errno) -> NetError {
    match errno {
        Errno::AGAIN | Errno::INPROGRESS | Errno::INTR => NetError::WouldBlock,
        Errno::CONNREFUSED | Errno::HOSTUNREACH | Errno::NETUNREACH => NetError::Unreachable,
        Errno::CONNRESET | Errno::CONNABORTED | Errno::PIPE | Errno::NOTCONN => NetError::Reset,
        Errno::TIMEDOUT => NetError::TimedOut,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::NOBUFS => NetError::Exhausted,
        other => NetError::Other(other.raw_os_error()),
    }
}

impl Net for Epoll {
    type Handle = OwnedFd;

    fn listeners(&self) -> usize {
        self.listeners.len()
    }

    fn upstreams(&self) -> usize {
        self.upstreams.len()
    }

    fn accept(&mut self, index: usize) -> Result<OwnedFd, NetError> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let fd = net::accept_with(&self.listeners[index], flags).map_err(error)?;
        sockopt::set_tcp_nodelay(&fd, true).map_err(error)?;
        Ok(fd)
    }

    fn connect(&mut self, index: usize) -> Result<(OwnedFd, bool), NetError> {
        let address = self.upstreams[index];
        let family = if address.is_ipv4() {
            AddressFamily::INET
        } else {
            AddressFamily::INET6
        };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let fd = net::socket_with(family, SocketType::STREAM, flags, None).map_err(error)?;
        sockopt::set_tcp_nodelay(&fd, true).map_err(error)?;
        match net::connect(&fd, &address) {
            Ok(()) => Ok((fd, true)),
            Err(Errno::INPROGRESS) => Ok((fd, false)),
            Err(errno) => Err(error(errno)),
        }
    }

    fn connected(&mut self, handle: &OwnedFd) -> Result<(), NetError> {
        match sockopt::socket_error(handle).map_err(error)? {
            Ok(()) => net::getpeername(handle)
                .map(drop)
                .map_err(|errno| match errno {
                    Errno::NOTCONN => NetError::WouldBlock,
                    errno => error(errno),
                }),
            Err(errno) => Err(error(errno)),
        }
    }

    fn peer(&mut self, handle: &OwnedFd, out: &mut String) {
        let address = net::getpeername(handle).ok().flatten();
        match address.and_then(|any| SocketAddr::try_from(any).ok()) {
            Some(address) => out.push_str(&address.ip().to_string()),
            None => out.push_str("unknown"),
        }
    }

    fn recv(&mut self, handle: &OwnedFd, buffer: &mut [u8]) -> Result<usize, NetError> {
        rustix::io::read(handle, buffer).map_err(error)
    }

    fn send(&mut self, handle: &OwnedFd, parts: &[&[u8]]) -> Result<usize, NetError> {
        let parts: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
        rustix::io::writev(handle, &parts).map_err(error)
    }

    fn shutdown_write(&mut self, handle: &OwnedFd) -> Result<(), NetError> {
        net::shutdown(handle, net::Shutdown::Write).map_err(error)
    }

    fn watch(&mut self, handle: &OwnedFd, token: u64) -> Result<(), NetError> {
        let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
        epoll::add(&self.queue, handle, epoll::EventData::new_u64(token), flags).map_err(error)
    }

    fn watch_listener(&mut self, index: usize, token: u64, on: bool) -> Result<(), NetError> {
        let listener = self.listeners[index].as_fd();
        let data = epoll::EventData::new_u64(token);
        let changed = match on {
            true => epoll::add(&self.queue, listener, data, epoll::EventFlags::IN),
            false => epoll::delete(&self.queue, listener),
        };
        changed.map_err(error)
    }

    fn wait(&mut self, events: &mut Vec<Event>, timeout: Option<u64>) -> Result<(), NetError> {
        let timeout = timeout.map(|ms| Timespec {
            tv_sec: (ms / 1000) as i64,
            tv_nsec: (ms % 1000 * 1_000_000) as i64,
        });
        self.batch.clear();
        match epoll::wait(
            &self.queue,
            spare_capacity(&mut self.batch),
            timeout.as_ref(),
        ) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(error(errno)),
        }
        events.extend(self.batch.iter().map(|event| {
            let flags = event.flags;
            Event {
                token: event.data.u64(),
                readable: flags.contains(epoll::EventFlags::IN),
                writable: flags.contains(epoll::EventFlags::OUT),
                gone: flags.intersects(epoll::EventFlags::HUP | epoll::EventFlags::ERR),
            }
        }));
        Ok(())
    }

    fn now(&mut self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }
}
