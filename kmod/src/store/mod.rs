// SPDX-License-Identifier: GPL-2.0
//! Stores: the unit of lifetime, accounting and exclusive execution.
//!
//! One thread at a time holds a store's [`Inner`]; whoever comes meanwhile is told `EBUSY`. What others need while it runs is in
//! [`Shared`]. A program's threads have a store each ([`group`]). Locks: `newest` is a leaf, and so is that of the denials.

mod access;
pub(crate) mod denials;
mod ending;
mod grant;
mod group;
mod hold;
mod host;
mod instantiate;
mod memories;
mod run;
mod shared;
mod thread;

pub(crate) use shared::Shared;

use self::{ending::Ending, group::Group, thread::Spawn};
use crate::{
    module::LoadedModule,
    os::KernelOs,
    registry,
    sys::{
        cell::BusyCell,
        file::{operations, FileObject, Operations},
        machine::Machine,
        task::{self, Counted},
        DEFAULT_SIZE, MAX_SIZE, MIN_SIZE,
    },
    text::{self, Name},
};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{Arc, ArcBorrow, Mutex},
};
use wasmk_abi::Context;
use wasmk_engine::runtime::{RuntimeError, StoreLimits};
use wasmk_uapi::{
    denial::DENIALS,
    device::{StoreEntry, StoreState},
    run::RUN,
    store as api,
};

/// Most bytes of linear memory of a store that does not ask for more.
const DEFAULT_MEMORY: u64 = 256 << 20;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// What a store may use.
pub(crate) struct Limits {
    machine: StoreLimits,
    threads: u32,
}

impl Limits {
    /// From a message; zero means the default. `EINVAL` for a stack or a number of threads outside of what is possible.
    pub(crate) fn new(max_memory: u64, stack_size: u64, threads: u32) -> Result<Self> {
        let stack_size = match usize::try_from(stack_size) {
            Ok(0) => DEFAULT_SIZE,
            Ok(size) if (MIN_SIZE..=MAX_SIZE).contains(&size) => size,
            _ => return Err(EINVAL),
        };
        let max_memory = match max_memory {
            0 => DEFAULT_MEMORY,
            bytes => bytes,
        };
        let threads = match threads {
            0 => api::THREADS_DEFAULT,
            1..=api::THREADS_MAX => threads,
            _ => return Err(EINVAL),
        };
        Ok(Self {
            machine: StoreLimits {
                stack_size,
                max_memory,
            },
            threads,
        })
    }
}

/// What the thread that holds a store works with. Fields are dropped in order.
struct Inner {
    machine: Machine<Shared>,
    context: Context<KernelOs>,
    /// Names under which instances can be imported; the last one with a name counts.
    names: KVVec<(Name, u32)>,
    /// Modules of all instances, for the sum of their code.
    modules: KVVec<Arc<LoadedModule>>,
    /// Ended for good.
    dead: bool,
    /// It ended while no RUN was in it, and who comes next has not been told.
    untold: bool,
    /// The parked call asks for a thread.
    spawn: Option<Spawn>,
}

impl Inner {
    fn new(machine: Machine<Shared>, context: Context<KernelOs>) -> Self {
        Self {
            machine,
            context,
            names: KVVec::new(),
            modules: KVVec::new(),
            dead: false,
            untold: false,
            spawn: None,
        }
    }
}

/// What a store is made of.
struct Parts {
    inner: Inner,
    shared: Arc<Shared>,
    account: Arc<Shared>,
    group: Arc<Group>,
    thread: u32,
}

/// See the module.
#[pin_data]
pub(crate) struct Store {
    inner: BusyCell<Inner>,
    shared: Arc<Shared>,
    /// Where it is counted: its own `shared`, or that of the first of its program's threads.
    account: Arc<Shared>,
    group: Arc<Group>,
    /// Number of the thread; 0 is the first.
    thread: u32,
    #[pin]
    newest: Mutex<Option<Arc<LoadedModule>>>,
    id: u64,
    label: Name,
    worker: u32,
    pid: u32,
    uid: u32,
    created_ns: u64,
    _counted: Counted,
}

/// The error number of an engine error before a run.
fn runtime_error(error: RuntimeError) -> Error {
    match error {
        RuntimeError::Platform(error) => crate::module::platform_error(error),
        RuntimeError::Busy => EBUSY,
        RuntimeError::NoFunction => ENOENT,
        RuntimeError::ArgumentCount(_)
        | RuntimeError::BadReference
        | RuntimeError::HostFunction
        | RuntimeError::StackTooSmall(_) => EINVAL,
    }
}

impl Store {
    /// An empty store, not in its group yet ([`Store::begin_group`]).
    pub(crate) fn new(label: Name, worker: u32, limits: Limits) -> Result<Arc<Self>> {
        let shared = Arc::pin_init(Shared::new(), GFP_KERNEL_ACCOUNT)?;
        let machine = Machine::new(shared.clone(), limits.machine).map_err(runtime_error)?;
        let os = KernelOs::new(shared.clone(), shared.clone());
        let context = Context::new(os).map_err(|_| ENOMEM)?;
        let group = Group::new(limits.threads, limits.machine)?;
        let account = shared.clone();
        let parts = Parts {
            inner: Inner::new(machine, context),
            shared,
            account,
            group,
            thread: 0,
        };
        Self::from_parts(parts, label, worker)
    }

    fn from_parts(parts: Parts, label: Name, worker: u32) -> Result<Arc<Self>> {
        let Parts {
            inner,
            shared,
            account,
            group,
            thread,
        } = parts;
        Arc::pin_init(
            pin_init!(Self {
                inner: BusyCell::new(inner),
                shared,
                account,
                group,
                thread,
                newest <- new_mutex!(None),
                id: NEXT_ID.fetch_add(1, Relaxed),
                label,
                worker,
                pid: task::tgid(),
                uid: task::euid(),
                created_ns: task::boottime_ns(),
                _counted: Counted::new(&registry::LIVE_STORES),
            }),
            GFP_KERNEL_ACCOUNT,
        )
    }

    /// Puts a new store into its group, which it leaves when its descriptor is closed.
    pub(crate) fn begin_group(self: &Arc<Self>) -> Result {
        self.group.begin(self.clone())
    }

    /// Unique until the module is unloaded.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The service's name.
    pub(crate) fn label(&self) -> &Name {
        &self.label
    }

    /// Who made it.
    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }

    /// Number of instances.
    pub(crate) fn instances(&self) -> u32 {
        self.shared.figures.instances.load(Relaxed)
    }

    /// Number of open descriptors.
    pub(crate) fn descriptors(&self) -> u64 {
        self.account.counters.descriptors.load(Relaxed)
    }

    /// The module that was instantiated last.
    pub(crate) fn newest_module(&self) -> Option<Arc<LoadedModule>> {
        self.newest.lock().clone()
    }

    /// Ends what runs, and what would run, in all threads. If nothing does, descriptors are closed at once: one may be the only thing
    /// that keeps this store.
    pub(crate) fn kill(&self) {
        self.group.end(&Ending::killed(self.thread));
    }

    /// Ends the store for good: its memory can still be read.
    fn die(&self, inner: &mut Inner) {
        inner.dead = true;
        inner.machine.cancel();
        inner.context.close_all();
        self.shared.set_state(StoreState::Dead);
    }

    /// Its record for listings.
    pub(crate) fn entry(&self) -> Result<KBox<StoreEntry>> {
        let mut entry = KBox::new(StoreEntry::default(), GFP_KERNEL)?;
        let (figures, counters) = (&self.account.figures, &self.account.counters);
        entry.id = self.id;
        text::put(&mut entry.label, format_args!("{}", self.label.as_str()));
        if let Some(module) = self.newest_module() {
            text::put(
                &mut entry.module,
                format_args!("{}", module.name().as_str()),
            );
        }
        entry.worker = self.worker;
        entry.pid = self.pid;
        entry.uid = self.uid;
        entry.state = self.shared.state();
        entry.memory_model = figures.memory_model.load(Relaxed);
        entry.descriptors = self.descriptors() as u32;
        entry.memory_bytes = figures.memory_bytes.load(Relaxed);
        entry.code_bytes = figures.code_bytes.load(Relaxed);
        entry.run_ns = figures.run_ns.load(Relaxed);
        entry.host_calls = counters.calls.load(Relaxed);
        entry.traps = figures.traps.load(Relaxed);
        entry.accepted = counters.accepted.load(Relaxed);
        entry.connected = counters.connected.load(Relaxed);
        entry.bytes_in = counters.bytes_in.load(Relaxed);
        entry.bytes_out = counters.bytes_out.load(Relaxed);
        entry.fuel = figures.fuel.load(Relaxed);
        entry.created_ns = self.created_ns;
        entry.denied = counters.denied.load(Relaxed);
        entry.threads = self.group.threads();
        Ok(entry)
    }
}

static OPERATIONS: Operations = operations::<Store>();

impl FileObject for Store {
    const NAME: &'static CStr = c"[wasmk-store]";

    fn operations() -> &'static Operations {
        &OPERATIONS
    }

    fn ioctl(this: ArcBorrow<'_, Self>, command: u32, argument: usize) -> Result<isize> {
        match command {
            RUN => this.run(argument),
            api::GRANT => this.grant(argument),
            api::STRINGS => this.strings(argument),
            api::INSTANTIATE => this.instantiate(argument),
            api::REGISTER => this.register(argument),
            api::THREAD => this.thread(argument),
            api::MEMORY => this.memory(argument),
            api::GLOBAL => this.global(argument),
            api::FUEL => this.fuel(argument),
            api::INFO => this.info(argument),
            api::KILL => this.kill_ioctl(argument),
            DENIALS => this.denials_ioctl(argument),
            _ => Err(ENOTTY),
        }
    }

    fn closed(this: Arc<Self>) {
        registry::remove(&this);
        this.group.leave(this.thread);
    }
}
