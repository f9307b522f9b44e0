// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Ways out of a directory, on the host's file system: none leads there.
#![cfg(feature = "std")]

mod support;

use std::{
    fs,
    os::{
        fd::OwnedFd,
        unix::fs::{symlink, MetadataExt},
    },
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
        Arc,
    },
    time::{Duration, Instant},
};

use support::Guest;
use wasmk_abi::{
    host::{Control, Directory, HostOs},
    Errno, Os, Resource, Rights,
};

const ROOT: u64 = 3;
const OTHER: u64 = 4;
const OUT: u64 = 0x80;
const PATH: u64 = 0x1000;
const FINE: u64 = 0x3000;

/// `inside` and `other` are granted; all else here is outside.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        let name = format!("wasmk-escapes-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        for dir in ["inside/dir/deep", "other", "outside/dir"] {
            fs::create_dir_all(root.join(dir)).unwrap();
        }
        for file in ["secret", "outside/secret", "outside/dir/secret"] {
            fs::write(root.join(file), "secret").unwrap();
        }
        fs::write(root.join("inside/file"), "inside").unwrap();
        Self(root)
    }

    fn inside(&self, name: &str) -> PathBuf {
        self.0.join("inside").join(name)
    }

    fn guest(&self) -> Guest<HostOs> {
        let mut guest = Guest::new(HostOs::new(Arc::new(Control::new().unwrap())));
        guest.grant(Resource::Directory(open(&self.0.join("inside"))), "/");
        guest.grant(Resource::Directory(open(&self.0.join("other"))), "other");
        guest
    }

    /// Everything outside, with its contents and when it was last changed.
    fn outside(&self) -> Vec<(PathBuf, u64, i64, Option<Vec<u8>>)> {
        let mut found = Vec::new();
        for dir in ["", "outside", "outside/dir"] {
            for entry in fs::read_dir(self.0.join(dir)).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with("inside") || path.ends_with("other") {
                    continue;
                }
                let data = fs::symlink_metadata(&path).unwrap();
                found.push((
                    path.clone(),
                    data.nlink(),
                    data.mtime_nsec(),
                    fs::read(path).ok(),
                ));
            }
        }
        found.sort();
        found
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

fn put(guest: &mut Guest<HostOs>, path: &str) -> u64 {
    guest.put(PATH as usize, path.as_bytes());
    path.len() as u64
}

/// Tries everything that takes a path; each must fail with one of `wanted`, or `no_follow` calls may succeed when the last component
/// is a link that they do not follow.
fn all_fail(guest: &mut Guest<HostOs>, path: &str, wanted: &[Errno], last_is_link: bool) {
    let len = put(guest, path);
    guest.put(FINE as usize, b"file");
    let all = (Rights::BENEATH - Rights::FD_WRITE).bits();
    let mut calls: Vec<(&str, Vec<u64>)> = vec![];
    for oflags in [0, 1, 2, 8] {
        for base in [0, 2, 64, all] {
            for follow in [0, 1] {
                let args = vec![ROOT, follow, PATH, len, oflags, base, all, 0, OUT];
                calls.push(("path_open", args));
            }
        }
    }
    calls.push(("path_filestat_get", vec![ROOT, 1, PATH, len, 0x200]));
    calls.push(("path_filestat_set_times", vec![ROOT, 1, PATH, len, 1, 1, 5]));
    if !last_is_link {
        calls.push(("path_open", vec![ROOT, 0, PATH, len, 5, 0, 0, 0, OUT]));
        calls.push(("path_filestat_get", vec![ROOT, 0, PATH, len, 0x200]));
        calls.push(("path_filestat_set_times", vec![ROOT, 0, PATH, len, 1, 1, 5]));
        calls.push(("path_readlink", vec![ROOT, PATH, len, 0x200, 99, OUT]));
        calls.push(("path_create_directory", vec![ROOT, PATH, len]));
        calls.push(("path_remove_directory", vec![ROOT, PATH, len]));
        calls.push(("path_unlink_file", vec![ROOT, PATH, len]));
        calls.push(("path_symlink", vec![FINE, 4, ROOT, PATH, len]));
        for (from, to) in [(ROOT, OTHER), (OTHER, ROOT), (ROOT, ROOT)] {
            calls.push(("path_rename", vec![from, PATH, len, to, FINE, 4]));
            calls.push(("path_rename", vec![from, FINE, 4, to, PATH, len]));
            calls.push(("path_link", vec![from, 0, PATH, len, to, FINE, 4]));
            calls.push(("path_link", vec![from, 0, FINE, 4, to, PATH, len]));
        }
    }
    for (name, args) in calls {
        // Of the other directory, `file` does not exist, nor do the links; what leads outside lexically does so there too.
        let other = args[0] == OTHER || args.get(3) == Some(&OTHER) || args.get(4) == Some(&OTHER);
        let errno = guest.call(name, &args);
        let fine = wanted.iter().any(|w| u64::from(w.wasi()) == errno);
        let not_there = other && errno == u64::from(Errno::NoEnt.wasi());
        assert!(fine || not_there, "{name} {args:?} {path:?}: {errno}");
        assert_eq!(
            guest.cx.descriptors(),
            2,
            "{name} {path:?} opened something"
        );
    }
}

#[test]
fn lexical_ways_out() {
    let scratch = Scratch::new();
    let before = scratch.outside();
    let mut guest = scratch.guest();
    let absolute = scratch.0.join("secret");
    for path in [
        "..",
        "../",
        "../secret",
        "../outside/secret",
        "./../secret",
        "dir/../../secret",
        "dir/deep/../../../secret",
        "..//secret",
        "//",
        "/",
        "/.",
        "/secret",
        "///etc/passwd",
        absolute.to_str().unwrap(),
        "dir/..//..",
        "../inside/file",
        "../other/file",
    ] {
        all_fail(&mut guest, path, &[Errno::Perm], false);
    }
    assert!(guest.cx.os().counters().denied.load(Relaxed) > 100);
    assert_eq!(scratch.outside(), before);
    assert_eq!(fs::read(scratch.inside("file")).unwrap(), b"inside");
}

#[test]
fn links_out() {
    let scratch = Scratch::new();
    let before = scratch.outside();
    let mut guest = scratch.guest();
    let outside = scratch.0.join("outside");
    for (name, target) in [
        ("up", ".."),
        ("up-file", "../secret"),
        ("up-dir", "../outside"),
        ("root", "/"),
        ("absolute", outside.to_str().unwrap()),
        ("absolute-file", "/etc/passwd"),
        ("back", "../inside"),
        ("chain", "chain2"),
        ("chain2", "dir/chain3"),
        ("dir/chain3", "../up-dir"),
        ("dangling", "../not-there"),
        ("dangling-absolute", "/not-there"),
        ("proc", "/proc/self/root"),
    ] {
        symlink(target, scratch.inside(name)).unwrap();
    }
    let last = [Errno::Perm, Errno::Loop, Errno::NotDir, Errno::Exist];
    for name in [
        "up",
        "up-file",
        "up-dir",
        "root",
        "absolute",
        "absolute-file",
        "back",
        "chain",
        "dangling",
        "dangling-absolute",
        "proc",
        "dir/chain3",
        "./up",
        "dir/../up",
    ] {
        all_fail(&mut guest, name, &last, true);
    }
    for path in [
        "up/secret",
        "up-dir/secret",
        "root/etc/passwd",
        "absolute/secret",
        "back/file",
        "chain/secret",
        "chain/new",
        "up/outside/new",
        "dir/chain3/dir/secret",
        "up/.",
        "up/..",
        "proc/etc/passwd",
        "absolute/dir/..",
        "back/back/back/file",
    ] {
        all_fail(&mut guest, path, &[Errno::Perm], false);
    }
    // A slash makes the last component one that is followed: never to the outside.
    let slash = [
        Errno::Perm,
        Errno::NotDir,
        Errno::Exist,
        Errno::IsDir,
        Errno::NoEnt,
    ];
    for name in ["up", "up-dir", "root", "absolute", "back", "chain"] {
        let path = format!("{name}/");
        all_fail(&mut guest, &path, &slash, false);
    }
    assert_eq!(scratch.outside(), before);
    assert_eq!(fs::read(scratch.inside("file")).unwrap(), b"inside");
    // What the guest makes itself cannot be absolute, and leads nowhere when it goes up.
    guest.put(PATH as usize, b"../../secretnew");
    let args = [PATH, 12, ROOT, PATH + 12, 3];
    guest.ok("path_symlink", &args);
    all_fail(&mut guest, "new", &last, true);
}

#[test]
fn loops_and_long_names() {
    let scratch = Scratch::new();
    let mut guest = scratch.guest();
    symlink("loop", scratch.inside("loop")).unwrap();
    symlink("b", scratch.inside("a")).unwrap();
    symlink("a", scratch.inside("b")).unwrap();
    for path in ["loop/x", "a/x", "loop/../x"] {
        all_fail(&mut guest, path, &[Errno::Loop], false);
    }
    let long = "n".repeat(256);
    let deep = "dir/".repeat(1024);
    for path in [long.as_str(), &format!("dir/{long}")] {
        all_fail(&mut guest, path, &[Errno::NameTooLong, Errno::NoEnt], false);
    }
    all_fail(&mut guest, &deep, &[Errno::NameTooLong], false);
    let deep = &deep[..4095];
    all_fail(&mut guest, deep, &[Errno::NoEnt], false);
}

#[test]
fn magic_links_are_not_followed() {
    let mut guest = Guest::new(HostOs::new(Arc::new(Control::new().unwrap())));
    let directory = open(Path::new("/proc/self"));
    assert_eq!(guest.grant(Resource::Directory(directory), "/"), ROOT);
    let file = fs::File::open("/etc/passwd").unwrap();
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
    let wanted = u64::from(Errno::Loop.wasi());
    for path in [
        "root",
        "root/etc/passwd",
        "cwd",
        "cwd/Cargo.toml",
        "exe",
        &format!("fd/{fd}"),
        &format!("task/{}/root/etc", std::process::id()),
    ] {
        let len = put(&mut guest, path);
        let args = [ROOT, 1, PATH, len, 0, 2, 0, 0, OUT];
        assert_eq!(guest.call("path_open", &args), wanted, "{path}");
        let args = [ROOT, 1, PATH, len, 0x200];
        assert_eq!(guest.call("path_filestat_get", &args), wanted, "{path}");
    }
    assert_eq!(guest.cx.descriptors(), 1);
}

/// While somebody swaps a directory for a link to the outside, and moves another out and in again, nothing outside is read or made.
#[test]
fn renames_during_lookups() {
    let scratch = Scratch::new();
    let before = scratch.outside();
    let mut guest = scratch.guest();
    fs::create_dir(scratch.inside("swap")).unwrap();
    fs::write(scratch.inside("swap/secret"), "inside").unwrap();
    symlink("../outside", scratch.inside("out")).unwrap();
    let stop = AtomicBool::new(false);
    let (swap, out, spare) = (
        scratch.inside("swap"),
        scratch.inside("out"),
        scratch.inside("spare"),
    );
    let (deep, away) = (scratch.inside("dir/deep"), scratch.0.join("outside/deep"));
    let mut opened = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                for (from, to) in [
                    (&swap, &spare),
                    (&out, &swap),
                    (&swap, &out),
                    (&spare, &swap),
                ] {
                    fs::rename(from, to).unwrap();
                }
                fs::rename(&deep, &away).unwrap();
                fs::rename(&away, &deep).unwrap();
            }
        });
        let end = Instant::now() + Duration::from_secs(2);
        while Instant::now() < end {
            for path in [
                "swap/secret",
                "dir/deep/../../../secret",
                "dir/deep/../../file",
            ] {
                let len = put(&mut guest, path);
                let args = [ROOT, 1, PATH, len, 0, 2, 0, 0, OUT];
                if guest.call("path_open", &args) == 0 {
                    let fd = guest.u32(OUT as usize).into();
                    assert_eq!(guest.read(fd, 20), b"inside", "{path}");
                    guest.ok("fd_close", &[fd]);
                    opened += 1;
                }
            }
            for path in ["swap/made", "dir/deep/../../../made"] {
                let len = put(&mut guest, path);
                guest.call("path_create_directory", &[ROOT, PATH, len]);
                guest.call("path_remove_directory", &[ROOT, PATH, len]);
                guest.call("path_symlink", &[PATH, 4, ROOT, PATH, len]);
                guest.call("path_unlink_file", &[ROOT, PATH, len]);
            }
        }
        stop.store(true, Relaxed);
    });
    assert!(opened > 0);
    // But for the times, which the other thread changed.
    let names = |list: Vec<(PathBuf, u64, i64, Option<Vec<u8>>)>| -> Vec<_> {
        list.into_iter()
            .map(|(path, links, _, data)| (path, links, data))
            .collect()
    };
    assert_eq!(names(scratch.outside()), names(before));
}

#[test]
fn what_is_no_directory_is_not_granted() {
    let scratch = Scratch::new();
    let file = fs::File::open(scratch.0.join("secret")).unwrap();
    assert_eq!(Directory::new(file.into()).unwrap_err(), Errno::NotDir);
    let path = rustix::fs::open(
        &scratch.0,
        rustix::fs::OFlags::PATH,
        rustix::fs::Mode::empty(),
    );
    assert_eq!(Directory::new(path.unwrap()).unwrap_err(), Errno::Badf);
}

#[test]
fn devices_and_pipes() {
    let scratch = Scratch::new();
    let mut guest = scratch.guest();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    let pipe = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, scratch.inside("pipe"), pipe, mode, 0).unwrap();
    let len = put(&mut guest, "pipe");
    // Nobody reads: at once an error. A reader need not wait for a writer.
    let args = |base| [ROOT, 0, PATH, len, 0, base, 0, 4, OUT];
    guest.fails(Errno::Nxio, "path_open", &args(64));
    guest.ok("path_open", &args(2));
    let reader = guest.u32(OUT as usize).into();
    guest.ok("path_open", &args(64));
    let writer = guest.u32(OUT as usize).into();
    assert_eq!(guest.write(writer, b"through"), 7);
    assert_eq!(guest.read(reader, 20), b"through");
    guest.fails(Errno::Spipe, "fd_seek", &[reader, 0, 0, OUT]);
    let socket = std::os::unix::net::UnixListener::bind(scratch.inside("socket")).unwrap();
    let len = put(&mut guest, "socket");
    guest.fails(
        Errno::Nxio,
        "path_open",
        &[ROOT, 0, PATH, len, 0, 2, 0, 0, OUT],
    );
    drop(socket);
    // What is in /dev is not granted with it.
    let fd = guest.grant(Resource::Directory(open(Path::new("/dev"))), "/dev");
    for name in ["null", "zero", "full"] {
        let len = put(&mut guest, name);
        guest.fails(
            Errno::NotCapable,
            "path_open",
            &[fd, 0, PATH, len, 0, 2, 0, 0, OUT],
        );
        guest.ok("path_filestat_get", &[fd, 0, PATH, len, 0x200]);
        assert_eq!(guest.memory[0x210], 2);
    }
}

#[test]
fn a_full_disk_and_other_limits() {
    let scratch = Scratch::new();
    let mut guest = scratch.guest();
    let len = put(&mut guest, "new");
    let all = Rights::FILE.bits();
    guest.ok("path_open", &[ROOT, 0, PATH, len, 1, all, 0, 2 | 16, OUT]);
    let fd = guest.u32(OUT as usize).into();
    guest.ok("fd_allocate", &[fd, 100, 28]);
    guest.ok("fd_filestat_get", &[fd, 0x200]);
    assert_eq!((guest.memory[0x210], guest.u64(0x220)), (4, 128));
    guest.fails(Errno::NoSpc, "fd_allocate", &[fd, 0, 1 << 43]);
    guest.ok("fd_filestat_set_size", &[fd, 3]);
    guest.ok("fd_advise", &[fd, 0, 0, 3]);
    for (name, args) in [
        ("fd_sync", vec![fd]),
        ("fd_datasync", vec![fd]),
        ("fd_sync", vec![ROOT]),
        ("fd_datasync", vec![ROOT]),
        ("fd_filestat_set_times", vec![ROOT, 5_000_000_001, 7, 5]),
    ] {
        guest.ok(name, &args);
    }
    guest.ok("fd_filestat_get", &[ROOT, 0x200]);
    assert_eq!((guest.u64(0x228), guest.u64(0x230)), (5_000_000_001, 7));
    guest.ok("fd_filestat_set_times", &[ROOT, 0, 0, 2]);
    guest.ok("fd_filestat_get", &[ROOT, 0x200]);
    assert!(guest.u64(0x228) > 1_500_000_000_000_000_000);
    assert_eq!(guest.u64(0x230), 7);
}
