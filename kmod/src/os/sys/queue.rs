// SPDX-License-Identifier: GPL-2.0
//! Readiness queues: waiting costs as much as is ready, not as much as is watched.
//!
//! Wake-ups of watched files push their item on `incoming`, a stack without a lock. The store's thread moves it to the end of its
//! own list, asks each listed file what is so, and reports it. Level-triggered items that reported stay listed, to be asked again.

use super::{file::Object, item::Item, wait::Limits};
use crate::store::Shared;
use core::{
    cell::Cell,
    ptr::null_mut,
    sync::atomic::{
        AtomicBool, AtomicPtr, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed, SeqCst},
    },
};
use kernel::{bindings, c_str, prelude::*, sync::Arc, types::Opaque};
use wasmk_abi::{Errno, QueueEvent, WaitError, WatchSpec};

/// Listed items without a watch that are left alone.
const DEAD_MAX: usize = 256;

/// What wake-up callbacks use. Pinned: it lives in an `Arc`.
#[pin_data(PinnedDrop)]
pub(super) struct Inner {
    /// A stack of items, each with a reference.
    incoming: AtomicPtr<Item>,
    /// The store's thread is about to sleep on `sleeper`.
    sleeping: AtomicBool,
    #[pin]
    sleeper: Opaque<bindings::wait_queue_head>,
    /// Items that were listed when their watch went.
    dead: AtomicUsize,
}

// SAFETY: all fields are atomic but the wait queue head, which has a lock.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Inner {
    fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            incoming: AtomicPtr::new(null_mut()),
            sleeping: AtomicBool::new(false),
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
        if self.sleeping.load(SeqCst) {
            // SAFETY: the head is set up.
            unsafe {
                bindings::__wake_up(self.sleeper.get(), bindings::TASK_NORMAL, 1, null_mut())
            };
        }
    }

    /// Takes all, the newest first.
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

/// A readiness queue. Not shareable: its list belongs to the store's thread.
pub(crate) struct Queue {
    inner: Arc<Inner>,
    first: Cell<*mut Item>,
    last: Cell<*mut Item>,
    len: Cell<usize>,
}

// SAFETY: the list is an owned chain of references; it goes where the queue goes.
unsafe impl Send for Queue {}

impl Drop for Queue {
    fn drop(&mut self) {
        drop_list(self.first.get());
    }
}

/// A file in a queue.
///
/// A queue and its watches belong to one store's context, which one thread uses at a time.
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
    pub(crate) fn change(&mut self, spec: WatchSpec) {
        self.item.set(spec);
        if !self.item.poll().is_empty() {
            self.item.list();
        }
    }
}

impl Queue {
    /// See `Os::queue`.
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = kernel::alloc::flags::GFP_KERNEL_ACCOUNT;
        let inner = Arc::pin_init(Inner::new(), flags).map_err(|_| Errno::NoMem)?;
        Ok(Self {
            inner,
            first: Cell::new(null_mut()),
            last: Cell::new(null_mut()),
            len: Cell::new(0),
        })
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

    fn append(&self, item: Arc<Item>) {
        item.next.store(null_mut(), Relaxed);
        let item = Arc::into_raw(item).cast_mut();
        let last = self.last.replace(item);
        if last.is_null() {
            self.first.set(item);
        } else {
            // SAFETY: the list's reference keeps it.
            unsafe { (*last).next.store(item, Relaxed) };
        }
        self.len.set(self.len.get() + 1);
    }

    fn pop(&self) -> Option<Arc<Item>> {
        let item = self.first.get();
        if item.is_null() {
            return None;
        }
        // SAFETY: the list's reference becomes the caller's.
        let item = unsafe { Arc::from_raw(item.cast_const()) };
        let next = item.next.load(Relaxed);
        self.first.set(next);
        if next.is_null() {
            self.last.set(null_mut());
        }
        self.len.set(self.len.get() - 1);
        Some(item)
    }

    /// Moves what came in to the end of the list, in order.
    fn drain(&self) {
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
            self.append(item);
        }
    }

    /// Drops listed items whose watch is gone.
    fn sweep(&self) {
        self.inner.dead.store(0, Relaxed);
        self.drain();
        for _ in 0..self.len.get() {
            match self.pop() {
                Some(item) if !item.dead.load(Relaxed) => self.append(item),
                _ => {}
            }
        }
    }

    /// Asks what is listed, once each, and reports.
    fn collect(&self, events: &mut [QueueEvent]) -> usize {
        self.drain();
        let mut slots = events.iter_mut();
        let mut count = 0;
        for _ in 0..self.len.get() {
            if slots.len() == 0 {
                break;
            }
            let Some(item) = self.pop() else { break };
            if item.dead.load(Relaxed) {
                continue;
            }
            // From here on a wake-up lists it again: before it is asked, so that nothing is missed.
            item.listed.store(false, SeqCst);
            let ready = item.poll();
            if ready.is_empty() {
                continue;
            }
            let spec = item.spec();
            if let Some(slot) = slots.next() {
                *slot = QueueEvent {
                    userdata: spec.userdata,
                    events: ready,
                    fd: spec.fd,
                };
                count += 1;
            }
            if !spec.edge && !item.listed.swap(true, AcqRel) {
                self.append(item);
            }
        }
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
            self.inner.sleeping.store(true, SeqCst);
            bindings::prepare_to_wait(head, &raw mut entry, state as c_int);
            if self.inner.incoming.load(SeqCst).is_null() && limits.check().is_ok() {
                bindings::schedule_hrtimeout_range(
                    expires,
                    0,
                    bindings::hrtimer_mode_HRTIMER_MODE_ABS,
                );
            }
            bindings::finish_wait(head, &raw mut entry);
        }
        self.inner.sleeping.store(false, SeqCst);
    }
}
