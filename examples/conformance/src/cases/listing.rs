// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_readdir`.

use std::collections::BTreeSet;

use crate::{
    calls::{close, double, errno::*, word, DATA, OUT},
    check::{ok, same},
    files::{file, mkdir, opened, rmdir, stat, symlink, unlink, DIRECTORY, SCRATCH},
    sys::{self, at},
};

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    next: i64,
    ino: u64,
    kind: u8,
    name: String,
}

/// The whole entries in a buffer of `room` bytes from `cookie` on, and how many bytes were used.
fn list(fd: i32, room: usize, cookie: i64) -> (Vec<Entry>, usize) {
    let list = sys::fd_readdir(fd, at(DATA), room as i32, cookie, at(OUT));
    ok("readdir", list);
    let used = if list == 0 { word(OUT) as usize } else { 0 };
    let (mut found, mut offset) = (Vec::new(), DATA);
    while offset + 24 <= DATA + used {
        let len = word(offset + 16) as usize;
        let end = offset + 24 + len;
        if end > DATA + used {
            break;
        }
        let name = sys::get(offset + 24, len);
        found.push(Entry {
            next: double(offset) as i64,
            ino: double(offset + 8),
            kind: sys::get(offset + 20, 1)[0],
            name: String::from_utf8_lossy(&name).into_owned(),
        });
        offset = end;
    }
    (found, used)
}

/// All entries, read `room` bytes at a time.
fn all(fd: i32, room: usize) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    loop {
        let cookie = found.last().map_or(0, |entry| entry.next);
        let (more, used) = list(fd, room, cookie);
        let nothing = more.is_empty();
        found.extend(more);
        if used < room || nothing {
            return found;
        }
    }
}

/// Names, types, inodes; cut off entries.
pub fn entries() {
    ok("mkdir", mkdir(SCRATCH, "dir"));
    let dir = opened("dir", DIRECTORY);
    let own = stat(dir, ".", 0).map_or(0, |s| s.ino);
    let dots = all(dir, 1000);
    let name = |entry: &Entry| (entry.name.clone(), entry.kind, entry.ino == own);
    let mut seen: Vec<_> = dots.iter().map(name).collect();
    seen.sort();
    same(
        "dots",
        seen,
        vec![(".".into(), 3, true), ("..".into(), 3, true)],
    );
    file("dir/file", b"x");
    ok("mkdir", mkdir(dir, "sub"));
    ok("symlink", symlink("file", dir, "link"));
    let full = all(dir, 1000);
    same("count", full.len(), 5);
    for entry in full.iter().filter(|entry| entry.name != "..") {
        let there = stat(dir, &entry.name, 0);
        same("type", there.map(|s| s.kind), Ok(entry.kind));
        // File systems in layers (overlayfs) have inodes of their own for directories, which a list does not tell.
        if entry.kind != 3 {
            same("inode", there.map(|s| s.ino), Ok(entry.ino));
        }
        same("cookie", entry.next != 0, true);
    }
    for room in [28, 29, 40, 53, 60, 100] {
        same("with less room", all(dir, room), full.clone());
    }
    for (i, entry) in full.iter().enumerate() {
        let (rest, used) = list(dir, 1000, entry.next);
        same("the rest", &rest[..], &full[i + 1..]);
        let bytes = rest
            .iter()
            .map(|entry| 24 + entry.name.len())
            .sum::<usize>();
        same("bytes", used, bytes);
    }
    // A buffer that is too small is filled, and no more than that.
    for room in 0..26 {
        sys::put(DATA, &[0xee; 64]);
        same("used", list(dir, room, 0).1, room);
        same("beyond", sys::get(DATA + room, 8), vec![0xee; 8]);
    }
    same(
        "a cookie",
        sys::fd_readdir(dir, at(DATA), 99, i64::MIN, at(OUT)),
        INVAL,
    );
    let file = opened("dir/file", 0);
    same(
        "a file",
        sys::fd_readdir(file, at(DATA), 99, 0, at(OUT)),
        NOTDIR,
    );
    same("memory", sys::fd_readdir(dir, -8, 9, 0, at(OUT)), FAULT);
    same(
        "memory",
        sys::fd_readdir(dir, at(DATA), -1, 0, at(OUT)),
        FAULT,
    );
    same("memory", sys::fd_readdir(dir, at(DATA), 9, 0, -1), FAULT);
    close(&[dir, file]);
    for name in ["dir/file", "dir/link"] {
        ok(name, unlink(SCRATCH, name));
    }
    ok("rmdir", rmdir(SCRATCH, "dir/sub"));
    ok("rmdir", rmdir(SCRATCH, "dir"));
}

/// Many entries, of which some are removed and others made while they are read.
pub fn many() {
    ok("mkdir", mkdir(SCRATCH, "dir"));
    let dir = opened("dir", DIRECTORY);
    for i in 0..300 {
        file(&format!("dir/file-{i}"), b"");
    }
    let names = |list: &[Entry]| list.iter().map(|e| e.name.clone()).collect::<BTreeSet<_>>();
    let whole = all(dir, 60_000);
    same("count", whole.len(), 302);
    same("each once", names(&whole).len(), 302);
    let pieces = all(dir, 300);
    same("in pieces", names(&pieces), names(&whole));
    same("each once", pieces.len(), 302);
    let mut seen = Vec::new();
    let mut round = 0;
    loop {
        let cookie = seen.last().map_or(0, |entry: &Entry| entry.next);
        let (more, used) = list(dir, 400, cookie);
        let nothing = more.is_empty();
        seen.extend(more);
        // Those that are removed were told already, and what is made is none of those that are counted.
        let gone = seen.iter().rev().find(|entry| {
            entry.kind == 4 && stat(dir, &entry.name, 0).is_ok() && entry.name.starts_with("file")
        });
        if let Some(entry) = gone {
            ok("unlink", unlink(dir, &entry.name));
        }
        file(&format!("dir/new-{round}"), b"");
        round += 1;
        if used < 400 || nothing || round > 200 {
            break;
        }
    }
    let told = |name: &str| seen.iter().filter(|entry| entry.name == name).count();
    let counts: BTreeSet<_> = (0..300).map(|i| told(&format!("file-{i}"))).collect();
    same("each once", counts, BTreeSet::from([1]));
    for entry in all(dir, 60_000) {
        if entry.kind == 4 {
            ok("unlink", unlink(dir, &entry.name));
        }
    }
    close(&[dir]);
    ok("rmdir", rmdir(SCRATCH, "dir"));
}
