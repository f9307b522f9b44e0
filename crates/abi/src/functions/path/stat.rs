// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_filestat_*`.

use super::{at, follows, Place};
use crate::{
    call::{Call, Fault},
    functions::stat::{put_filestat, times},
    Os, Rights,
};

pub(in crate::functions) fn get<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    out: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len).allows(call, Rights::PATH_FILESTAT_GET)?;
    let follow = follows(lookup)?;
    let stat = at(call, place, follow, |os, directory, path| {
        os.path_stat(directory, path, follow)
    })?;
    put_filestat(call, out, &stat)
}

#[allow(clippy::too_many_arguments)]
pub(in crate::functions) fn set_times<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    atim: u64,
    mtim: u64,
    flags: u32,
) -> Result<(), Fault> {
    let place = Place::new(fd, path, len).allows(call, Rights::PATH_FILESTAT_SET_TIMES)?;
    let follow = follows(lookup)?;
    let (accessed, modified) = times(atim, mtim, flags)?;
    at(call, place, follow, |os, directory, path| {
        os.path_set_times(directory, path, follow, accessed, modified)
    })
}
