// SPDX-License-Identifier: GPL-2.0
//! Readiness queues: waiting costs as much as is ready, not as much as is watched.
//!
//! Wake-ups of watched files push their item on `incoming`, a stack without a lock. Whoever waits takes all that is listed and all that came
//! in, asks each file what is so, reports it, and puts back what it did not come to; level-triggered items that reported are among
//! it, to be asked again. Several threads may wait: each has what it took for itself, and tells those that sleep when it puts
//! something back.

use super::{file::Object, item::Item, wait::Limits};
use crate::store::Shared;
use core::{
    ptr::null_mut,
    sync::atomic::{
        AtomicPtr, AtomicU32, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed, SeqCst},
    },
};
use kernel::{
    bindings, c_str, new_spinlock,
    prelude::*,
    sync::{Arc, SpinLock},
    types::Opaque,
};
use wasmk_abi::{Errno, QueueEvent, WaitError, WatchSpec};

/// Listed items without a watch that are left alone.
const DEAD_MAX: usize = 256;

/// What wake-up callbacks use. Pinned: it lives in an `Arc`.
#[pin_data(PinnedDrop)]
pub(super) struct Inner {
    /// A stack of items, each with a reference.
    incoming: AtomicPtr<Item>,
    /// What is to be asked, in order. Its lock is held for a few instructions.
    #[pin]
    list: SpinLock<List>,
    /// Threads that sleep on `sleeper`, or are about to.
    sleeping: AtomicU32,
    #[pin]
    sleeper: Opaque<bindings::wait_queue_head>,
    /// Items that were listed when their watch went.
    dead: AtomicUsize,
}

// SAFETY: all fields are atomic or have a lock.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Inner {
    fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            incoming: AtomicPtr::new(null_mut()),
            list <- new_spinlock!(List::new(), "wasmk_queue_list"),
            sleeping: AtomicU32::new(0),
            sleeper <- Opaque::ffi_init(|head: *mut bindings::wait_queue_head| {
                let key = kernel::static_lock_class!();
                // SAFETY: the head's own, pinned memory.
                unsafe {
                    bindings::__init_waitqueue_head(
                        head,
                        c_str!("wasmk_queue").as_char_ptr(),
                        key.as_ptr(),
                    )
                }
            }),
            dead: AtomicUsize::new(0),
        })
    }

    /// Adds an item that was marked as listed, and wakes the sleeper. Any context.
    pub(super) fn push(&self, item: Arc<Item>) {
        let item = Arc::into_raw(item).cast_mut();
        let mut top = self.incoming.load(Relaxed);
        loop {
            // SAFETY: the list's reference keeps it.
            unsafe { (*item).next.store(top, Relaxed) };
            match self
                .incoming
                .compare_exchange_weak(top, item, SeqCst, Relaxed)
            {
                Ok(_) => break,
                Err(now) => top = now,
            }
        }
        self.wake();
    }

    /// Wakes all who sleep: there is something to ask.
    fn wake(&self) {
        if self.sleeping.load(SeqCst) > 0 {
            // SAFETY: the head is set up. No sleeper is an exclusive one, so all are woken.
            unsafe {
                bindings::__wake_up(self.sleeper.get(), bindings::TASK_NORMAL, 1, null_mut())
            };
        }
    }

    /// Takes all that came in, the newest first.
    fn take(&self) -> *mut Item {
        self.incoming.swap(null_mut(), AcqRel)
    }
}

#[pinned_drop]
impl PinnedDrop for Inner {
    fn drop(self: Pin<&mut Self>) {
        drop_list(self.take());
    }
}

/// Drops the references of a chain.
fn drop_list(mut item: *mut Item) {
    while !item.is_null() {
        // SAFETY: the chain owned the reference, which is given up here.
        let owned = unsafe { Arc::from_raw(item.cast_const()) };
        item = owned.next.load(Relaxed);
    }
}

/// An owned chain of references.
struct List {
    first: *mut Item,
    last: *mut Item,
    len: usize,
}

// SAFETY: the references are owned, and items are shared by design.
unsafe impl Send for List {}

impl List {
    const fn new() -> Self {
        Self {
            first: null_mut(),
            last: null_mut(),
            len: 0,
        }
    }

    fn append(&mut self, item: Arc<Item>) {
        item.next.store(null_mut(), Relaxed);
        let item = Arc::into_raw(item).cast_mut();
        self.append_chain(item, item, 1);
    }

    /// Appends a chain of `len` items, whose references become the list's.
    fn append_chain(&mut self, first: *mut Item, last: *mut Item, len: usize) {
        if self.last.is_null() {
            self.first = first;
        } else {
            // SAFETY: the list's reference keeps it.
            unsafe { (*self.last).next.store(first, Relaxed) };
        }
        self.last = last;
        self.len += len;
    }

    /// Appends all of another.
    fn append_list(&mut self, mut other: Self) {
        if other.len > 0 {
            self.append_chain(other.first, other.last, other.len);
            // Its references are this list's now.
            (other.first, other.last, other.len) = (null_mut(), null_mut(), 0);
        }
    }

    fn pop(&mut self) -> Option<Arc<Item>> {
        if self.first.is_null() {
            return None;
        }
        // SAFETY: the list's reference becomes the caller's.
        let item = unsafe { Arc::from_raw(self.first.cast_const()) };
        self.first = item.next.load(Relaxed);
        if self.first.is_null() {
            self.last = null_mut();
        }
        self.len -= 1;
        Some(item)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        drop_list(self.first);
    }
}

/// A readiness queue.
pub(crate) struct Queue {
    inner: Arc<Inner>,
}

impl Drop for Queue {
    fn drop(&mut self) {
        let list = core::mem::replace(&mut *self.inner.list.lock(), List::new());
        // Without the lock.
        drop(list);
    }
}

/// A file in a queue.
pub(crate) struct Watch {
    item: Arc<Item>,
    inner: Arc<Inner>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.item.retire();
        if self.item.listed.load(Acquire) {
            self.inner.dead.fetch_add(1, Relaxed);
        }
    }
}

impl Watch {
    /// See `Os::rewatch`.
    pub(crate) fn change(&self, spec: WatchSpec) {
        self.item.set(spec);
        if !self.item.poll().0.is_empty() {
            self.item.list();
        }
    }
}

impl Queue {
    /// See `Os::queue`.
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = kernel::alloc::flags::GFP_KERNEL_ACCOUNT;
        let inner = Arc::pin_init(Inner::new(), flags).map_err(|_| Errno::NoMem)?;
        Ok(Self { inner })
    }

    /// See `Os::watch`.
    pub(crate) fn watch(&self, object: &Object, spec: WatchSpec) -> Result<Watch, Errno> {
        if self.inner.dead.load(Relaxed) > DEAD_MAX {
            self.sweep();
        }
        let item = Item::new(&self.inner, object, spec)?;
        Ok(Watch {
            item,
            inner: self.inner.clone(),
        })
    }

    /// Takes what is listed, and what came in after it, in order.
    fn take(&self) -> List {
        let mut list = core::mem::replace(&mut *self.inner.list.lock(), List::new());
        let mut newest = self.inner.take();
        let mut oldest: *mut Item = null_mut();
        while !newest.is_null() {
            // SAFETY: the chain's references keep its items.
            let next = unsafe { (*newest).next.swap(oldest, Relaxed) };
            oldest = newest;
            newest = next;
        }
        while !oldest.is_null() {
            // SAFETY: the chain's reference is taken over.
            let item = unsafe { Arc::from_raw(oldest.cast_const()) };
            oldest = item.next.load(Relaxed);
            list.append(item);
        }
        list
    }

    /// Puts back what was taken and is to be asked by whoever comes next, who may be asleep.
    fn put_back(&self, list: List) {
        if list.len > 0 {
            self.inner.list.lock().append_list(list);
            self.inner.wake();
        }
    }

    /// Drops listed items whose watch is gone.
    fn sweep(&self) {
        self.inner.dead.store(0, Relaxed);
        let mut list = self.take();
        for _ in 0..list.len {
            match list.pop() {
                Some(item) if !item.dead.load(Relaxed) => list.append(item),
                _ => {}
            }
        }
        self.put_back(list);
    }

    /// Asks what is listed, once each, and reports.
    fn collect(&self, events: &mut [QueueEvent]) -> usize {
        let mut list = self.take();
        let mut slots = events.iter_mut();
        let mut count = 0;
        for _ in 0..list.len {
            if slots.len() == 0 {
                break;
            }
            let Some(item) = list.pop() else { break };
            if item.dead.load(Relaxed) {
                continue;
            }
            // From here on a wake-up lists it again: before it is asked, so that nothing is missed.
            item.listed.store(false, SeqCst);
            let (ready, spec) = item.poll();
            if ready.is_empty() {
                continue;
            }
            if let Some(slot) = slots.next() {
                *slot = QueueEvent {
                    userdata: spec.userdata,
                    events: ready,
                    fd: spec.fd,
                };
                count += 1;
            }
            if !spec.edge && !item.listed.swap(true, AcqRel) {
                list.append(item);
            }
        }
        self.put_back(list);
        count
    }

    /// See `Os::queue_wait`.
    pub(crate) fn wait(
        &self,
        shared: &Shared,
        events: &mut [QueueEvent],
        deadline: Option<u64>,
    ) -> Result<usize, WaitError> {
        let limits = Limits::new(shared, deadline);
        loop {
            let count = self.collect(events);
            if count > 0 || limits.is_over() {
                return Ok(count);
            }
            limits.check()?;
            self.sleep(&limits);
        }
    }

    /// Something came in, or was put back.
    fn has_more(&self) -> bool {
        !self.inner.incoming.load(SeqCst).is_null() || self.inner.list.lock().len > 0
    }

    /// Sleeps until something comes in, a signal, or the end of the wait.
    fn sleep(&self, limits: &Limits<'_>) {
        let state = bindings::TASK_INTERRUPTIBLE | bindings::TASK_FREEZABLE;
        let head = self.inner.sleeper.get();
        let mut entry = bindings::wait_queue_entry::default();
        let mut expires = limits.expires();
        let expires = expires
            .as_mut()
            .map_or(null_mut(), |expires| &raw mut *expires);
        // SAFETY: the entry is on this stack and is taken off the queue before it goes; the time lives as long.
        unsafe {
            bindings::init_wait_entry(&raw mut entry, 0);
            self.inner.sleeping.fetch_add(1, SeqCst);
            bindings::prepare_to_wait(head, &raw mut entry, state as c_int);
            if !self.has_more() && limits.check().is_ok() {
                bindings::schedule_hrtimeout_range(
                    expires,
                    0,
                    bindings::hrtimer_mode_HRTIMER_MODE_ABS,
                );
            }
            bindings::finish_wait(head, &raw mut entry);
        }
        self.inner.sleeping.fetch_sub(1, SeqCst);
    }
}
