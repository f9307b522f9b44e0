// SPDX-License-Identifier: GPL-2.0
//! What a thread that waits for a notification (`memory.atomic.wait`) sleeps on.

use super::task;
use core::{
    ptr::null_mut,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};
use kernel::{bindings, c_str, prelude::*, sync::Arc, types::Opaque};
use wasmk_engine::{
    platform::{self, PlatformError},
    runtime::Sleeper,
};

/// Pinned: it lives in an `Arc`.
#[pin_data]
struct Inner {
    notified: AtomicBool,
    #[pin]
    head: Opaque<bindings::wait_queue_head>,
}

// SAFETY: one field is atomic, the other is a wait queue head, which has a lock.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

/// See the module.
#[derive(Clone)]
pub(crate) struct Waker(Arc<Inner>);

impl platform::Waker for Waker {
    fn new() -> Result<Self, PlatformError> {
        let inner = pin_init!(Inner {
            notified: AtomicBool::new(false),
            head <- Opaque::ffi_init(|head: *mut bindings::wait_queue_head| {
                let key = kernel::static_lock_class!();
                // SAFETY: the head's own, pinned memory.
                unsafe {
                    bindings::__init_waitqueue_head(
                        head,
                        c_str!("wasmk_waker").as_char_ptr(),
                        key.as_ptr(),
                    )
                }
            }),
        });
        Arc::pin_init(inner, GFP_KERNEL_ACCOUNT)
            .map(Self)
            .map_err(|_| PlatformError::OutOfMemory)
    }

    fn wake(&self) {
        self.0.notified.store(true, SeqCst);
        // SAFETY: the head is set up.
        unsafe { bindings::__wake_up(self.0.head.get(), bindings::TASK_NORMAL, 1, null_mut()) };
    }

    fn reset(&self) {
        self.0.notified.store(false, SeqCst);
    }
}

impl Sleeper for Waker {
    fn is_notified(&self) -> bool {
        self.0.notified.load(SeqCst)
    }

    fn now(&self) -> u64 {
        task::monotonic_ns()
    }

    /// Also ends for a signal, and for a kill or a deadline of the run (see `control`).
    fn sleep(&self, until: Option<u64>) {
        let state = bindings::TASK_INTERRUPTIBLE | bindings::TASK_FREEZABLE;
        let head = self.0.head.get();
        let mut entry = bindings::wait_queue_entry::default();
        let mut expires = until.map(|until| i64::try_from(until).unwrap_or(i64::MAX));
        let expires = expires
            .as_mut()
            .map_or(null_mut(), |expires| &raw mut *expires);
        // SAFETY: the entry is on this stack and is taken off the queue before it goes; the time lives as long. Whoever wakes sets the
        // mark first, so it is seen here, or the wake-up finds the entry.
        unsafe {
            bindings::init_wait_entry(&raw mut entry, 0);
            bindings::prepare_to_wait(head, &raw mut entry, state as c_int);
            if !self.is_notified() {
                bindings::schedule_hrtimeout_range(
                    expires,
                    0,
                    bindings::hrtimer_mode_HRTIMER_MODE_ABS,
                );
            }
            bindings::finish_wait(head, &raw mut entry);
        }
    }
}
