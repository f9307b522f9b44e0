// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Rights: what is not granted cannot be done, and rights only shrink.

mod support;

use std::{cell::RefCell, sync::atomic::Ordering::Relaxed};

use support::{
    sim::Sim,
    sim_tree::{Kind, Node},
    Guest,
};
use wasmk_abi::{Connecting, Errno, FileType, Grant, Resource, Rights, DESCRIPTORS_MAX};

const FILE: u64 = 3;
const LISTENER: u64 = 4;
const SOCKET: u64 = 5;
const DATAGRAM: u64 = 6;
const DIALER: u64 = 7;
const DIRECTORY: u64 = 8;
const OTHER: u64 = 9;
/// Derived descriptors take the lowest number.
const QUEUE: u64 = 0;

/// One descriptor of each kind.
fn guest() -> Guest<Sim> {
    let sim = Sim::default();
    let (file, state) = sim.0.object(FileType::RegularFile);
    state.borrow_mut().data = vec![1; 100];
    let (listener, state) = sim.0.object(FileType::SocketStream);
    state
        .borrow_mut()
        .backlog
        .push_back(sim.0.object(FileType::SocketStream).0);
    let (socket, state) = sim.0.object(FileType::SocketStream);
    state.borrow_mut().inbox.push_back(b"stream".to_vec());
    let (datagram, state) = sim.0.object(FileType::SocketDgram);
    state.borrow_mut().inbox.push_back(b"datagram".to_vec());
    let (target, _) = sim.0.object(FileType::SocketStream);
    let dialer = RefCell::new(vec![(target, Connecting::Done)]);
    let mut guest = Guest::new(sim);
    assert_eq!(guest.grant(Resource::Stream(file), "file"), FILE);
    assert_eq!(
        guest.grant(Resource::Listener(listener), "listener"),
        LISTENER
    );
    assert_eq!(guest.grant(Resource::Socket(socket), ""), SOCKET);
    assert_eq!(
        guest.grant(Resource::Datagram(datagram), "datagram"),
        DATAGRAM
    );
    assert_eq!(guest.grant(Resource::Dialer(dialer), "dialer"), DIALER);
    for (fd, name) in [(DIRECTORY, "/"), (OTHER, "other")] {
        let node = Node::directory(0);
        node.add(b"file", &Node::file(b"content")).unwrap();
        node.add(b"empty", &Node::directory(0)).unwrap();
        let link = Node::new(Kind::Link(b"file".to_vec()), 0);
        node.add(b"link", &link).unwrap();
        let resource = Resource::Directory(guest.cx.os().0.directory(&node));
        assert_eq!(guest.grant(resource, name), fd);
    }
    guest.ok("queue_create", &[0, 0]);
    assert_eq!(u64::from(guest.u32(0)), QUEUE);
    guest.iovecs(0x10, &[(0x100, 4)]);
    guest.put(0x300, b"fileemptylinknew");
    guest
}

/// Paths in the guest's memory.
const FILE_AT: u64 = 0x300;
const EMPTY_AT: u64 = 0x304;
const LINK_AT: u64 = 0x309;
const NEW_AT: u64 = 0x30d;

/// Base and inheriting rights.
fn rights(guest: &mut Guest<Sim>, fd: u64) -> (u64, u64) {
    guest.ok("fd_fdstat_get", &[fd, 0x40]);
    (guest.u64(0x48), guest.u64(0x50))
}

/// A call that needs `right` on `fd`.
const USES: &[(&str, &[u64], u64, Rights)] = &[
    ("fd_read", &[FILE, 0x10, 1, 0x80], FILE, Rights::FD_READ),
    ("fd_write", &[FILE, 0x10, 1, 0x80], FILE, Rights::FD_WRITE),
    ("fd_pread", &[FILE, 0x10, 1, 0, 0x80], FILE, Rights::FD_READ),
    ("fd_pread", &[FILE, 0x10, 1, 0, 0x80], FILE, Rights::FD_SEEK),
    (
        "fd_pwrite",
        &[FILE, 0x10, 1, 0, 0x80],
        FILE,
        Rights::FD_WRITE,
    ),
    (
        "fd_pwrite",
        &[FILE, 0x10, 1, 0, 0x80],
        FILE,
        Rights::FD_SEEK,
    ),
    ("fd_seek", &[FILE, 1, 0, 0x80], FILE, Rights::FD_SEEK),
    ("fd_sync", &[FILE], FILE, Rights::FD_SYNC),
    ("fd_datasync", &[FILE], FILE, Rights::FD_DATASYNC),
    ("fd_advise", &[FILE, 0, 0, 0], FILE, Rights::FD_ADVISE),
    (
        "fd_filestat_get",
        &[FILE, 0x80],
        FILE,
        Rights::FD_FILESTAT_GET,
    ),
    (
        "fd_fdstat_set_flags",
        &[FILE, 4],
        FILE,
        Rights::FD_FDSTAT_SET_FLAGS,
    ),
    ("fd_tell", &[FILE, 0x80], FILE, Rights::FD_TELL),
    ("fd_allocate", &[FILE, 0, 9], FILE, Rights::FD_ALLOCATE),
    (
        "fd_filestat_set_size",
        &[FILE, 9],
        FILE,
        Rights::FD_FILESTAT_SET_SIZE,
    ),
    (
        "fd_filestat_set_times",
        &[FILE, 1, 1, 5],
        FILE,
        Rights::FD_FILESTAT_SET_TIMES,
    ),
    ("fd_sync", &[DIRECTORY], DIRECTORY, Rights::FD_SYNC),
    ("fd_datasync", &[DIRECTORY], DIRECTORY, Rights::FD_DATASYNC),
    (
        "fd_filestat_get",
        &[DIRECTORY, 0x80],
        DIRECTORY,
        Rights::FD_FILESTAT_GET,
    ),
    (
        "fd_filestat_set_times",
        &[DIRECTORY, 1, 1, 5],
        DIRECTORY,
        Rights::FD_FILESTAT_SET_TIMES,
    ),
    (
        "fd_readdir",
        &[DIRECTORY, 0x400, 100, 0, 0x80],
        DIRECTORY,
        Rights::FD_READDIR,
    ),
    (
        "path_create_directory",
        &[DIRECTORY, NEW_AT, 3],
        DIRECTORY,
        Rights::PATH_CREATE_DIRECTORY,
    ),
    (
        "path_filestat_get",
        &[DIRECTORY, 0, FILE_AT, 4, 0x400],
        DIRECTORY,
        Rights::PATH_FILESTAT_GET,
    ),
    (
        "path_filestat_set_times",
        &[DIRECTORY, 0, FILE_AT, 4, 1, 1, 5],
        DIRECTORY,
        Rights::PATH_FILESTAT_SET_TIMES,
    ),
    (
        "path_link",
        &[DIRECTORY, 0, FILE_AT, 4, OTHER, NEW_AT, 3],
        DIRECTORY,
        Rights::PATH_LINK_SOURCE,
    ),
    (
        "path_link",
        &[DIRECTORY, 0, FILE_AT, 4, OTHER, NEW_AT, 3],
        OTHER,
        Rights::PATH_LINK_TARGET,
    ),
    (
        "path_open",
        &[DIRECTORY, 0, FILE_AT, 4, 0, 0, 0, 0, 0x80],
        DIRECTORY,
        Rights::PATH_OPEN,
    ),
    (
        "path_open",
        &[DIRECTORY, 0, NEW_AT, 3, 1, 0, 0, 0, 0x80],
        DIRECTORY,
        Rights::PATH_OPEN,
    ),
    (
        "path_open",
        &[DIRECTORY, 0, NEW_AT, 3, 1, 0, 0, 0, 0x80],
        DIRECTORY,
        Rights::PATH_CREATE_FILE,
    ),
    (
        "path_open",
        &[DIRECTORY, 0, FILE_AT, 4, 8, 0, 0, 0, 0x80],
        DIRECTORY,
        Rights::PATH_OPEN,
    ),
    (
        "path_open",
        &[DIRECTORY, 0, FILE_AT, 4, 8, 0, 0, 0, 0x80],
        DIRECTORY,
        Rights::PATH_FILESTAT_SET_SIZE,
    ),
    (
        "path_readlink",
        &[DIRECTORY, LINK_AT, 4, 0x400, 9, 0x80],
        DIRECTORY,
        Rights::PATH_READLINK,
    ),
    (
        "path_remove_directory",
        &[DIRECTORY, EMPTY_AT, 5],
        DIRECTORY,
        Rights::PATH_REMOVE_DIRECTORY,
    ),
    (
        "path_rename",
        &[DIRECTORY, FILE_AT, 4, OTHER, NEW_AT, 3],
        DIRECTORY,
        Rights::PATH_RENAME_SOURCE,
    ),
    (
        "path_rename",
        &[DIRECTORY, FILE_AT, 4, OTHER, NEW_AT, 3],
        OTHER,
        Rights::PATH_RENAME_TARGET,
    ),
    (
        "path_symlink",
        &[FILE_AT, 4, DIRECTORY, NEW_AT, 3],
        DIRECTORY,
        Rights::PATH_SYMLINK,
    ),
    (
        "path_unlink_file",
        &[DIRECTORY, FILE_AT, 4],
        DIRECTORY,
        Rights::PATH_UNLINK_FILE,
    ),
    (
        "queue_control",
        &[QUEUE, 1, FILE, 1, 0],
        FILE,
        Rights::POLL_FD_READWRITE,
    ),
    (
        "sock_accept",
        &[LISTENER, 0, 0x80],
        LISTENER,
        Rights::SOCK_ACCEPT,
    ),
    (
        "sock_recv",
        &[SOCKET, 0x10, 1, 0, 0x80, 0x84],
        SOCKET,
        Rights::FD_READ,
    ),
    ("fd_read", &[SOCKET, 0x10, 1, 0x80], SOCKET, Rights::FD_READ),
    (
        "sock_send",
        &[SOCKET, 0x10, 1, 0, 0x80],
        SOCKET,
        Rights::FD_WRITE,
    ),
    (
        "fd_write",
        &[SOCKET, 0x10, 1, 0x80],
        SOCKET,
        Rights::FD_WRITE,
    ),
    ("sock_shutdown", &[SOCKET, 2], SOCKET, Rights::SOCK_SHUTDOWN),
    (
        "sock_recv_from",
        &[DATAGRAM, 0x10, 1, 0, 0x80, 0x84, 0x200, 136, 0x88],
        DATAGRAM,
        Rights::FD_READ,
    ),
    (
        "sock_send_to",
        &[DATAGRAM, 0x10, 1, 0x200, 24, 0x80],
        DATAGRAM,
        Rights::FD_WRITE,
    ),
    (
        "sock_connect",
        &[DIALER, 0, 0, 0x80],
        DIALER,
        Rights::SOCK_CONNECT,
    ),
];

#[test]
fn each_right_is_needed() {
    for (name, args, fd, right) in USES {
        let mut guest = guest();
        // The address that send_to answers to.
        if *name == "sock_send_to" {
            guest.ok(
                "sock_recv_from",
                &[DATAGRAM, 0x10, 1, 0, 0x80, 0x84, 0x200, 136, 0x88],
            );
            assert_eq!(guest.u32(0x88), 24);
        }
        let (base, inheriting) = rights(&mut guest, *fd);
        assert!(base & right.bits() != 0, "{name} {right:?}");
        guest.ok(
            "fd_fdstat_set_rights",
            &[*fd, base & !right.bits(), inheriting],
        );
        let denied = guest.cx.os().0.counters().denied.load(Relaxed);
        // Seeking nowhere tells where one is.
        if *name == "fd_tell" {
            guest.ok(name, args);
            let needed = Rights::FD_SEEK | Rights::FD_TELL;
            guest.ok(
                "fd_fdstat_set_rights",
                &[*fd, base & !needed.bits(), inheriting],
            );
        }
        guest.fails(Errno::NotCapable, name, args);
        let world = &guest.cx.os().0;
        assert_eq!(world.counters().denied.load(Relaxed), denied + 1);
        // The embedder learns which one it was.
        let (function, number, missing, subject) = world.denials.borrow()[0].clone();
        assert_eq!((function, u64::from(number)), (*name, *fd));
        assert_eq!(missing & *right, *right);
        let subjects: &[&[u8]] = match *fd {
            _ if name.starts_with("path_") => &[b"file", b"empty", b"link", b"new"],
            SOCKET | DATAGRAM => &[b"192.0.2.1:80"],
            LISTENER => &[b"192.0.2.2:80"],
            _ => &[b""],
        };
        assert!(subjects.contains(&subject.as_slice()), "{name} {subject:?}");
        // What is gone does not come back.
        guest.fails(
            Errno::NotCapable,
            "fd_fdstat_set_rights",
            &[*fd, base, inheriting],
        );
    }
}

#[test]
fn each_right_suffices() {
    for (name, args, fd, _) in USES {
        let mut guest = guest();
        if *name == "sock_send_to" {
            guest.ok(
                "sock_recv_from",
                &[DATAGRAM, 0x10, 1, 0, 0x80, 0x84, 0x200, 136, 0x88],
            );
        }
        let needed = USES
            .iter()
            .filter(|(n, a, f, _)| n == name && a == args && f == fd)
            .fold(Rights::empty(), |all, (_, _, _, right)| all | *right);
        let (_, inheriting) = rights(&mut guest, *fd);
        guest.ok("fd_fdstat_set_rights", &[*fd, needed.bits(), inheriting]);
        guest.ok(name, args);
    }
}

#[test]
fn unknown_rights_are_not_there() {
    let mut guest = guest();
    let (base, inheriting) = rights(&mut guest, LISTENER);
    for bits in [1 << 31, 1 << 63, u64::MAX] {
        guest.fails(
            Errno::NotCapable,
            "fd_fdstat_set_rights",
            &[LISTENER, base | bits, 0],
        );
        guest.fails(
            Errno::NotCapable,
            "fd_fdstat_set_rights",
            &[LISTENER, 0, inheriting | bits],
        );
    }
    assert_eq!(rights(&mut guest, LISTENER), (base, inheriting));
}

#[test]
fn what_is_derived_has_the_inheriting_rights() {
    for (name, args) in [
        ("sock_accept", &[LISTENER, 0, 0x80][..]),
        ("sock_connect", &[DIALER, 0, 0, 0x80][..]),
    ] {
        let mut guest = guest();
        let parent = args[0];
        let (base, inheriting) = rights(&mut guest, parent);
        assert_eq!(inheriting, Rights::SOCKET.bits());
        let kept = (Rights::FD_READ | Rights::FD_FILESTAT_GET).bits();
        guest.ok("fd_fdstat_set_rights", &[parent, base, kept]);
        guest.ok(name, args);
        let fd = u64::from(guest.u32(0x80));
        assert_eq!(rights(&mut guest, fd), (kept, 0));
        guest.fails(Errno::NotCapable, "sock_send", &[fd, 0x10, 1, 0, 0x80]);
    }
}

#[test]
fn grants_keep_no_more_than_the_kind_allows() {
    let mut guest = guest();
    let (object, _) = guest.cx.os().0.object(FileType::SocketStream);
    let fd = guest
        .cx
        .grant(Grant {
            resource: Resource::Listener(object),
            name: b"",
            number: Some(100),
            rights: Some(Rights::all()),
            inheriting: Some(Rights::FD_READ | Rights::PATH_OPEN),
        })
        .unwrap();
    assert_eq!(fd, 100);
    let got = rights(&mut guest, 100);
    assert_eq!(got, (Rights::LISTENER.bits(), Rights::FD_READ.bits()));
}

#[test]
fn the_wrong_kind_of_descriptor() {
    let mut guest = guest();
    guest.fails(Errno::NotSock, "sock_accept", &[FILE, 0, 0x80]);
    guest.fails(Errno::Inval, "sock_accept", &[SOCKET, 0, 0x80]);
    guest.fails(Errno::NotSock, "sock_recv", &[FILE, 0x10, 1, 0, 0x80, 0x84]);
    guest.fails(Errno::NotSock, "sock_send", &[LISTENER, 0x10, 1, 0, 0x80]);
    guest.fails(Errno::NotSock, "sock_shutdown", &[DIALER, 1]);
    guest.fails(Errno::Inval, "sock_connect", &[SOCKET, 0, 0, 0x80]);
    guest.fails(Errno::NotCapable, "fd_read", &[LISTENER, 0x10, 1, 0x80]);
    guest.fails(Errno::NotCapable, "fd_read", &[QUEUE, 0x10, 1, 0x80]);
    guest.fails(Errno::Spipe, "fd_seek", &[SOCKET, 0, 0, 0x80]);
    guest.fails(Errno::Spipe, "fd_tell", &[QUEUE, 0x80]);
    guest.fails(Errno::Spipe, "fd_pread", &[SOCKET, 0x10, 1, 0, 0x80]);
    guest.fails(Errno::Inval, "queue_wait", &[FILE, 0x100, 1, 0, 0x80]);
    guest.fails(Errno::Inval, "queue_control", &[FILE, 1, SOCKET, 1, 0]);
    guest.fails(Errno::Inval, "queue_control", &[QUEUE, 1, DIALER, 1, 0]);
    guest.fails(Errno::Inval, "queue_control", &[QUEUE, 1, QUEUE, 1, 0]);
    guest.fails(
        Errno::NotSock,
        "sock_recv_from",
        &[SOCKET, 0x10, 1, 0, 0x80, 0x84, 0, 200, 8],
    );
    for name in [
        "path_create_directory",
        "path_remove_directory",
        "path_unlink_file",
    ] {
        guest.fails(Errno::NotDir, name, &[FILE, 0, 0]);
        guest.fails(Errno::Badf, name, &[99, 0, 0]);
    }
    guest.fails(
        Errno::NotDir,
        "path_open",
        &[FILE, 0, 0, 1, 0, 0, 0, 0, 0x80],
    );
    guest.fails(Errno::NotDir, "fd_readdir", &[SOCKET, 0, 0, 0, 0]);
    guest.fails(Errno::Badf, "fd_prestat_get", &[FILE, 0x80]);
    guest.fails(Errno::Badf, "path_rename", &[FILE, 0, 0, 99, 0, 0]);
    guest.fails(Errno::Spipe, "fd_allocate", &[SOCKET, 0, 10]);
    guest.fails(Errno::NotCapable, "fd_filestat_set_size", &[SOCKET, 10]);
}

#[test]
fn closed_descriptors_are_bad() {
    for fd in [
        FILE, LISTENER, SOCKET, DATAGRAM, DIALER, QUEUE, DIRECTORY, OTHER,
    ] {
        let mut guest = guest();
        let live = guest.cx.os().0.live.get();
        guest.ok("fd_close", &[fd]);
        // With what waits in a listener or is behind a dialer.
        let gone = [(QUEUE, 0), (LISTENER, 2)]
            .iter()
            .find(|(f, _)| *f == fd)
            .map_or(1, |f| f.1);
        assert_eq!(guest.cx.os().0.live.get(), live - gone, "{fd}");
        for (name, args, used, _) in USES {
            if *used == fd || args[0] == fd && *name != "path_symlink" {
                guest.fails(Errno::Badf, name, args);
            }
        }
        guest.fails(Errno::Badf, "fd_close", &[fd]);
        guest.fails(Errno::Badf, "fd_fdstat_get", &[fd, 0]);
        guest.fails(Errno::Badf, "fd_renumber", &[fd, LISTENER]);
    }
    let mut guest = guest();
    guest.fails(Errno::Badf, "fd_close", &[u32::MAX.into()]);
    guest.cx.close_all();
    assert_eq!(guest.cx.os().0.live.get(), 0);
    guest.fails(Errno::Badf, "fd_close", &[FILE]);
}

#[test]
fn numbers_are_the_lowest_free_and_run_out() {
    let mut guest = Guest::new(Sim::default());
    for wanted in 0..u64::from(DESCRIPTORS_MAX) {
        guest.ok("queue_create", &[0, 0]);
        assert_eq!(u64::from(guest.u32(0)), wanted);
    }
    guest.fails(Errno::Mfile, "queue_create", &[0, 0]);
    for fd in [65535, 64, 63, 4096, 0] {
        guest.ok("fd_close", &[fd]);
    }
    for wanted in [0, 63, 64, 4096, 65535] {
        guest.ok("queue_create", &[0, 0]);
        assert_eq!(guest.u32(0), wanted);
    }
    guest.fails(Errno::Mfile, "queue_create", &[0, 0]);
    // A listener keeps its connection when there is no number for it.
    guest.ok("fd_close", &[9]);
    let (listener, state) = guest.cx.os().0.object(FileType::SocketStream);
    state
        .borrow_mut()
        .backlog
        .push_back(guest.cx.os().0.object(FileType::SocketStream).0);
    let resource = Resource::Listener(listener);
    let number = Some(9);
    guest
        .cx
        .grant(Grant {
            resource,
            name: b"",
            number,
            rights: None,
            inheriting: None,
        })
        .unwrap();
    guest.fails(Errno::Mfile, "sock_accept", &[9, 0, 0]);
    assert_eq!(state.borrow().backlog.len(), 1);
}

#[test]
fn a_dialer_reaches_its_addresses_only() {
    let mut guest = guest();
    guest.ok("dialer_addresses", &[DIALER, 0x80]);
    assert_eq!(guest.u32(0x80), 1);
    for index in [1, 2, u32::MAX.into()] {
        guest.fails(Errno::Inval, "sock_connect", &[DIALER, index, 0, 0x80]);
    }
    guest.fails(Errno::Inval, "sock_connect", &[DIALER, 0, 2, 0x80]);
    guest.ok("sock_connect", &[DIALER, 0, 0, 0x80]);
}

#[test]
fn only_senders_are_answered() {
    let mut guest = guest();
    let (other, state) = guest.cx.os().0.object(FileType::SocketDgram);
    state.borrow_mut().inbox.push_back(b"x".to_vec());
    let other = guest.grant(Resource::Datagram(other), "");
    // An address of the guest's own making.
    guest.put(0x200, &[2, 0, 0, 53, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    for len in [0, 8, 16, 24, 136, 137, 60_000] {
        guest.fails(
            Errno::NotCapable,
            "sock_send_to",
            &[DATAGRAM, 0x10, 1, 0x200, len, 0x80],
        );
    }
    // That of another descriptor's sender.
    guest.ok(
        "sock_recv_from",
        &[other, 0x10, 1, 0, 0x80, 0x84, 0x200, 136, 0x88],
    );
    guest.fails(
        Errno::NotCapable,
        "sock_send_to",
        &[DATAGRAM, 0x10, 1, 0x200, 24, 0x80],
    );
    guest.ok("sock_send_to", &[other, 0x10, 1, 0x200, 24, 0x80]);
    // The same descriptor under another number is the same; a new one under the old number is not.
    guest.ok("fd_renumber", &[other, FILE]);
    guest.ok("sock_send_to", &[FILE, 0x10, 1, 0x200, 24, 0x80]);
    guest.ok("fd_close", &[FILE]);
    let (new, _) = guest.cx.os().0.object(FileType::SocketDgram);
    assert_eq!(guest.grant(Resource::Datagram(new), ""), FILE);
    guest.fails(
        Errno::NotCapable,
        "sock_send_to",
        &[FILE, 0x10, 1, 0x200, 24, 0x80],
    );
}
