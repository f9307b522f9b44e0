// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_link`, `path_rename`, `path_symlink`, `path_readlink`.

use alloc::vec::Vec;

use super::{at, check, follows, text, Found, Place};
use crate::{
    call::{Call, Fault},
    Errno, Os, Refusal, Rights, PATH_MAX,
};

/// Runs `operation` on two places that allow it.
fn at_both<O: Os>(
    call: &mut Call<'_, '_, O>,
    (from, to): (Found<O>, Found<O>),
    operation: impl FnOnce(&mut O, (&O::Directory, &[u8]), (&O::Directory, &[u8])) -> Result<(), Errno>,
) -> Result<(), Fault> {
    let old = (from.directory()?, from.text.as_slice());
    let new = (to.directory()?, to.text.as_slice());
    operation(&mut call.cx.os, old, new).map_err(|errno| match from.fault(call, false, errno) {
        Fault::Errno(errno) => to.fault(call, false, errno),
        fault => fault,
    })
}

/// The source is not followed: `Inval` when that is asked for.
#[allow(clippy::too_many_arguments)]
pub(in crate::functions) fn link<O: Os>(
    call: &mut Call<'_, '_, O>,
    old_fd: u32,
    lookup: u32,
    old_path: u32,
    old_len: u32,
    new_fd: u32,
    new_path: u32,
    new_len: u32,
) -> Result<(), Fault> {
    let from = Place::new(old_fd, old_path, old_len);
    let to = Place::new(new_fd, new_path, new_len);
    from.exists(call)?;
    to.exists(call)?;
    let from = from.allows(call, Rights::PATH_LINK_SOURCE)?;
    let to = to.allows(call, Rights::PATH_LINK_TARGET)?;
    if follows(lookup)? {
        return Err(Errno::Inval.into());
    }
    at_both(call, (from, to), O::link)
}

pub(in crate::functions) fn rename<O: Os>(
    call: &mut Call<'_, '_, O>,
    old_fd: u32,
    old_path: u32,
    old_len: u32,
    new_fd: u32,
    new_path: u32,
    new_len: u32,
) -> Result<(), Fault> {
    let from = Place::new(old_fd, old_path, old_len);
    let to = Place::new(new_fd, new_path, new_len);
    from.exists(call)?;
    to.exists(call)?;
    let from = from.allows(call, Rights::PATH_RENAME_SOURCE)?;
    let to = to.allows(call, Rights::PATH_RENAME_TARGET)?;
    at_both(call, (from, to), O::rename)
}

/// A link's target is not looked up, but may not be absolute: that could only lead outside.
pub(in crate::functions) fn symlink<O: Os>(
    call: &mut Call<'_, '_, O>,
    target: u32,
    target_len: u32,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len);
    place.exists(call)?;
    call.memory.check(target, target_len.into())?;
    let place = place.allows(call, Rights::PATH_SYMLINK)?;
    let contents = text(call, target, target_len)?;
    check(&contents, target_len)?;
    if contents.first() == Some(&b'/') {
        let place = Found {
            text: contents,
            ..place
        };
        return Err(place.outside(call));
    }
    at(call, place, false, |os, directory, path| {
        os.symlink(&contents, directory, path)
    })
}

/// Stores as much of the target as fits. An absolute one, which somebody outside made, is not told.
pub(in crate::functions) fn readlink<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
    buf: u32,
    buf_len: u32,
    out: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len);
    place.exists(call)?;
    call.memory.check(buf, buf_len.into())?;
    call.memory.check(out, 4)?;
    let place = place.allows(call, Rights::PATH_READLINK)?;
    // For the report of what is not told.
    let (fd, mut subject) = (place.fd, Vec::new());
    subject.try_reserve_exact(place.text.len())?;
    subject.extend_from_slice(&place.text);
    let mut target = Vec::new();
    target.try_reserve_exact(PATH_MAX)?;
    target.resize(PATH_MAX, 0);
    let n = at(call, place, false, |os, directory, path| {
        os.read_link(directory, path, &mut target)
    })?;
    let target = target.get(..n).unwrap_or_default();
    if target.first() == Some(&b'/') {
        call.cx.subject = subject;
        return Err(Refusal::outside(Errno::Perm, fd).about_path().into());
    }
    let target = target.get(..buf_len as usize).unwrap_or(target);
    call.memory.put(buf, target)?;
    Ok(call.memory.put_u32(out, target.len() as u32)?)
}
