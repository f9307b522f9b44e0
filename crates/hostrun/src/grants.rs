// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Opening what is granted.

use std::{io, net::SocketAddr, os::fd::OwnedFd};

use rustix::net::{
    bind, listen, socket_with, sockopt, AddressFamily, SocketAddrUnix, SocketFlags, SocketType,
};
use wasmk_abi::{
    host::{Dialer, Directory, HostOs, Object, Target},
    Address, Context, Errno, Grant, Resource, Rights,
};

use crate::{
    address::Endpoint,
    options::{NamedGrant, Options},
};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

fn describe(errno: Errno) -> String {
    io::Error::from_raw_os_error(errno.to_linux()).to_string()
}

/// Opens and grants everything that `options` names.
pub fn grant_all(context: &mut Context<HostOs>, options: &Options) -> Result<(), String> {
    let streams = [
        rustix::io::dup(rustix::stdio::stdin()),
        rustix::io::dup(rustix::stdio::stdout()),
        rustix::io::dup(rustix::stdio::stderr()),
    ];
    for (number, fd) in (0u32..).zip(streams) {
        let object = Object::new(fd.map_err(|error| error.to_string())?).map_err(describe)?;
        add(context, Resource::Stream(object), "", Some(number), None)?;
    }
    // First, as programs look for them from 3 on until there is something else.
    for spec in &options.directories {
        let directory = Directory::new(spec.open()?);
        let directory = directory.map_err(|errno| format!("{}: {}", spec.host, describe(errno)))?;
        let resource = Resource::Directory(directory);
        add(context, resource, &spec.guest, None, spec.rights)?;
    }
    for spec in &options.files {
        let object = Object::new(spec.open()?).map_err(describe)?;
        add(
            context,
            Resource::Stream(object),
            &spec.name,
            None,
            spec.rights,
        )?;
    }
    for grant in &options.listen {
        let [endpoint] = grant.endpoints.as_slice() else {
            return Err("a listener has one address".into());
        };
        let resource = open(endpoint).map_err(|error| format!("{endpoint:?}: {error}"))?;
        add(context, resource, &grant.name, None, None)?;
    }
    for grant in &options.connect {
        let resource = Resource::Dialer(dialer(grant)?);
        add(context, resource, &grant.name, None, None)?;
    }
    Ok(())
}

fn add(
    context: &mut Context<HostOs>,
    resource: Resource<HostOs>,
    name: &str,
    number: Option<u32>,
    rights: Option<Rights>,
) -> Result<(), String> {
    let name = name.as_bytes();
    let grant = Grant {
        resource,
        name,
        number,
        rights,
        inheriting: rights,
    };
    context.grant(grant).map(drop).map_err(describe)
}

fn open(endpoint: &Endpoint) -> rustix::io::Result<Resource<HostOs>> {
    let wrap = |object: Result<Object, Errno>| {
        object.map_err(|errno| rustix::io::Errno::from_raw_os_error(errno.to_linux()))
    };
    Ok(match endpoint {
        Endpoint::Udp(address) => {
            let fd = socket(*address, SocketType::DGRAM)?;
            bind(&fd, address)?;
            Resource::Datagram(wrap(Object::new(fd))?)
        }
        Endpoint::Tcp(address) => {
            let fd = socket(*address, SocketType::STREAM)?;
            sockopt::set_socket_reuseaddr(&fd, true)?;
            bind(&fd, address)?;
            listen(&fd, BACKLOG)?;
            Resource::Listener(wrap(Object::listener(fd))?)
        }
        Endpoint::Unix(path) => {
            let fd = socket_with(
                AddressFamily::UNIX,
                SocketType::STREAM,
                SocketFlags::CLOEXEC,
                None,
            )?;
            bind(&fd, &SocketAddrUnix::new(path.as_str())?)?;
            listen(&fd, BACKLOG)?;
            Resource::Listener(wrap(Object::listener(fd))?)
        }
    })
}

fn socket(address: SocketAddr, kind: SocketType) -> rustix::io::Result<OwnedFd> {
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    socket_with(family, kind, SocketFlags::CLOEXEC, None)
}

fn dialer(grant: &NamedGrant) -> Result<Dialer, String> {
    let mut targets = Vec::new();
    for endpoint in &grant.endpoints {
        let (datagram, address) = match endpoint {
            Endpoint::Tcp(address) => (false, ip(*address)),
            Endpoint::Udp(address) => (true, ip(*address)),
            Endpoint::Unix(path) => {
                let address = Address::unix(path.as_bytes());
                (
                    false,
                    address.ok_or_else(|| format!("{path}: path too long"))?,
                )
            }
        };
        targets.push(Target { datagram, address });
    }
    Ok(Dialer::new(targets))
}

fn ip(address: SocketAddr) -> Address {
    match address {
        SocketAddr::V4(v4) => Address::v4(*v4.ip(), v4.port()),
        SocketAddr::V6(v6) => Address::v6(*v6.ip(), v6.port(), v6.scope_id()),
    }
}
