// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The same random calls on the simulation and on the host's file system have the same results, and neither leaves its directories.
#![cfg(feature = "std")]

mod support;

use std::{
    collections::BTreeSet,
    fs,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    sync::{atomic::Ordering::Relaxed, Arc},
};

use proptest::prelude::*;
use support::{sim::Sim, sim_tree::Node, Guest};
use wasmk_abi::{
    host::{Control, Directory, HostOs},
    FileType, Os, Resource, Rights,
};

/// A call, with descriptors as indices into those that are open.
#[derive(Clone, Debug)]
enum Op {
    Open {
        fd: u64,
        path: String,
        follow: bool,
        oflags: u64,
        access: u64,
    },
    Close(u64),
    Renumber(u64, u64),
    CreateDirectory(u64, String),
    RemoveDirectory(u64, String),
    Unlink(u64, String),
    Link(u64, String, u64, String),
    Rename(u64, String, u64, String),
    Symlink(String, u64, String),
    ReadLink(u64, String, u64),
    Stat(u64, String, bool),
    SetTimes(u64, String, bool, u64, u64),
    FdStat(u64),
    FdSetTimes(u64, u64, u64),
    List(u64),
    Write(u64, Vec<u8>),
    Read(u64, u32),
    PWrite(u64, Vec<u8>, u64),
    Seek(u64, i64, u64),
    SetSize(u64, u64),
    Allocate(u64, u64, u64),
    Advise(u64, u64, u64, u64),
    Sync(u64),
    Flags(u64, u64),
}

/// Few names, so that they meet; and all that is special in paths.
fn path() -> BoxedStrategy<String> {
    let long = "n".repeat(256);
    let component = prop_oneof![
        20 => Just("a".to_owned()),
        16 => Just("b".to_owned()),
        10 => Just("c".to_owned()),
        1 => Just(".".to_owned()),
        2 => Just("..".to_owned()),
        1 => Just(String::new()),
        1 => Just("link".to_owned()),
        1 => Just(long),
    ]
    .boxed();
    let count = prop_oneof![4 => Just(1usize), 3 => Just(2usize), 1 => 3..5usize];
    let components =
        count.prop_flat_map(move |n| proptest::collection::vec(component.clone(), n..=n));
    (components, 0..30u8)
        .prop_map(|(components, shape)| {
            let path = components.join("/");
            match shape {
                0 => format!("{path}/"),
                1 => format!("/{path}"),
                2 => format!("{path}//"),
                3 => format!("{path}/."),
                4 => format!("../{path}"),
                _ => path,
            }
        })
        .boxed()
}

fn fd() -> impl Strategy<Value = u64> {
    prop_oneof![12 => Just(3u64), 4 => Just(4u64), 4 => 0..3u64, 1 => 5..8u64]
}

fn op() -> impl Strategy<Value = Op> {
    let oflags = prop_oneof![
        3 => Just(0u64), 4 => Just(1), 2 => Just(2), 1 => Just(5), 1 => Just(8), 1 => Just(9), 1 => 0..16u64,
    ];
    prop_oneof![
        6 => (fd(), path(), any::<bool>(), oflags, 0..4u64).prop_map(
            |(fd, path, follow, oflags, access)| Op::Open { fd, path, follow, oflags, access }
        ),
        1 => (5..10u64).prop_map(Op::Close),
        1 => (3..10u64, 3..10u64).prop_map(|(a, b)| Op::Renumber(a, b)),
        5 => (fd(), path()).prop_map(|(f, p)| Op::CreateDirectory(f, p)),
        2 => (fd(), path()).prop_map(|(f, p)| Op::RemoveDirectory(f, p)),
        2 => (fd(), path()).prop_map(|(f, p)| Op::Unlink(f, p)),
        3 => (fd(), path(), fd(), path()).prop_map(|(f, p, g, q)| Op::Link(f, p, g, q)),
        4 => (fd(), path(), fd(), path()).prop_map(|(f, p, g, q)| Op::Rename(f, p, g, q)),
        4 => (path(), fd(), path()).prop_map(|(t, f, p)| Op::Symlink(t, f, p)),
        1 => (fd(), path(), 0..300u64).prop_map(|(f, p, n)| Op::ReadLink(f, p, n)),
        3 => (fd(), path(), any::<bool>()).prop_map(|(f, p, l)| Op::Stat(f, p, l)),
        1 => (fd(), path(), any::<bool>(), any::<u32>(), 0..16u64)
            .prop_map(|(f, p, l, t, w)| Op::SetTimes(f, p, l, t.into(), w)),
        1 => fd().prop_map(Op::FdStat),
        1 => (fd(), any::<u32>(), 0..16u64).prop_map(|(f, t, w)| Op::FdSetTimes(f, t.into(), w)),
        2 => fd().prop_map(Op::List),
        4 => (file(), proptest::collection::vec(any::<u8>(), 0..40)).prop_map(|(f, b)| Op::Write(f, b)),
        4 => (file(), 0..60u32).prop_map(|(f, n)| Op::Read(f, n)),
        3 => (file(), proptest::collection::vec(any::<u8>(), 0..9), 0..90u64)
            .prop_map(|(f, b, at)| Op::PWrite(f, b, at)),
        3 => (file(), -50..90i64, 0..4u64).prop_map(|(f, to, w)| Op::Seek(f, to, w)),
        3 => (file(), 0..200u64).prop_map(|(f, n)| Op::SetSize(f, n)),
        3 => (file(), 0..200u64, 0..100u64).prop_map(|(f, at, n)| Op::Allocate(f, at, n)),
        3 => (file(), 0..200u64, 0..200u64, 0..7u64).prop_map(|(f, at, n, a)| Op::Advise(f, at, n, a)),
        1 => fd().prop_map(Op::Sync),
        1 => (fd(), 0..32u64).prop_map(|(f, flags)| Op::Flags(f, flags)),
    ]
}

/// Descriptors of files: derived ones take the lowest numbers, and grants begin at 3.
fn file() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..3u64, 1 => 3..6u64]
}

/// What all begin with: something of each kind, one file open, one directory.
fn start() -> Vec<Op> {
    let open = |path: &str, oflags| Op::Open {
        fd: 3,
        path: path.into(),
        follow: true,
        oflags,
        access: 3,
    };
    vec![
        Op::CreateDirectory(3, "a".into()),
        Op::CreateDirectory(3, "a/a".into()),
        Op::CreateDirectory(4, "b".into()),
        open("b", 1),
        open("a/b", 5),
        Op::Symlink("a".into(), 3, "c".into()),
        Op::Symlink("../b".into(), 3, "a/c".into()),
        Op::Symlink("../inside".into(), 4, "c".into()),
        Op::Open {
            fd: 3,
            path: "a".into(),
            follow: false,
            oflags: 2,
            access: 1,
        },
    ]
}

const P: u64 = 0x1000;
const Q: u64 = 0x3000;
const OUT: u64 = 0x80;
const AREA: u64 = 0x5000;

/// What the file types and sizes of a `filestat` say; directories' sizes and links differ between file systems.
fn stat<O: Os>(guest: &Guest<O>) -> (u8, Option<(u64, u64)>) {
    let at = AREA as usize;
    let kind = guest.memory[at + 16];
    let more = kind == FileType::RegularFile as u8 || kind == FileType::SymbolicLink as u8;
    (kind, more.then(|| (guest.u64(at + 24), guest.u64(at + 32))))
}

fn given_times<O: Os>(guest: &Guest<O>, flags: u64) -> (Option<u64>, Option<u64>) {
    let at = AREA as usize;
    (
        (flags & 1 != 0).then(|| guest.u64(at + 40)),
        (flags & 4 != 0).then(|| guest.u64(at + 48)),
    )
}

/// Makes the call; says what a guest sees of it.
fn run<O: Os>(guest: &mut Guest<O>, op: &Op) -> String {
    let put = |guest: &mut Guest<O>, at: u64, text: &str| {
        guest.put(at as usize, text.as_bytes());
        text.len() as u64
    };
    guest.memory[AREA as usize..AREA as usize + 0x3000].fill(0);
    let (errno, seen) = match op {
        Op::Open {
            fd,
            path,
            follow,
            oflags,
            access,
        } => {
            let len = put(guest, P, path);
            let base = (Rights::BENEATH - Rights::FD_READ - Rights::FD_WRITE).bits()
                | [0, 2, 64, 66][*access as usize];
            // To make room and to set the size count as writing, which directories do not have.
            let base = if *access < 2 {
                base & !(Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE).bits()
            } else {
                base
            };
            let all = Rights::BENEATH.bits();
            let follow = u64::from(*follow);
            let errno = guest.call(
                "path_open",
                &[*fd, follow, P, len, *oflags, base, all, 0, OUT],
            );
            let new = guest.u32(OUT as usize).into();
            let mut seen = String::new();
            if errno == 0 {
                guest.ok("fd_fdstat_get", &[new, AREA]);
                let at = AREA as usize;
                seen = format!("{new} {:?}", &guest.memory[at..at + 24]);
                // Few numbers, so that they meet.
                if new > 9 {
                    guest.ok("fd_close", &[new]);
                }
            }
            (errno, seen)
        }
        Op::Close(fd) => (guest.call("fd_close", &[*fd]), String::new()),
        Op::Renumber(from, to) => (guest.call("fd_renumber", &[*from, *to]), String::new()),
        Op::CreateDirectory(fd, path) => {
            let len = put(guest, P, path);
            (
                guest.call("path_create_directory", &[*fd, P, len]),
                String::new(),
            )
        }
        Op::RemoveDirectory(fd, path) => {
            let len = put(guest, P, path);
            (
                guest.call("path_remove_directory", &[*fd, P, len]),
                String::new(),
            )
        }
        Op::Unlink(fd, path) => {
            let len = put(guest, P, path);
            (
                guest.call("path_unlink_file", &[*fd, P, len]),
                String::new(),
            )
        }
        Op::Link(fd, old, to, new) => {
            let (old, new) = (put(guest, P, old), put(guest, Q, new));
            (
                guest.call("path_link", &[*fd, 0, P, old, *to, Q, new]),
                String::new(),
            )
        }
        Op::Rename(fd, old, to, new) => {
            let (old, new) = (put(guest, P, old), put(guest, Q, new));
            (
                guest.call("path_rename", &[*fd, P, old, *to, Q, new]),
                String::new(),
            )
        }
        Op::Symlink(target, fd, path) => {
            let (target, len) = (put(guest, P, target), put(guest, Q, path));
            (
                guest.call("path_symlink", &[P, target, *fd, Q, len]),
                String::new(),
            )
        }
        Op::ReadLink(fd, path, room) => {
            let len = put(guest, P, path);
            let errno = guest.call("path_readlink", &[*fd, P, len, AREA, *room, OUT]);
            let n = guest.u32(OUT as usize) as usize;
            let seen = &guest.memory[AREA as usize..][..n];
            let seen = String::from_utf8_lossy(seen).into_owned();
            (errno, if errno == 0 { seen } else { String::new() })
        }
        Op::Stat(fd, path, follow) => {
            let len = put(guest, P, path);
            let errno = guest.call(
                "path_filestat_get",
                &[*fd, u64::from(*follow), P, len, AREA],
            );
            (errno, format!("{:?}", stat(guest)))
        }
        Op::SetTimes(fd, path, follow, time, flags) => {
            let len = put(guest, P, path);
            let follow = u64::from(*follow);
            let errno = guest.call(
                "path_filestat_set_times",
                &[*fd, follow, P, len, *time, *time + 1, *flags],
            );
            if errno == 0 {
                guest.ok("path_filestat_get", &[*fd, follow, P, len, AREA]);
            }
            (errno, format!("{:?}", given_times(guest, *flags)))
        }
        Op::FdStat(fd) => {
            let errno = guest.call("fd_filestat_get", &[*fd, AREA]);
            (errno, format!("{:?}", stat(guest)))
        }
        Op::FdSetTimes(fd, time, flags) => {
            let errno = guest.call("fd_filestat_set_times", &[*fd, *time, *time + 1, *flags]);
            if errno == 0 {
                guest.ok("fd_filestat_get", &[*fd, AREA]);
            }
            (errno, format!("{:?}", given_times(guest, *flags)))
        }
        Op::List(fd) => {
            let errno = guest.call("fd_readdir", &[*fd, AREA, 0x3000, 0, OUT]);
            let mut names = BTreeSet::new();
            if errno == 0 {
                names = guest
                    .entries(*fd, 300)
                    .into_iter()
                    .map(|e| (e.name, e.kind))
                    .collect();
            }
            (errno, format!("{names:?}"))
        }
        Op::Write(fd, bytes) | Op::PWrite(fd, bytes, _) => {
            guest.put(AREA as usize, bytes);
            guest.iovecs(0x40, &[(AREA as u32, bytes.len() as u32)]);
            let errno = match op {
                Op::PWrite(_, _, at) => guest.call("fd_pwrite", &[*fd, 0x40, 1, *at, OUT]),
                _ => guest.call("fd_write", &[*fd, 0x40, 1, OUT]),
            };
            (errno, format!("{}", guest.u32(OUT as usize)))
        }
        Op::Read(fd, len) => {
            guest.iovecs(0x40, &[(AREA as u32, *len)]);
            let errno = guest.call("fd_read", &[*fd, 0x40, 1, OUT]);
            let seen = &guest.memory[AREA as usize..][..60];
            (errno, format!("{seen:?}"))
        }
        Op::Seek(fd, to, whence) => {
            let errno = guest.call("fd_seek", &[*fd, *to as u64, *whence, OUT]);
            (errno, format!("{}", guest.u64(OUT as usize)))
        }
        Op::SetSize(fd, size) => (
            guest.call("fd_filestat_set_size", &[*fd, *size]),
            String::new(),
        ),
        Op::Allocate(fd, at, len) => (guest.call("fd_allocate", &[*fd, *at, *len]), String::new()),
        Op::Advise(fd, at, len, advice) => (
            guest.call("fd_advise", &[*fd, *at, *len, *advice]),
            String::new(),
        ),
        Op::Sync(fd) => (
            guest.call("fd_sync", &[*fd]) << 16 | guest.call("fd_datasync", &[*fd]),
            String::new(),
        ),
        Op::Flags(fd, flags) => {
            let errno = guest.call("fd_fdstat_set_flags", &[*fd, *flags]);
            (errno, String::new())
        }
    };
    let denied = guest.cx.os().counters().denied.load(Relaxed);
    if errno == 0 {
        format!("{seen} denied {denied}")
    } else {
        format!("errno {errno} denied {denied}")
    }
}

/// A new directory for a test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        let name = format!("wasmk-agree-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path) -> Directory {
    Directory::new(OwnedFd::from(fs::File::open(path).unwrap())).unwrap()
}

/// What is outside of the granted directories, with contents.
fn outside(root: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.clone(), fs::read(&path).ok()));
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sim_and_host(ops in proptest::collection::vec(op(), 1..60)) {
        let scratch = Scratch::new();
        let root = &scratch.0;
        fs::create_dir(root.join("inside")).unwrap();
        fs::create_dir(root.join("other")).unwrap();
        for name in ["a", "b", "c"] {
            fs::write(root.join(name), "outside").unwrap();
        }
        std::os::unix::fs::symlink("/", root.join("inside/link")).unwrap();
        let before = outside(root);
        let mut host = Guest::new(HostOs::new(Arc::new(Control::new().unwrap())));
        host.grant(Resource::Directory(open(&root.join("inside"))), "/");
        host.grant(Resource::Directory(open(&root.join("other"))), "other");

        let mut sim = Guest::new(Sim::default());
        let top = Node::directory(0);
        let (inside, other) = (Node::directory(0), Node::directory(0));
        top.add(b"inside", &inside).unwrap();
        top.add(b"other", &other).unwrap();
        for name in [b"a", b"b", b"c"] {
            top.add(name, &Node::file(b"outside")).unwrap();
        }
        inside.add(b"link", &Node::new(support::sim_tree::Kind::Link(b"/".to_vec()), 0)).unwrap();
        let resource = Resource::Directory(sim.cx.os().0.directory(&inside));
        sim.grant(resource, "/");
        let resource = Resource::Directory(sim.cx.os().0.directory(&other));
        sim.grant(resource, "other");

        let ops: Vec<_> = start().into_iter().chain(ops).collect();
        for (i, op) in ops.iter().enumerate() {
            let (a, b) = (run(&mut sim, op), run(&mut host, op));
            prop_assert_eq!(a, b, "sim and host on {}: {:?}", i, op);
        }
        prop_assert_eq!(outside(root), before);
        sim.cx.close_all();
        prop_assert_eq!(sim.cx.os().0.live.get(), 0);
    }
}
