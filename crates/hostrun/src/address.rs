// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Addresses on the command line.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    str::FromStr,
};

/// Where to listen, or what to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// TCP.
    Tcp(SocketAddr),
    /// UDP.
    Udp(SocketAddr),
    /// A Unix stream socket at this path.
    Unix(String),
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        if let Some(path) = s.strip_prefix("unix:") {
            return Ok(Self::Unix(path.into()));
        }
        let (udp, host) = match s.strip_prefix("udp:") {
            Some(host) => (true, host),
            None => (false, s.strip_prefix("tcp:").unwrap_or(s)),
        };
        let mut found = host
            .to_socket_addrs()
            .map_err(|error| format!("{s}: {error}"))?;
        let address = found.next().ok_or_else(|| format!("{s}: no address"))?;
        Ok(if udp {
            Self::Udp(address)
        } else {
            Self::Tcp(address)
        })
    }
}
