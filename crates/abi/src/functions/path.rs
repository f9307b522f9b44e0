// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `path_*`, `fd_prestat_*`, `fd_readdir`.
//!
//! No grant of this version is a directory, so every descriptor that exists is none: `NotDir`, and nothing is pre-opened.

use crate::{
    call::{Call, Fault},
    Errno, Os,
};

/// Looks `fd` up as a directory, after checking that the path is in memory.
fn directory<O: Os>(
    call: &Call<'_, '_, O>,
    fd: u32,
    path: u32,
    path_len: u32,
) -> Result<(), Fault> {
    call.cx.table.get(fd)?;
    call.memory.check(path, path_len.into())?;
    Err(Errno::NotDir.into())
}

pub(super) fn prestat_get<O: Os>(
    _call: &mut Call<'_, '_, O>,
    _fd: u32,
    _out: u32,
) -> Result<(), Fault> {
    Err(Errno::Badf.into())
}

pub(super) fn prestat_dir_name<O: Os>(
    _call: &mut Call<'_, '_, O>,
    _fd: u32,
    _buf: u32,
    _len: u32,
) -> Result<(), Fault> {
    Err(Errno::Badf.into())
}

pub(super) fn readdir<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    buf: u32,
    len: u32,
    _cookie: u64,
    _out: u32,
) -> Result<(), Fault> {
    directory(call, fd, buf, len)
}

pub(super) fn create_directory<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

pub(super) fn filestat_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    _lookup: u32,
    path: u32,
    len: u32,
    _out: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

#[allow(clippy::too_many_arguments)]
pub(super) fn filestat_set_times<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    _lookup: u32,
    path: u32,
    len: u32,
    _atim: u64,
    _mtim: u64,
    _flags: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

#[allow(clippy::too_many_arguments)]
pub(super) fn link<O: Os>(
    call: &mut Call<'_, '_, O>,
    old_fd: u32,
    _lookup: u32,
    old_path: u32,
    old_len: u32,
    new_fd: u32,
    new_path: u32,
    new_len: u32,
) -> Result<(), Fault> {
    both(
        call,
        (old_fd, old_path, old_len),
        (new_fd, new_path, new_len),
    )
}

pub(super) fn rename<O: Os>(
    call: &mut Call<'_, '_, O>,
    old_fd: u32,
    old_path: u32,
    old_len: u32,
    new_fd: u32,
    new_path: u32,
    new_len: u32,
) -> Result<(), Fault> {
    both(
        call,
        (old_fd, old_path, old_len),
        (new_fd, new_path, new_len),
    )
}

/// Two directories: both descriptors must exist before either's kind matters.
fn both<O: Os>(
    call: &Call<'_, '_, O>,
    old: (u32, u32, u32),
    new: (u32, u32, u32),
) -> Result<(), Fault> {
    call.cx.table.get(old.0)?;
    call.cx.table.get(new.0)?;
    directory(call, old.0, old.1, old.2)?;
    directory(call, new.0, new.1, new.2)
}

#[allow(clippy::too_many_arguments)]
pub(super) fn open<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    _lookup: u32,
    path: u32,
    len: u32,
    _oflags: u32,
    _base: u64,
    _inheriting: u64,
    _fdflags: u32,
    _out: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

pub(super) fn readlink<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
    _buf: u32,
    _buf_len: u32,
    _out: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

pub(super) fn remove_directory<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

pub(super) fn symlink<O: Os>(
    call: &mut Call<'_, '_, O>,
    _old_path: u32,
    _old_len: u32,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}

pub(super) fn unlink_file<O: Os>(
    call: &mut Call<'_, '_, O>,
    fd: u32,
    path: u32,
    len: u32,
) -> Result<(), Fault> {
    directory(call, fd, path, len)
}
