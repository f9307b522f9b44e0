// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Calls on files and paths, as the cases use them.

use crate::{
    calls::{double, iovs, word, DATA, OUT},
    check::ok,
    sys,
};

/// The directory to work in: the first grant.
pub const SCRATCH: i32 = 3;
/// The same, to read only: the second.
pub const READONLY: i32 = 4;

/// Where paths are put.
const PATHS: usize = 0x8000;
/// Where attributes are stored.
const STAT: usize = 0x2000;

/// `oflags`.
pub const CREAT: i32 = 1;
pub const DIRECTORY: i32 = 2;
pub const EXCL: i32 = 4;
pub const TRUNC: i32 = 8;
/// `lookupflags`.
pub const FOLLOW: i32 = 1;

/// Rights: to read, to write, and all that WASI has but these two.
pub const READ: i64 = 1 << 1;
pub const WRITE: i64 = 1 << 6;
pub const OTHERS: i64 = ((1 << 30) - 1) & !(READ | WRITE);

/// A path in the window: its address and length.
pub fn path(text: &str) -> (i32, i32) {
    sys::put(PATHS, text.as_bytes());
    (sys::at(PATHS), text.len() as i32)
}

/// Another.
pub fn path2(text: &str) -> (i32, i32) {
    let offset = PATHS + 0x2000;
    sys::put(offset, text.as_bytes());
    (sys::at(offset), text.len() as i32)
}

fn done(errno: i32) -> Result<(), i32> {
    match errno {
        0 => Ok(()),
        errno => Err(errno),
    }
}

/// How to open.
#[derive(Clone, Copy)]
pub struct How {
    pub lookup: i32,
    pub oflags: i32,
    pub base: i64,
    pub inheriting: i64,
    pub fdflags: i32,
}

/// For reading and writing, all rights, links not followed.
pub const ALL: How = How {
    lookup: 0,
    oflags: 0,
    base: READ | WRITE | OTHERS,
    inheriting: READ | WRITE | OTHERS,
    fdflags: 0,
};

/// A directory with all rights.
pub const DIR: How = How {
    oflags: DIRECTORY,
    base: READ | (OTHERS & !(1 << 8 | 1 << 22)),
    ..ALL
};

/// Opens.
pub fn open(fd: i32, name: &str, how: How) -> Result<i32, i32> {
    let (at, len) = path(name);
    let out = sys::at(OUT);
    done(sys::path_open(
        fd,
        how.lookup,
        at,
        len,
        how.oflags,
        how.base,
        how.inheriting,
        how.fdflags,
        out,
    ))?;
    Ok(word(OUT) as i32)
}

/// Opens in the scratch directory with other `oflags`; must succeed.
#[track_caller]
pub fn opened(name: &str, oflags: i32) -> i32 {
    let how = if oflags & DIRECTORY == 0 { ALL } else { DIR };
    let result = open(SCRATCH, name, How { oflags, ..how });
    ok(name, result.err().unwrap_or(0));
    result.unwrap_or(-1)
}

/// Makes a file with content.
#[track_caller]
pub fn file(name: &str, content: &[u8]) {
    let fd = opened(name, CREAT | TRUNC);
    crate::check::same(name, write(fd, content), Ok(content.len()));
    ok("close", sys::fd_close(fd));
}

/// Writes at the descriptor's position.
pub fn write(fd: i32, bytes: &[u8]) -> Result<usize, i32> {
    sys::put(DATA, bytes);
    let array = iovs(&[(sys::at(DATA), bytes.len() as u32)]);
    done(sys::fd_write(fd, array, 1, sys::at(OUT)))?;
    Ok(word(OUT) as usize)
}

/// Reads at most `room` bytes.
pub fn read(fd: i32, room: usize) -> Result<Vec<u8>, i32> {
    let array = iovs(&[(sys::at(DATA), room as u32)]);
    done(sys::fd_read(fd, array, 1, sys::at(OUT)))?;
    Ok(sys::get(DATA, word(OUT) as usize))
}

/// Reads at `offset`.
pub fn pread(fd: i32, room: usize, offset: i64) -> Result<Vec<u8>, i32> {
    let array = iovs(&[(sys::at(DATA), room as u32)]);
    done(sys::fd_pread(fd, array, 1, offset, sys::at(OUT)))?;
    Ok(sys::get(DATA, word(OUT) as usize))
}

/// Writes at `offset`.
pub fn pwrite(fd: i32, bytes: &[u8], offset: i64) -> Result<usize, i32> {
    sys::put(DATA, bytes);
    let array = iovs(&[(sys::at(DATA), bytes.len() as u32)]);
    done(sys::fd_pwrite(fd, array, 1, offset, sys::at(OUT)))?;
    Ok(word(OUT) as usize)
}

/// Moves the position.
pub fn seek(fd: i32, offset: i64, whence: i32) -> Result<u64, i32> {
    done(sys::fd_seek(fd, offset, whence, sys::at(OUT)))?;
    Ok(double(OUT))
}

/// Attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub kind: u8,
    pub links: u64,
    pub size: u64,
    pub atim: u64,
    pub mtim: u64,
    pub ctim: u64,
}

fn stored() -> Stat {
    Stat {
        dev: double(STAT),
        ino: double(STAT + 8),
        kind: sys::get(STAT + 16, 1)[0],
        links: double(STAT + 24),
        size: double(STAT + 32),
        atim: double(STAT + 40),
        mtim: double(STAT + 48),
        ctim: double(STAT + 56),
    }
}

/// Attributes of a path.
pub fn stat(fd: i32, name: &str, lookup: i32) -> Result<Stat, i32> {
    let (at, len) = path(name);
    done(sys::path_filestat_get(fd, lookup, at, len, sys::at(STAT)))?;
    Ok(stored())
}

/// Attributes of a descriptor.
pub fn fd_stat(fd: i32) -> Result<Stat, i32> {
    done(sys::fd_filestat_get(fd, sys::at(STAT)))?;
    Ok(stored())
}

/// Base and inheriting rights of a descriptor.
pub fn rights(fd: i32) -> (i64, i64) {
    ok("fdstat", sys::fd_fdstat_get(fd, sys::at(STAT)));
    (double(STAT + 8) as i64, double(STAT + 16) as i64)
}

/// Makes a directory.
pub fn mkdir(fd: i32, name: &str) -> i32 {
    let (at, len) = path(name);
    sys::path_create_directory(fd, at, len)
}

/// Removes a directory.
pub fn rmdir(fd: i32, name: &str) -> i32 {
    let (at, len) = path(name);
    sys::path_remove_directory(fd, at, len)
}

/// Removes anything else.
pub fn unlink(fd: i32, name: &str) -> i32 {
    let (at, len) = path(name);
    sys::path_unlink_file(fd, at, len)
}

/// Makes a symbolic link.
pub fn symlink(target: &str, fd: i32, name: &str) -> i32 {
    let (old, old_len) = path2(target);
    let (at, len) = path(name);
    sys::path_symlink(old, old_len, fd, at, len)
}

/// Reads a symbolic link.
pub fn readlink(fd: i32, name: &str, room: i32) -> Result<Vec<u8>, i32> {
    let (at, len) = path(name);
    done(sys::path_readlink(
        fd,
        at,
        len,
        sys::at(DATA),
        room,
        sys::at(OUT),
    ))?;
    Ok(sys::get(DATA, word(OUT) as usize))
}

/// Makes another name.
pub fn link((from, old): (i32, &str), (to, new): (i32, &str)) -> i32 {
    let (old, old_len) = path2(old);
    let (at, len) = path(new);
    sys::path_link(from, 0, old, old_len, to, at, len)
}

/// Renames.
pub fn rename((from, old): (i32, &str), (to, new): (i32, &str)) -> i32 {
    let (old, old_len) = path2(old);
    let (at, len) = path(new);
    sys::path_rename(from, old, old_len, to, at, len)
}
