// SPDX-License-Identifier: GPL-2.0
//! Paths: their text, what they lead to, and the place where their last component is.

use super::{
    attributes::{set_times, stat, Time},
    authority::Acting,
    check,
    directory::Directory,
    done, ffi_files as ffi,
    file::Object,
};
use crate::sys::task::{give_way, killed};
use core::ptr::{null_mut, NonNull};
use kernel::{bindings, error::from_err_ptr, prelude::*};
use wasmk_abi::{Errno, FileStat, PATH_MAX};

const LOOKUP_FOLLOW: u32 = 1 << 0;
const LOOKUP_DIRECTORY: u32 = 1 << 1;
const LOOKUP_AUTOMOUNT: u32 = 1 << 2;
const LOOKUP_REVAL: u32 = 1 << 7;

/// How often a walk that met a rename or mount is tried again.
const TRIES: u32 = 1000;

/// How to look a path up.
#[derive(Clone, Copy)]
pub(crate) struct Lookup(u32);

impl Lookup {
    /// A symbolic link in the last component is followed, if `follow`.
    pub(crate) fn new(follow: bool) -> Self {
        Self(LOOKUP_AUTOMOUNT | if follow { LOOKUP_FOLLOW } else { 0 })
    }

    /// Only a directory will do, if `only`.
    pub(crate) fn directory(self, only: bool) -> Self {
        Self(self.0 | if only { LOOKUP_DIRECTORY } else { 0 })
    }
}

/// What the last component of a path is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// A name.
    Name,
    /// `.`
    Dot,
    /// `..`
    DotDot,
}

/// The text of a relative path, NUL-terminated.
pub(crate) struct Text(KVec<u8>);

impl Text {
    /// A copy of `path`.
    ///
    /// # Errors
    ///
    /// `NoEnt` if it is empty, `Perm` if it is absolute, `Inval` if it contains a NUL, `NameTooLong`, `NoMem`.
    pub(crate) fn new(path: &[u8]) -> Result<Self, Errno> {
        Self::joined(&[], path)
    }

    /// Room for a link's text.
    pub(crate) fn buffer() -> Result<KVec<u8>, Errno> {
        KVec::from_elem(0, PATH_MAX, GFP_KERNEL_ACCOUNT).map_err(|_| Errno::NoMem)
    }

    /// `front`, which is empty or ends in a slash, and `back`.
    fn joined(front: &[u8], back: &[u8]) -> Result<Self, Errno> {
        let len = front.len().saturating_add(back.len());
        if len > PATH_MAX {
            return Err(Errno::NameTooLong);
        }
        match back.first() {
            None => return Err(Errno::NoEnt),
            Some(b'/') => return Err(Errno::Perm),
            Some(_) if back.contains(&0) => return Err(Errno::Inval),
            Some(_) => {}
        }
        let mut text =
            KVec::with_capacity(len + 1, GFP_KERNEL_ACCOUNT).map_err(|_| Errno::NoMem)?;
        for part in [front, back, &[0]] {
            text.extend_from_slice(part, GFP_KERNEL_ACCOUNT)
                .map_err(|_| Errno::NoMem)?;
        }
        Ok(Self(text))
    }

    /// Without the NUL.
    fn bytes(&self) -> &[u8] {
        self.0.split_last().map_or(&[], |(_, bytes)| bytes)
    }

    /// It ends in a slash.
    pub(crate) fn has_slash(&self) -> bool {
        self.bytes().ends_with(b"/")
    }

    /// Where the last component begins and ends.
    fn last_bounds(&self) -> (usize, usize) {
        let is_name = |&byte: &u8| byte != b'/';
        let end = self
            .bytes()
            .iter()
            .rposition(is_name)
            .map_or(0, |at| at + 1);
        let front = self.bytes().get(..end).unwrap_or(&[]);
        let begin = front.iter().rposition(|&byte| byte == b'/');
        (begin.map_or(0, |at| at + 1), end)
    }

    /// What the last component is.
    pub(crate) fn last(&self) -> Last {
        let (begin, end) = self.last_bounds();
        match self.bytes().get(begin..end) {
            Some(b".") => Last::Dot,
            Some(b"..") => Last::DotDot,
            _ => Last::Name,
        }
    }

    /// Where the path leads when its last component is a symbolic link to `target`. Errors as for [`Text::new`].
    pub(crate) fn through(&self, target: &[u8]) -> Result<Self, Errno> {
        let (begin, _) = self.last_bounds();
        Self::joined(self.bytes().get(..begin).unwrap_or(&[]), target)
    }

    fn as_ptr(&self) -> *const u8 {
        self.0.as_ptr()
    }
}

/// Resolves: again when a rename or mount came in between, and when a remote file system's answers were stale. What leads outside is
/// `Perm`.
fn resolve(mut walk: impl FnMut(u32) -> c_int) -> Result<(), Errno> {
    let mut reval = 0;
    for _ in 0..TRIES {
        match check(walk(reval) as isize) {
            Ok(_) => return Ok(()),
            Err(Errno::Xdev) => return Err(Errno::Perm),
            Err(Errno::Again) if killed() => return Err(Errno::Intr),
            Err(Errno::Again) => give_way(),
            Err(Errno::Stale) if reval == 0 => reval = LOOKUP_REVAL,
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno::Again)
}

/// The file that the kernel answered, or why there is none.
pub(super) fn file(answer: *mut bindings::file) -> Result<NonNull<bindings::file>, Errno> {
    let file = from_err_ptr(answer).map_err(|error| Errno::from_linux(-error.to_errno()))?;
    NonNull::new(file).ok_or(Errno::NoMem)
}

/// Something that exists, and is kept.
pub(crate) struct Place(ffi::Path);

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: the references that `find` took.
        unsafe { ffi::wasmk_path_put(&raw const self.0) };
    }
}

impl Place {
    /// What `text` leads to beneath `directory`.
    pub(crate) fn find(
        _acting: &Acting<'_>,
        directory: &Directory,
        text: &Text,
        how: Lookup,
    ) -> Result<Self, Errno> {
        let mut path = ffi::Path {
            mnt: null_mut(),
            dentry: null_mut(),
        };
        resolve(|flags| {
            // SAFETY: the directory is open, the text ends in a NUL; filled in on success.
            unsafe {
                ffi::wasmk_lookup(
                    directory.as_ptr(),
                    text.as_ptr(),
                    how.0 | flags,
                    &raw mut path,
                )
            }
        })?;
        Ok(Self(path))
    }

    /// Type bits of its mode. They are its inode's, which stays while this is kept.
    pub(crate) fn kind(&self) -> u16 {
        // SAFETY: it is kept, and exists.
        unsafe { ffi::wasmk_path_mode(&raw const self.0) & 0o170000 }
    }

    /// It lies where anybody may have put it, to be opened by who meant to make it.
    pub(crate) fn is_planted(&self, _acting: &Acting<'_>) -> bool {
        // SAFETY: it is kept.
        unsafe { ffi::wasmk_path_sticky(&raw const self.0) }
    }

    /// Its attributes.
    pub(crate) fn stat(&self, _acting: &Acting<'_>) -> Result<FileStat, Errno> {
        // SAFETY: it is kept.
        unsafe { stat(&raw const self.0) }
    }

    /// Sets its times.
    pub(crate) fn set_times(&self, _acting: &Acting<'_>, times: &[Time; 2]) -> Result<(), Errno> {
        // SAFETY: it is kept.
        unsafe { set_times(&raw const self.0, times) }
    }

    /// Opens it: a regular file or a named pipe.
    pub(crate) fn open(&self, _acting: &Acting<'_>, flags: c_int) -> Result<Object, Errno> {
        // SAFETY: it is kept; the file's reference is handed on.
        unsafe { Object::from_raw(file(ffi::wasmk_open(&raw const self.0, flags))?) }
    }

    /// Opens it: a directory, with the authority of `directory`.
    pub(crate) fn open_directory(
        &self,
        _acting: &Acting<'_>,
        directory: &Directory,
        flags: c_int,
    ) -> Result<Directory, Errno> {
        // SAFETY: it is kept; the file's reference is handed on.
        unsafe { Ok(directory.beneath(file(ffi::wasmk_open(&raw const self.0, flags))?)) }
    }

    /// Stores as much of a symbolic link's text as fits.
    pub(crate) fn read_link(&self, _acting: &Acting<'_>, into: &mut [u8]) -> Result<usize, Errno> {
        // SAFETY: it is kept; the buffer is that long.
        check(unsafe { ffi::wasmk_readlink(&raw const self.0, into.as_mut_ptr(), into.len()) })
    }

    /// Makes `to` another name of it.
    pub(crate) fn link(&self, _acting: &Acting<'_>, to: &Parent) -> Result<(), Errno> {
        // SAFETY: both are kept.
        done(unsafe { ffi::wasmk_link(&raw const self.0, &raw const to.0) })
    }
}

/// The directory in which a path's last component is, or will be, and its name. Kept.
pub(crate) struct Parent(ffi::Parent);

impl Drop for Parent {
    fn drop(&mut self) {
        // SAFETY: the references that `find` took.
        unsafe { ffi::wasmk_parent_put(&raw mut self.0) };
    }
}

impl Parent {
    /// Of `text`, whose last component is a name, beneath `directory`.
    pub(crate) fn find(
        _acting: &Acting<'_>,
        directory: &Directory,
        text: &Text,
    ) -> Result<Self, Errno> {
        let mut parent = ffi::Parent {
            name: null_mut(),
            path: ffi::Path {
                mnt: null_mut(),
                dentry: null_mut(),
            },
            last: [0; 2],
        };
        resolve(|flags| {
            // SAFETY: the directory is open, the text ends in a NUL; filled in on success.
            unsafe {
                ffi::wasmk_parent_get(directory.as_ptr(), text.as_ptr(), flags, &raw mut parent)
            }
        })?;
        Ok(Self(parent))
    }

    /// Makes a regular file there and opens it; `Exist` if there is something.
    pub(crate) fn create(&self, _acting: &Acting<'_>, flags: c_int) -> Result<Object, Errno> {
        // SAFETY: it is kept; the file's reference is handed on.
        unsafe { Object::from_raw(file(ffi::wasmk_create(&raw const self.0, flags))?) }
    }

    /// Makes a directory.
    pub(crate) fn make_directory(&self, _acting: &Acting<'_>) -> Result<(), Errno> {
        // SAFETY: it is kept.
        done(unsafe { ffi::wasmk_mkdir(&raw const self.0) })
    }

    /// Makes a symbolic link to `target`.
    pub(crate) fn make_link(&self, _acting: &Acting<'_>, target: &Text) -> Result<(), Errno> {
        // SAFETY: it is kept; the target ends in a NUL.
        done(unsafe { ffi::wasmk_symlink(&raw const self.0, target.as_ptr()) })
    }

    /// Removes an empty directory.
    pub(crate) fn remove_directory(&self, _acting: &Acting<'_>) -> Result<(), Errno> {
        // SAFETY: it is kept.
        done(unsafe { ffi::wasmk_rmdir(&raw const self.0) })
    }

    /// Removes anything else.
    pub(crate) fn unlink(&self, _acting: &Acting<'_>) -> Result<(), Errno> {
        // SAFETY: it is kept.
        done(unsafe { ffi::wasmk_unlink(&raw const self.0) })
    }

    /// Renames it.
    pub(crate) fn rename(&self, _acting: &Acting<'_>, to: &Self) -> Result<(), Errno> {
        // SAFETY: both are kept.
        done(unsafe { ffi::wasmk_rename(&raw const self.0, &raw const to.0) })
    }
}
