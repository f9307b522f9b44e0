// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A file system in memory.

use wasmk_abi::{Advice, DirEntry, Errno, FdFlags, FileStat, Files, OpenFlags, Opened, SetTime};

use super::sim::{Object, Sim};

/// An open directory.
pub struct Directory(());

impl Files for Sim {
    type Object = Object;
    type Directory = Directory;

    fn directory_stat(&self, _directory: &Directory) -> Result<FileStat, Errno> {
        Err(Errno::NotSup)
    }
    fn directory_set_times(
        &mut self,
        _directory: &Directory,
        _accessed: SetTime,
        _modified: SetTime,
    ) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn directory_sync(&mut self, _directory: &Directory, _data_only: bool) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn read_directory(
        &mut self,
        _directory: &Directory,
        _cookie: u64,
        _entry: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }

    fn open(
        &mut self,
        _directory: &Directory,
        _path: &[u8],
        _how: OpenFlags,
        _flags: FdFlags,
    ) -> Result<Opened<Object, Directory>, Errno> {
        Err(Errno::NotSup)
    }
    fn path_stat(
        &mut self,
        _directory: &Directory,
        _path: &[u8],
        _follow: bool,
    ) -> Result<FileStat, Errno> {
        Err(Errno::NotSup)
    }
    fn path_set_times(
        &mut self,
        _directory: &Directory,
        _path: &[u8],
        _follow: bool,
        _accessed: SetTime,
        _modified: SetTime,
    ) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn create_directory(&mut self, _directory: &Directory, _path: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn remove_directory(&mut self, _directory: &Directory, _path: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn unlink(&mut self, _directory: &Directory, _path: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn link(&mut self, _from: (&Directory, &[u8]), _to: (&Directory, &[u8])) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn rename(
        &mut self,
        _from: (&Directory, &[u8]),
        _to: (&Directory, &[u8]),
    ) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn symlink(
        &mut self,
        _target: &[u8],
        _directory: &Directory,
        _path: &[u8],
    ) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn read_link(
        &mut self,
        _directory: &Directory,
        _path: &[u8],
        _into: &mut [u8],
    ) -> Result<usize, Errno> {
        Err(Errno::NotSup)
    }

    fn set_size(&mut self, _file: &Object, _size: u64) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn set_times(
        &mut self,
        _file: &Object,
        _accessed: SetTime,
        _modified: SetTime,
    ) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn allocate(&mut self, _file: &Object, _offset: u64, _len: u64) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn advise(
        &mut self,
        _file: &Object,
        _offset: u64,
        _len: u64,
        _advice: Advice,
    ) -> Result<(), Errno> {
        Ok(())
    }
}
