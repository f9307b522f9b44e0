// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_prestat_*`: the directories that were granted, and where in the guest's paths they are.

use crate::{
    call::{Call, Fault},
    descriptor::Descriptor,
    Errno, Os,
};

/// The guest path of a descriptor; `None` when it was not granted as a directory.
fn guest_path<O: Os>(descriptor: &Descriptor<O>) -> Option<&[u8]> {
    // What is opened beneath has no name.
    let granted = descriptor.resource.directory().is_some() && !descriptor.name.is_empty();
    granted.then_some(descriptor.name.as_slice())
}

/// Stores a `prestat`: tag (0: directory) and the length of its name; 8 bytes. `Badf` for what is none ends a program's search.
pub(super) fn get<O: Os>(call: &mut Call<'_, '_, O>, fd: u32, out: u32) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let name = guest_path(&descriptor).ok_or(Errno::Badf)?;
    Ok(call.memory.put_u64(out, (name.len() as u64) << 32)?)
}

/// Stores the name, without a NUL.
pub(super) fn dir_name<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    buf: u32,
    len: u32,
) -> Result<(), Fault> {
    let descriptor = call.cx.descriptor(fd)?;
    let name = guest_path(&descriptor).ok_or(Errno::NotDir)?;
    call.memory.check(buf, len.into())?;
    if name.len() > len as usize {
        return Err(Errno::NameTooLong.into());
    }
    Ok(call.memory.put(buf, name)?)
}
