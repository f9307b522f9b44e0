// SPDX-License-Identifier: GPL-2.0
//! Declarations of `kmod/authority.c`, `kmod/files.c` and `kmod/names.c`.
//!
//! Pointers are to live objects unless said otherwise. All may sleep, in process context, and are called with no lock held. Results
//! are zero, a count or a negative error number; files are error pointers or referenced.

use kernel::{bindings, prelude::*};

/// `struct path`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Path {
    pub(super) mnt: *mut c_void,
    pub(super) dentry: *mut c_void,
}

/// `struct wasmk_parent`: the directory of a path's last component, and that component.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Parent {
    pub(super) name: *mut c_void,
    pub(super) path: Path,
    pub(super) last: [u64; 2],
}

/// `struct wasmk_acting`.
#[repr(C)]
pub(super) struct Before {
    pub(super) cred: *const bindings::cred,
    pub(super) fs: *mut c_void,
    pub(super) audit: *mut c_void,
}

impl Before {
    /// To be filled in.
    pub(super) fn empty() -> Self {
        Self {
            cred: core::ptr::null(),
            fs: core::ptr::null_mut(),
            audit: core::ptr::null_mut(),
        }
    }
}

/// `struct wasmk_time`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub(super) seconds: i64,
    pub(super) nanoseconds: i64,
}

/// `struct dir_context`.
#[repr(C)]
pub(super) struct DirContext {
    /// Called for each entry, with the directory's lock held: context, name, its length, offset of the entry, inode, type.
    pub(super) actor: unsafe extern "C" fn(
        context: *mut Self,
        name: *const u8,
        len: c_int,
        offset: i64,
        ino: u64,
        kind: c_uint,
    ) -> bool,
    pub(super) pos: i64,
    pub(super) count: c_int,
    pub(super) flags: c_uint,
}

#[allow(
    improper_ctypes,
    reason = "the bindings' own structures; empty lock classes are part of them"
)]
extern "C" {
    /// The authority of the calling task; null without memory. Given back by `wasmk_authority_free`, when nobody acts by it.
    pub(super) fn wasmk_authority_new() -> *mut c_void;
    pub(super) fn wasmk_authority_free(authority: *mut c_void);
    /// Both have the same credentials, umask and root directory.
    pub(super) fn wasmk_authority_same(a: *const c_void, b: *const c_void) -> bool;
    /// Makes the calling task act by `authority`, which the caller keeps alive until `wasmk_act_end`. These nest.
    pub(super) fn wasmk_act_begin(authority: *mut c_void, before: *mut Before);
    /// Makes the calling task act with these credentials, which the caller keeps.
    pub(super) fn wasmk_act_as(cred: *const bindings::cred, before: *mut Before);
    /// Makes the calling task look up paths that no audit record keeps, and act as itself.
    pub(super) fn wasmk_act_unaudited(before: *mut Before);
    /// Makes the calling task act with the credentials of whoever opened `file`, which the caller keeps.
    pub(super) fn wasmk_act_as_opener(file: *const bindings::file, before: *mut Before);
    /// Undoes any of them.
    pub(super) fn wasmk_act_end(before: *const Before);

    /// Opens the directory that `file` is once more.
    pub(super) fn wasmk_directory_reopen(file: *mut bindings::file) -> *mut bindings::file;
    /// Resolves `name` (NUL-terminated, relative) beneath `dir`; on success `out` holds references, given back by
    /// `wasmk_path_put`. Flags are `LOOKUP_*`. Fails with `EXDEV` if and only if it leads outside.
    pub(super) fn wasmk_lookup(
        dir: *mut bindings::file,
        name: *const u8,
        flags: u32,
        out: *mut Path,
    ) -> c_int;
    pub(super) fn wasmk_path_put(path: *const Path);
    /// `i_mode`.
    pub(super) fn wasmk_path_mode(path: *const Path) -> u16;
    /// An open with `O_CREAT` is refused, see `fs.protected_regular`.
    pub(super) fn wasmk_path_sticky(path: *const Path) -> bool;
    /// Resolves all but the last component, which is a name; otherwise as `wasmk_lookup`. Undone by `wasmk_parent_put`.
    pub(super) fn wasmk_parent_get(
        dir: *mut bindings::file,
        name: *const u8,
        flags: u32,
        out: *mut Parent,
    ) -> c_int;
    pub(super) fn wasmk_parent_put(parent: *mut Parent);

    /// Stores dev, ino, nlink, size, atime, mtime, ctime, mode.
    pub(super) fn wasmk_stat(path: *const Path, out: *mut u64) -> c_int;
    /// Opens what is there, with all checks of open(2). The caller has looked at its type.
    pub(super) fn wasmk_open(path: *const Path, flags: c_int) -> *mut bindings::file;
    /// Makes a regular file and opens it; `EEXIST` if there is something.
    pub(super) fn wasmk_create(parent: *const Parent, flags: c_int) -> *mut bindings::file;
    pub(super) fn wasmk_mkdir(parent: *const Parent) -> c_int;
    pub(super) fn wasmk_rmdir(parent: *const Parent) -> c_int;
    pub(super) fn wasmk_unlink(parent: *const Parent) -> c_int;
    /// `target` is NUL-terminated.
    pub(super) fn wasmk_symlink(parent: *const Parent, target: *const u8) -> c_int;
    /// `EXDEV` between mounts.
    pub(super) fn wasmk_link(from: *const Path, to: *const Parent) -> c_int;
    /// `EXDEV` between mounts.
    pub(super) fn wasmk_rename(from: *const Parent, to: *const Parent) -> c_int;
    /// Stores as much of a link's text as fits; `EINVAL` for no link, `EPERM` for a magic one.
    pub(super) fn wasmk_readlink(path: *const Path, into: *mut u8, size: usize) -> isize;
    /// Sets two times, access and modification; nanoseconds may be `UTIME_NOW` and `UTIME_OMIT`.
    pub(super) fn wasmk_utimes(path: *const Path, times: *const Time) -> c_int;
    /// Reads a directory from `at` on; answers where it was left.
    pub(super) fn wasmk_iterate(dir: *mut bindings::file, at: i64, context: *mut DirContext)
        -> i64;

    pub(super) fn wasmk_file_truncate(file: *mut bindings::file, size: i64) -> c_int;
    pub(super) fn wasmk_file_allocate(file: *mut bindings::file, at: i64, size: i64) -> c_int;
    /// Lives as long as the file.
    pub(super) fn wasmk_file_path(file: *const bindings::file) -> *const Path;
    pub(super) fn vfs_fadvise(
        file: *mut bindings::file,
        offset: i64,
        len: i64,
        advice: c_int,
    ) -> c_int;
}
