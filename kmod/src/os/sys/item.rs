// SPDX-License-Identifier: GPL-2.0
//! A file in a readiness queue: its hooks in the file's wait queues, and its place in the queue's lists.

use super::{events, ffi, file::Object, queue::Inner};
use core::{
    cell::UnsafeCell,
    ptr::{null_mut, NonNull},
    sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU32,
        Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
    },
};
use kernel::{
    bindings, new_spinlock,
    prelude::*,
    sync::{rcu, Arc, ArcBorrow, SpinLock},
};
use wasmk_abi::{Errno, Events, WatchSpec};

/// Most wait queues of one file: pipes and terminals have two.
const HOOKS: usize = 4;

/// An entry in a file's wait queue.
#[repr(C)]
struct Hook {
    // First: the callback gets its address.
    entry: UnsafeCell<bindings::wait_queue_entry>,
    /// The wait queue, or null when it is gone.
    head: AtomicPtr<bindings::wait_queue_head>,
    item: AtomicPtr<Item>,
}

impl Hook {
    fn new() -> Self {
        Self {
            entry: UnsafeCell::new(bindings::wait_queue_entry::default()),
            head: AtomicPtr::new(null_mut()),
            item: AtomicPtr::new(null_mut()),
        }
    }
}

/// What is watched, and for what.
struct State {
    /// The file, until the watch is gone.
    object: Option<Object>,
    spec: WatchSpec,
}

/// See the module. Lives in an `Arc`, so it does not move; each list it is in owns one reference.
#[pin_data]
pub(super) struct Item {
    /// The next in the list it is in.
    pub(super) next: AtomicPtr<Item>,
    /// It is in a list.
    pub(super) listed: AtomicBool,
    /// Its watch is gone.
    pub(super) dead: AtomicBool,
    /// Held for a few instructions, by threads of the program; not by callbacks.
    #[pin]
    state: SpinLock<State>,
    /// The queue's shared part; lives while hooks are in place.
    inner: NonNull<Inner>,
    hooks: [Hook; HOOKS],
    /// Poll events that matter. Changed under the lock of the state.
    key: AtomicU32,
}

// SAFETY: the state has a lock; hooks are changed under the locks of their wait queues; all else is atomic.
unsafe impl Send for Item {}
// SAFETY: as above.
unsafe impl Sync for Item {}

/// A poll table that hooks an item into what it is polled with.
#[repr(C)]
struct Table {
    // First: the file gets its address.
    table: bindings::poll_table_struct,
    item: NonNull<Item>,
    count: usize,
}

impl Item {
    /// Hooks `object` into `inner`.
    pub(super) fn new(
        inner: &Arc<Inner>,
        object: &Object,
        spec: WatchSpec,
    ) -> Result<Arc<Self>, Errno> {
        let state = State {
            object: Some(object.share()),
            spec,
        };
        let item = Arc::pin_init(
            pin_init!(Self {
                next: AtomicPtr::new(null_mut()),
                listed: AtomicBool::new(false),
                dead: AtomicBool::new(false),
                state <- new_spinlock!(state, "wasmk_item"),
                inner: NonNull::from(&**inner),
                hooks: [Hook::new(), Hook::new(), Hook::new(), Hook::new()],
                key: AtomicU32::new(events::to_poll(spec.events)),
            }),
            crate::sys::alloc::bounded_flags(),
        )
        .map_err(|_| Errno::NoMem)?;
        let table = bindings::poll_table_struct {
            _qproc: Some(hook),
            _key: item.key.load(Relaxed),
        };
        let mut table = Table {
            table,
            item: NonNull::from(&*item),
            count: 0,
        };
        // SAFETY: the file is referenced by the object; the table's callback gets the table itself.
        let poll = unsafe { ffi::wasmk_poll(object.as_ptr(), (&raw mut table).cast()) };
        if table.count > HOOKS {
            item.retire();
            return Err(Errno::NotSup);
        }
        if !events::from_poll(poll, spec.events).is_empty() {
            item.list();
        }
        Ok(item)
    }

    /// Changes what is reported.
    pub(super) fn set(&self, spec: WatchSpec) {
        let mut state = self.state.lock();
        state.spec = spec;
        self.key.store(events::to_poll(spec.events), SeqCst);
    }

    /// What is ready now, and what it is to be reported as.
    pub(super) fn poll(&self) -> (Events, WatchSpec) {
        let (object, spec) = {
            let state = self.state.lock();
            (state.object.as_ref().map(Object::share), state.spec)
        };
        // Asked without the lock, for which the reference is: the watch may go meanwhile.
        let ready = object.map_or(Events::empty(), |object| object.poll(spec.events));
        (ready, spec)
    }

    /// Puts the item on the queue's incoming list, unless it is in a list, and wakes the sleeper. Any context.
    pub(super) fn list(&self) {
        if self.listed.swap(true, AcqRel) {
            return;
        }
        // SAFETY: items live in `Arc`s; the queue's shared part lives while hooks are in place or the watch,
        // by which all others call, is there.
        unsafe {
            let item = Arc::from(ArcBorrow::<Self>::from_raw(self));
            self.inner.as_ref().push(item);
        }
    }

    /// Takes the item out of the file's wait queues and lets go of the file. Once, by whoever drops the watch.
    pub(super) fn retire(&self) {
        self.dead.store(true, SeqCst);
        for hook in &self.hooks {
            // Keeps a wait queue that is being freed until we are done (POLLFREE).
            let guard = rcu::read_lock();
            let head = hook.head.load(Acquire);
            if !head.is_null() {
                // SAFETY: the entry is in that queue, which lives: it has not announced its end, or its memory is kept by RCU.
                unsafe { bindings::remove_wait_queue(head, hook.entry.get()) };
            }
            drop(guard);
            hook.head.store(null_mut(), Relaxed);
        }
        let object = self.state.lock().object.take();
        drop(object);
    }
}

/// The file has a wait queue.
///
/// # Safety
///
/// `table` is the first field of a [`Table`], `head` a live wait queue of the file that is being polled.
unsafe extern "C" fn hook(
    _file: *mut bindings::file,
    head: *mut bindings::wait_queue_head,
    table: *mut bindings::poll_table_struct,
) {
    // SAFETY: by contract.
    let (table, item) = unsafe {
        let table = &mut *table.cast::<Table>();
        let item = table.item.as_ref();
        (table, item)
    };
    if let Some(hook) = item.hooks.get(table.count) {
        hook.item.store(table.item.as_ptr(), Relaxed);
        hook.head.store(head, Release);
        // SAFETY: the entry is not in a queue yet, and does not move.
        unsafe {
            (*hook.entry.get()).func = Some(wake);
            bindings::add_wait_queue(head, hook.entry.get());
        }
    }
    table.count += 1;
}

/// A wait queue that an item is hooked into is woken.
///
/// # Safety
///
/// `entry` is the first field of a [`Hook`] in that queue, whose lock is held.
unsafe extern "C" fn wake(
    entry: *mut bindings::wait_queue_entry,
    _mode: c_uint,
    _flags: c_int,
    key: *mut c_void,
) -> c_int {
    let poll = key as usize as u32;
    // SAFETY: by contract; the item lives while it is hooked.
    let (hook, item) = unsafe {
        let hook = &*entry.cast::<Hook>();
        (hook, &*hook.item.load(Relaxed))
    };
    let ends = poll & events::FREE != 0;
    if ends {
        // SAFETY: the queue's lock is held. The entry leaves the list before the queue's memory goes.
        unsafe {
            let link = &raw mut (*entry).entry;
            (*(*link).prev).next = (*link).next;
            (*(*link).next).prev = (*link).prev;
            (*link).next = link;
            (*link).prev = link;
        }
    }
    if poll == 0 || poll & item.key.load(Relaxed) != 0 {
        item.list();
    }
    if ends {
        // Last: whoever sees it does not wait for the queue's lock, and may free the item.
        hook.head.store(null_mut(), Release);
    }
    1
}
