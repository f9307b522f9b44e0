// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The threads of programs, each served by a thread of ours.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use super::{Call, Error, Outcome, Step, Store};

/// Where a program's thread begins, by wasi-threads.
const ENTRY: &str = "wasi_thread_start";

/// A thread that a program asked for.
#[derive(Debug)]
pub struct Thread {
    /// What it runs in.
    pub store: Store,
    /// Its number in the program.
    pub number: u32,
    /// Its instance.
    pub instance: u32,
    /// What its entry is called with, after its number.
    pub argument: u32,
}

/// Serves a program's threads: calls made by [`Threads::call`] get those that they ask for.
pub struct Threads {
    running: Mutex<Vec<JoinHandle<()>>>,
    log: Box<dyn Fn(&str) + Send + Sync>,
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").finish_non_exhaustive()
    }
}

impl Threads {
    /// None yet. `log` is told why one could not be made, which its program learns as a number only.
    pub fn new(log: impl Fn(&str) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            running: Mutex::default(),
            log: Box::new(log),
        })
    }

    /// As [`Store::call`], and the program gets its threads. They end with the program: when one exits, traps, is killed or runs past
    /// the deadline, which is that of the call that asked.
    pub fn call(self: &Arc<Self>, store: &Store, call: &Call<'_>) -> Result<Outcome, Error> {
        let mut step = store.begin(call)?;
        loop {
            step = match step {
                Step::Ended(outcome) => return Ok(outcome),
                Step::Parked => store.resume(call)?,
                Step::Spawn => {
                    let thread = self.spawn(store, call.deadline_ns);
                    store.answer(call, thread)?
                }
            };
        }
    }

    /// Ends a program of which nothing runs any more but threads, and waits for them. For a program without threads does nothing.
    pub fn end(&self, store: &Store) -> Result<(), Error> {
        if self.any() {
            store.kill()?;
        }
        self.join();
        Ok(())
    }

    /// Waits for the threads of a program that has ended.
    pub fn join(&self) {
        while let Some(thread) = { self.running().pop() } {
            // It does not panic.
            let _ = thread.join();
        }
    }

    /// Whether a thread has not ended.
    fn any(&self) -> bool {
        self.running().iter().any(|thread| !thread.is_finished())
    }

    fn running(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the thread that `store` asks for, and a thread of ours that runs it; its number, or an errno.
    fn spawn(self: &Arc<Self>, store: &Store, deadline_ns: Option<u64>) -> Result<u32, i32> {
        let made = store.thread().map_err(|error| {
            // A program that has just ended needs no thread.
            if error.errno != libc::ESHUTDOWN {
                (self.log)(&error.to_string());
            }
            error.errno
        })?;
        let number = made.number;
        let threads = Arc::clone(self);
        let ours = thread::Builder::new()
            .name(format!("thread-{number}"))
            .spawn(move || threads.run(&made, deadline_ns))
            .map_err(|error| {
                (self.log)(&format!("cannot create a thread: {error}"));
                error.raw_os_error().unwrap_or(libc::EAGAIN)
            })?;
        let mut running = self.running();
        running.retain(|thread| !thread.is_finished());
        running.push(ours);
        Ok(number)
    }

    /// Runs a thread to its end. How its program ends is told to whoever called that.
    fn run(self: &Arc<Self>, thread: &Thread, deadline_ns: Option<u64>) {
        let args = [thread.number.into(), thread.argument.into()];
        let start = Call::start(thread.instance).until(deadline_ns);
        let entry = Call::export(thread.instance, ENTRY, &args).until(deadline_ns);
        let ended = match self.call(&thread.store, &start) {
            Ok(Outcome::Returned(_)) => self.call(&thread.store, &entry),
            ended => ended,
        };
        match ended {
            Err(error) if error.errno != libc::ESHUTDOWN => {
                // The program counts on it.
                (self.log)(&format!("thread {}: {error}", thread.number));
                let _ = thread.store.kill();
            }
            _ => {}
        }
    }
}
