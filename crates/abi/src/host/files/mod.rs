// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! [`Files`] over the file system of the process, with its own credentials and umask.

mod attributes;
mod beneath;
mod directory;
mod open;

use std::{num::NonZeroU64, os::fd::AsFd};

use rustix::fs::{
    fadvise, fallocate, fdatasync, fstat, fsync, ftruncate, futimens, linkat, mkdirat,
    readlinkat_raw, renameat, symlinkat, unlinkat, utimensat, AtFlags, FallocateFlags, Mode,
};

pub(super) use attributes::attributes;
use attributes::timestamps;
use beneath::{look, Parent};
pub use directory::Directory;

use super::{HostOs, Object};
use crate::{Advice, DirEntry, Errno, FdFlags, FileStat, Files, OpenFlags, Opened, SetTime};

/// What new directories allow, before the process's umask.
const MODE: Mode = Mode::from_raw_mode(0o777);

impl Files for HostOs {
    type Object = Object;
    type Directory = Directory;

    fn directory_stat(&self, directory: &Directory) -> Result<FileStat, Errno> {
        Ok(attributes(&fstat(directory)?))
    }

    fn directory_set_times(
        &mut self,
        directory: &Directory,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        Ok(futimens(directory, &timestamps(accessed, modified)?)?)
    }

    fn directory_sync(&mut self, directory: &Directory, data_only: bool) -> Result<(), Errno> {
        Ok(if data_only {
            fdatasync(directory)
        } else {
            fsync(directory)
        }?)
    }

    fn read_directory(
        &mut self,
        directory: &Directory,
        cookie: u64,
        entry: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        directory.read(cookie, entry)
    }

    fn open(
        &mut self,
        directory: &Directory,
        path: &[u8],
        how: OpenFlags,
        flags: FdFlags,
    ) -> Result<Opened<Object, Directory>, Errno> {
        open::open(directory, path, how, flags)
    }

    fn path_stat(
        &mut self,
        directory: &Directory,
        path: &[u8],
        follow: bool,
    ) -> Result<FileStat, Errno> {
        let found = look(directory.as_fd(), path, follow, false)?;
        Ok(attributes(&fstat(found)?))
    }

    fn path_set_times(
        &mut self,
        directory: &Directory,
        path: &[u8],
        follow: bool,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        let found = look(directory.as_fd(), path, follow, false)?;
        let times = timestamps(accessed, modified)?;
        Ok(utimensat(found, "", &times, AtFlags::EMPTY_PATH)?)
    }

    fn create_directory(&mut self, directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let parent = Parent::of(directory.as_fd(), path)?;
        Ok(mkdirat(&parent, parent.name(), MODE)?)
    }

    fn remove_directory(&mut self, directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let parent = Parent::of(directory.as_fd(), path)?;
        Ok(unlinkat(&parent, parent.name(), AtFlags::REMOVEDIR)?)
    }

    fn unlink(&mut self, directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let parent = Parent::of(directory.as_fd(), path)?;
        Ok(unlinkat(&parent, parent.name(), AtFlags::empty())?)
    }

    fn link(
        &mut self,
        (from, old): (&Directory, &[u8]),
        (to, new): (&Directory, &[u8]),
    ) -> Result<(), Errno> {
        let source = Parent::of(from.as_fd(), old)?;
        if !source.is_plain() {
            // A directory or nothing; a slash would make `linkat` follow it.
            look(from.as_fd(), old, false, true)?;
        }
        let target = Parent::of(to.as_fd(), new)?;
        if !source.is_plain() {
            return Err(match (target.exists()?, target.is_plain()) {
                (true, _) => Errno::Exist,
                (false, true) => Errno::Perm,
                (false, false) => Errno::NoEnt,
            });
        }
        let flags = AtFlags::empty();
        Ok(linkat(
            &source,
            source.name(),
            &target,
            target.name(),
            flags,
        )?)
    }

    fn rename(
        &mut self,
        (from, old): (&Directory, &[u8]),
        (to, new): (&Directory, &[u8]),
    ) -> Result<(), Errno> {
        let source = Parent::of(from.as_fd(), old)?;
        let target = Parent::of(to.as_fd(), new)?;
        Ok(renameat(&source, source.name(), &target, target.name())?)
    }

    fn symlink(&mut self, target: &[u8], directory: &Directory, path: &[u8]) -> Result<(), Errno> {
        let parent = Parent::of(directory.as_fd(), path)?;
        Ok(symlinkat(target, &parent, parent.name())?)
    }

    fn read_link(
        &mut self,
        directory: &Directory,
        path: &[u8],
        into: &mut [u8],
    ) -> Result<usize, Errno> {
        let found = look(directory.as_fd(), path, false, false)?;
        match readlinkat_raw(&found, "", into) {
            // What is no link has no link's name.
            Err(rustix::io::Errno::NOENT) => Err(Errno::Inval),
            result => Ok(result?),
        }
    }

    fn set_size(&mut self, file: &Object, size: u64) -> Result<(), Errno> {
        Ok(ftruncate(file, size)?)
    }

    fn set_times(
        &mut self,
        file: &Object,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        Ok(futimens(file, &timestamps(accessed, modified)?)?)
    }

    fn allocate(&mut self, file: &Object, offset: u64, len: u64) -> Result<(), Errno> {
        Ok(fallocate(file, FallocateFlags::empty(), offset, len)?)
    }

    fn advise(
        &mut self,
        file: &Object,
        offset: u64,
        len: u64,
        advice: Advice,
    ) -> Result<(), Errno> {
        let advice = match advice {
            Advice::Normal => rustix::fs::Advice::Normal,
            Advice::Sequential => rustix::fs::Advice::Sequential,
            Advice::Random => rustix::fs::Advice::Random,
            Advice::WillNeed => rustix::fs::Advice::WillNeed,
            Advice::DontNeed => rustix::fs::Advice::DontNeed,
            Advice::NoReuse => rustix::fs::Advice::NoReuse,
        };
        Ok(fadvise(file, offset, NonZeroU64::new(len), advice)?)
    }
}
