// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_prestat_*`: the directories that were granted, and where in the guest's paths they are.

use crate::{
    call::{Call, Fault},
    Errno, Os, Table,
};

/// The guest path of `fd`; `None` when it was not granted as a directory.
fn guest_path<O: Os>(table: &Table<O>, fd: u32) -> Result<Option<&[u8]>, Errno> {
    let descriptor = table.get(fd)?;
    // What is opened beneath has no name.
    let granted = descriptor.resource.directory().is_some() && !descriptor.name.is_empty();
    Ok(granted.then_some(descriptor.name.as_slice()))
}

/// Stores a `prestat`: tag (0: directory) and the length of its name; 8 bytes. `Badf` for what is none ends a program's search.
pub(super) fn get<O: Os>(call: &mut Call<'_, '_, O>, fd: u32, out: u32) -> Result<(), Fault> {
    let name = guest_path(&call.cx.table, fd)?.ok_or(Errno::Badf)?;
    Ok(call.memory.put_u64(out, (name.len() as u64) << 32)?)
}

/// Stores the name, without a NUL.
pub(super) fn dir_name<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    buf: u32,
    len: u32,
) -> Result<(), Fault> {
    let name = guest_path(&call.cx.table, fd)?.ok_or(Errno::NotDir)?;
    call.memory.check(buf, len.into())?;
    if name.len() > len as usize {
        return Err(Errno::NameTooLong.into());
    }
    Ok(call.memory.put(buf, name)?)
}
