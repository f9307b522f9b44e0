// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_seek`, `fd_tell`, `fd_sync`, `fd_datasync`, `fd_advise`, `fd_allocate`.

use crate::{
    call::{Call, Fault},
    descriptor::{Descriptor, Resource},
    Advice, Description, Errno, FileType, Os, Rights, Whence,
};

/// The object of a descriptor if it `fits` and has `rights`; `otherwise` when it is something else. Directories lack the rights that
/// only files have.
fn object<'d, O: Os>(
    os: &O,
    descriptor: &'d Descriptor<O>,
    rights: Rights,
    fits: impl FnOnce(Description) -> bool,
    otherwise: Errno,
) -> Result<&'d O::Object, Fault> {
    let object = match &descriptor.resource {
        Resource::Stream(object) => object,
        Resource::Directory(_) => {
            descriptor.require(rights)?;
            return Err(Errno::IsDir.into());
        }
        _ => return Err(otherwise.into()),
    };
    if !fits(os.describe(object)) {
        return Err(otherwise.into());
    }
    descriptor.require(rights)?;
    Ok(object)
}

/// The object of a descriptor if it is a regular file with `rights`; `otherwise` when it is something else.
pub(super) fn regular<'d, O: Os>(
    os: &O,
    descriptor: &'d Descriptor<O>,
    rights: Rights,
    otherwise: Errno,
) -> Result<&'d O::Object, Fault> {
    let is_regular = |d: Description| d.filetype == FileType::RegularFile;
    object(os, descriptor, rights, is_regular, otherwise)
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
    let descriptor = call.cx.descriptor(fd)?;
    let has_seek = descriptor.rights().contains(Rights::FD_SEEK);
    let rights = if stays && !has_seek {
        Rights::FD_TELL
    } else {
        Rights::FD_SEEK
    };
    let os = &mut call.cx.os;
    let object = object(os, &descriptor, rights, |d| d.seekable, Errno::Spipe)?;
    let position = os.seek(object, offset, whence)?;
    Ok(call.memory.put_u64(out, position)?)
}

pub(super) fn tell<O: Os>(call: &mut Call<'_, '_, O>, fd: u32, out: u32) -> Result<(), Fault> {
    seek(call, fd, 0, 1, out)
}

pub(super) fn sync<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    sync_any(call, fd, Rights::FD_SYNC, false)
}

pub(super) fn datasync<O: Os>(call: &mut Call<'_, '_, O>, fd: u32) -> Result<(), Fault> {
    sync_any(call, fd, Rights::FD_DATASYNC, true)
}

/// Writes a regular file or a directory to its medium.
fn sync_any<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    right: Rights,
    data_only: bool,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    if let Resource::Directory(directory) = &descriptor.resource {
        descriptor.require(right)?;
        return Ok(call.cx.os.directory_sync(directory, data_only)?);
    }
    let os = &mut call.cx.os;
    let object = regular(os, &descriptor, right, Errno::Inval)?;
    Ok(os.sync(object, data_only)?)
}

pub(super) fn advise<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    offset: u64,
    len: u64,
    advice: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let os = &mut call.cx.os;
    let object = regular(os, &descriptor, Rights::FD_ADVISE, Errno::Spipe)?;
    let advice = match advice {
        0 => Advice::Normal,
        1 => Advice::Sequential,
        2 => Advice::Random,
        3 => Advice::WillNeed,
        4 => Advice::DontNeed,
        5 => Advice::NoReuse,
        _ => return Err(Errno::Inval.into()),
    };
    if i64::try_from(offset).is_err() || i64::try_from(len).is_err() {
        return Err(Errno::Inval.into());
    }
    Ok(os.advise(object, offset, len, advice)?)
}

/// `Inval` for no bytes, `Fbig` beyond 2^63 - 1.
pub(super) fn allocate<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    offset: u64,
    len: u64,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let os = &mut call.cx.os;
    let object = regular(os, &descriptor, Rights::FD_ALLOCATE, Errno::Spipe)?;
    let (Ok(from), Ok(bytes)) = (i64::try_from(offset), i64::try_from(len)) else {
        return Err(Errno::Inval.into());
    };
    if bytes == 0 {
        return Err(Errno::Inval.into());
    }
    if from.checked_add(bytes).is_none() {
        return Err(Errno::Fbig.into());
    }
    Ok(os.allocate(object, offset, len)?)
}
