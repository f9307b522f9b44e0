// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_seek`, `fd_tell`, `fd_sync`, `fd_datasync`, `fd_advise`, `fd_allocate`.

use crate::{
    call::{Call, Fault},
    descriptor::Resource,
    Errno, FileType, Os, Rights, Whence,
};

/// The object of `fd` if it is a regular file with `rights`; `otherwise` when it is something else.
fn regular<'c, O: Os>(
    call: &'c mut Call<'_, '_, O>,
    fd: u32,
    rights: Rights,
    otherwise: Errno,
) -> Result<(&'c mut O, &'c O::Object), Errno> {
    let (table, os) = (&call.cx.table, &mut call.cx.os);
    let descriptor = table.get(fd)?;
    let Resource::Stream(object) = &descriptor.resource else {
        return Err(otherwise);
    };
    if os.describe(object).filetype != FileType::RegularFile {
        return Err(otherwise);
    }
    descriptor.require(rights)?;
    Ok((os, object))
}

pub(super) fn seek<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    offset: u64,
    whence: u32,
    out: u32,
) -> Result<(), Fault> {
    let offset = offset as i64;
    let whence = match whence {
        0 => Whence::Set,
        1 => Whence::Current,
        2 => Whence::End,
        _ => return Err(Errno::Inval.into()),
    };
    call.memory.check(out, 8)?;
    let stays = offset == 0 && whence == Whence::Current;
    let has_seek = call.cx.table.get(fd)?.rights.contains(Rights::FD_SEEK);
    let rights = if stays && !has_seek {
        Rights::FD_TELL
    } else {
        Rights::FD_SEEK
    };
    let (os, object) = regular(call, fd, rights, Errno::Spipe)?;
    let position = os.seek(object, offset, whence)?;
    Ok(call.memory.put_u64(out, position)?)
}

pub(super) fn tell<O: Os>(call: &mut Call<'_, '_, O>, fd: u32, out: u32) -> Result<(), Fault> {
    seek(call, fd, 0, 1, out)
}

pub(super) fn sync<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    let (os, object) = regular(call, fd, Rights::FD_SYNC, Errno::Inval)?;
    Ok(os.sync(object, false)?)
}

pub(super) fn datasync<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    let (os, object) = regular(call, fd, Rights::FD_DATASYNC, Errno::Inval)?;
    Ok(os.sync(object, true)?)
}

/// Advice is checked and otherwise without effect, as WASI allows.
pub(super) fn advise<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    offset: u64,
    len: u64,
    advice: u32,
) -> Result<(), Fault> {
    regular(call, fd, Rights::FD_ADVISE, Errno::Spipe)?;
    if advice > 5 || i64::try_from(offset).is_err() || i64::try_from(len).is_err() {
        return Err(Errno::Inval.into());
    }
    Ok(())
}

/// No grant of this version carries the right.
pub(super) fn allocate<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    _offset: u64,
    _len: u64,
) -> Result<(), Fault> {
    regular(call, fd, Rights::FD_ALLOCATE, Errno::Spipe)?;
    Err(Errno::NotSup.into())
}
