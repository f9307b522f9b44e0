// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Addresses on the command line: `[NAME=][tcp:|udp:]HOST:PORT`, `[V6]:PORT`, `unix:PATH`.

use std::{
    fmt,
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    str::FromStr,
};

use libwasmk::Address;

use crate::problem::Problem;

/// An address whose name is not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressSpec {
    /// TCP (or UDP) host and port.
    Inet {
        /// Datagrams.
        udp: bool,
        /// Name or literal address, without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// A path.
    Unix(PathBuf),
    /// An abstract name.
    Abstract(String),
}

/// `--listen`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenSpec {
    /// Name for the guest; may be empty.
    pub name: String,
    /// Where.
    pub address: AddressSpec,
}

/// `--connect`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectSpec {
    /// Name for the guest; may be empty.
    pub name: String,
    /// Where to.
    pub addresses: Vec<AddressSpec>,
}

impl FromStr for AddressSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path.strip_prefix('@') {
                _ if path.is_empty() || path == "@" => Err("unix: needs a path".into()),
                _ if path.len() > 107 => {
                    Err("the path of a unix socket has at most 107 bytes".into())
                }
                Some(name) => Ok(Self::Abstract(name.into())),
                None => Ok(Self::Unix(path.into())),
            };
        }
        let (udp, rest) = match (text.strip_prefix("tcp:"), text.strip_prefix("udp:")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => (false, text),
        };
        let (host, port) = split_port(rest)
            .ok_or_else(|| format!("`{text}`: expected HOST:PORT, [V6]:PORT or unix:PATH"))?;
        if host.is_empty() {
            return Err(format!(
                "`{text}`: no host; for every address write 0.0.0.0:{port} or [::]:{port}"
            ));
        }
        let port = port
            .parse()
            .map_err(|_| format!("`{port}` is not a port (0 to 65535)"))?;
        Ok(Self::Inet {
            udp,
            host: host.into(),
            port,
        })
    }
}

/// Splits `HOST:PORT` or `[V6]:PORT`.
fn split_port(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        return Some((host, rest.strip_prefix(':')?));
    }
    let (host, port) = text.rsplit_once(':')?;
    // A bare IPv6 address would be ambiguous.
    (!host.contains(':') && !host.contains('/')).then_some((host, port))
}

impl AddressSpec {
    /// Resolves the name: every address it has, IPv4 first. `flag` is named in errors.
    pub fn resolve(&self, flag: &str) -> Result<Vec<Address>, Problem> {
        let (udp, host, port) = match self {
            Self::Unix(path) => {
                return Ok(vec![Address::Unix(
                    std::path::absolute(path).unwrap_or_else(|_| path.clone()),
                )])
            }
            Self::Abstract(name) => return Ok(vec![Address::Abstract(name.clone())]),
            Self::Inet { udp, host, port } => (*udp, host, *port),
        };
        let found = (host.as_str(), port).to_socket_addrs().map_err(|error| {
            Problem::new(
                "not-found",
                format!("{flag} {self}: cannot resolve `{host}`: {error}"),
            )
        })?;
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses.sort_by_key(SocketAddr::is_ipv6);
        if addresses.is_empty() {
            return Err(Problem::new(
                "not-found",
                format!("{flag} {self}: `{host}` has no address"),
            ));
        }
        Ok(addresses
            .into_iter()
            .map(|address| {
                if udp {
                    Address::Udp(address)
                } else {
                    Address::Tcp(address)
                }
            })
            .collect())
    }
}

impl fmt::Display for AddressSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { udp, host, port } => {
                let transport = if *udp { "udp:" } else { "" };
                if host.contains(':') {
                    write!(f, "{transport}[{host}]:{port}")
                } else {
                    write!(f, "{transport}{host}:{port}")
                }
            }
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Abstract(name) => write!(f, "unix:@{name}"),
        }
    }
}

/// Splits `NAME=` off. What has a `:` or `/` before the `=` is no name.
pub(super) fn split_name(text: &str) -> Result<(&str, &str), String> {
    match text.split_once('=') {
        Some((name, _)) if name.contains([':', '/']) => Ok(("", text)),
        Some((name, rest)) => {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if name.is_empty() || name.len() > 255 || !name.chars().all(allowed) {
                return Err(format!(
                    "`{name}` is not a name: use letters, digits, `-`, `_` and `.`"
                ));
            }
            Ok((name, rest))
        }
        None => Ok(("", text)),
    }
}

/// Parses `--listen`.
pub fn listen(text: &str) -> Result<ListenSpec, String> {
    let (name, rest) = split_name(text)?;
    Ok(ListenSpec {
        name: name.into(),
        address: rest.parse()?,
    })
}

/// Parses `--connect`.
pub fn connect(text: &str) -> Result<ConnectSpec, String> {
    let (name, rest) = split_name(text)?;
    let addresses = rest
        .split(',')
        .map(AddressSpec::from_str)
        .collect::<Result<Vec<_>, _>>()?;
    for address in &addresses {
        if matches!(address, AddressSpec::Inet { port: 0, .. }) {
            return Err(format!("`{address}`: nothing can be reached at port 0"));
        }
    }
    Ok(ConnectSpec {
        name: name.into(),
        addresses,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inet(udp: bool, host: &str, port: u16) -> AddressSpec {
        AddressSpec::Inet {
            udp,
            host: host.into(),
            port,
        }
    }

    #[test]
    fn addresses() {
        assert_eq!("127.0.0.1:80".parse(), Ok(inet(false, "127.0.0.1", 80)));
        assert_eq!("tcp:localhost:80".parse(), Ok(inet(false, "localhost", 80)));
        assert_eq!("udp:localhost:53".parse(), Ok(inet(true, "localhost", 53)));
        assert_eq!("[::1]:0".parse(), Ok(inet(false, "::1", 0)));
        assert_eq!("udp:[::1]:5".parse(), Ok(inet(true, "::1", 5)));
        assert_eq!("unix:/a=b".parse(), Ok(AddressSpec::Unix("/a=b".into())));
        assert_eq!("unix:@x".parse(), Ok(AddressSpec::Abstract("x".into())));
        for bad in [
            "",
            "80",
            ":80",
            "h:",
            "h:65536",
            "h:-1",
            "::1:80",
            "[::1]",
            "[::1]80",
            "[h]:1",
            "unix:",
            "unix:@",
            "a/b:1",
            "http://x:1",
        ] {
            assert!(bad.parse::<AddressSpec>().is_err(), "{bad}");
        }
        assert!(format!("unix:/{}", "x".repeat(107))
            .parse::<AddressSpec>()
            .is_err());
    }

    #[test]
    fn names() {
        let spec = listen("web=[::]:8080").unwrap();
        assert_eq!(
            (spec.name.as_str(), spec.address),
            ("web", inet(false, "::", 8080))
        );
        assert_eq!(listen("unix:/tmp/a=b").unwrap().name, "");
        assert!(listen("=h:1").is_err());
        assert!(listen("a b=h:1").is_err());
        let spec = connect("up=127.0.0.1:1,unix:/x,[::1]:2").unwrap();
        assert_eq!(spec.name, "up");
        assert_eq!(spec.addresses.len(), 3);
        for bad in ["up=", "h:1,", ",h:1", "h:0"] {
            assert!(connect(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn literals_resolve_to_themselves_and_print_as_given() {
        let spec: AddressSpec = "udp:[::1]:53".parse().unwrap();
        assert_eq!(spec.to_string(), "udp:[::1]:53");
        assert_eq!(
            spec.resolve("--listen").unwrap(),
            [Address::Udp("[::1]:53".parse().unwrap())]
        );
        let problem = "surely.invalid:1"
            .parse::<AddressSpec>()
            .unwrap()
            .resolve("--connect")
            .unwrap_err();
        assert!(
            problem
                .message
                .starts_with("--connect surely.invalid:1: cannot resolve"),
            "{}",
            problem.message
        );
    }
}
