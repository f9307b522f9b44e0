// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Full disks, read-only ones, limits of the process, and many rounds.

use std::{
    fs::{self, File, OpenOptions},
    os::{fd::AsFd, unix::fs::OpenOptionsExt},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Result};
use libwasmk::{uapi::grant::GrantKind, Call, Grant, GrantSource, Outcome as Ended};
use rustix::{
    fs::{mknodat, FileType, Mode, CWD},
    process::{getrlimit, setrlimit, Resource, Rlimit},
};

use super::{
    mount,
    probe::{errno::*, failed, Probe, CREAT, EXCL, READ, TRUNC, WRITE},
    text, Ground,
};
use crate::{
    check, check_eq,
    guest::{Cases, Outcome},
};

pub fn run(cases: &mut Cases) {
    cases.case("what is no directory is not granted as one", grants);
    cases.case("a full disk", full);
    cases.case("no more inodes", inodes);
    cases.case("a read-only mount", read_only);
    cases.case("the longest file that the process may make", longest);
    cases.case("a directory that is removed while it is open", removed);
    cases.case("a blocking read of a named pipe is killed", killed);
    cases.case("100 000 rounds of open and close", rounds);
}

fn grants() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let none: [&str; 0] = [];
    let probe = Probe::new(&none)?;
    let longest = "/".repeat(4095);
    let grant = |file: &File, name: &str| {
        let source = GrantSource::File(GrantKind::Directory, file.as_fd());
        let grant = Grant {
            name,
            number: None,
            source,
        };
        probe.store.grant(&grant).map_err(|error| error.errno)
    };
    let file = File::open(ground.at("in/file"))?;
    check_eq!(grant(&file, "x"), Err(libc::ENOTDIR), "a file");
    check_eq!(
        grant(&File::open("/dev/null")?, "x"),
        Err(libc::ENOTDIR),
        "a device"
    );
    let mut options = OpenOptions::new();
    let path = options.read(true).custom_flags(libc::O_PATH);
    let path = path.open(ground.at("in"))?;
    check_eq!(grant(&path, "x"), Err(libc::EBADF), "a path");
    let directory = File::open(ground.at("in"))?;
    check_eq!(grant(&directory, ""), Err(libc::EINVAL), "no name");
    check_eq!(
        grant(&directory, &format!("{longest}/")),
        Err(libc::EINVAL),
        "a long name"
    );
    check_eq!(grant(&directory, &longest), Ok(3), "the longest name");
    check!(probe.list(3, 4096)?.is_ok(), "list");
    let at = rustix::fs::seek(&directory, rustix::fs::SeekFrom::Current(0))?;
    check_eq!(at, 0, "where the grantor's own file is");
    Ok(())
}

fn full() -> Outcome {
    let ground = Ground::new("mode=755,size=1m")?;
    let probe = Probe::new(&[ground.at("in")])?;
    let file = probe.create(3, b"big")?.map_err(failed)?;
    let block = [7; 32768];
    let mut written = 0;
    let errno = loop {
        match probe.write(file, &block)? {
            Ok(0) => bail!("nothing written, and no error"),
            Ok(len) => written += len,
            Err(errno) => break errno,
        }
        check!(
            written <= 1 << 20,
            "{written} bytes on a disk of a mebibyte"
        );
    };
    check_eq!(errno, NOSPC, "the error");
    check!(written > 500_000, "only {written} bytes");
    check_eq!(
        probe.call("fd_allocate", &[file, 0, 2 << 20])?,
        Err(NOSPC),
        "allocate"
    );
    let size = probe.stat_of(file)?.map_err(failed)?.size;
    check_eq!(size, written as u64, "size");
    check_eq!(
        probe.call("fd_filestat_set_size", &[file, 0])?,
        Ok(()),
        "make empty"
    );
    check_eq!(
        probe.call("fd_allocate", &[file, 0, 100_000])?,
        Ok(()),
        "allocate"
    );
    let size = probe.stat_of(file)?.map_err(failed)?.size;
    check_eq!(size, 100_000, "size");
    Ok(())
}

fn inodes() -> Outcome {
    let ground = Ground::new("mode=755,nr_inodes=20")?;
    let probe = Probe::new(&[ground.at("in")])?;
    for n in 0..30 {
        if let Err(errno) = probe.mkdir(3, format!("d{n}").as_bytes())? {
            check_eq!(errno, NOSPC, "mkdir");
            check_eq!(probe.create(3, b"f")?, Err(NOSPC), "create");
            check_eq!(probe.symlink(b"x", 3, b"l")?, Err(NOSPC), "symlink");
            check!(!ground.at("in/f").exists(), "half a file");
            return Ok(());
        }
    }
    bail!("30 directories in 20 inodes")
}

fn read_only() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir(ground.at("in/d"))?;
    let root = text(&ground.root).to_owned();
    mount(&["-o", "remount,bind,ro", &root])?;
    let probe = Probe::new(&[ground.at("in")])?;
    check_eq!(probe.content(3, b"file")?, Ok(b"mine".to_vec()), "read");
    check_eq!(
        probe.open_with(3, b"file", (true, 0, WRITE, 0))?,
        Err(ROFS),
        "write"
    );
    check_eq!(
        probe.open_with(3, b"file", (true, TRUNC, WRITE, 0))?,
        Err(ROFS),
        "empty"
    );
    check!(
        probe.open_with(3, b"file", (true, CREAT, READ, 0))?.is_ok(),
        "what is there"
    );
    check_eq!(probe.create(3, b"new")?, Err(ROFS), "create");
    let how = (true, CREAT | EXCL, READ, 0);
    check_eq!(
        probe.open_with(3, b"file", how)?,
        Err(EXIST),
        "what is there, exclusively"
    );
    check_eq!(probe.open_with(3, b"new", how)?, Err(ROFS), "exclusively");
    check_eq!(probe.mkdir(3, b"new")?, Err(ROFS), "mkdir");
    check_eq!(
        probe.mkdir(3, b"file")?,
        Err(EXIST),
        "mkdir of what is there"
    );
    check_eq!(probe.rmdir(3, b"d")?, Err(ROFS), "rmdir");
    check_eq!(probe.unlink(3, b"file")?, Err(ROFS), "unlink");
    check_eq!(
        probe.rename((3, b"file"), (3, b"new"))?,
        Err(ROFS),
        "rename"
    );
    check_eq!(probe.link((3, b"file"), (3, b"new"))?, Err(ROFS), "link");
    check_eq!(probe.symlink(b"x", 3, b"new")?, Err(ROFS), "symlink");
    check_eq!(probe.set_times(3, b"file", 1)?, Err(ROFS), "times");
    check_eq!(
        probe.call("fd_filestat_set_times", &[3, 1, 1, 5])?,
        Err(ROFS),
        "its own times"
    );
    Ok(())
}

/// A process that a signal would end (SIGXFSZ) does not notice.
fn longest() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let probe = Probe::new(&[ground.at("in")])?;
    let file = probe.create(3, b"long")?.map_err(failed)?;
    let append = probe
        .open_with(3, b"long", (true, 0, WRITE, 1))?
        .map_err(failed)?;
    let before = getrlimit(Resource::Fsize);
    setrlimit(
        Resource::Fsize,
        Rlimit {
            current: Some(8192),
            ..before
        },
    )?;
    let answers = (|| -> Result<_> {
        Ok([
            probe.write(file, &[1; 9000])?.map(|len| len as u64),
            probe.write(file, &[1; 10])?.map(|len| len as u64),
            probe.write(append, &[1; 10])?.map(|len| len as u64),
            probe
                .call("fd_filestat_set_size", &[file, 8193])?
                .map(|()| 0),
            probe.call("fd_allocate", &[file, 8000, 200])?.map(|()| 0),
            probe
                .call("fd_filestat_set_size", &[file, 8192])?
                .map(|()| 0),
        ])
    })();
    setrlimit(Resource::Fsize, before)?;
    let expected = [Ok(8192), Err(FBIG), Err(FBIG), Err(FBIG), Err(FBIG), Ok(0)];
    check_eq!(answers?, expected, "answers");
    check_eq!(probe.write(file, &[1; 10])?, Ok(10), "without the limit");
    Ok(())
}

fn removed() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir(ground.at("in/gone"))?;
    let probe = Probe::new(&[ground.at("in")])?;
    let gone = probe.open_directory(3, b"gone")?.map_err(failed)?;
    fs::remove_dir(ground.at("in/gone"))?;
    check_eq!(probe.create(gone, b"new")?, Err(NOENT), "create");
    check_eq!(probe.mkdir(gone, b"new")?, Err(NOENT), "mkdir");
    check_eq!(probe.list(gone, 4096)?, Err(NOENT), "list");
    check_eq!(probe.open(gone, b"..")?, Err(PERM), "its parent");
    check!(probe.stat_of(gone)?.is_ok(), "its attributes");
    Ok(())
}

fn killed() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let pipe = ground.at("in/pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0)?;
    let probe = Probe::new(&[ground.at("in")])?;
    let fd = probe.open(3, b"pipe")?.map_err(failed)?;
    let mut writer = OpenOptions::new().write(true).open(&pipe)?;
    std::io::Write::write_all(&mut writer, b"x")?;
    check_eq!(probe.read(fd)?, Ok(b"x".to_vec()), "a byte");
    let begin = Instant::now();
    let ended = thread::scope(|scope| {
        let reading = scope.spawn(|| {
            probe.store.call(&Call::export(
                probe.instance,
                "fd_read",
                &[fd, 0x110, 1, 0x100],
            ))
        });
        thread::sleep(Duration::from_millis(300));
        probe.store.kill()?;
        reading
            .join()
            .map_err(|_| anyhow::anyhow!("panicked"))?
            .map_err(anyhow::Error::from)
    })?;
    check!(matches!(ended, Ended::Killed), "{ended:?}");
    check!(
        begin.elapsed() < Duration::from_secs(5),
        "it took {:?}",
        begin.elapsed()
    );
    Ok(())
}

/// Open files of the whole system.
fn open_files() -> Result<i64> {
    let text = fs::read_to_string("/proc/sys/fs/file-nr")?;
    Ok(text.split_whitespace().next().unwrap_or("").parse()?)
}

fn rounds() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/a/b"))?;
    let probe = Probe::new(&[ground.at("in")])?;
    let before = open_files()?;
    for (path, oflags, count) in [
        (&b"file"[..], 0, 40_000),
        (b"a/b/../../file", CREAT, 20_000),
        (b"a/b", 2, 20_000),
        (b"nothing/../file", 0, 0),
        (b"a/../a/./b/..", 2, 20_000),
    ] {
        let len = probe.path(path)?;
        if count > 0 {
            check_eq!(
                probe.call("rounds", &[3, len, oflags, count])?,
                Ok(()),
                "rounds"
            );
        }
    }
    // Errors on the way, too.
    for path in [
        &b"nothing"[..],
        b"../x",
        b"file/x",
        b"a/b/../../../x",
        b"x\0",
        b"a",
    ] {
        for how in [
            (true, 0, READ, 0),
            (false, CREAT | EXCL, WRITE, 0),
            (true, TRUNC, WRITE, 0),
        ] {
            for _ in 0..200 {
                if let Ok(fd) = probe.open_with(3, path, how)? {
                    probe.close(fd)?;
                }
            }
        }
    }
    let grown = open_files()? - before;
    check!(grown < 50, "{grown} files more are open");
    Ok(())
}
