// SPDX-License-Identifier: GPL-2.0
//! RUN: the calling thread becomes the wasm thread.

use super::{
    ending::{reset, Ending},
    host::RunHost,
    runtime_error, Inner, Store,
};
use crate::{
    device,
    sys::{
        machine::Controlled,
        task,
        user::{self, Message},
    },
    text,
};
use core::sync::atomic::Ordering::Relaxed;
use kernel::prelude::*;
use wasmk_abi::Errno;
use wasmk_engine::{
    module::ValType,
    runtime::{Extern, FuncHandle, RunExit},
};
use wasmk_uapi::{
    device::StoreState,
    run::{Exit, Run, ValueType, ANSWER, RESUME, START, THREAD_MAX},
    NAME_MAX, VALUES_MAX,
};

impl Store {
    pub(super) fn run(&self, argument: usize) -> Result<isize> {
        let mut run = device::read::<Run>(argument, RESUME | START | ANSWER, |m| m.header)?;
        if run.reserved != 0 || run.reserved_2 != 0 {
            return Err(EINVAL);
        }
        let resumes = run.header.flags & RESUME != 0;
        let mut inner = match self.hold() {
            // Who kills a store holds it for a moment.
            Err(_) if resumes && self.shared.is_killed() => return self.tell(&mut run),
            Err(_) if self.shared.state() == StoreState::Dead as u32 => {
                // Another thread ended the program, and is about to bury this store.
                let by_thread = self.group.ending().is_some_and(|ending| !ending.is_kill());
                if self.thread == 0 && by_thread {
                    return self.tell(&mut run);
                }
                return Err(ESHUTDOWN);
            }
            held => held?,
        };
        if !resumes && self.shared.is_killed() {
            self.bury_held(&mut inner);
        }
        if inner.dead {
            // What the program did itself is told to whoever comes next, a kill to whose call was killed.
            let news = resumes || self.group.ending().is_some_and(|ending| !ending.is_kill());
            if news && core::mem::take(&mut inner.untold) {
                return self.tell(&mut run);
            }
            return Err(ESHUTDOWN);
        }
        let answer = answer(&run)?;
        reset(&mut run);
        if resumes {
            if run.header.flags & START != 0 || !inner.machine.is_parked() {
                return Err(EINVAL);
            }
            inner.answer(answer)?;
        } else if !self.begin(&mut inner, &mut run)? {
            run.write()?;
            return Ok(0);
        }
        let exit = self.execute(&mut inner, run.instance, run.deadline_ns);
        let finished = self.finish(&mut inner, &mut run, exit);
        drop(inner);
        finished?;
        run.write()?;
        Ok(0)
    }

    /// Answers how the program ended.
    fn tell(&self, run: &mut Message<Run>) -> Result<isize> {
        let ending = self.group.ending();
        ending.unwrap_or(Ending::killed(0)).tell(run);
        run.write()?;
        Ok(0)
    }

    /// Prepares the call; false if there is nothing to run.
    fn begin(&self, inner: &mut Inner, run: &mut Message<Run>) -> Result<bool> {
        if inner.machine.is_busy() {
            return Err(EBUSY);
        }
        let function = match self.find(inner, run) {
            Ok(Some(function)) => function,
            Ok(None) => {
                run.exit = Exit::Returned as u32;
                return Ok(false);
            }
            Err(error) => {
                run.write()?;
                return Err(error);
            }
        };
        let count = if run.header.flags & START != 0 {
            0
        } else {
            run.arg_count
        };
        if count > VALUES_MAX {
            return Err(E2BIG);
        }
        // An externref travels as the engine has it: 0 is null.
        let args = user::words(run.args, count as usize)?;
        match inner.machine.begin(function, &args) {
            Ok(()) => Ok(true),
            Err(error) => {
                text::put(&mut run.message, format_args!("{error}"));
                run.write()?;
                Err(runtime_error(error))
            }
        }
    }

    /// The function to call; `None` for a start function that is not there. Failures are explained in the message.
    fn find(&self, inner: &mut Inner, run: &mut Message<Run>) -> Result<Option<FuncHandle>> {
        let instance = run.instance;
        if inner.machine.module(instance).is_none() {
            text::put(
                &mut run.message,
                format_args!("there is no instance {instance}"),
            );
            return Err(ENOENT);
        }
        if run.header.flags & START != 0 {
            return Ok(inner.machine.start_function(instance));
        }
        let name = user::bytes(run.function, 4 * NAME_MAX as u64, ENOENT)?;
        let name = core::str::from_utf8(&name).map_err(|_| EINVAL)?;
        match inner.machine.export(instance, name) {
            Some(Extern::Function(function)) => Ok(Some(function)),
            Some(_) => {
                text::put(
                    &mut run.message,
                    format_args!("export {name:?} is not a function"),
                );
                Err(ENOENT)
            }
            None => {
                text::put(
                    &mut run.message,
                    format_args!("there is no export {name:?}"),
                );
                Err(ENOENT)
            }
        }
    }

    /// Runs what was begun or parked.
    fn execute(&self, inner: &mut Inner, instance: u32, deadline: u64) -> RunExit {
        let (begin, fuel) = (task::monotonic_ns(), inner.machine.fuel());
        self.shared.set_state(StoreState::Running);
        let exit = {
            let last = (instance, inner.machine.guest_memory(instance).len());
            let running = self.shared.control().enter(deadline);
            let mut host = RunHost {
                shared: &self.shared,
                account: &self.account,
                running: &running,
                context: &mut inner.context,
                spawn: &mut inner.spawn,
                last,
            };
            inner.machine.run(&mut host)
        };
        self.count_fuel(fuel, inner.machine.fuel());
        let figures = &self.account.figures;
        figures
            .run_ns
            .fetch_add(task::monotonic_ns() - begin, Relaxed);
        self.count_memory(inner);
        exit
    }

    /// Tells the caller how it ended.
    fn finish(&self, inner: &mut Inner, run: &mut Message<Run>, exit: RunExit) -> Result {
        self.shared.set_state(StoreState::Idle);
        let thread = self.thread;
        let ending = match exit {
            RunExit::Returned => {
                run.exit = Exit::Returned as u32;
                return self.results(inner, run);
            }
            RunExit::Parked => {
                self.shared.set_state(StoreState::Parked);
                run.exit = Exit::Parked as u32;
                if let Some(spawn) = &inner.spawn {
                    run.exit = Exit::Spawn as u32;
                    run.code = spawn.argument;
                }
                return Ok(());
            }
            RunExit::Idle => return Err(EINVAL),
            RunExit::Trapped(trap) => {
                self.account.figures.traps.fetch_add(1, Relaxed);
                let ending = Ending::trapped(inner, trap, thread);
                if !self.group.had_threads() {
                    // The call has ended, nothing else.
                    ending.tell(run);
                    return Ok(());
                }
                ending
            }
            RunExit::Exited(code) => Ending::exited(code, thread),
            RunExit::Deadline => Ending::late(thread),
            RunExit::Killed => Ending::killed(thread),
        };
        let first = self.group.end(&ending);
        self.die(inner);
        first.tell(run);
        Ok(())
    }

    fn results(&self, inner: &Inner, run: &mut Message<Run>) -> Result {
        let results = inner.machine.results();
        let count = results.len().min(run.result_capacity as usize);
        user::write_words(run.results, results.get(..count).unwrap_or(&[]))?;
        run.result_count = count as u32;
        let types = inner.machine.result_types();
        for (slot, ty) in run.result_types.iter_mut().zip(types) {
            *slot = value_type(*ty) as u8;
        }
        Ok(())
    }
}

/// What became of the thread that was asked for, if the caller says so.
fn answer(run: &Message<Run>) -> Result<Option<core::result::Result<u32, Errno>>> {
    if run.header.flags & ANSWER == 0 {
        return Ok(None);
    }
    if run.header.flags & RESUME == 0 || run.arg_count != 1 {
        return Err(EINVAL);
    }
    let values = user::words(run.args, 1)?;
    match values.first().map(|&value| value as i64) {
        Some(thread) if (1..=i64::from(THREAD_MAX)).contains(&thread) => {
            Ok(Some(Ok(thread as u32)))
        }
        Some(error) if (-4095..0).contains(&error) => {
            Ok(Some(Err(Errno::from_linux(error.unsigned_abs() as i32))))
        }
        _ => Err(EINVAL),
    }
}

impl Inner {
    /// Answers a call that asked for a thread, if one did.
    fn answer(&mut self, answer: Option<core::result::Result<u32, Errno>>) -> Result {
        match (self.spawn.take(), answer) {
            (Some(_), answer) => self.context.spawned(answer.unwrap_or(Err(Errno::NoSys))),
            (None, Some(_)) => return Err(EINVAL),
            (None, None) => {}
        }
        Ok(())
    }
}

/// A type as the interface numbers it.
pub(super) fn value_type(ty: ValType) -> ValueType {
    match ty {
        ValType::I32 => ValueType::I32,
        ValType::I64 => ValueType::I64,
        ValType::F32 => ValueType::F32,
        ValType::F64 => ValueType::F64,
        ValType::V128 => ValueType::V128,
        ValType::Ref(ty) if ty.is_function() => ValueType::FuncRef,
        ValType::Ref(ty) if ty.is_exception() => ValueType::ExnRef,
        ValType::Ref(_) => ValueType::ExternRef,
    }
}
