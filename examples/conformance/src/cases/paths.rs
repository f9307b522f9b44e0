// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Paths: those that lead outside, and odd ones.

use crate::{
    calls::{close, errno::*, DATA, OUT},
    check::{ok, same},
    files::{
        file, link, mkdir, open, opened, path, readlink, rename, rmdir, stat, symlink, unlink, How,
        ALL, CREAT, DIRECTORY, FOLLOW, READ, SCRATCH,
    },
    sys::{self, at},
};

/// Everything that takes a path answers `wanted`, with what is given as the other name where there are two.
fn everything(fd: i32, name: &str, wanted: i32) {
    for lookup in [0, FOLLOW] {
        for (oflags, base) in [(0, READ), (CREAT, READ), (DIRECTORY, READ), (8, 0)] {
            let how = How {
                lookup,
                oflags,
                base,
                ..ALL
            };
            same(name, open(fd, name, how), Err(wanted));
        }
        same(name, stat(fd, name, lookup), Err(wanted));
        let (at, len) = path(name);
        let times = sys::path_filestat_set_times(fd, lookup, at, len, 1, 1, 5);
        same(name, times, wanted);
    }
    same(name, mkdir(fd, name), wanted);
    same(name, rmdir(fd, name), wanted);
    same(name, unlink(fd, name), wanted);
    same(name, symlink("x", fd, name), wanted);
    same(name, readlink(fd, name, 9), Err(wanted));
    same(name, link((fd, "file"), (fd, name)), wanted);
    same(name, link((fd, name), (fd, "new")), wanted);
    same(name, rename((fd, "file"), (fd, name)), wanted);
    same(name, rename((fd, name), (fd, "new")), wanted);
}

/// Lexically.
pub fn outside() {
    file("file", b"x");
    ok("mkdir", mkdir(SCRATCH, "dir"));
    file("dir/file", b"x");
    for name in [
        "/",
        "//",
        "/etc/passwd",
        "/scratch/file",
        "..",
        "../",
        "../x",
        "./../x",
        "dir/../..",
        "dir/../../file",
        "dir/..//../",
        "../scratch/file",
        "/..",
        "/.",
    ] {
        everything(SCRATCH, name, PERM);
    }
    let dir = opened("dir", DIRECTORY);
    for name in ["..", "../file", "../dir/file", "/file"] {
        everything(dir, name, PERM);
    }
    same(
        "inside",
        stat(SCRATCH, "dir/../file", 0).map(|s| s.size),
        Ok(1),
    );
    same(
        "inside",
        stat(SCRATCH, "./dir/.././file", 0).map(|s| s.size),
        Ok(1),
    );
    close(&[dir]);
    ok("unlink", unlink(SCRATCH, "dir/file"));
    ok("rmdir", rmdir(SCRATCH, "dir"));
    ok("unlink", unlink(SCRATCH, "file"));
}

/// Through links.
pub fn links_outside() {
    file("file", b"x");
    ok("mkdir", mkdir(SCRATCH, "dir"));
    for (target, name) in [
        ("..", "up"),
        ("../..", "dir/up"),
        ("dir/up", "chain"),
        ("./dir/../chain", "long-chain"),
        ("../scratch", "back"),
        ("dir/../../scratch/file", "back-file"),
    ] {
        ok(name, symlink(target, SCRATCH, name));
    }
    for name in [
        "up/x",
        "up/.",
        "dir/up/x",
        "chain/x",
        "long-chain/x",
        "back/file",
        "up/..",
        "chain/../x",
    ] {
        everything(SCRATCH, name, PERM);
    }
    for name in ["up", "dir/up", "chain", "long-chain", "back", "back-file"] {
        same(name, stat(SCRATCH, name, FOLLOW), Err(PERM));
        same(name, stat(SCRATCH, name, 0).map(|s| s.kind), Ok(7));
        let how = How {
            lookup: FOLLOW,
            base: READ,
            ..ALL
        };
        same(name, open(SCRATCH, name, how), Err(PERM));
        let create = How {
            oflags: CREAT,
            ..how
        };
        same(name, open(SCRATCH, name, create), Err(PERM));
        // A slash follows a link, where it can be followed.
        let slash = format!("{name}/");
        same(&slash, stat(SCRATCH, &slash, 0), Err(PERM));
        same(&slash, link((SCRATCH, &slash), (SCRATCH, "new")), PERM);
        same(&slash, unlink(SCRATCH, &slash), NOTDIR);
        same(&slash, rmdir(SCRATCH, &slash), NOTDIR);
        same(&slash, mkdir(SCRATCH, &slash), EXIST);
    }
    for name in [
        "up",
        "dir/up",
        "chain",
        "long-chain",
        "back",
        "back-file",
        "file",
    ] {
        ok(name, unlink(SCRATCH, name));
    }
    ok("rmdir", rmdir(SCRATCH, "dir"));
}

/// Empty, too long, not text.
pub fn odd() {
    everything(SCRATCH, "", NOENT);
    everything(SCRATCH, "a\0b", INVAL);
    everything(SCRATCH, "\0", INVAL);
    everything(SCRATCH, &"x".repeat(4096), NAMETOOLONG);
    everything(SCRATCH, &"./".repeat(2048), NAMETOOLONG);
    file("file", b"x");
    let name = "x".repeat(256);
    same("a long name", stat(SCRATCH, &name, 0), Err(NAMETOOLONG));
    same("a long name", mkdir(SCRATCH, &name), NAMETOOLONG);
    let path_max = format!("{}file", "./".repeat(2045));
    same(
        "a long path",
        stat(SCRATCH, &path_max, 0).map(|s| s.size),
        Ok(1),
    );
    let name = "ü".repeat(127);
    file(&name, b"xy");
    same("not ASCII", stat(SCRATCH, &name, 0).map(|s| s.size), Ok(2));
    ok("unlink", unlink(SCRATCH, &name));
    for bytes in [&b"\xff"[..], b"a\xc3", b"\xed\xa0\x80", b"\xc0\xaf"] {
        sys::put(DATA, bytes);
        let len = bytes.len() as i32;
        let stat = sys::path_filestat_get(SCRATCH, 0, at(DATA), len, at(OUT));
        same("no text", stat, ILSEQ);
        let mkdir = sys::path_create_directory(SCRATCH, at(DATA), len);
        same("no text", mkdir, ILSEQ);
        let (name, name_len) = path("new");
        let link = sys::path_symlink(at(DATA), len, SCRATCH, name, name_len);
        same("no text", link, ILSEQ);
    }
    ok("unlink", unlink(SCRATCH, "file"));
}

/// Paths and results that are not in memory.
pub fn memory() {
    let size = sys::memory_size() as i64;
    let out = at(OUT);
    let (name, len) = path("new");
    for (bad, bad_len) in [(size, 1), (size - 1, 2), (-1, 1), (-1, -1), (16, -1)] {
        let bad = bad as i32;
        let open = sys::path_open(SCRATCH, 0, bad, bad_len, 1, 0, 0, 0, out);
        same("open", open, FAULT);
        same(
            "mkdir",
            sys::path_create_directory(SCRATCH, bad, bad_len),
            FAULT,
        );
        let link = sys::path_link(SCRATCH, 0, name, len, SCRATCH, bad, bad_len);
        same("link", link, FAULT);
        let symlink = sys::path_symlink(bad, bad_len, SCRATCH, name, len);
        same("symlink", symlink, FAULT);
        let read = sys::path_readlink(SCRATCH, name, len, bad, bad_len, out);
        same("readlink", read, FAULT);
    }
    // Nothing is made when the result has no place.
    let open = sys::path_open(SCRATCH, 0, name, len, 1, 0, 0, 0, (size - 3) as i32);
    same("open", open, FAULT);
    same("nothing", stat(SCRATCH, "new", 0), Err(NOENT));
    file("new", b"x");
    for bad in [size - 63, size, -1] {
        let bad = bad as i32;
        same(
            "stat",
            sys::path_filestat_get(SCRATCH, 0, name, len, bad),
            FAULT,
        );
        same(
            "prestat",
            sys::fd_prestat_get(SCRATCH, bad),
            if bad as i64 == size - 63 { 0 } else { FAULT },
        );
    }
    ok("unlink", unlink(SCRATCH, "new"));
}
