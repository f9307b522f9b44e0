// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_link`, `path_rename`, `path_symlink`, `path_readlink`.

use alloc::vec::Vec;

use super::{at, check, follows, Place};
use crate::{
    call::{Call, Fault},
    Errno, Os, Rights, PATH_MAX,
};

/// Runs `operation` on two places that allow it.
fn at_both<O: Os>(
    call: &mut Call<'_, '_, O>,
    (from, to): (Place, Place),
    operation: impl FnOnce(&mut O, (&O::Directory, &[u8]), (&O::Directory, &[u8])) -> Result<(), Errno>,
) -> Result<(), Fault> {
    let old = call.memory.bytes(from.path, from.len)?;
    let new = call.memory.bytes(to.path, to.len)?;
    let table = &call.cx.table;
    let (old, new) = ((from.directory(table)?, old), (to.directory(table)?, new));
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
    from.allows(call, Rights::PATH_LINK_SOURCE)?;
    to.allows(call, Rights::PATH_LINK_TARGET)?;
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
    from.allows(call, Rights::PATH_RENAME_SOURCE)?;
    to.allows(call, Rights::PATH_RENAME_TARGET)?;
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
    place.allows(call, Rights::PATH_SYMLINK)?;
    let text = call.memory.bytes(target, target_len)?;
    check(text)?;
    if text.first() == Some(&b'/') {
        return Err(Place::new(fd, target, target_len).outside());
    }
    let path = call.memory.bytes(place.path, place.len)?;
    let directory = place.directory(&call.cx.table)?;
    let made = call.cx.os.symlink(text, directory, path);
    made.map_err(|errno| place.fault(call, false, errno))
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
    place.allows(call, Rights::PATH_READLINK)?;
    let mut target = Vec::new();
    target.try_reserve_exact(PATH_MAX)?;
    target.resize(PATH_MAX, 0);
    let n = at(call, place, false, |os, directory, path| {
        os.read_link(directory, path, &mut target)
    })?;
    let target = target.get(..n).unwrap_or_default();
    if target.first() == Some(&b'/') {
        return Err(place.outside());
    }
    let target = target.get(..buf_len as usize).unwrap_or(target);
    call.memory.put(buf, target)?;
    Ok(call.memory.put_u32(out, target.len() as u32)?)
}
