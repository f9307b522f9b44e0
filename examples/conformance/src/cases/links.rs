// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Links, names, and how they are made, changed and removed.

use crate::{
    calls::{close, errno::*},
    check::{ok, same},
    files::{
        file, link, mkdir, open, opened, path, path2, read, readlink, rename, rmdir, stat, symlink,
        unlink, DIR, DIRECTORY, FOLLOW, SCRATCH,
    },
    sys,
};

/// Symbolic links.
pub fn symbolic() {
    file("file", b"content");
    ok("symlink", symlink("file", SCRATCH, "link"));
    same("type", stat(SCRATCH, "link", 0).map(|s| s.kind), Ok(7));
    let followed = stat(SCRATCH, "link", FOLLOW).map(|s| (s.kind, s.size));
    same("followed", followed, Ok((4, 7)));
    for (room, wanted) in [(0, &b""[..]), (2, b"fi"), (4, b"file"), (100, b"file")] {
        same(
            "readlink",
            readlink(SCRATCH, "link", room),
            Ok(wanted.to_vec()),
        );
    }
    same("of a file", readlink(SCRATCH, "file", 10), Err(INVAL));
    same("of nothing", readlink(SCRATCH, "nothing", 10), Err(NOENT));
    same("exists", symlink("x", SCRATCH, "link"), EXIST);
    same("exists", symlink("x", SCRATCH, "file"), EXIST);
    same("exists", symlink("x", SCRATCH, "."), EXIST);
    same("with a slash", symlink("x", SCRATCH, "new/"), NOENT);
    same("to nothing", symlink("", SCRATCH, "new"), NOENT);
    same("absolute", symlink("/x", SCRATCH, "new"), PERM);
    same("nowhere", symlink("x", SCRATCH, "nothing/new"), NOENT);
    ok("itself", symlink("self", SCRATCH, "self"));
    same("loop", stat(SCRATCH, "self", FOLLOW), Err(LOOP));
    same("loop", stat(SCRATCH, "self/x", 0), Err(LOOP));
    // Forty in a row are followed, one more is not.
    for i in 1..=41 {
        let target = if i == 1 {
            "file".into()
        } else {
            format!("l{}", i - 1)
        };
        ok("chain", symlink(&target, SCRATCH, &format!("l{i}")));
    }
    same("40", stat(SCRATCH, "l40", FOLLOW).map(|s| s.kind), Ok(4));
    same("41", stat(SCRATCH, "l41", FOLLOW), Err(LOOP));
    for i in 1..=41 {
        ok("unlink", unlink(SCRATCH, &format!("l{i}")));
    }
    for name in ["file", "link", "self"] {
        ok(name, unlink(SCRATCH, name));
    }
}

/// Hard links.
pub fn hard() {
    file("file", b"content");
    ok("mkdir", mkdir(SCRATCH, "dir"));
    ok("symlink", symlink("nothing", SCRATCH, "dangling"));
    ok("link", link((SCRATCH, "file"), (SCRATCH, "dir/other")));
    let (a, b) = (stat(SCRATCH, "file", 0), stat(SCRATCH, "dir/other", 0));
    same("the same", a, b);
    same("names", a.map(|s| s.links), Ok(2));
    for (old, new, wanted) in [
        ("file", "dir/other", EXIST),
        ("file", "file", EXIST),
        ("file", "dir", EXIST),
        ("file", "dangling", EXIST),
        ("file", "new/", NOENT),
        ("file/", "new", NOTDIR),
        ("nothing", "new", NOENT),
        ("dir", "new", PERM),
        ("dir/", "new", PERM),
        (".", "new", PERM),
        ("dir/..", "new", PERM),
        ("file", ".", EXIST),
        ("file", "nothing/new", NOENT),
    ] {
        let what = format!("{old} to {new}");
        same(&what, link((SCRATCH, old), (SCRATCH, new)), wanted);
    }
    let ((old, old_len), (new, len)) = (path2("dangling"), path("new"));
    same(
        "follow",
        sys::path_link(SCRATCH, FOLLOW, old, old_len, SCRATCH, new, len),
        INVAL,
    );
    ok(
        "a link itself",
        link((SCRATCH, "dangling"), (SCRATCH, "new")),
    );
    same("is one", stat(SCRATCH, "new", 0).map(|s| s.kind), Ok(7));
    for name in ["file", "dir/other", "dangling", "new"] {
        ok(name, unlink(SCRATCH, name));
    }
    ok("rmdir", rmdir(SCRATCH, "dir"));
}

/// Renaming, within a directory and between two.
pub fn renames() {
    file("file", b"file");
    file("other", b"other");
    for name in ["dir", "empty", "full"] {
        ok("mkdir", mkdir(SCRATCH, name));
    }
    file("full/inner", b"inner");
    for (old, new, wanted) in [
        ("file", "dir", ISDIR),
        ("dir", "file", NOTDIR),
        ("dir", "full", NOTEMPTY),
        ("dir", "dir/x", INVAL),
        ("full/inner", "full", NOTEMPTY),
        ("nothing", "new", NOENT),
        ("file", "nothing/new", NOENT),
        ("file", "new/", NOTDIR),
        ("file/", "new", NOTDIR),
        (".", "new", BUSY),
        ("file", ".", BUSY),
        ("dir/..", "new", BUSY),
    ] {
        let what = format!("{old} to {new}");
        same(&what, rename((SCRATCH, old), (SCRATCH, new)), wanted);
    }
    ok("itself", rename((SCRATCH, "file"), (SCRATCH, "file")));
    ok("replaces", rename((SCRATCH, "other"), (SCRATCH, "file")));
    same("gone", stat(SCRATCH, "other", 0), Err(NOENT));
    ok("replaces", rename((SCRATCH, "dir/"), (SCRATCH, "empty/")));
    let full = open(SCRATCH, "full", DIR).unwrap_or(-1);
    ok("between", rename((SCRATCH, "file"), (full, "moved")));
    let fd = opened("full/moved", 0);
    same("content", read(fd, 9), Ok(b"other".to_vec()));
    ok("back", rename((full, "moved"), (SCRATCH, "file")));
    // A directory that is open stays what it is, wherever it goes.
    ok("moved", rename((SCRATCH, "full"), (SCRATCH, "empty/deep")));
    same("inner", stat(full, "inner", 0).map(|s| s.size), Ok(5));
    same("up", stat(full, "../x", 0), Err(PERM));
    ok("unlink", unlink(full, "inner"));
    close(&[fd, full]);
    ok("unlink", unlink(SCRATCH, "file"));
    ok("rmdir", rmdir(SCRATCH, "empty/deep"));
    ok("rmdir", rmdir(SCRATCH, "empty"));
}

/// Directories and files are made and removed.
pub fn make_and_remove() {
    ok("mkdir", mkdir(SCRATCH, "dir"));
    ok("mkdir", mkdir(SCRATCH, "dir/inner/"));
    file("file", b"");
    ok("symlink", symlink("dir", SCRATCH, "link"));
    for (name, wanted) in [
        ("dir", EXIST),
        ("dir/", EXIST),
        (".", EXIST),
        ("dir/..", EXIST),
        ("link", EXIST),
        ("file", EXIST),
        ("file/x", NOTDIR),
        ("nothing/x", NOENT),
    ] {
        same(name, mkdir(SCRATCH, name), wanted);
    }
    for (name, wanted) in [
        ("dir", NOTEMPTY),
        ("dir/.", INVAL),
        ("dir/..", NOTEMPTY),
        (".", INVAL),
        ("file", NOTDIR),
        ("file/", NOTDIR),
        ("link", NOTDIR),
        ("link/", NOTDIR),
        ("nothing", NOENT),
    ] {
        same(name, rmdir(SCRATCH, name), wanted);
    }
    for (name, wanted) in [
        ("dir", ISDIR),
        ("dir/", ISDIR),
        (".", ISDIR),
        ("file/", NOTDIR),
        ("link/", NOTDIR),
        ("nothing", NOENT),
    ] {
        same(name, unlink(SCRATCH, name), wanted);
    }
    // In one that was removed nothing can be made.
    let inner = opened("dir/inner", DIRECTORY);
    ok("rmdir", rmdir(SCRATCH, "link/inner/"));
    same("mkdir", mkdir(inner, "x"), NOENT);
    same("stat", stat(inner, ".", 0).map(|s| s.kind), Ok(3));
    close(&[inner]);
    ok("unlink", unlink(SCRATCH, "link"));
    ok("unlink", unlink(SCRATCH, "file"));
    ok("rmdir", rmdir(SCRATCH, "dir"));
}
