// SPDX-License-Identifier: GPL-2.0
//! How a program ended: what every RUN of its threads is told.

use super::Inner;
use crate::{sys::user::Message, text};
use wasmk_engine::{runtime::Trap, trap::TrapCode};
use wasmk_uapi::{
    run::{Exit, Run},
    NAME_MAX,
};

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    exit: Exit,
    code: u32,
    trap: Option<TrapCode>,
    function: u32,
    offset: u64,
    /// Name of the function, NUL-terminated.
    name: [u8; NAME_MAX + 1],
    /// The thread that ended so.
    thread: u32,
}

impl Ending {
    fn new(exit: Exit, code: u32, thread: u32) -> Self {
        Self {
            exit,
            code,
            trap: None,
            function: u32::MAX,
            offset: u64::MAX,
            name: [0; NAME_MAX + 1],
            thread,
        }
    }

    /// `proc_exit`.
    pub(super) fn exited(code: u32, thread: u32) -> Self {
        Self::new(Exit::Exited, code, thread)
    }

    /// By somebody.
    pub(super) fn killed(thread: u32) -> Self {
        Self::new(Exit::Killed, 0, thread)
    }

    /// The deadline passed.
    pub(super) fn late(thread: u32) -> Self {
        Self::new(Exit::Deadline, 0, thread)
    }

    /// A trap in what `inner` ran.
    pub(super) fn trapped(inner: &Inner, trap: Trap, thread: u32) -> Self {
        let mut ending = Self::new(Exit::Trapped, trap.code as u32, thread);
        ending.trap = Some(trap.code);
        ending.function = trap.function.unwrap_or(u32::MAX);
        ending.offset = trap.offset.map_or(u64::MAX, u64::from);
        let module = trap.instance.and_then(|at| inner.machine.module(at));
        let name = module
            .zip(trap.function)
            .and_then(|(module, function)| module.function_name(function));
        if let Some(name) = name {
            text::put(&mut ending.name, format_args!("{name}"));
        }
        ending
    }

    /// It came from outside of the program.
    pub(super) fn is_kill(&self) -> bool {
        self.exit as u32 == Exit::Killed as u32
    }

    /// Answers a RUN.
    pub(super) fn tell(&self, run: &mut Message<Run>) {
        reset(run);
        run.exit = self.exit as u32;
        run.code = self.code;
        run.thread = self.thread;
        run.trap_function = self.function;
        run.trap_offset = self.offset;
        run.trap_name = self.name;
        match self.trap {
            Some(code) if self.thread == 0 => text::put(&mut run.message, format_args!("{code}")),
            Some(code) => text::put(
                &mut run.message,
                format_args!("{code} in thread {}", self.thread),
            ),
            None => {}
        }
    }
}

/// Clears what RUN answers.
pub(super) fn reset(run: &mut Message<Run>) {
    run.result_count = 0;
    run.exit = Exit::Returned as u32;
    run.code = 0;
    run.thread = 0;
    run.trap_function = u32::MAX;
    run.trap_offset = u64::MAX;
    run.result_types = [0; 32];
    run.trap_name.fill(0);
    run.message.fill(0);
}
