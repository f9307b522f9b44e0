// SPDX-License-Identifier: GPL-2.0
//! Groups: the stores of a program's threads, which end together.
//!
//! A group keeps its stores until their descriptors are closed, as the list of all stores does; that of threads it keeps alone.
//!
//! **Locks.** `state` is taken with nothing held, and under it a member's control block's only: stores are buried, and let go of,
//! after it.

use super::{ending::Ending, Store};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{Arc, Mutex},
};
use wasmk_engine::runtime::StoreLimits;
use wasmk_uapi::run::THREAD_MAX;

/// A thread, or one that is being made.
struct Member {
    thread: u32,
    store: Option<Arc<Store>>,
}

struct State {
    members: KVec<Member>,
    /// The number to try next.
    next: u32,
    /// There was a further thread at some time.
    threads: bool,
    /// How the first one ended that ended all.
    ending: Option<Ending>,
}

/// See the module.
#[pin_data]
pub(crate) struct Group {
    #[pin]
    state: Mutex<State>,
    most: u32,
    /// What each further thread may use of its own.
    limits: StoreLimits,
}

/// Most bytes of tables and exceptions that a further thread has of its own, if its part of the program's memory is less.
const LEAST_MEMORY: u64 = 256 << 10;

impl Group {
    /// An empty one, of at most `most` threads, the first with these limits. What its further threads have of their own is together as much again,
    /// or a little for each.
    pub(super) fn new(most: u32, first: StoreLimits) -> Result<Arc<Self>> {
        let part = first.max_memory / u64::from(most.max(1));
        let limits = StoreLimits {
            max_memory: part.max(LEAST_MEMORY).min(first.max_memory),
            ..first
        };
        let state = State {
            members: KVec::new(),
            next: 1,
            threads: false,
            ending: None,
        };
        Arc::pin_init(
            pin_init!(Self {
                state <- new_mutex!(state, "wasmk_group"),
                most,
                limits,
            }),
            GFP_KERNEL_ACCOUNT,
        )
    }

    /// The first store, as thread 0.
    pub(super) fn begin(&self, store: Arc<Store>) -> Result {
        let member = Member {
            thread: 0,
            store: Some(store),
        };
        Ok(self.state.lock().members.push(member, GFP_KERNEL_ACCOUNT)?)
    }

    /// A place for a further thread, with a number that no living one has.
    ///
    /// # Errors
    ///
    /// `EAGAIN` there are as many as there may be; `ESHUTDOWN` the group has ended; `ENOMEM`.
    pub(super) fn place(self: &Arc<Self>) -> Result<Place> {
        let mut state = self.state.lock();
        if state.ending.is_some() {
            return Err(ESHUTDOWN);
        }
        if state.members.len() >= self.most as usize {
            return Err(EAGAIN);
        }
        let mut thread = state.next;
        // Ends: there are fewer members than numbers.
        while state.members.iter().any(|member| member.thread == thread) {
            thread = following(thread);
        }
        state.next = following(thread);
        let member = Member {
            thread,
            store: None,
        };
        state.members.push(member, GFP_KERNEL_ACCOUNT)?;
        drop(state);
        Ok(Place {
            group: self.clone(),
            thread,
            taken: false,
        })
    }

    /// See the field.
    pub(super) fn limits(&self) -> StoreLimits {
        self.limits
    }

    /// It had more than one thread at some time.
    pub(super) fn had_threads(&self) -> bool {
        self.state.lock().threads
    }

    /// How many threads there are.
    pub(super) fn threads(&self) -> u32 {
        self.state.lock().members.len() as u32
    }

    /// A thread's descriptor was closed. With the first one's, nobody is left who could end the others.
    pub(super) fn leave(&self, thread: u32) {
        if thread == 0 {
            self.end(&Ending::killed(0));
        }
        self.remove(thread);
    }

    fn remove(&self, thread: u32) {
        let mut state = self.state.lock();
        let at = state
            .members
            .iter()
            .position(|member| member.thread == thread);
        let removed = at.and_then(|at| state.members.remove(at).ok());
        drop(state);
        drop(removed);
    }

    /// Ends all threads. How they ended, for good: as the first one said that called this.
    pub(super) fn end(&self, ending: &Ending) -> Ending {
        let mut state = self.state.lock();
        if let Some(first) = state.ending {
            // Whoever said so has killed all under the lock, and none was added since.
            return first;
        }
        let first = *state.ending.insert(*ending);
        for store in state.members.iter().filter_map(|at| at.store.as_ref()) {
            store.shared.kill();
        }
        drop(state);
        let mut from = 0;
        while let Some((thread, store)) = self.first_from(from) {
            store.bury();
            from = thread + 1;
        }
        first
    }

    /// How all ended, if they did.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.state.lock().ending
    }

    /// The member with the lowest number from `thread` on.
    fn first_from(&self, thread: u32) -> Option<(u32, Arc<Store>)> {
        let state = self.state.lock();
        let found = state
            .members
            .iter()
            .filter(|member| member.thread >= thread)
            .filter_map(|member| Some((member.thread, member.store.as_ref()?)))
            .min_by_key(|found| found.0);
        found.map(|(thread, store)| (thread, store.clone()))
    }
}

fn following(thread: u32) -> u32 {
    if thread < THREAD_MAX {
        thread + 1
    } else {
        1
    }
}

/// A thread's place in its group; given up when dropped, unless it was taken.
pub(super) struct Place {
    group: Arc<Group>,
    thread: u32,
    taken: bool,
}

impl Place {
    /// The thread's number.
    pub(super) fn thread(&self) -> u32 {
        self.thread
    }

    /// Puts the thread's store there, until [`Group::leave`]. `ESHUTDOWN` if the group has ended meanwhile.
    pub(super) fn take(mut self, store: Arc<Store>) -> Result {
        let mut state = self.group.state.lock();
        if state.ending.is_some() {
            return Err(ESHUTDOWN);
        }
        let mut members = state.members.iter_mut();
        let place = members.find(|member| member.thread == self.thread);
        place.ok_or(ESHUTDOWN)?.store = Some(store);
        state.threads = true;
        drop(state);
        self.taken = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.taken {
            self.group.remove(self.thread);
        }
    }
}
