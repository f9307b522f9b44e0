// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Socket addresses, and how the kernel lays them out.

use std::{fmt, net::SocketAddr, os::unix::ffi::OsStrExt, path::PathBuf};

use serde::{Deserialize, Serialize};
use wasmk_uapi::grant::DialAddress;

/// Bytes that `sockaddr_un` has for a path, with its terminating NUL (unix(7)).
const UNIX_PATH_MAX: usize = 108;

/// A resolved socket address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Address {
    /// TCP.
    Tcp(SocketAddr),
    /// UDP.
    Udp(SocketAddr),
    /// A unix stream socket at a path.
    Unix(PathBuf),
    /// A unix stream socket with an abstract name (without its leading NUL).
    Abstract(String),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Udp(address) => write!(f, "udp:{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Abstract(name) => write!(f, "unix:@{name}"),
        }
    }
}

impl Address {
    /// The address as a dialer takes it; `None` for a unix path or name that is too long.
    pub(crate) fn to_kernel(&self) -> Option<DialAddress> {
        let socket_type = if matches!(self, Self::Udp(_)) {
            libc::SOCK_DGRAM
        } else {
            libc::SOCK_STREAM
        };
        let bytes = self.sockaddr()?;
        let mut out = DialAddress {
            len: bytes.len() as u32,
            socket_type: socket_type as u32,
            ..DialAddress::default()
        };
        out.addr.get_mut(..bytes.len())?.copy_from_slice(&bytes);
        Some(out)
    }

    /// `sockaddr_in` (ip(7)), `sockaddr_in6` (ipv6(7)) or `sockaddr_un` (unix(7)).
    fn sockaddr(&self) -> Option<Vec<u8>> {
        let family = |family: i32| (family as u16).to_ne_bytes().to_vec();
        match self {
            Self::Tcp(SocketAddr::V4(v4)) | Self::Udp(SocketAddr::V4(v4)) => {
                let mut out = family(libc::AF_INET);
                out.extend(v4.port().to_be_bytes());
                out.extend(v4.ip().octets());
                out.extend([0; 8]);
                Some(out)
            }
            Self::Tcp(SocketAddr::V6(v6)) | Self::Udp(SocketAddr::V6(v6)) => {
                let mut out = family(libc::AF_INET6);
                out.extend(v6.port().to_be_bytes());
                out.extend(v6.flowinfo().to_be_bytes());
                out.extend(v6.ip().octets());
                out.extend(v6.scope_id().to_ne_bytes());
                Some(out)
            }
            Self::Unix(path) => {
                let path = path.as_os_str().as_bytes();
                let mut out = family(libc::AF_UNIX);
                out.extend(path);
                out.push(0);
                (!path.is_empty() && path.len() < UNIX_PATH_MAX && !path.contains(&0))
                    .then_some(out)
            }
            Self::Abstract(name) => {
                let mut out = family(libc::AF_UNIX);
                out.push(0);
                out.extend(name.as_bytes());
                (name.len() < UNIX_PATH_MAX).then_some(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_those_of_the_kernel() {
        let v4 = Address::Tcp("192.0.2.1:80".parse().unwrap())
            .to_kernel()
            .unwrap();
        assert_eq!((v4.len, v4.socket_type), (16, 1));
        assert_eq!(v4.addr[..8], [2, 0, 0, 80, 192, 0, 2, 1]);
        let v6 = Address::Udp("[2001:db8::1]:258".parse().unwrap())
            .to_kernel()
            .unwrap();
        assert_eq!((v6.len, v6.socket_type), (28, 2));
        assert_eq!(v6.addr[..12], [10, 0, 1, 2, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8]);
        assert_eq!(v6.addr[23], 1);
        let unix = Address::Unix("/a".into()).to_kernel().unwrap();
        assert_eq!((unix.len, &unix.addr[..5]), (5, &[1, 0, b'/', b'a', 0][..]));
        let name = Address::Abstract("x".into()).to_kernel().unwrap();
        assert_eq!((name.len, &name.addr[..4]), (4, &[1, 0, 0, b'x'][..]));
        assert!(Address::Unix("x".repeat(108).into()).to_kernel().is_none());
    }
}
