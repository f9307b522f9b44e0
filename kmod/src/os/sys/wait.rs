// SPDX-License-Identifier: GPL-2.0
//! Waiting for files, as `poll(2)` does.

use super::{errno, events, ffi, file::Object};
use crate::{store::Shared, sys::task::monotonic_ns};
use core::{mem::MaybeUninit, ptr::null_mut};
use kernel::bindings;
use wasmk_abi::{Interest, WaitError};

/// When a wait ends.
pub(super) struct Limits<'a> {
    shared: &'a Shared,
    deadline: Option<u64>,
}

impl<'a> Limits<'a> {
    pub(super) fn new(shared: &'a Shared, deadline: Option<u64>) -> Self {
        Self { shared, deadline }
    }

    /// The wait's own deadline passed.
    pub(super) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= monotonic_ns())
    }

    /// Fails when the store must stop.
    pub(super) fn check(&self) -> Result<(), WaitError> {
        match self.shared.stop() {
            Some(stop) => Err(WaitError::Stop(stop)),
            None => Ok(()),
        }
    }

    /// When to wake up at the latest, as a `ktime_t`.
    pub(super) fn expires(&self) -> Option<i64> {
        let ends = [self.deadline, self.shared.deadline()];
        let end = ends.into_iter().flatten().min()?;
        Some(i64::try_from(end).unwrap_or(i64::MAX))
    }
}

/// Asks all files; those before the first that is ready are queued on `table`, when there is one.
fn look(
    interests: &mut [Interest<'_, Object>],
    table: Option<&mut bindings::poll_table_struct>,
) -> usize {
    let mut count = 0;
    let table = table.map_or(null_mut(), |table| &raw mut *table);
    for interest in interests {
        // SAFETY: the table is null or the caller's; the file is referenced by its object.
        let poll = unsafe {
            if !table.is_null() {
                (*table)._key = events::to_poll(interest.events);
            }
            ffi::wasmk_poll(interest.object.as_ptr(), table)
        };
        interest.ready = events::from_poll(poll, interest.events);
        if !interest.ready.is_empty() {
            count += 1;
            if !table.is_null() {
                // SAFETY: as above. Nothing will be waited for, so nothing more need be queued.
                unsafe { (*table)._qproc = None };
            }
        }
    }
    count
}

/// See `Os::wait`.
pub(crate) fn wait(
    shared: &Shared,
    interests: &mut [Interest<'_, Object>],
    deadline: Option<u64>,
) -> Result<usize, WaitError> {
    let limits = Limits::new(shared, deadline);
    let count = look(interests, None);
    if count > 0 || limits.is_over() {
        return Ok(count);
    }
    let mut queues = MaybeUninit::<bindings::poll_wqueues>::uninit();
    let queues = queues.as_mut_ptr();
    // SAFETY: the structure is set up here, does not move, and is freed below before it goes.
    unsafe { bindings::poll_initwait(queues) };
    // SAFETY: set up above; used by this thread only.
    let result = wait_on(&limits, interests, unsafe { &mut *queues });
    // SAFETY: set up above; the files are still referenced by the interests' objects.
    unsafe { bindings::poll_freewait(queues) };
    result
}

fn wait_on(
    limits: &Limits<'_>,
    interests: &mut [Interest<'_, Object>],
    queues: &mut bindings::poll_wqueues,
) -> Result<usize, WaitError> {
    loop {
        let count = look(interests, Some(&mut queues.pt));
        // Queued once is enough.
        queues.pt._qproc = None;
        if count > 0 {
            return Ok(count);
        }
        if queues.error != 0 {
            return Err(WaitError::Errno(errno(queues.error as isize)));
        }
        limits.check()?;
        if limits.is_over() {
            return Ok(0);
        }
        let mut expires = limits.expires();
        let expires = expires
            .as_mut()
            .map_or(null_mut(), |expires| &raw mut *expires);
        // SAFETY: the structure is set up; the time lives until the call returns.
        unsafe { ffi::wasmk_poll_sleep(queues, expires) };
    }
}
