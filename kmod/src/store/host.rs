// SPDX-License-Identifier: GPL-2.0
//! What a store answers while wasm runs: host calls and interruptions.

use super::Shared;
use crate::{
    os::KernelOs,
    sys::{control::Running, task},
};
use wasmk_abi::{Context, Outcome, Stop};
use wasmk_engine::{
    runtime::{Caller, Host, HostOutcome, Interruption},
    trap::TrapCode,
};

/// See the module.
pub(super) struct RunHost<'a> {
    pub(super) shared: &'a Shared,
    pub(super) running: &'a Running<'a>,
    pub(super) context: &'a mut Context<KernelOs>,
}

impl Host for RunHost<'_> {
    fn call(
        &mut self,
        function: u32,
        caller: &mut Caller<'_>,
        values: &mut [u64],
    ) -> HostOutcome {
        self.running.enter_host();
        let outcome = self.context.call(function, caller.memory, values);
        self.running.leave_host();
        match outcome {
            Outcome::Done => HostOutcome::Done,
            Outcome::Park => HostOutcome::Park,
            Outcome::Exit(code) => HostOutcome::Exit(code),
            Outcome::Killed => HostOutcome::Killed,
            Outcome::Deadline => HostOutcome::Deadline,
            Outcome::Unknown => HostOutcome::Trap(TrapCode::HostFailure),
        }
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
