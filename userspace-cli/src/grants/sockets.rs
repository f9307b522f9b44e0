// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Sockets that listen, and addresses to connect to.

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

use super::{with_flag, Granted};
use crate::{
    cli::{ConnectSpec, ListenSpec},
    problem::Problem,
};

/// Connections that may wait to be accepted; the kernel caps it at `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// A bound socket.
#[derive(Debug)]
pub(super) struct Listener {
    name: String,
    kind: GrantKind,
    socket: OwnedFd,
    address: Address,
}

/// Addresses to connect to.
#[derive(Debug)]
pub(super) struct Dialer {
    name: String,
    addresses: Vec<Address>,
}

impl Listener {
    pub(super) fn open(spec: &ListenSpec) -> Result<Self, Problem> {
        let address = spec.address.resolve("--listen")?.swap_remove(0);
        let (kind, socket, address) = bind(&address).map_err(|error| {
            Problem::io(format!("--listen {}: cannot listen", spec.address), &error)
        })?;
        Ok(Self {
            name: spec.name.clone(),
            kind,
            socket,
            address,
        })
    }

    pub(super) fn grant(&self, store: &Store) -> Result<(), Problem> {
        let grant = Grant {
            name: &self.name,
            number: None,
            source: GrantSource::File(self.kind, self.socket.as_fd()),
        };
        store
            .grant(&grant)
            .map(drop)
            .map_err(|error| with_flag(error, "--listen", &self.address))
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn granted(&self) -> Granted {
        Granted {
            name: self.name.clone(),
            addresses: vec![self.address.to_string()],
        }
    }
}

impl Dialer {
    pub(super) fn resolve(spec: &ConnectSpec) -> Result<Self, Problem> {
        let mut addresses = Vec::new();
        for address in &spec.addresses {
            addresses.extend(address.resolve("--connect")?);
        }
        Ok(Self {
            name: spec.name.clone(),
            addresses,
        })
    }

    pub(super) fn grant(&self, store: &Store) -> Result<(), Problem> {
        let grant = Grant {
            name: &self.name,
            number: None,
            source: GrantSource::Dialer(&self.addresses),
        };
        store
            .grant(&grant)
            .map(drop)
            .map_err(|error| with_flag(error, "--connect", &self.texts().join(",")))
    }

    fn texts(&self) -> Vec<String> {
        self.addresses.iter().map(ToString::to_string).collect()
    }

    pub(super) fn granted(&self) -> Granted {
        Granted {
            name: self.name.clone(),
            addresses: self.texts(),
        }
    }
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
    use crate::{
        cli::{connect, listen, GrantOptions},
        grants::Grants,
    };

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
