// SPDX-License-Identifier: GPL-2.0
//! How running wasm is interrupted: a timer looks at the running task once a millisecond (twice while it has floating-point
//! sections) and sets the store's word when the task is wanted, and others can kill the run.
//!
//! While a host call is in progress the timer sleeps until the deadline, if there is one. Deadlines and kills end interruptible
//! waits of the running task as a signal would.

use super::task::{self, Pending};
use core::{
    ptr,
    sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering::Relaxed, Ordering::SeqCst},
};
use kernel::{
    bindings, new_spinlock,
    prelude::*,
    sync::SpinLock,
    types::{NotThreadSafe, Opaque},
};
use wasmk_engine::vm::{StoreCtx, INTERRUPT};

/// Nanoseconds between two looks.
const PERIOD: i64 = 1_000_000;
/// The same while floating-point sections are used: preemption is off in them.
const FP_PERIOD: i64 = 500_000;

/// The control block of a store.
#[pin_data(PinnedDrop)]
pub(crate) struct Control {
    #[pin]
    timer: Opaque<bindings::hrtimer>,
    /// The store's context, or null before there is one. Written with `running` locked.
    context: AtomicPtr<StoreCtx>,
    /// The task inside RUN. Written with `running` locked; the timer reads it, and lives only inside RUN.
    task: AtomicPtr<bindings::task_struct>,
    #[pin]
    running: SpinLock<()>,
    killed: AtomicBool,
    /// `CLOCK_MONOTONIC`, nanoseconds; 0 for none.
    deadline: AtomicU64,
    /// A host call is in progress.
    in_host: AtomicBool,
    /// The timer fires every period (else at the deadline, or never).
    ticking: AtomicBool,
}

// SAFETY: everything shared is atomic, or behind `running`; the timer is started and stopped by the one thread inside RUN.
unsafe impl Send for Control {}
// SAFETY: as above.
unsafe impl Sync for Control {}

impl Control {
    /// A control block without a context.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            timer <- Opaque::ffi_init(|timer: *mut bindings::hrtimer| {
                // SAFETY: the timer's own, pinned memory.
                unsafe {
                    bindings::hrtimer_setup(
                        timer,
                        Some(tick),
                        bindings::CLOCK_MONOTONIC as i32,
                        bindings::hrtimer_mode_HRTIMER_MODE_REL,
                    )
                }
            }),
            context: AtomicPtr::new(ptr::null_mut()),
            task: AtomicPtr::new(ptr::null_mut()),
            running <- new_spinlock!(()),
            killed: AtomicBool::new(false),
            deadline: AtomicU64::new(0),
            in_host: AtomicBool::new(false),
            ticking: AtomicBool::new(false),
        })
    }

    /// Sets the context whose word is written.
    ///
    /// # Safety
    ///
    /// `context` is null, or lives until another one is attached and no [`Running`] is there.
    pub(super) unsafe fn attach(&self, context: *const StoreCtx) {
        let _guard = self.running.lock();
        self.context.store(context.cast_mut(), SeqCst);
    }

    /// Kills what runs, and what will be run.
    pub(crate) fn kill(&self) {
        self.killed.store(true, SeqCst);
        let guard = self.running.lock();
        self.set_word();
        let task = self.task.load(SeqCst);
        if !task.is_null() {
            // SAFETY: the task is inside RUN until `task` is cleared, which needs the lock.
            unsafe { super::ffi::wasmk_task_notify(task) };
        }
        drop(guard);
    }

    /// It was killed.
    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(SeqCst)
    }

    /// The deadline passed.
    pub(crate) fn is_late(&self) -> bool {
        let deadline = self.deadline.load(Relaxed);
        deadline != 0 && task::monotonic_ns() >= deadline
    }

    /// The deadline, `CLOCK_MONOTONIC`, nanoseconds.
    pub(crate) fn deadline(&self) -> Option<u64> {
        Some(self.deadline.load(Relaxed)).filter(|&deadline| deadline != 0)
    }

    /// The calling task is inside RUN from now until the answer is dropped. `deadline` is 0 for none.
    ///
    /// Only one thread at a time may do so.
    pub(crate) fn enter(self: Pin<&Self>, deadline: u64) -> Running<'_> {
        self.deadline.store(deadline, SeqCst);
        {
            let _guard = self.running.lock();
            // SAFETY: no preconditions.
            self.task.store(unsafe { bindings::get_current() }, SeqCst);
        }
        self.in_host.store(false, SeqCst);
        self.ticking.store(true, SeqCst);
        self.start(PERIOD);
        Running {
            control: self,
            _not_send: NotThreadSafe,
        }
    }

    fn start(&self, period: i64) {
        // SAFETY: the timer was set up; starting an active one moves it.
        unsafe {
            bindings::hrtimer_start_range_ns(
                self.timer.get(),
                period,
                0,
                bindings::hrtimer_mode_HRTIMER_MODE_REL,
            )
        };
    }

    fn set_word(&self) {
        let context = self.context.load(SeqCst);
        if !context.is_null() {
            // SAFETY: it lives, see `attach`; the word is atomic.
            unsafe { (*context).interrupt.store(INTERRUPT, SeqCst) };
        }
    }

    fn fp_open(&self) -> bool {
        let context = self.context.load(SeqCst);
        // SAFETY: it lives, see `attach`. A stale value costs nothing.
        !context.is_null() && unsafe { (&raw const (*context).fp_open).read_volatile() } != 0
    }

    /// What the timer does; nanoseconds until it does so again.
    fn look(&self) -> Option<i64> {
        let task = self.task.load(SeqCst);
        if task.is_null() {
            return None;
        }
        let deadline = self.deadline.load(SeqCst);
        let left = (deadline != 0).then(|| deadline.saturating_sub(task::monotonic_ns()) as i64);
        let over = left == Some(0) || self.killed.load(SeqCst);
        if over {
            self.set_word();
        }
        if self.in_host.load(SeqCst) {
            if over {
                // SAFETY: the task is inside RUN, which stops this timer before it leaves.
                unsafe { super::ffi::wasmk_task_notify(task) };
            }
            self.ticking.store(false, SeqCst);
            if self.in_host.load(SeqCst) {
                return left.filter(|&left| left > 0);
            }
            self.ticking.store(true, SeqCst);
        }
        let fp = self.fp_open();
        // SAFETY: as above.
        if fp || unsafe { Pending::of(task) }.any() {
            self.set_word();
        }
        Some(if fp { FP_PERIOD } else { PERIOD })
    }
}

/// The timer's callback; hard interrupt context.
///
/// # Safety
///
/// `timer` is the timer of a [`Control`].
unsafe extern "C" fn tick(timer: *mut bindings::hrtimer) -> bindings::hrtimer_restart {
    // SAFETY: the timer is this field of a control block, which stops it before it goes.
    let control = unsafe {
        &*timer
            .byte_sub(core::mem::offset_of!(Control, timer))
            .cast::<Control>()
    };
    match control.look() {
        Some(next) => {
            // SAFETY: the timer's own callback may forward it.
            unsafe { bindings::hrtimer_forward(timer, bindings::ktime_get(), next) };
            bindings::hrtimer_restart::HRTIMER_RESTART
        }
        None => bindings::hrtimer_restart::HRTIMER_NORESTART,
    }
}

#[pinned_drop]
impl PinnedDrop for Control {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: set up by `new`.
        unsafe { bindings::hrtimer_cancel(self.timer.get()) };
    }
}

/// A task is inside RUN.
pub(crate) struct Running<'a> {
    control: Pin<&'a Control>,
    _not_send: NotThreadSafe,
}

impl Running<'_> {
    /// A host call begins.
    pub(crate) fn enter_host(&self) {
        self.control.in_host.store(true, SeqCst);
    }

    /// It is over.
    pub(crate) fn leave_host(&self) {
        self.control.in_host.store(false, SeqCst);
        if !self.control.ticking.swap(true, SeqCst) {
            // A callback that runs would forward a timer that is started already.
            // SAFETY: set up by `new`. Waits for the callback, which takes no lock.
            unsafe { bindings::hrtimer_cancel(self.control.timer.get()) };
            self.control.start(PERIOD);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // SAFETY: set up by `new`. Waits for a callback that runs.
        unsafe { bindings::hrtimer_cancel(self.control.timer.get()) };
        let _guard = self.control.running.lock();
        self.control.task.store(ptr::null_mut(), SeqCst);
    }
}
