// SPDX-License-Identifier: GPL-2.0
//! Loads that other threads of the caller's process join: no thread of the kernel's own compiles anything.
//!
//! Whoever loads makes a job of the binary ([`CompileJob`]), shows it on the open file, works on it, waits for whoever joined, and puts
//! the result together. What they allocate is charged to each, which is to their process's cgroup. A fatal signal is
//! everybody's: each notices it at its next poll.
//!
//! **Locks.** `Loads::state` is a leaf; a load's own locks are taken without it.

use crate::{
    device::read,
    module::{heap_limit, KillablePoll, Refusal},
    sys::{task, Failure, Together},
};
use ::alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kernel::{
    new_condvar, new_mutex,
    prelude::*,
    sync::{Arc, CondVar, Mutex},
};
use wasmk_engine::{
    compile::{CompileJob, Poll, Share, Stop},
    config::Config,
    module::CompiledModule,
};
use wasmk_uapi::device::LoadJoin;

/// A load in progress.
struct Load {
    wasm: Vec<u8>,
    /// Whose it is.
    tgid: u32,
    parts: Arc<Together<CompileJob, Share>>,
}

/// Stops as [`KillablePoll`] does, and when somebody else failed.
struct SharedPoll<'a>(&'a Load);

impl Poll for SharedPoll<'_> {
    fn poll(&mut self) -> Result<(), Stop> {
        if self.0.parts.is_failed() {
            return Err(Stop);
        }
        KillablePoll.poll()
    }
}

impl Load {
    /// Compiles until there is nothing left to be taken; how many batches that was.
    fn work(&self) -> Result<u32, Failure> {
        let batches = AtomicU32::new(0);
        let count = &batches;
        self.parts.work(move |job| {
            let share = job.work(&self.wasm, &mut SharedPoll(self));
            count.store(share.batches() as u32, Relaxed);
            share
        })?;
        Ok(batches.load(Relaxed))
    }
}

struct State {
    /// Joinable loads that have begun on this file; the newest may be in progress.
    begun: u64,
    /// One is about to begin, or in progress.
    busy: bool,
    current: Option<Arc<Load>>,
}

/// The joinable loads of an open file, one at a time.
#[pin_data]
pub(crate) struct Loads {
    #[pin]
    state: Mutex<State>,
    /// A load has begun.
    #[pin]
    changed: CondVar,
}

impl Loads {
    /// None yet.
    pub(crate) fn new() -> impl PinInit<Self> {
        let state = State {
            begun: 0,
            busy: false,
            current: None,
        };
        pin_init!(Self {
            state <- new_mutex!(state, "wasmk_loads"),
            changed <- new_condvar!("wasmk_loads"),
        })
    }

    /// The next load is the caller's, which begins when it compiles, or fails before. `EBUSY` if another is in progress.
    pub(crate) fn announce(&self) -> Result<Announced<'_>> {
        let mut state = self.state.lock();
        if state.busy {
            return Err(EBUSY);
        }
        state.busy = true;
        Ok(Announced {
            loads: self,
            begun: false,
        })
    }

    /// [`wasmk_uapi::device::MODULE_LOAD_JOIN`].
    pub(crate) fn join(&self, argument: usize) -> Result<isize> {
        let mut join = read::<LoadJoin>(argument, 0, |m| m.header)?;
        if join.reserved != 0 {
            return Err(EINVAL);
        }
        let load = self.wait(join.load)?;
        join.batches = 0;
        if let Some(load) = load {
            if load.tgid != task::tgid() {
                return Err(EPERM);
            }
            join.batches = load
                .work()
                .map_err(|failure| Refusal::from(failure).error)?;
            if task::killed() {
                return Err(EINTR);
            }
        }
        join.write()?;
        Ok(0)
    }

    /// Load number `number` once it has begun; `None` if it is over. Number 0 is the one in progress.
    fn wait(&self, number: u64) -> Result<Option<Arc<Load>>> {
        let mut state = self.state.lock();
        if number == 0 {
            return state.current.clone().map(Some).ok_or(ENOENT);
        }
        while state.begun < number {
            if self.changed.wait_interruptible(&mut state) {
                return Err(EINTR);
            }
        }
        Ok(state.current.clone().filter(|_| state.begun == number))
    }
}

/// A load of which those know who wait for it. However it ends, they are told.
pub(crate) struct Announced<'a> {
    loads: &'a Loads,
    begun: bool,
}

impl Announced<'_> {
    /// Compiles `wasm` with whoever joins.
    pub(crate) fn compile(
        mut self,
        wasm: Vec<u8>,
        config: &Config,
    ) -> Result<CompiledModule, Refusal> {
        let bytes = wasm.as_slice();
        let parts = Together::new(heap_limit(wasm.len()), move || {
            CompileJob::new(bytes, config, &mut KillablePoll)
        })??;
        let load = Load {
            wasm,
            tgid: task::tgid(),
            parts,
        };
        let load = Arc::new(load, GFP_KERNEL_ACCOUNT).map_err(|_| Failure::OutOfMemory)?;
        self.begin(Some(load.clone()));
        load.work()?;
        Ok(load
            .parts
            .end(|job, shares| job.finish(shares, &mut KillablePoll))??)
    }

    fn begin(&mut self, load: Option<Arc<Load>>) {
        let mut state = self.loads.state.lock();
        state.begun = state.begun.wrapping_add(1);
        state.current = load;
        self.begun = true;
        drop(state);
        self.loads.changed.notify_all();
    }
}

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        if !self.begun {
            self.begin(None);
        }
        let mut state = self.loads.state.lock();
        state.busy = false;
        let load = state.current.take();
        drop(state);
        drop(load);
    }
}
