// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Socket addresses: Linux's `sockaddr_in`, `sockaddr_in6`, `sockaddr_un`, and their text.

use core::{
    fmt::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
};

/// `AF_UNIX`.
const UNIX: u16 = 1;
/// `AF_INET`.
const INET: u16 = 2;
/// `AF_INET6`.
const INET6: u16 = 10;

/// A socket address in Linux's form.
#[derive(Clone, Copy)]
pub struct Address {
    len: u8,
    bytes: [u8; Address::MAX],
}

impl Address {
    /// Most bytes of an address (`sockaddr_storage`).
    pub const MAX: usize = 128;

    /// The address of nobody: no bytes.
    pub const fn none() -> Self {
        Self {
            len: 0,
            bytes: [0; Self::MAX],
        }
    }

    /// An address of the bytes given (`None` when too long). They are not checked.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut address = Self::none();
        address.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        address.len = bytes.len() as u8;
        Some(address)
    }

    /// An IPv4 address.
    pub fn v4(ip: Ipv4Addr, port: u16) -> Self {
        let mut address = Self {
            len: 16,
            ..Self::none()
        };
        address.put(0, &INET.to_ne_bytes());
        address.put(2, &port.to_be_bytes());
        address.put(4, &ip.octets());
        address
    }

    /// An IPv6 address.
    pub fn v6(ip: Ipv6Addr, port: u16, scope: u32) -> Self {
        let mut address = Self {
            len: 28,
            ..Self::none()
        };
        address.put(0, &INET6.to_ne_bytes());
        address.put(2, &port.to_be_bytes());
        address.put(8, &ip.octets());
        address.put(24, &scope.to_ne_bytes());
        address
    }

    /// A Unix address: a path, an abstract name (first byte zero), or none (`None` when too long).
    pub fn unix(path: &[u8]) -> Option<Self> {
        if path.len() > 108 {
            return None;
        }
        let mut address = Self {
            len: 2 + path.len() as u8,
            ..Self::none()
        };
        address.put(0, &UNIX.to_ne_bytes());
        address.put(2, path);
        Some(address)
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(to) = self.bytes.get_mut(at..at + bytes.len()) {
            to.copy_from_slice(bytes);
        }
    }

    fn get<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.as_bytes().get(at..at.checked_add(N)?)?.try_into().ok()
    }

    /// Its bytes (`sockaddr`).
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// `sa_family`, 0 for [`Address::none`].
    pub fn family(&self) -> u16 {
        self.get(0).map_or(0, u16::from_ne_bytes)
    }

    /// IP address and port, if it is such.
    pub fn socket_addr(&self) -> Option<core::net::SocketAddr> {
        let port = u16::from_be_bytes(self.get(2)?);
        match self.family() {
            INET => Some((Ipv4Addr::from(self.get::<4>(4)?), port).into()),
            INET6 => {
                let ip = Ipv6Addr::from(self.get::<16>(8)?);
                let scope = self.get(24).map_or(0, u32::from_ne_bytes);
                Some(core::net::SocketAddrV6::new(ip, port, 0, scope).into())
            }
            _ => None,
        }
    }

    /// Path of a Unix address, without the terminator; an abstract name begins with a zero byte.
    pub fn unix_path(&self) -> Option<&[u8]> {
        if self.family() != UNIX {
            return None;
        }
        let path = self.as_bytes().get(2..).unwrap_or(&[]);
        match path.split_first() {
            Some((0, _)) | None => Some(path),
            _ => path.split(|b| *b == 0).next(),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl fmt::Display for Address {
    /// `192.0.2.1:80`, `[2001:db8::1]:80`, `unix:/path`, `unix:@abstract`, `unix:`; nothing for any other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(address) = self.socket_addr() {
            return write!(f, "{address}");
        }
        let Some(path) = self.unix_path() else {
            return Ok(());
        };
        f.write_str("unix:")?;
        let path = match path.split_first() {
            Some((0, name)) => {
                f.write_char('@')?;
                name
            }
            _ => path,
        };
        for chunk in path.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

/// A fixed buffer for an address's text.
#[derive(Debug)]
pub(crate) struct Text {
    len: usize,
    bytes: [u8; 384],
}

impl Text {
    /// The text of `address`.
    pub(crate) fn of(address: &Address) -> Self {
        let mut text = Self {
            len: 0,
            bytes: [0; 384],
        };
        // The longest text, a path of 108 undecodable bytes, takes 330 bytes.
        let _ = write!(text, "{address}");
        text
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}

impl Write for Text {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.len.checked_add(s.len()).ok_or(fmt::Error)?;
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}
