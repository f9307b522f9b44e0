// SPDX-License-Identifier: GPL-2.0
//! Contained work that several threads do together (see [`super::contain`]): a job, and shares of it, in one heap.
//!
//! If it comes to its end, all that was made becomes ordinary memory. If it does not, because somebody's stack was abandoned or because
//! nobody is there any more, the heap is freed whole: nothing is dropped.
//!
//! **Locks.** `state` is a leaf but for the heap's own lock.

use super::{
    alloc::Heap,
    contain::{run, Failure},
};
use core::{
    cell::{Cell, UnsafeCell},
    mem::{self, ManuallyDrop},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};
use kernel::{
    new_condvar, new_mutex,
    prelude::*,
    sync::{Arc, CondVar, Mutex},
};

/// Most threads that work at once.
const WORKERS_MAX: usize = 256;

struct State<S> {
    /// Threads at work.
    workers: usize,
    /// Nobody may begin any more.
    over: bool,
    shares: KVec<ManuallyDrop<S>>,
    failure: Option<Failure>,
}

/// See the module.
#[pin_data(PinnedDrop)]
pub(crate) struct Together<J, S> {
    #[pin]
    heap: Heap,
    /// Made of blocks of the heap, as the shares are. Taken out when it is over and nobody works.
    job: UnsafeCell<Option<ManuallyDrop<J>>>,
    failed: AtomicBool,
    #[pin]
    state: Mutex<State<S>>,
    /// Somebody has stopped working.
    #[pin]
    changed: CondVar,
}

// SAFETY: all that is not `Sync` is the job, which is shared only as `&J`, and taken out by one thread when nobody has that.
unsafe impl<J: Send + Sync, S: Send> Sync for Together<J, S> {}
// SAFETY: nothing is tied to a thread.
unsafe impl<J: Send + Sync, S: Send> Send for Together<J, S> {}

impl<J: Send + Sync, S: Send> Together<J, S> {
    /// Makes a job, contained, with at most `limit` bytes of heap for all.
    pub(crate) fn new<E>(
        limit: usize,
        make: impl Fn() -> Result<J, E> + Copy,
    ) -> Result<Result<Arc<Self>, E>, Failure> {
        let state = State {
            workers: 0,
            over: false,
            shares: KVec::new(),
            failure: None,
        };
        let this = Arc::pin_init(
            pin_init!(Self {
                heap <- Heap::new(limit),
                job: UnsafeCell::new(None),
                failed: AtomicBool::new(false),
                state <- new_mutex!(state, "wasmk_together"),
                changed <- new_condvar!("wasmk_together"),
            }),
            GFP_KERNEL_ACCOUNT,
        )
        .map_err(|_| Failure::OutOfMemory)?;
        match run(&this.heap, make)? {
            Ok(job) => {
                // SAFETY: nobody else knows it yet.
                unsafe { *this.job.get() = Some(ManuallyDrop::new(job)) };
                Ok(Ok(this))
            }
            Err(error) => {
                // SAFETY: as above; what the blocks are part of is the error alone.
                unsafe { this.heap.release() };
                Ok(Err(error))
            }
        }
    }

    /// Somebody's work failed: the others may stop.
    pub(crate) fn is_failed(&self) -> bool {
        self.failed.load(Relaxed)
    }

    /// Does a share of the work, contained. False if it was over already, or so many work that there is nothing left to do.
    pub(crate) fn work(&self, work: impl Fn(&J) -> S + Copy) -> Result<bool, Failure> {
        {
            let mut state = self.state.lock();
            if state.over || state.failure.is_some() || state.workers >= WORKERS_MAX {
                return Ok(false);
            }
            let room = state.workers + 1;
            let reserved = state.shares.reserve(room, GFP_KERNEL_ACCOUNT);
            reserved.map_err(|_| Failure::OutOfMemory)?;
            state.workers = room;
        }
        // SAFETY: the job is not taken out while somebody is counted as working.
        let job = unsafe { (*self.job.get()).as_deref() };
        let result = match job {
            Some(job) => run(&self.heap, move || work(job)),
            None => Err(Failure::Panic),
        };
        let mut state = self.state.lock();
        state.workers -= 1;
        let result = result.and_then(|share| {
            // There is room.
            let pushed = state.shares.push(ManuallyDrop::new(share), GFP_KERNEL);
            pushed.map_err(|_| Failure::OutOfMemory)
        });
        if let Err(failure) = result {
            state.failure.get_or_insert(failure);
            self.failed.store(true, Relaxed);
        }
        drop(state);
        self.changed.notify_all();
        result.map(|()| true)
    }

    /// Waits until nobody works any more, and makes the result, contained, of the job and all shares. Once.
    pub(crate) fn end<R>(
        &self,
        finish: impl Fn(J, Shares<'_, S>) -> R + Copy,
    ) -> Result<R, Failure> {
        let mut shares = {
            let mut state = self.state.lock();
            state.over = true;
            while state.workers != 0 {
                // Whoever works gives way to a fatal signal as we would: all are threads of one process.
                self.changed.wait(&mut state);
            }
            if let Some(failure) = state.failure {
                return Err(failure);
            }
            mem::replace(&mut state.shares, KVec::new())
        };
        // SAFETY: nobody works, and nobody will.
        let job = unsafe { (*self.job.get()).take() }.ok_or(Failure::Panic)?;
        let all = Cell::new(Some((job, Shares(shares.iter_mut()))));
        let all = &all;
        let result = run(&self.heap, move || {
            let (job, shares) = all.take()?;
            Some(finish(ManuallyDrop::into_inner(job), shares))
        })?;
        // SAFETY: nobody works; what the blocks are part of is the result alone.
        unsafe { self.heap.release() };
        result.ok_or(Failure::Panic)
    }
}

#[pinned_drop]
impl<J, S> PinnedDrop for Together<J, S> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: nobody is there any more. Job and shares that are still here will not be used again: they are never dropped.
        unsafe { self.heap.free() };
    }
}

/// The shares of a job, each handed out once.
pub(crate) struct Shares<'a, S>(core::slice::IterMut<'a, ManuallyDrop<S>>);

impl<S> Iterator for Shares<'_, S> {
    type Item = S;

    fn next(&mut self) -> Option<S> {
        let share = self.0.next()?;
        // SAFETY: the iterator visits each once, and the vector is not used afterwards.
        Some(unsafe { ManuallyDrop::take(share) })
    }
}

impl<S> Drop for Shares<'_, S> {
    /// Those that were not handed out are dropped: their blocks would be released, and nobody would know them.
    fn drop(&mut self) {
        self.for_each(drop);
    }
}
