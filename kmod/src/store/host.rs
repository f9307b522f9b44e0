// SPDX-License-Identifier: GPL-2.0
//! What a store answers while wasm runs: host calls and interruptions.

use super::{thread::Spawn, Shared};
use crate::{
    os::KernelOs,
    sys::{self, control::Running, task},
};
use core::sync::atomic::Ordering::Relaxed;
use wasmk_abi::{Context, Outcome, Stop};
use wasmk_engine::{
    runtime::{Caller, Host, HostOutcome, Interruption, Sleeper, WaitOutcome},
    trap::TrapCode,
};

/// See the module.
pub(super) struct RunHost<'a> {
    pub(super) shared: &'a Shared,
    /// Where it is counted.
    pub(super) account: &'a Shared,
    pub(super) running: &'a Running<'a>,
    pub(super) context: &'a mut Context<KernelOs>,
    /// Set when the program asks for a thread.
    pub(super) spawn: &'a mut Option<Spawn>,
    /// The instance that called last, and the length of its memory then.
    pub(super) last: (u32, usize),
}

impl RunHost<'_> {
    /// Keeps the listing's figure up to date while wasm runs: memories only grow, and programs with host calls call often.
    fn count_memory(&mut self, caller: &Caller<'_>) {
        let now = (caller.instance, caller.memory.len());
        let counted = &self.account.figures.memory_bytes;
        if now.0 == self.last.0 && now.1 > self.last.1 {
            if caller.memory.is_shared() {
                // Every thread sees it grow.
                counted.fetch_max(now.1 as u64, Relaxed);
            } else {
                counted.fetch_add((now.1 - self.last.1) as u64, Relaxed);
            }
        }
        self.last = now;
    }
}

impl Host for RunHost<'_> {
    fn call(&mut self, function: u32, caller: &mut Caller<'_>, values: &mut [u64]) -> HostOutcome {
        self.count_memory(caller);
        self.running.enter_host();
        let memory = sys::guest_memory(caller.memory.reborrow());
        let outcome = self.context.call(function, memory, values);
        self.running.leave_host();
        match outcome {
            Outcome::Done => HostOutcome::Done,
            Outcome::Park => HostOutcome::Park,
            Outcome::Exit(code) => HostOutcome::Exit(code),
            Outcome::Killed => HostOutcome::Killed,
            Outcome::Deadline => HostOutcome::Deadline,
            Outcome::Spawn { start_arg } => {
                *self.spawn = Some(Spawn {
                    instance: caller.instance,
                    argument: start_arg,
                });
                HostOutcome::Park
            }
            Outcome::Unknown => HostOutcome::Trap(TrapCode::HostFailure),
        }
    }

    fn wait(&mut self, sleeper: &dyn Sleeper, deadline: Option<u64>) -> WaitOutcome {
        self.running.enter_host();
        let outcome = loop {
            if sleeper.is_notified() {
                break WaitOutcome::Notified;
            }
            match self.shared.stop() {
                None => {}
                Some(Stop::Park) => break WaitOutcome::Park,
                Some(Stop::Killed) => break WaitOutcome::Killed,
                Some(Stop::Deadline) => break WaitOutcome::Deadline,
            }
            if deadline.is_some_and(|deadline| deadline <= sleeper.now()) {
                break WaitOutcome::TimedOut;
            }
            let ends = [deadline, self.shared.deadline()];
            sleeper.sleep(ends.into_iter().flatten().min());
        };
        self.running.leave_host();
        outcome
    }

    fn interrupted(&mut self) -> Interruption {
        task::give_way();
        match self.shared.stop() {
            None => Interruption::Continue,
            Some(Stop::Park) => Interruption::Park,
            Some(Stop::Killed) => Interruption::Killed,
            Some(Stop::Deadline) => Interruption::Deadline,
        }
    }
}
