// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Regular files.

use crate::{
    calls::{close, errno::*, iovs, now, word, DATA, OUT},
    check::{ok, same},
    files::{
        fd_stat, file, open, opened, path, pread, pwrite, read, seek, stat, unlink, write, How,
        ALL, CREAT, FOLLOW, READ, SCRATCH, WRITE,
    },
    sys::{self, at},
};

/// Positions, and data at them.
pub fn data() {
    let fd = opened("file", CREAT);
    same("write", write(fd, b"0123456789"), Ok(10));
    same("at the end", read(fd, 5), Ok(vec![]));
    same("seek", seek(fd, 2, 0), Ok(2));
    same("read", read(fd, 3), Ok(b"234".to_vec()));
    same("seek", seek(fd, -1, 1), Ok(4));
    same("seek", seek(fd, -1, 2), Ok(9));
    same("before the start", seek(fd, -11, 2), Err(INVAL));
    same("whence", seek(fd, 0, 3), Err(INVAL));
    ok("tell", sys::fd_tell(fd, at(OUT)));
    same("tell", word(OUT), 9);
    same("pread", pread(fd, 4, 3), Ok(b"3456".to_vec()));
    same("pread beyond", pread(fd, 4, 1 << 40), Ok(vec![]));
    same("pwrite", pwrite(fd, b"AB", 4), Ok(2));
    same("beyond the end", pwrite(fd, b"Z", 12), Ok(1));
    same("offset", pread(fd, 4, -1), Err(INVAL));
    same("offset", pwrite(fd, b"x", i64::MIN), Err(INVAL));
    ok("tell", sys::fd_tell(fd, at(OUT)));
    same("not moved", word(OUT), 9);
    same("all", pread(fd, 20, 0), Ok(b"0123AB6789\0\0Z".to_vec()));
    // Many buffers, some empty, some over one another.
    sys::put(DATA, b"gather");
    let array = iovs(&[(at(DATA), 6), (at(DATA), 0), (at(DATA + 2), 4)]);
    ok("pwrite", sys::fd_pwrite(fd, array, 3, 0, at(OUT)));
    same("gathered", pread(fd, 10, 0), Ok(b"gatherther".to_vec()));
    let array = iovs(&[(at(DATA), 4), (at(DATA + 2), 4)]);
    ok("pread", sys::fd_pread(fd, array, 2, 0, at(OUT)));
    same("count", word(OUT), 8);
    same("scattered", sys::get(DATA, 6), b"gaerth".to_vec());
    // Two descriptors have positions of their own.
    let other = opened("file", 0);
    same("own position", read(other, 2), Ok(b"ga".to_vec()));
    // For reading, for writing.
    for (base, readable) in [(READ, true), (WRITE, false)] {
        let fd = open(SCRATCH, "file", How { base, ..ALL }).unwrap_or(-1);
        let (reads, writes) = (read(fd, 1).err(), write(fd, b"G").err());
        let denied = Some(NOTCAPABLE);
        same("read", reads, if readable { None } else { denied });
        same("write", writes, if readable { denied } else { None });
        close(&[fd]);
    }
    ok("sync", sys::fd_sync(fd));
    ok("datasync", sys::fd_datasync(fd));
    ok("sync of a directory", sys::fd_sync(SCRATCH));
    ok("datasync of a directory", sys::fd_datasync(SCRATCH));
    // Still there without a name.
    ok("unlink", unlink(SCRATCH, "file"));
    same("unlinked", pread(fd, 2, 0), Ok(b"Ga".to_vec()));
    same("no name", fd_stat(fd).map(|s| s.links), Ok(0));
    close(&[fd, other]);
}

/// Size, allocation, advice.
pub fn room() {
    let fd = opened("file", CREAT);
    let size = || fd_stat(fd).map(|s| s.size);
    same("write", write(fd, b"0123456789"), Ok(10));
    ok("grow", sys::fd_filestat_set_size(fd, 100));
    same("size", size(), Ok(100));
    ok("shrink", sys::fd_filestat_set_size(fd, 4));
    same("data", pread(fd, 20, 0), Ok(b"0123".to_vec()));
    ok("allocate", sys::fd_allocate(fd, 0, 100));
    same("size", size(), Ok(100));
    ok("within", sys::fd_allocate(fd, 10, 10));
    same("size", size(), Ok(100));
    ok("across", sys::fd_allocate(fd, 90, 20));
    same("size", size(), Ok(110));
    let mut zeros = b"0123".to_vec();
    zeros.resize(110, 0);
    same("zeros", pread(fd, 200, 0), Ok(zeros));
    for advice in 0..6 {
        ok("advise", sys::fd_advise(fd, 0, 50, advice));
        ok("advise all", sys::fd_advise(fd, 10, 0, advice));
    }
    same("size", size(), Ok(110));
    close(&[fd]);
    ok("unlink", unlink(SCRATCH, "file"));
}

/// Times are set and told.
pub fn times() {
    file("file", b"x");
    let fd = opened("file", 0);
    let before = fd_stat(fd);
    same("of path and file", stat(SCRATCH, "file", 0), before);
    ok(
        "both",
        sys::fd_filestat_set_times(fd, 1_000_000_001, 2_000_000_002, 5),
    );
    let times = |s: Result<crate::files::Stat, i32>| s.map(|s| (s.atim, s.mtim));
    same(
        "both",
        times(fd_stat(fd)),
        Ok((1_000_000_001, 2_000_000_002)),
    );
    ok("one", sys::fd_filestat_set_times(fd, 3, 4, 4));
    same("one", times(fd_stat(fd)), Ok((1_000_000_001, 4)));
    let (name, len) = path("file");
    for lookup in [0, FOLLOW] {
        let both = sys::path_filestat_set_times(SCRATCH, lookup, name, len, 5, 6, 5);
        ok("by path", both);
        same("by path", times(stat(SCRATCH, "file", lookup)), Ok((5, 6)));
    }
    ok("now", sys::fd_filestat_set_times(fd, 0, 0, 2 | 8));
    let year_2020 = 1_577_836_800_000_000_000;
    let (atim, mtim) = times(fd_stat(fd)).unwrap_or_default();
    same("now", atim > year_2020 && mtim > year_2020, true);
    ok("neither", sys::fd_filestat_set_times(fd, 7, 8, 0));
    same("neither", times(fd_stat(fd)), Ok((atim, mtim)));
    for flags in [3, 12, 16, -1] {
        same("flags", sys::fd_filestat_set_times(fd, 1, 1, flags), INVAL);
        let by_path = sys::path_filestat_set_times(SCRATCH, 0, name, len, 1, 1, flags);
        same("flags", by_path, INVAL);
    }
    ok(
        "a directory's",
        sys::fd_filestat_set_times(SCRATCH, 9, 10, 5),
    );
    same("a directory's", times(fd_stat(SCRATCH)), Ok((9, 10)));
    ok(
        "a directory's",
        sys::fd_filestat_set_times(SCRATCH, 9, 10, 10),
    );
    // A write is a change.
    ok("old", sys::fd_filestat_set_times(fd, 1, 1, 5));
    let start = now();
    same("write", write(fd, b"y"), Ok(1));
    same("changed", fd_stat(fd).map(|s| s.mtim > year_2020), Ok(true));
    same("time went on", now() >= start, true);
    close(&[fd]);
    ok("unlink", unlink(SCRATCH, "file"));
}

/// Numbers at their limits, and what a file cannot do.
pub fn limits() {
    let fd = opened("file", CREAT);
    for (offset, len, wanted) in [
        (0, 0, INVAL),
        (-1, 1, INVAL),
        (0, -1, INVAL),
        (i64::MIN, i64::MIN, INVAL),
        (i64::MAX, 1, FBIG),
        (1, i64::MAX, FBIG),
    ] {
        same("allocate", sys::fd_allocate(fd, offset, len), wanted);
    }
    same("size", sys::fd_filestat_set_size(fd, -1), INVAL);
    same("size", sys::fd_filestat_set_size(fd, i64::MIN), INVAL);
    for (offset, len, advice) in [(-1, 0, 0), (0, -1, 0), (0, 0, 6), (0, 0, -1), (0, 0, 256)] {
        same("advise", sys::fd_advise(fd, offset, len, advice), INVAL);
    }
    ok("advise", sys::fd_advise(fd, i64::MAX, i64::MAX, 0));
    same("nothing happened", fd_stat(fd).map(|s| s.size), Ok(0));
    close(&[fd]);
    ok("unlink", unlink(SCRATCH, "file"));
    // A directory is read by other means, and not at all written.
    let array = iovs(&[(at(DATA), 1)]);
    same("read", sys::fd_read(SCRATCH, array, 1, at(OUT)), NOTCAPABLE);
    same(
        "pread",
        sys::fd_pread(SCRATCH, array, 1, 0, at(OUT)),
        NOTCAPABLE,
    );
    same(
        "write",
        sys::fd_write(SCRATCH, array, 1, at(OUT)),
        NOTCAPABLE,
    );
    same(
        "pwrite",
        sys::fd_pwrite(SCRATCH, array, 1, 0, at(OUT)),
        NOTCAPABLE,
    );
    same("seek", seek(SCRATCH, 0, 0), Err(NOTCAPABLE));
    same("tell", sys::fd_tell(SCRATCH, at(OUT)), NOTCAPABLE);
    same("size", sys::fd_filestat_set_size(SCRATCH, 0), NOTCAPABLE);
    same("allocate", sys::fd_allocate(SCRATCH, 0, 1), NOTCAPABLE);
    same("advise", sys::fd_advise(SCRATCH, 0, 1, 0), NOTCAPABLE);
}
