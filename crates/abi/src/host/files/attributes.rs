// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Attributes and times in the system's form, and in ours.

use rustix::{
    fs::{FileType as Kind, Stat, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT},
    io::Errno as Linux,
};

use crate::{FileStat, FileType, SetTime};

const SECOND: u64 = 1_000_000_000;

/// A type; sockets are told apart by who has them open.
pub(in crate::host) fn filetype(kind: Kind) -> FileType {
    match kind {
        Kind::RegularFile => FileType::RegularFile,
        Kind::Directory => FileType::Directory,
        Kind::Symlink => FileType::SymbolicLink,
        Kind::CharacterDevice => FileType::CharacterDevice,
        Kind::BlockDevice => FileType::BlockDevice,
        Kind::Socket => FileType::SocketStream,
        _ => FileType::Unknown,
    }
}

/// Attributes.
pub(in crate::host) fn attributes(stat: &Stat) -> FileStat {
    let time = |s: i64, ns: u64| (s as u64).saturating_mul(SECOND).saturating_add(ns);
    FileStat {
        filetype: filetype(Kind::from_raw_mode(stat.st_mode)),
        dev: stat.st_dev,
        ino: stat.st_ino,
        nlink: stat.st_nlink,
        size: stat.st_size as u64,
        atim: time(stat.st_atime, stat.st_atime_nsec),
        mtim: time(stat.st_mtime, stat.st_mtime_nsec),
        ctim: time(stat.st_ctime, stat.st_ctime_nsec),
    }
}

/// Times to set.
pub(super) fn timestamps(accessed: SetTime, modified: SetTime) -> Result<Timestamps, Linux> {
    let time = |time| {
        let (tv_sec, tv_nsec) = match time {
            SetTime::Omit => (0, UTIME_OMIT),
            SetTime::Now => (0, UTIME_NOW),
            SetTime::At(ns) => (
                i64::try_from(ns / SECOND).map_err(|_| Linux::INVAL)?,
                (ns % SECOND) as _,
            ),
        };
        Ok(Timespec { tv_sec, tv_nsec })
    };
    Ok(Timestamps {
        last_access: time(accessed)?,
        last_modification: time(modified)?,
    })
}
