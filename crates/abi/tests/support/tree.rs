// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A guest with a directory of each kind of thing, over the simulation.

use std::rc::Rc;

use super::{
    sim::Sim,
    sim_tree::{Kind, Node},
    Guest,
};
use wasmk_abi::{Errno, Resource, Rights};

pub const ROOT: u64 = 3;
pub const OUT: u64 = 0x80;
pub const PATH: u64 = 0x1000;
pub const FOLLOW: u64 = 1;
pub const CREAT: u64 = 1;
pub const DIRECTORY: u64 = 2;
pub const EXCL: u64 = 4;
pub const TRUNC: u64 = 8;

/// A guest with a directory `/` (3) with `file`, `dir/inner`, and links.
pub fn guest() -> (Guest<Sim>, Rc<Node>) {
    let mut guest = Guest::new(Sim::default());
    let root = Node::directory(0);
    let dir = Node::directory(0);
    root.add(b"file", &Node::file(b"content")).unwrap();
    root.add(b"dir", &dir).unwrap();
    dir.add(b"inner", &Node::file(b"inner")).unwrap();
    for (name, target) in [
        (&b"to-file"[..], &b"file"[..]),
        (b"to-dir", b"dir"),
        (b"dangling", b"nothing"),
        (b"absolute", b"/file"),
        (b"up", b"dir/../.."),
        (b"loop", b"loop"),
    ] {
        let link = Node::new(Kind::Link(target.to_vec()), 0);
        root.add(name, &link).unwrap();
    }
    root.add(b"device", &Node::new(Kind::Device, 0)).unwrap();
    root.add(b"socket", &Node::new(Kind::Socket, 0)).unwrap();
    let resource = Resource::Directory(guest.cx.os().0.directory(&root));
    assert_eq!(guest.grant(resource, "/"), ROOT);
    (guest, root)
}

/// Stores a path; its length.
pub fn path(guest: &mut Guest<Sim>, path: &[u8]) -> u64 {
    guest.put(PATH as usize, path);
    path.len() as u64
}

/// Opens; the descriptor or the error.
pub fn open(
    guest: &mut Guest<Sim>,
    fd: u64,
    name: &str,
    (follow, oflags, fdflags): (u64, u64, u64),
    (base, inheriting): (Rights, Rights),
) -> Result<u64, u64> {
    let len = path(guest, name.as_bytes());
    let (base, inheriting) = (base.bits(), inheriting.bits());
    let args = [
        fd, follow, PATH, len, oflags, base, inheriting, fdflags, OUT,
    ];
    match guest.call("path_open", &args) {
        0 => Ok(guest.u32(OUT as usize).into()),
        errno => Err(errno),
    }
}

/// Opens with a wish for all rights that a file of its kind can have.
pub fn open_all(guest: &mut Guest<Sim>, name: &str, follow: u64, oflags: u64) -> Result<u64, u64> {
    let base = Rights::BENEATH.difference(Rights::FD_WRITE);
    let base = if oflags & DIRECTORY == 0 {
        base | Rights::FD_WRITE
    } else {
        base
    };
    open(
        guest,
        ROOT,
        name,
        (follow, oflags, 0),
        (base, Rights::BENEATH),
    )
}

pub fn rights(guest: &mut Guest<Sim>, fd: u64) -> (Rights, Rights) {
    guest.ok("fd_fdstat_get", &[fd, 0x40]);
    (
        Rights::from_bits_retain(guest.u64(0x48)),
        Rights::from_bits_retain(guest.u64(0x50)),
    )
}

pub fn errno<T: std::fmt::Debug>(result: Result<T, u64>, wanted: Errno) {
    assert_eq!(result.unwrap_err(), u64::from(wanted.wasi()), "{wanted:?}");
}
