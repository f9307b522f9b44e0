// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_filestat_*`.

use super::file::regular;
use crate::{
    call::{Call, Fault},
    descriptor::Resource,
    Errno, FileStat, FileType, Os, Rights, SetTime,
};

bitflags::bitflags! {
    /// `fstflags`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct FstFlags: u32 {
        const ATIM = 1 << 0;
        const ATIM_NOW = 1 << 1;
        const MTIM = 1 << 2;
        const MTIM_NOW = 1 << 3;
    }
}

/// Stores a `filestat`: dev, ino, file type, nlink, size, atim, mtim, ctim; 64 bytes.
pub(super) fn put_filestat<O: Os>(
    call: &mut Call<'_, '_, O>,
    out: u32,
    s: &FileStat,
) -> Result<(), Fault> {
    let words = [
        s.dev,
        s.ino,
        s.filetype as u64,
        s.nlink,
        s.size,
        s.atim,
        s.mtim,
        s.ctim,
    ];
    let mut filestat = [0; 64];
    for (to, word) in filestat.chunks_exact_mut(8).zip(words) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    Ok(call.memory.put(out, &filestat)?)
}

/// The times that `flags` say, accessed and modified; `Inval` for a time that is both given and now.
pub(super) fn times(atim: u64, mtim: u64, flags: u32) -> Result<(SetTime, SetTime), Errno> {
    let flags = FstFlags::from_bits(flags).ok_or(Errno::Inval)?;
    let time = |given, now, at| match (flags.contains(given), flags.contains(now)) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(SetTime::At(at)),
        (false, true) => Ok(SetTime::Now),
        (false, false) => Ok(SetTime::Omit),
    };
    Ok((
        time(FstFlags::ATIM, FstFlags::ATIM_NOW, atim)?,
        time(FstFlags::MTIM, FstFlags::MTIM_NOW, mtim)?,
    ))
}

pub(super) fn filestat_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    descriptor.require(Rights::FD_FILESTAT_GET)?;
    let os = &call.cx.os;
    let stat = match &descriptor.resource {
        Resource::Directory(directory) => os.directory_stat(directory)?,
        resource => {
            let object = resource.object().ok_or(Errno::Inval)?;
            let filetype = match resource {
                Resource::Stream(object) => os.describe(object).filetype,
                Resource::Datagram(_) => FileType::SocketDgram,
                _ => FileType::SocketStream,
            };
            FileStat {
                filetype,
                ..os.stat(object)?
            }
        }
    };
    put_filestat(call, out, &stat)
}

pub(super) fn filestat_set_size<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    size: u64,
) -> Result<(), Fault> {
    let right = Rights::FD_FILESTAT_SET_SIZE;
    let descriptor = call.cx.descriptor(fd)?;
    descriptor.require(right)?;
    let os = &mut call.cx.os;
    let object = regular(os, &descriptor, right, Errno::Inval)?;
    if i64::try_from(size).is_err() {
        return Err(Errno::Inval.into());
    }
    Ok(os.set_size(object, size)?)
}

pub(super) fn filestat_set_times<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    atim: u64,
    mtim: u64,
    flags: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let os = &mut call.cx.os;
    descriptor.require(Rights::FD_FILESTAT_SET_TIMES)?;
    let (accessed, modified) = times(atim, mtim, flags)?;
    let result = match &descriptor.resource {
        Resource::Directory(directory) => os.directory_set_times(directory, accessed, modified),
        resource => {
            let object = resource.object().ok_or(Errno::Inval)?;
            os.set_times(object, accessed, modified)
        }
    };
    Ok(result?)
}
