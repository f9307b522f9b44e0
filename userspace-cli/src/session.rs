// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A store made ready to run a module: grants, arguments, limits, instance.

use std::{
    ffi::OsString, num::NonZeroUsize, os::unix::ffi::OsStrExt, sync::Arc, thread, time::Duration,
};

use libwasmk::{Call, Device, LoadOptions, Module, Outcome, Store, StoreOptions, Threads};
use rustix::time::{clock_gettime, ClockId};

use crate::{
    cli::LimitOptions,
    denials::{Denials, Owner},
    grants::{Grants, Streams},
    notes::Notes,
    problem::Problem,
    wasm::{Description, Program},
};

/// What an instance is made from.
pub struct Plan<'a> {
    /// The device.
    pub device: &'a Device,
    /// The compiled module.
    pub module: &'a Module,
    /// For errors.
    pub file: &'a str,
    /// Label in listings; empty for none.
    pub label: &'a str,
    /// Worker number.
    pub worker: u32,
    /// Limits.
    pub limits: &'a LimitOptions,
    /// Grants.
    pub grants: &'a Grants,
    /// Arguments, the program's name first.
    pub args: &'a [OsString],
    /// Descriptors 0 to 2.
    pub streams: &'a Streams<'a>,
    /// Where it is noted why a thread could not be made.
    pub notes: Arc<Notes>,
}

/// An instance in a store of its own.
#[derive(Debug)]
pub struct Session {
    /// The store.
    pub store: Store,
    /// The instance's number.
    pub instance: u32,
    threads: Arc<Threads>,
}

/// Compiles `program` as the limits say.
pub fn load(
    device: &Device,
    program: &Program,
    name: &str,
    limits: &LimitOptions,
) -> Result<Module, Problem> {
    let options = LoadOptions {
        name,
        memory: limits.memory.into(),
        fuel: limits.fuel.is_some(),
        edition_2: false,
    };
    let threads = limits
        .jobs
        .map_or_else(|| threads_for(&program.bytes), NonZeroUsize::get);
    device
        .load_together(&program.bytes, &options, threads)
        .map_err(|error| Problem::from(error).about(&program.file))
}

/// Bytes of a module that give a thread enough to do for its start to pay: some batches of the kernel's.
const BYTES_PER_THREAD: usize = 256 << 10;

/// How many threads compile `wasm` unless somebody says.
fn threads_for(wasm: &[u8]) -> usize {
    let cpus = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    cpus.min(wasm.len() / BYTES_PER_THREAD).max(1)
}

impl Session {
    /// Makes store and instance; nothing has run yet.
    pub fn new(plan: &Plan<'_>) -> Result<Self, Problem> {
        let options = StoreOptions {
            label: plan.label,
            worker: plan.worker,
            max_memory: plan.limits.max_memory.unwrap_or(0),
            stack_size: plan.limits.max_stack.unwrap_or(0),
            max_threads: plan.limits.threads.unwrap_or(0),
        };
        let store = plan.device.create_store(&options)?;
        plan.streams.grant(&store)?;
        plan.grants.apply(&store)?;
        let args: Vec<&[u8]> = plan.args.iter().map(|arg| arg.as_bytes()).collect();
        store.set_args(&args)?;
        let instance = store
            .instantiate(plan.module, "")
            .map_err(|error| instantiate_problem(plan, error))?;
        if let Some(fuel) = plan.limits.fuel {
            store.set_fuel(fuel)?;
        }
        let notes = Arc::clone(&plan.notes);
        let threads = Threads::new(move |text| notes.note(text));
        Ok(Self {
            store,
            instance,
            threads,
        })
    }

    /// What the program, worker `worker` of `name`, was refused. Nothing when the kernel does not tell: this is only ever extra.
    pub fn denials(&self, name: &str, worker: u32) -> Denials {
        let owner = Owner {
            name,
            worker,
            id: self.store.id(),
        };
        Denials::new(owner, 0, self.store.denials(0)).unwrap_or_default()
    }

    /// Calls, and gives the program the threads that it asks for.
    pub fn call(&self, call: &Call<'_>) -> Result<Outcome, libwasmk::Error> {
        self.threads.call(&self.store, call)
    }

    /// Ends the program's threads.
    pub fn end_threads(&self) -> Result<(), libwasmk::Error> {
        self.threads.end(&self.store)
    }

    /// Runs the start function; `Some` if it did not return.
    pub fn start(&self, deadline_ns: Option<u64>) -> Result<Option<Outcome>, Problem> {
        match self.call(&Call::start(self.instance).until(deadline_ns))? {
            Outcome::Returned(_) => Ok(None),
            other => Ok(Some(other)),
        }
    }

    /// Runs the start function and then, as the module's exports say, `_start`. With that the program's threads end.
    pub fn run_program(
        &self,
        description: &Description,
        deadline_ns: Option<u64>,
    ) -> Result<Outcome, Problem> {
        let outcome = self.run_first_thread(description, deadline_ns);
        self.end_threads()?;
        outcome
    }

    fn run_first_thread(
        &self,
        description: &Description,
        deadline_ns: Option<u64>,
    ) -> Result<Outcome, Problem> {
        if let Some(ended) = self.start(deadline_ns)? {
            return Ok(ended);
        }
        if description.signature(PROGRAM_EXPORT).is_none() {
            return Ok(Outcome::Returned(libwasmk::Values::default()));
        }
        Ok(self.call(&Call::export(self.instance, PROGRAM_EXPORT, &[]).until(deadline_ns))?)
    }
}

/// The export that makes a module a program (WASI application ABI: a command).
const PROGRAM_EXPORT: &str = "_start";

/// Refuses what has nothing to run.
pub fn require_program(description: &Description, file: &str) -> Result<(), Problem> {
    match description.signature(PROGRAM_EXPORT) {
        Some(ty) if ty.params().is_empty() && ty.results().is_empty() => Ok(()),
        Some(_) => Err(
            Problem::new("invalid", "`_start` must take nothing and return nothing").about(file),
        ),
        None if description.start => Ok(()),
        None => {
            let names: Vec<&str> = description.functions().take(5).collect();
            let problem = Problem::new(
                "invalid",
                "it exports no `_start`, so there is no program to run",
            )
            .about(file);
            Err(match names.first() {
                Some(first) => problem.hint(format!(
                    "call a function instead: wasmctl invoke {file} {first} … (it exports {})",
                    names.join(", ")
                )),
                None => problem,
            })
        }
    }
}

/// `CLOCK_MONOTONIC` nanoseconds `timeout` from now.
pub fn deadline(timeout: Option<Duration>) -> Option<u64> {
    let timeout = timeout?;
    let now = clock_gettime(ClockId::Monotonic);
    let now = Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).unwrap_or(0),
    );
    // Zero would mean none.
    u64::try_from(now.saturating_add(timeout).as_nanos())
        .ok()
        .map(|ns| ns.max(1))
}

fn instantiate_problem(plan: &Plan<'_>, error: libwasmk::InstantiateError) -> Problem {
    let trap = error.trap;
    let exhausted = error.error.errno == libc::ENOSPC;
    let over_limit = error.error.errno == libc::EDQUOT;
    let mut problem = Problem::from(error).about(plan.file);
    if trap.is_some() {
        problem.trap = Some(problem.message.clone());
        problem.kind = "trap".into();
        problem.status = crate::problem::STATUS_TRAP;
    }
    if exhausted {
        return problem.hint(
            "no guard slot is free: use --memory bounds, or load wasmk with more guard_slots",
        );
    }
    if over_limit {
        return problem.hint("the memory limit is set by --max-memory");
    }
    problem
}
