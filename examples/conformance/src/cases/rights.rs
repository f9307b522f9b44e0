// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Rights of directories and of what is opened beneath them.

use crate::{
    calls::{close, errno::*, AREA, DATA, OUT},
    check::{ok, same},
    files::{
        fd_stat, file, link, mkdir, open, opened, path, pread, read, readlink, rename, rights,
        rmdir, stat, symlink, unlink, write, How, ALL, CREAT, DIR, DIRECTORY, FOLLOW, OTHERS, READ,
        READONLY, SCRATCH, TRUNC, WRITE,
    },
    sys::{self, at},
};

/// Of the names in the specification.
const PATH_CREATE_FILE: i64 = 1 << 10;
const PATH_OPEN: i64 = 1 << 13;
const FD_READDIR: i64 = 1 << 14;
const PATH_FILESTAT_SET_SIZE: i64 = 1 << 19;

/// What is opened has what was asked for, as far as the directory lets it inherit and it applies; nothing comes back.
pub fn inherited() {
    file("file", b"content");
    let (all, all_inheriting) = rights(SCRATCH);
    same("no right to seek", all & (1 << 2), 0);
    same("all can be inherited", all_inheriting & all, all);
    let fd = opened("file", 0);
    let (base, inheriting) = rights(fd);
    same(
        "of a file",
        (base & (READ | WRITE), inheriting),
        (READ | WRITE, 0),
    );
    close(&[fd]);
    for base in [0, READ, READ | 1 << 2, WRITE, READ | WRITE | 1 << 21] {
        let fd = open(SCRATCH, "file", How { base, ..ALL }).unwrap_or(-1);
        same("as asked", rights(fd), (base, 0));
        close(&[fd]);
    }
    // A directory that lets nothing be written.
    let how = How {
        base: PATH_OPEN | FD_READDIR | PATH_CREATE_FILE | PATH_FILESTAT_SET_SIZE,
        inheriting: READ | PATH_OPEN,
        ..DIR
    };
    let dir = open(SCRATCH, ".", how).unwrap_or(-1);
    same("as asked", rights(dir), (how.base, how.inheriting));
    let write_it = How {
        base: READ | WRITE,
        ..ALL
    };
    same("write", open(dir, "file", write_it), Err(NOTCAPABLE));
    for fdflags in [2, 8, 16] {
        let how = How {
            base: READ,
            fdflags,
            ..ALL
        };
        same("sync", open(dir, "file", how), Err(NOTCAPABLE));
    }
    let fd = open(
        dir,
        "file",
        How {
            base: READ | OTHERS,
            ..ALL
        },
    )
    .unwrap_or(-1);
    same("less", rights(fd), (READ, 0));
    same("seek", crate::files::seek(fd, 0, 0), Err(NOTCAPABLE));
    same("read", read(fd, 20), Ok(b"content".to_vec()));
    let deeper = open(dir, ".", DIR).unwrap_or(-1);
    same("less", rights(deeper), (PATH_OPEN, READ | PATH_OPEN));
    same(
        "list",
        sys::fd_readdir(deeper, at(DATA), 99, 0, at(OUT)),
        NOTCAPABLE,
    );
    let create = How {
        base: READ,
        oflags: CREAT,
        ..ALL
    };
    same("create", open(deeper, "file", create), Err(NOTCAPABLE));
    let truncate = How {
        oflags: TRUNC,
        ..create
    };
    same("truncate", open(deeper, "file", truncate), Err(NOTCAPABLE));
    same("stat", stat(deeper, "file", 0), Err(NOTCAPABLE));
    same(
        "more",
        sys::fd_fdstat_set_rights(deeper, PATH_OPEN | FD_READDIR, 0),
        NOTCAPABLE,
    );
    ok("give up", sys::fd_fdstat_set_rights(deeper, 0, 0));
    same(
        "open",
        open(deeper, "file", How { base: READ, ..ALL }),
        Err(NOTCAPABLE),
    );
    // To make a file empty needs no more than the directory's right.
    let truncate = How {
        base: 0,
        ..truncate
    };
    let emptied = open(dir, "file", truncate).unwrap_or(-1);
    same("empty", stat(SCRATCH, "file", 0).map(|s| s.size), Ok(0));
    close(&[fd, dir, deeper, emptied]);
    ok("unlink", unlink(SCRATCH, "file"));
}

/// A directory that was granted to read only.
pub fn read_only() {
    file("file", b"content");
    ok("mkdir", mkdir(SCRATCH, "dir"));
    ok("symlink", symlink("file", SCRATCH, "link"));
    let (base, inheriting) = rights(READONLY);
    same(
        "nothing to write",
        inheriting & (WRITE | 1 << 8 | 1 << 22),
        0,
    );
    same("base", base & PATH_CREATE_FILE, 0);
    let how = How {
        base: READ | OTHERS,
        ..ALL
    };
    let fd = open(READONLY, "file", how).unwrap_or(-1);
    same("read", pread(fd, 20, 0), Ok(b"content".to_vec()));
    same("write", write(fd, b"x"), Err(NOTCAPABLE));
    same("size", sys::fd_filestat_set_size(fd, 0), NOTCAPABLE);
    same(
        "times",
        sys::fd_filestat_set_times(fd, 0, 0, 10),
        NOTCAPABLE,
    );
    same("allocate", sys::fd_allocate(fd, 0, 100), NOTCAPABLE);
    same("stat", fd_stat(fd).map(|s| s.size), Ok(7));
    same(
        "stat",
        stat(READONLY, "link", FOLLOW).map(|s| s.size),
        Ok(7),
    );
    same(
        "readlink",
        readlink(READONLY, "link", 9),
        Ok(b"file".to_vec()),
    );
    ok("list", sys::fd_readdir(READONLY, at(DATA), 999, 0, at(OUT)));
    let dir = open(READONLY, "dir", DIR).unwrap_or(-1);
    for (fd, name) in [(READONLY, "file"), (dir, "../file"), (dir, "new")] {
        same(
            "write",
            open(fd, name, How { base: WRITE, ..ALL }),
            Err(NOTCAPABLE),
        );
        for oflags in [CREAT, TRUNC, CREAT | TRUNC] {
            let how = How {
                base: 0,
                oflags,
                ..ALL
            };
            same("open", open(fd, name, how), Err(NOTCAPABLE));
        }
        same("mkdir", mkdir(fd, name), NOTCAPABLE);
        same("rmdir", rmdir(fd, name), NOTCAPABLE);
        same("unlink", unlink(fd, name), NOTCAPABLE);
        same("symlink", symlink("x", fd, name), NOTCAPABLE);
        let (at, len) = path(name);
        let times = sys::path_filestat_set_times(fd, 0, at, len, 0, 0, 10);
        same("times", times, NOTCAPABLE);
        // Neither out of it nor into it, also where the other side would allow it.
        same("link", link((fd, name), (SCRATCH, "new")), NOTCAPABLE);
        same("link", link((SCRATCH, "file"), (fd, name)), NOTCAPABLE);
        same("rename", rename((fd, name), (SCRATCH, "new")), NOTCAPABLE);
        same("rename", rename((SCRATCH, "file"), (fd, name)), NOTCAPABLE);
    }
    same("sync", sys::fd_sync(READONLY), NOTCAPABLE);
    close(&[fd, dir]);
    ok("unlink", unlink(SCRATCH, "file"));
    ok("unlink", unlink(SCRATCH, "link"));
    ok("rmdir", rmdir(SCRATCH, "dir"));
}

/// Directories take their rights and names along.
pub fn renumbered() {
    ok("mkdir", mkdir(SCRATCH, "dir"));
    let (dir, other) = (opened("dir", DIRECTORY), opened(".", DIRECTORY));
    file("dir/file", b"x");
    ok("give up", sys::fd_fdstat_set_rights(dir, 1 << 18, 0));
    ok("renumber", sys::fd_renumber(dir, other));
    same("gone", sys::fd_fdstat_get(dir, at(AREA)), BADF);
    same("rights", rights(other), (1 << 18, 0));
    same("stat", stat(other, "file", 0).map(|s| s.size), Ok(1));
    same("up", stat(other, "../dir", 0), Err(PERM));
    same(
        "open",
        open(other, "file", How { base: 0, ..ALL }),
        Err(NOTCAPABLE),
    );
    // A grant, to a number and back: it stays one.
    ok("there", sys::fd_renumber(SCRATCH, other));
    same("gone", sys::fd_prestat_get(SCRATCH, at(OUT)), BADF);
    ok("prestat", sys::fd_prestat_get(other, at(OUT)));
    let again = open(other, ".", DIR).unwrap_or(-1);
    same("the lowest number", again, SCRATCH.min(dir));
    let back = if again == SCRATCH {
        again
    } else {
        let second = open(other, ".", DIR).unwrap_or(-1);
        same("the next number", second, SCRATCH);
        close(&[again]);
        second
    };
    ok("back", sys::fd_renumber(other, back));
    ok("prestat", sys::fd_prestat_get(SCRATCH, at(OUT)));
    ok("unlink", unlink(SCRATCH, "dir/file"));
    ok("rmdir", rmdir(SCRATCH, "dir"));
}
