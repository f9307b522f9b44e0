// SPDX-License-Identifier: GPL-2.0
//! RUN: the calling thread becomes the wasm thread.

use super::{host::RunHost, runtime_error, Inner, Store};
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
use wasmk_engine::{
    module::ValType,
    runtime::{Extern, FuncHandle, RunExit, Trap},
};
use wasmk_uapi::{
    device::StoreState,
    run::{Exit, Run, ValueType, RESUME, START},
    NAME_MAX, VALUES_MAX,
};

impl Store {
    pub(super) fn run(&self, argument: usize) -> Result<isize> {
        let mut run = device::read::<Run>(argument, RESUME | START, |m| m.header)?;
        if run.reserved != 0 {
            return Err(EINVAL);
        }
        let resumes = run.header.flags & RESUME != 0;
        let mut inner = match self.hold() {
            // Who kills a store holds it for a moment.
            Err(_) if resumes && self.shared.is_killed() => return killed(&mut run),
            Err(_) if self.shared.state() == StoreState::Dead as u32 => return Err(ESHUTDOWN),
            held => held?,
        };
        if inner.dead {
            if resumes && core::mem::take(&mut inner.untold) {
                return killed(&mut run);
            }
            return Err(ESHUTDOWN);
        }
        reset(&mut run);
        if run.header.flags & RESUME != 0 {
            if run.header.flags & START != 0 || !inner.machine.is_parked() {
                return Err(EINVAL);
            }
        } else if self.shared.is_killed() {
            self.die(&mut inner);
            return Err(ESHUTDOWN);
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
                running: &running,
                context: &mut inner.context,
                last,
            };
            inner.machine.run(&mut host)
        };
        self.count_fuel(fuel, inner.machine.fuel());
        let figures = &self.shared.figures;
        figures
            .run_ns
            .fetch_add(task::monotonic_ns() - begin, Relaxed);
        figures
            .memory_bytes
            .store(inner.machine.memory_bytes(), Relaxed);
        exit
    }

    /// Tells the caller how it ended.
    fn finish(&self, inner: &mut Inner, run: &mut Message<Run>, exit: RunExit) -> Result {
        self.shared.set_state(StoreState::Idle);
        match exit {
            RunExit::Returned => {
                run.exit = Exit::Returned as u32;
                self.results(inner, run)?;
            }
            RunExit::Trapped(trap) => {
                self.shared.figures.traps.fetch_add(1, Relaxed);
                run.exit = Exit::Trapped as u32;
                describe(inner, run, trap);
            }
            RunExit::Exited(code) => {
                run.exit = Exit::Exited as u32;
                run.code = code;
                self.die(inner);
            }
            RunExit::Parked => {
                run.exit = Exit::Parked as u32;
                self.shared.set_state(StoreState::Parked);
            }
            RunExit::Deadline => {
                run.exit = Exit::Deadline as u32;
                self.die(inner);
            }
            RunExit::Killed => {
                run.exit = Exit::Killed as u32;
                self.die(inner);
            }
            RunExit::Idle => return Err(EINVAL),
        }
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

/// Answers that the parked call was killed.
fn killed(run: &mut Message<Run>) -> Result<isize> {
    reset(run);
    run.exit = Exit::Killed as u32;
    run.write()?;
    Ok(0)
}

/// Clears what RUN answers.
fn reset(run: &mut Message<Run>) {
    run.result_count = 0;
    run.exit = Exit::Returned as u32;
    run.code = 0;
    run.trap_function = u32::MAX;
    run.trap_offset = u64::MAX;
    run.result_types = [0; 32];
    run.trap_name.fill(0);
    run.message.fill(0);
}

fn describe(inner: &Inner, run: &mut Message<Run>, trap: Trap) {
    run.code = trap.code as u32;
    run.trap_function = trap.function.unwrap_or(u32::MAX);
    run.trap_offset = trap.offset.map_or(u64::MAX, u64::from);
    let module = trap.instance.and_then(|at| inner.machine.module(at));
    let name = module
        .zip(trap.function)
        .and_then(|(module, function)| module.function_name(function));
    if let Some(name) = name {
        text::put(&mut run.trap_name, format_args!("{name}"));
    }
    text::put(&mut run.message, format_args!("{}", trap.code));
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
