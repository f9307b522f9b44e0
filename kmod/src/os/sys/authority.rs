// SPDX-License-Identifier: GPL-2.0
//! Acting on somebody else's behalf.

use super::ffi_files as ffi;
use core::{marker::PhantomData, ptr::NonNull};
use kernel::{bindings, prelude::*};
use wasmk_abi::Errno;

/// Credentials, umask and root directory of whoever granted a directory.
pub(super) struct Authority(NonNull<c_void>);

// SAFETY: the credentials are shared by design; the rest is read only, or locked by the kernel.
unsafe impl Send for Authority {}
// SAFETY: as above.
unsafe impl Sync for Authority {}

impl Drop for Authority {
    fn drop(&mut self) {
        // SAFETY: `current` made it, and whoever acts by it borrows it.
        unsafe { ffi::wasmk_authority_free(self.0.as_ptr()) };
    }
}

impl Authority {
    /// The calling task's.
    pub(super) fn current() -> Result<Self, Errno> {
        // SAFETY: process context.
        NonNull::new(unsafe { ffi::wasmk_authority_new() })
            .map(Self)
            .ok_or(Errno::NoMem)
    }

    /// What one may do the other may, in the same way.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        // SAFETY: both live.
        unsafe { ffi::wasmk_authority_same(self.0.as_ptr(), other.0.as_ptr()) }
    }

    /// The calling task acts by it until the guard is dropped.
    pub(super) fn act(&self) -> Acting<'_> {
        let mut before = ffi::Before::empty();
        // SAFETY: the guard borrows the authority, and undoes it on the same task: it is not `Send`.
        unsafe { ffi::wasmk_act_begin(self.0.as_ptr(), &raw mut before) };
        Acting {
            before,
            by: PhantomData,
        }
    }
}

/// The calling task acts as somebody else until this is dropped.
pub(crate) struct Acting<'a> {
    /// Pointers: so it stays with the task.
    before: ffi::Before,
    by: PhantomData<&'a ()>,
}

impl Acting<'_> {
    /// As itself, but for the paths that it looks up, which are not kept for the audit of RUN.
    pub(super) fn unaudited() -> Self {
        let mut before = ffi::Before::empty();
        // SAFETY: the guard undoes it on the same task, whose credentials stay until then.
        unsafe { ffi::wasmk_act_unaudited(&raw mut before) };
        Self {
            before,
            by: PhantomData,
        }
    }

    /// With the credentials `cred`, with the task's own umask and root directory.
    ///
    /// # Safety
    ///
    /// They live as long as the guard.
    pub(super) unsafe fn with_cred(cred: *const bindings::cred) -> Self {
        let mut before = ffi::Before::empty();
        // SAFETY: by contract; the guard undoes it on the same task.
        unsafe { ffi::wasmk_act_as(cred, &raw mut before) };
        Self {
            before,
            by: PhantomData,
        }
    }

    /// As whoever opened `file`, with the task's own umask.
    ///
    /// # Safety
    ///
    /// The file lives as long as the guard.
    pub(super) unsafe fn as_opener(file: *const bindings::file) -> Self {
        let mut before = ffi::Before::empty();
        // SAFETY: by contract; the guard undoes it on the same task.
        unsafe { ffi::wasmk_act_as_opener(file, &raw mut before) };
        Self {
            before,
            by: PhantomData,
        }
    }
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        // SAFETY: what the kernel answered when it began. Guards are locals, so they end in the reverse order.
        unsafe { ffi::wasmk_act_end(&raw const self.before) };
    }
}
