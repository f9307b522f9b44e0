// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Opening what the flags grant, and handing it to a store.

use std::{
    io,
    net::{TcpListener, UdpSocket},
    os::{
        fd::{AsFd, OwnedFd},
        linux::net::SocketAddrExt,
        unix::{
            fs::FileTypeExt,
            net::{SocketAddr as UnixAddress, UnixListener, UnixStream},
        },
    },
    path::Path,
};

use libwasmk::{uapi::grant::GrantKind, Address, Grant, GrantSource, Store};
use serde::Serialize;

use crate::{cli::GrantOptions, problem::Problem};

/// Connections that may wait to be accepted; the kernel caps it at `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    name: String,
    kind: GrantKind,
    socket: OwnedFd,
    address: Address,
}

/// Addresses to connect to.
#[derive(Debug)]
pub struct Dialer {
    name: String,
    addresses: Vec<Address>,
}

/// Everything that the flags grant, open.
#[derive(Debug, Default)]
pub struct Grants {
    listeners: Vec<Listener>,
    dialers: Vec<Dialer>,
    environ: Vec<String>,
}

/// What was granted, for people and programs.
#[derive(Debug, Serialize)]
pub struct Granted {
    /// Name for the guest.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Addresses, with the port that was found for port 0.
    pub addresses: Vec<String>,
}

impl Grants {
    /// Resolves names, binds and listens. Errors name the flag.
    pub fn open(options: &GrantOptions) -> Result<Self, Problem> {
        let mut grants = Self {
            environ: options.env.clone(),
            ..Self::default()
        };
        for spec in &options.listen {
            let address = spec.address.resolve("--listen")?.swap_remove(0);
            let (kind, socket, address) = bind(&address).map_err(|error| {
                Problem::io(format!("--listen {}: cannot listen", spec.address), &error)
            })?;
            grants.listeners.push(Listener {
                name: spec.name.clone(),
                kind,
                socket,
                address,
            });
        }
        for spec in &options.connect {
            let mut addresses = Vec::new();
            for address in &spec.addresses {
                addresses.extend(address.resolve("--connect")?);
            }
            grants.dialers.push(Dialer {
                name: spec.name.clone(),
                addresses,
            });
        }
        Ok(grants)
    }

    /// Grants everything to `store`: listeners, then dialers, from descriptor 3 on; and the environment.
    pub fn apply(&self, store: &Store) -> Result<(), Problem> {
        for listener in &self.listeners {
            let source = GrantSource::File(listener.kind, listener.socket.as_fd());
            store
                .grant(&Grant {
                    name: &listener.name,
                    number: None,
                    source,
                })
                .map_err(|error| {
                    with_flag(error.into(), "--listen", &listener.address.to_string())
                })?;
        }
        for dialer in &self.dialers {
            store
                .grant(&Grant {
                    name: &dialer.name,
                    number: None,
                    source: GrantSource::Dialer(&dialer.addresses),
                })
                .map_err(|error| with_flag(error.into(), "--connect", &join(&dialer.addresses)))?;
        }
        store.set_environ(&self.environ)?;
        Ok(())
    }

    /// Where it listens.
    pub fn listening(&self) -> Vec<Granted> {
        self.listeners
            .iter()
            .map(|l| Granted {
                name: l.name.clone(),
                addresses: vec![l.address.to_string()],
            })
            .collect()
    }

    /// Where it may connect to.
    pub fn dialing(&self) -> Vec<Granted> {
        self.dialers
            .iter()
            .map(|d| Granted {
                name: d.name.clone(),
                addresses: d.addresses.iter().map(ToString::to_string).collect(),
            })
            .collect()
    }

    /// Paths of listening unix sockets, to be removed at the end.
    pub fn socket_files(&self) -> impl Iterator<Item = &Path> {
        self.listeners
            .iter()
            .filter_map(|listener| match &listener.address {
                Address::Unix(path) => Some(path.as_path()),
                _ => None,
            })
    }
}

/// Hands our standard streams to the store as descriptors 0 to 2. One of a kind that cannot be granted is left out,
/// with a word about it.
pub fn standard_streams(
    store: &Store,
    streams: [Option<std::os::fd::BorrowedFd<'_>>; 3],
) -> Result<(), Problem> {
    for (number, stream) in (0..).zip(streams) {
        let Some(stream) = stream else { continue };
        let Ok(status) = rustix::fs::fstat(stream) else {
            continue;
        };
        let socket =
            rustix::fs::FileType::from_raw_mode(status.st_mode) == rustix::fs::FileType::Socket;
        let kind = if socket {
            GrantKind::Socket
        } else {
            GrantKind::Stream
        };
        let grant = Grant {
            name: "",
            number: Some(number),
            source: GrantSource::File(kind, stream),
        };
        match store.grant(&grant) {
            Ok(_) => {}
            Err(error) if error.errno == libc::EINVAL => {
                eprintln!(
                    "wasmctl: descriptor {number} is of a kind that cannot be given to the program"
                );
            }
            Err(error) => return Err(Problem::from(error).about("standard streams")),
        }
    }
    Ok(())
}

fn with_flag(mut problem: Problem, flag: &str, address: &str) -> Problem {
    problem.message = format!("{flag} {address}: {}", problem.message);
    problem
}

fn join(addresses: &[Address]) -> String {
    addresses
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

fn bind(address: &Address) -> io::Result<(GrantKind, OwnedFd, Address)> {
    let stream = |socket: OwnedFd, address| -> io::Result<_> {
        rustix::net::listen(&socket, BACKLOG)?;
        Ok((GrantKind::Listener, socket, address))
    };
    match address {
        Address::Tcp(address) => {
            // Sets SO_REUSEADDR.
            let socket = TcpListener::bind(address)?;
            let bound = socket.local_addr()?;
            stream(socket.into(), Address::Tcp(bound))
        }
        Address::Udp(address) => {
            let socket = UdpSocket::bind(address)?;
            let bound = socket.local_addr()?;
            Ok((GrantKind::Datagram, socket.into(), Address::Udp(bound)))
        }
        Address::Unix(path) => stream(bind_unix(path)?.into(), address.clone()),
        Address::Abstract(name) => {
            let socket = UnixListener::bind_addr(&UnixAddress::from_abstract_name(name)?)?;
            stream(socket.into(), address.clone())
        }
    }
}

/// Binds a path. A socket file that nobody listens on any more is replaced.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale(path) => {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        other => other,
    }
}

fn is_stale(path: &Path) -> bool {
    let socket = std::fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    socket
        && UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{connect, listen};

    #[test]
    fn port_zero_is_reported_as_bound_and_a_clash_names_the_flag() {
        let mut options = GrantOptions::default();
        options.listen.push(listen("web=127.0.0.1:0").unwrap());
        options
            .connect
            .push(connect("127.0.0.1:9,[::1]:9").unwrap());
        let grants = Grants::open(&options).unwrap();
        let listening = grants.listening();
        assert_eq!(listening[0].name, "web");
        assert!(!listening[0].addresses[0].ends_with(":0"));
        assert_eq!(grants.dialing()[0].addresses, ["127.0.0.1:9", "[::1]:9"]);
        let mut again = GrantOptions::default();
        again
            .listen
            .push(listen(&listening[0].addresses[0]).unwrap());
        let problem = Grants::open(&again).unwrap_err();
        assert!(
            problem.message.starts_with(&format!(
                "--listen {}: cannot listen: Address",
                listening[0].addresses[0]
            )),
            "{problem}"
        );
    }

    #[test]
    fn stale_socket_files_are_replaced_live_ones_are_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let mut options = GrantOptions::default();
        options
            .listen
            .push(listen(&format!("unix:{}", path.display())).unwrap());
        let grants = Grants::open(&options).unwrap();
        assert_eq!(grants.socket_files().collect::<Vec<_>>(), [path.as_path()]);
        assert!(Grants::open(&options).is_err());
        drop(grants);
        assert!(path.exists());
        Grants::open(&options).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "a file, not a socket").unwrap();
        assert!(Grants::open(&options).is_err());
        assert!(path.exists());
    }
}
