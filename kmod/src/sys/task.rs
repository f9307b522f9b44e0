// SPDX-License-Identifier: GPL-2.0
//! The calling task: who it is, what it is wanted for.

use super::ffi;
use core::sync::atomic::AtomicU32;
use kernel::bindings;

/// What a task is wanted for.
#[derive(Clone, Copy)]
pub(crate) struct Pending(u32);

impl Pending {
    /// Of the calling task.
    pub(crate) fn current() -> Self {
        // SAFETY: the current task lives.
        Self(unsafe { ffi::wasmk_task_pending(bindings::get_current()) })
    }

    /// Of `task`.
    ///
    /// # Safety
    ///
    /// `task` lives.
    pub(super) unsafe fn of(task: *mut bindings::task_struct) -> Self {
        // SAFETY: by contract.
        Self(unsafe { ffi::wasmk_task_pending(task) })
    }

    /// It will be killed.
    pub(crate) fn fatal(self) -> bool {
        self.0 & 2 != 0
    }

    /// A signal, a stop, a freeze or other work waits for its return to user space.
    pub(crate) fn outside(self) -> bool {
        self.0 & 5 != 0
    }

    /// Anything, another task that should run included.
    pub(super) fn any(self) -> bool {
        self.0 != 0
    }
}

/// A fatal signal is pending.
pub(crate) fn killed() -> bool {
    Pending::current().fatal()
}

/// Lets another task run if one should.
pub(crate) fn give_way() {
    // SAFETY: called where sleeping is allowed.
    unsafe { ffi::wasmk_yield() };
}

/// CAP_SYS_ADMIN in the initial user namespace.
pub(crate) fn is_admin() -> bool {
    // SAFETY: process context.
    unsafe { ffi::wasmk_capable_admin() }
}

/// Thread-group id, in the initial pid namespace.
pub(crate) fn tgid() -> u32 {
    // SAFETY: the current task lives.
    unsafe { (*bindings::get_current()).tgid as u32 }
}

/// Effective user id, in the initial user namespace.
pub(crate) fn euid() -> u32 {
    // SAFETY: process context.
    unsafe { bindings::current_euid().val }
}

/// `CLOCK_MONOTONIC`, nanoseconds.
pub(crate) fn monotonic_ns() -> u64 {
    // SAFETY: no preconditions.
    unsafe { bindings::ktime_get() as u64 }
}

/// `CLOCK_BOOTTIME`, nanoseconds.
pub(crate) fn boottime_ns() -> u64 {
    // SAFETY: no preconditions.
    unsafe { bindings::ktime_get_boottime() as u64 }
}

/// A counter of live objects, decremented when dropped.
pub(crate) struct Counted(&'static AtomicU32);

impl Counted {
    /// Counts one more.
    pub(crate) fn new(counter: &'static AtomicU32) -> Self {
        counter.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, core::sync::atomic::Ordering::Relaxed);
    }
}
