// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Preopened directories, and opening.

use crate::{
    calls::{close, double, errno::*, word, AREA, OUT},
    check::{ok, same},
    files::{
        file, open, opened, pread, read, unlink, write, How, ALL, CREAT, DIR, DIRECTORY, EXCL,
        FOLLOW, READ, READONLY, SCRATCH, TRUNC, WRITE,
    },
    files::{mkdir, rmdir, symlink},
    sys::{self, at},
};

/// They come first, and have the guest's paths.
pub fn preopens() {
    for (fd, name) in [(SCRATCH, "/scratch"), (READONLY, "/readonly")] {
        ok("prestat", sys::fd_prestat_get(fd, at(OUT)));
        same("prestat", double(OUT), (name.len() as u64) << 32);
        let len = name.len() as i32;
        ok("name", sys::fd_prestat_dir_name(fd, at(AREA), len));
        same("name", sys::get(AREA, name.len()), name.as_bytes().to_vec());
        same(
            "short",
            sys::fd_prestat_dir_name(fd, at(AREA), len - 1),
            NAMETOOLONG,
        );
        ok("fdstat", sys::fd_fdstat_get(fd, at(AREA)));
        same("type and flags", sys::get(AREA, 4), vec![3, 0, 0, 0]);
    }
    same("a stream", sys::fd_prestat_get(1, at(OUT)), BADF);
    same("a stream", sys::fd_prestat_dir_name(1, at(AREA), 9), NOTDIR);
    same("nothing", sys::fd_prestat_get(63, at(OUT)), BADF);
    same("nothing", sys::fd_prestat_dir_name(63, at(AREA), 9), BADF);
    let dot = opened(".", DIRECTORY);
    same("opened", sys::fd_prestat_get(dot, at(OUT)), BADF);
    close(&[dot]);
}

/// What `path_open` makes of its flags.
pub fn flags() {
    file("file", b"content");
    ok("mkdir", mkdir(SCRATCH, "dir"));
    ok("symlink", symlink("file", SCRATCH, "to-file"));
    ok("symlink", symlink("dir", SCRATCH, "to-dir"));
    ok("symlink", symlink("nothing", SCRATCH, "dangling"));
    for (name, lookup, oflags, base, wanted) in [
        ("file", 0, CREAT | EXCL, READ, EXIST),
        ("dangling", FOLLOW, CREAT | EXCL, READ, EXIST),
        ("dangling", FOLLOW, 0, READ, NOENT),
        ("dangling", 0, 0, READ, LOOP),
        ("to-file", 0, 0, 0, LOOP),
        ("to-file", FOLLOW, DIRECTORY, READ, NOTDIR),
        ("nothing", 0, 0, READ, NOENT),
        ("nothing/x", 0, CREAT, READ, NOENT),
        ("file", 0, DIRECTORY, READ, NOTDIR),
        ("file/", 0, 0, READ, NOTDIR),
        ("file/x", 0, CREAT, READ, NOTDIR),
        ("dir", 0, 0, WRITE, ISDIR),
        ("dir", 0, 0, READ | WRITE, ISDIR),
        ("dir", 0, DIRECTORY, WRITE, ISDIR),
        ("dir", 0, TRUNC, 0, ISDIR),
        ("dir", 0, CREAT, READ, ISDIR),
        ("new/", 0, CREAT, READ, ISDIR),
        ("new", 0, CREAT | DIRECTORY, READ, INVAL),
        ("dir", 0, DIRECTORY | EXCL, READ, INVAL),
        ("dir", 0, DIRECTORY | TRUNC, READ, INVAL),
        ("file", 2, 0, READ, INVAL),
        ("file", 0, 16, READ, INVAL),
        ("file", 0, -1, READ, INVAL),
    ] {
        let how = How {
            lookup,
            oflags,
            base,
            ..ALL
        };
        let what = format!("{name} {lookup} {oflags:#x} {base}");
        same(&what, open(SCRATCH, name, how), Err(wanted));
    }
    for fdflags in [32, 1 << 16, -1] {
        let how = How { fdflags, ..ALL };
        same("fdflags", open(SCRATCH, "file", how), Err(INVAL));
    }
    for (name, lookup, oflags) in [
        ("dir", 0, 0),
        ("dir/", 0, 0),
        ("dir///", 0, DIRECTORY),
        ("to-dir", FOLLOW, DIRECTORY),
        ("to-dir/", 0, 0),
        (".", 0, 0),
        ("dir/..", 0, DIRECTORY),
    ] {
        let how = How {
            lookup,
            oflags,
            ..DIR
        };
        let fd = open(SCRATCH, name, how);
        ok(name, fd.err().unwrap_or(0));
        close(&[fd.unwrap_or(-1)]);
    }
    // Through a dangling link a file is made; what is there is emptied only when it is asked for.
    let how = How {
        lookup: FOLLOW,
        oflags: CREAT,
        ..ALL
    };
    let fd = open(SCRATCH, "dangling", how).unwrap_or(-1);
    same("write", write(fd, b"x"), Ok(1));
    let kept = opened("file", CREAT);
    same("kept", read(kept, 20), Ok(b"content".to_vec()));
    let emptied = opened("file", TRUNC);
    same("emptied", pread(kept, 20, 0), Ok(vec![]));
    close(&[fd, kept, emptied]);
    for name in ["file", "to-file", "to-dir", "dangling", "nothing"] {
        ok(name, unlink(SCRATCH, name));
    }
    ok("rmdir", rmdir(SCRATCH, "dir"));
}

/// Flags of what is opened.
pub fn descriptor_flags() {
    file("file", b"0123456789");
    let how = How {
        fdflags: 1 | 2 | 16,
        ..ALL
    };
    let fd = open(SCRATCH, "file", how).unwrap_or(-1);
    ok("fdstat", sys::fd_fdstat_get(fd, at(AREA)));
    same("type", sys::get(AREA, 1), vec![4]);
    same("flags", word(AREA) >> 16, 19);
    same("append", write(fd, b"ab"), Ok(2));
    same("position", crate::files::seek(fd, 0, 1), Ok(12));
    same("all", pread(fd, 20, 0), Ok(b"0123456789ab".to_vec()));
    ok("no longer", sys::fd_fdstat_set_flags(fd, 0));
    same("seek", crate::files::seek(fd, 1, 0), Ok(1));
    same("write", write(fd, b"X"), Ok(1));
    same("all", pread(fd, 20, 0), Ok(b"0X23456789ab".to_vec()));
    ok("fdstat", sys::fd_fdstat_get(fd, at(AREA)));
    same("kept", word(AREA) >> 16, 18);
    same("more", sys::fd_fdstat_set_flags(fd, 8), INVAL);
    same("unknown", sys::fd_fdstat_set_flags(fd, 32), INVAL);
    ok("non-blocking", sys::fd_fdstat_set_flags(fd, 4));
    same("is read all the same", pread(fd, 1, 0), Ok(b"0".to_vec()));
    close(&[fd]);
    ok("unlink", unlink(SCRATCH, "file"));
}

/// Opened and closed many times.
pub fn many() {
    file("file", b"x");
    for _ in 0..10_000 {
        let (a, b) = (opened("file", 0), opened(".", DIRECTORY));
        ok("close", sys::fd_close(a));
        ok("close", sys::fd_close(b));
        if a < 0 || b < 0 {
            break;
        }
    }
    ok("unlink", unlink(SCRATCH, "file"));
}
