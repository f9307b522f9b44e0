// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the host functions need of a file system.
//!
//! **Paths.** A [`Files::Directory`] is a capability: every path is resolved beneath it, whatever the path or the file system says.
//! Paths are what the guest gave: relative or not, with any `.`, `..`, symbolic links and repeated slashes, without NUL, at most
//! [`PATH_MAX`] bytes, valid UTF-8, not empty. One that leads outside (absolute, too many `..`, a link to an absolute path or out)
//! is `Errno::Perm`, and nothing outside is touched. Magic links (`/proc/*/fd/*`) are never followed. The last component is
//! followed when it is a symbolic link only where the operation says so. Errors are those that Linux gives for the same operation
//! in the same state, unless said otherwise.

use crate::{Errno, FdFlags, FileStat, FileType};

/// Longest path, bytes.
pub const PATH_MAX: usize = 4095;

bitflags::bitflags! {
    /// How [`Files::open`] opens.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct OpenFlags: u32 {
        /// Follow a symbolic link in the last component; else one there is `Errno::Loop`.
        const FOLLOW = 1 << 0;
        /// Make a regular file if there is nothing.
        const CREATE = 1 << 1;
        /// Only a directory.
        const DIRECTORY = 1 << 2;
        /// With `CREATE`: fail with `Errno::Exist` if there is something, be it a dangling link.
        const EXCLUSIVE = 1 << 3;
        /// Make a regular file empty. Needs `WRITE`.
        const TRUNCATE = 1 << 4;
        /// For reading.
        const READ = 1 << 5;
        /// For writing.
        const WRITE = 1 << 6;
    }
}

/// What a path was opened as.
#[derive(Debug)]
pub enum Opened<F, D> {
    /// A regular file or a named pipe.
    File(F),
    /// A directory.
    Directory(D),
}

/// A time to set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    /// Leave it.
    Omit,
    /// The file system's present.
    Now,
    /// Nanoseconds since 1970.
    At(u64),
}

/// Advice on the use of a file (`advice` of WASI), by its numbers.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// None.
    Normal = 0,
    /// Front to back.
    Sequential = 1,
    /// In any order.
    Random = 2,
    /// Soon.
    WillNeed = 3,
    /// Not soon.
    DontNeed = 4,
    /// Once.
    NoReuse = 5,
}

/// An entry of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirEntry<'a> {
    /// Where to go on after it; never 0.
    pub next: u64,
    /// Inode.
    pub ino: u64,
    /// Type, `FileType::Unknown` when the file system does not tell.
    pub filetype: FileType,
    /// Name, `.` and `..` among them.
    pub name: &'a [u8],
}

/// The file system. See [`crate::Os`], of which it is a part.
///
/// Regular files and directories are always ready, and take as long as their medium does. What is opened or changed is opened or
/// changed with the credentials, umask and mounts of whoever granted the directory.
pub trait Files {
    /// An open file or socket. Dropping it closes it.
    type Object;
    /// An open directory, with the authority of whoever granted it; what is opened beneath has the same. Dropping it closes it.
    type Directory;

    /// Attributes of `directory`.
    fn directory_stat(&self, directory: &Self::Directory) -> Result<FileStat, Errno>;
    /// Sets its times.
    fn directory_set_times(
        &mut self,
        directory: &Self::Directory,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno>;
    /// Writes it to its medium.
    fn directory_sync(&mut self, directory: &Self::Directory, data_only: bool)
        -> Result<(), Errno>;
    /// Calls `entry` for each entry from `cookie` on (0: the first; else a [`DirEntry::next`]) until it answers false. What is
    /// removed or made meanwhile may be missing or not; all else is told exactly once.
    fn read_directory(
        &mut self,
        directory: &Self::Directory,
        cookie: u64,
        entry: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno>;

    /// Opens `path`. A directory needs `READ` and not `WRITE` (`Errno::IsDir`). Sockets are `Errno::Nxio`, devices
    /// `Errno::NotCapable`: no directory grants those. Never waits for the other end of a named pipe. Of `flags`, `APPEND` and
    /// `NONBLOCK` are the caller's business; `DSYNC`, `RSYNC` and `SYNC` hold for all writes.
    fn open(
        &mut self,
        directory: &Self::Directory,
        path: &[u8],
        how: OpenFlags,
        flags: FdFlags,
    ) -> Result<Opened<Self::Object, Self::Directory>, Errno>;
    /// Attributes of `path`.
    fn path_stat(
        &mut self,
        directory: &Self::Directory,
        path: &[u8],
        follow: bool,
    ) -> Result<FileStat, Errno>;
    /// Sets times of `path`.
    fn path_set_times(
        &mut self,
        directory: &Self::Directory,
        path: &[u8],
        follow: bool,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno>;
    /// Makes a directory.
    fn create_directory(&mut self, directory: &Self::Directory, path: &[u8]) -> Result<(), Errno>;
    /// Removes an empty directory.
    fn remove_directory(&mut self, directory: &Self::Directory, path: &[u8]) -> Result<(), Errno>;
    /// Removes anything else.
    fn unlink(&mut self, directory: &Self::Directory, path: &[u8]) -> Result<(), Errno>;
    /// Makes `to` another name of the file `from`, which is not followed.
    fn link(
        &mut self,
        from: (&Self::Directory, &[u8]),
        to: (&Self::Directory, &[u8]),
    ) -> Result<(), Errno>;
    /// Renames `from` to `to`, replacing what is there.
    fn rename(
        &mut self,
        from: (&Self::Directory, &[u8]),
        to: (&Self::Directory, &[u8]),
    ) -> Result<(), Errno>;
    /// Makes a symbolic link at `path`. The caller has refused an absolute `target`.
    fn symlink(
        &mut self,
        target: &[u8],
        directory: &Self::Directory,
        path: &[u8],
    ) -> Result<(), Errno>;
    /// Stores the target of the symbolic link at `path`, as much of it as fits, and returns how many bytes are stored.
    fn read_link(
        &mut self,
        directory: &Self::Directory,
        path: &[u8],
        into: &mut [u8],
    ) -> Result<usize, Errno>;

    /// Sets the size of a regular file that is open for writing.
    fn set_size(&mut self, file: &Self::Object, size: u64) -> Result<(), Errno>;
    /// Sets times of a file.
    fn set_times(
        &mut self,
        file: &Self::Object,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno>;
    /// Makes sure that `len` bytes at `offset` of a regular file have room; the file grows to hold them.
    fn allocate(&mut self, file: &Self::Object, offset: u64, len: u64) -> Result<(), Errno>;
    /// Advises on `len` bytes (0: all that follow) at `offset` of a regular file.
    fn advise(
        &mut self,
        file: &Self::Object,
        offset: u64,
        len: u64,
        advice: Advice,
    ) -> Result<(), Errno>;
}
