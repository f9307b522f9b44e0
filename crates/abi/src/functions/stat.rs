// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_filestat_*`.

use crate::{
    call::{Call, Fault},
    descriptor::Resource,
    Errno, FileType, Os, Rights,
};

/// Stores a `filestat`: dev, ino, file type, nlink, size, atim, mtim, ctim; 64 bytes.
pub(super) fn filestat_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    out: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.table.get(fd)?;
    let (object, _) = descriptor.object(Rights::FD_FILESTAT_GET)?;
    let filetype = match &descriptor.resource {
        Resource::Stream(object) => call.cx.os.describe(object).filetype,
        Resource::Datagram(_) => FileType::SocketDgram,
        _ => FileType::SocketStream,
    };
    let s = call.cx.os.stat(object)?;
    let words = [
        s.dev,
        s.ino,
        filetype as u64,
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

/// No grant of this version carries the right.
pub(super) fn filestat_set_size<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    _size: u64,
) -> Result<(), Fault> {
    call.cx
        .table
        .get(fd)?
        .require(Rights::FD_FILESTAT_SET_SIZE)?;
    Err(Errno::NotSup.into())
}

/// No grant of this version carries the right.
pub(super) fn filestat_set_times<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    _atim: u64,
    _mtim: u64,
    _flags: u32,
) -> Result<(), Fault> {
    call.cx
        .table
        .get(fd)?
        .require(Rights::FD_FILESTAT_SET_TIMES)?;
    Err(Errno::NotSup.into())
}
