// SPDX-License-Identifier: GPL-2.0
//! Open directories.

use super::{
    attributes::{set_times, stat, Time},
    authority::{Acting, Authority},
    done, errno, ffi_files as ffi,
    listing::Listing,
    path::file,
};
use core::ptr::NonNull;
use kernel::{bindings, prelude::*, sync::Arc};
use wasmk_abi::{Errno, FileStat};

/// An open directory, with the authority of whoever granted it. Its file is nobody else's.
pub(crate) struct Directory {
    file: NonNull<bindings::file>,
    authority: Arc<Authority>,
}

// SAFETY: files are shared by design; what is not constant in one is locked by the kernel functions used here.
unsafe impl Send for Directory {}
// SAFETY: as above.
unsafe impl Sync for Directory {}

impl Drop for Directory {
    fn drop(&mut self) {
        // SAFETY: gives this reference up, in process context, with no lock held.
        unsafe { bindings::__fput_sync(self.file.as_ptr()) };
    }
}

impl Directory {
    /// The directory behind descriptor `fd` of the caller, with the caller's authority.
    ///
    /// # Errors
    ///
    /// `Badf`; `NotDir` for what is none, or is not open for reading; `NoMem`, or what opening it once more fails with.
    pub(crate) fn from_fd(fd: i32) -> Result<Self, Errno> {
        let fd = u32::try_from(fd).map_err(|_| Errno::Badf)?;
        let authority = Authority::current()?;
        let authority = Arc::new(authority, GFP_KERNEL_ACCOUNT).map_err(|_| Errno::NoMem)?;
        // SAFETY: process context.
        let granted = NonNull::new(unsafe { bindings::fget(fd) }).ok_or(Errno::Badf)?;
        // SAFETY: it is referenced, by this call.
        let answer = file(unsafe { ffi::wasmk_directory_reopen(granted.as_ptr()) });
        // SAFETY: gives up the reference that `fget` gave.
        unsafe { bindings::fput(granted.as_ptr()) };
        Ok(Self {
            file: answer?,
            authority,
        })
    }

    /// The same directory once more, by the same authority, with a position of its own.
    pub(crate) fn share(&self) -> Result<Self, Errno> {
        let _acting = self.act();
        // SAFETY: the file is referenced here.
        let file = file(unsafe { ffi::wasmk_directory_reopen(self.as_ptr()) })?;
        Ok(Self {
            file,
            authority: self.authority.clone(),
        })
    }

    /// Takes over `file`, a directory beneath this one.
    ///
    /// # Safety
    ///
    /// The caller owns the reference.
    pub(super) unsafe fn beneath(&self, file: NonNull<bindings::file>) -> Self {
        Self {
            file,
            authority: self.authority.clone(),
        }
    }

    pub(super) fn as_ptr(&self) -> *mut bindings::file {
        self.file.as_ptr()
    }

    /// The calling task acts as whoever granted it, until the guard is dropped.
    pub(crate) fn act(&self) -> Acting<'_> {
        self.authority.act()
    }

    /// Both were granted by the same, to whom they are one tree.
    pub(crate) fn is_granted_as(&self, other: &Self) -> bool {
        self.authority.is_as(&other.authority)
    }

    fn path(&self) -> *const ffi::Path {
        // SAFETY: the file is referenced here.
        unsafe { ffi::wasmk_file_path(self.as_ptr()) }
    }

    /// Its attributes.
    pub(crate) fn stat(&self, _acting: &Acting<'_>) -> Result<FileStat, Errno> {
        // SAFETY: the file is referenced here, and holds its path.
        unsafe { stat(self.path()) }
    }

    /// Sets its times.
    pub(crate) fn set_times(&self, _acting: &Acting<'_>, times: &[Time; 2]) -> Result<(), Errno> {
        // SAFETY: the file is referenced here, and holds its path.
        unsafe { set_times(self.path(), times) }
    }

    /// Writes it to its medium.
    pub(crate) fn sync(&self, _acting: &Acting<'_>, data_only: bool) -> Result<(), Errno> {
        // SAFETY: the file is referenced here.
        done(unsafe { bindings::vfs_fsync(self.as_ptr(), data_only.into()) })
    }

    /// Fills `listing` with entries from `at` on.
    pub(super) fn iterate(&self, at: i64, context: *mut ffi::DirContext) -> Result<u64, Errno> {
        // SAFETY: the file is referenced here; the context is the caller's, and lives until the call returns.
        let left = unsafe { ffi::wasmk_iterate(self.as_ptr(), at, context) };
        u64::try_from(left).map_err(|_| errno(left as isize))
    }

    /// Reads entries from `cookie` on into `listing`, as many as fit; none at the end.
    pub(crate) fn list(
        &self,
        _acting: &Acting<'_>,
        cookie: u64,
        listing: &mut Listing,
    ) -> Result<(), Errno> {
        listing.fill(self, cookie)
    }
}
