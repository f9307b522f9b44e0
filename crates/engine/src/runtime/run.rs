// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The run loop: enter wasm, serve its exit, enter again.

use super::{
    error::{RunExit, Trap},
    host::{Caller, Host, HostOutcome, Interruption},
    instance::Instance,
    store::{slot_types, Store},
    sys::{enter, slots, GuestMemory},
};
use crate::{
    module::ValType,
    platform::Platform,
    trap::TrapCode,
    vm::{ExitKind, FAULT},
};

/// What a call in progress needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    /// There is no call.
    Idle,
    /// Wasm runs next.
    Enter,
    /// An exit is to be served (again, if it parked).
    Serve(ExitKind),
}

/// Why an exit's service did not simply finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Leave; serve the same exit again later.
    Park,
    /// The call is over.
    End(RunExit),
    /// The call traps at the site of the exit.
    Trap(TrapCode),
}

impl Interruption {
    /// What becomes of the call.
    pub(super) fn into_result(self) -> Result<(), Stop> {
        match self {
            Self::Continue => Ok(()),
            Self::Park => Err(Stop::Park),
            Self::Killed => Err(Stop::End(RunExit::Killed)),
            Self::Deadline => Err(Stop::End(RunExit::Deadline)),
        }
    }
}

impl From<TrapCode> for Stop {
    fn from(code: TrapCode) -> Self {
        Self::Trap(code)
    }
}

impl<P: Platform> Store<P> {
    /// Makes or continues the call that was begun, until it ends or parks.
    ///
    /// `host` is asked outside floating-point sections, on the caller's stack.
    pub fn run(&mut self, host: &mut dyn Host) -> RunExit {
        self.parked = false;
        if self.pending == Pending::Enter && self.enter_until_exit() {
            return RunExit::Returned;
        }
        self.run_on(host)
    }

    /// Enters wasm until its next exit, and says whether that ended the call: then the results are taken.
    #[inline(always)]
    fn enter_until_exit(&mut self) -> bool {
        enter::<P>(self.switch, &mut self.context);
        if self.context.exit_number() == ExitKind::Return as u32 {
            if self.target.results != 0 {
                self.take_results();
            }
            self.end_call();
            return true;
        }
        self.pending = match self.context.exit_kind() {
            Some(kind) => Pending::Serve(kind),
            // Only the stubs write the kind.
            None => Pending::Idle,
        };
        false
    }

    /// Serves exits until the call ends or parks.
    #[inline(never)]
    fn run_on(&mut self, host: &mut dyn Host) -> RunExit {
        let exit = self.serve_exits(host);
        if exit != RunExit::Parked {
            self.forget_held_exceptions();
        }
        exit
    }

    fn serve_exits(&mut self, host: &mut dyn Host) -> RunExit {
        loop {
            match self.pending {
                Pending::Idle => return RunExit::Idle,
                Pending::Enter => {
                    if self.enter_until_exit() {
                        return RunExit::Returned;
                    }
                }
                Pending::Serve(kind) => match self.serve(kind, host) {
                    Ok(()) => self.pending = Pending::Enter,
                    Err(Stop::Park) => {
                        self.parked = true;
                        return RunExit::Parked;
                    }
                    Err(stop) => {
                        self.end_call();
                        return match stop {
                            Stop::End(exit) => exit,
                            Stop::Trap(code) => RunExit::Trapped(self.locate(Some(code))),
                            Stop::Park => RunExit::Parked,
                        };
                    }
                },
            }
        }
    }

    /// Serves an exit.
    fn serve(&mut self, kind: ExitKind, host: &mut dyn Host) -> Result<(), Stop> {
        match kind {
            ExitKind::Return => {
                self.take_results();
                Err(Stop::End(RunExit::Returned))
            }
            ExitKind::Trap => {
                let code = self.context.exit_code();
                let trap = match TrapCode::from_u32(code) {
                    Some(code) => self.locate(Some(code)),
                    None if code == FAULT => self.locate(None),
                    None => Trap::from(TrapCode::HostFailure),
                };
                Err(Stop::End(RunExit::Trapped(trap)))
            }
            ExitKind::Interrupt => {
                if !self.context.take_interrupt() {
                    return Err(Stop::Trap(TrapCode::StackOverflow));
                }
                // Whatever the answer, this exit is served: a resumed run enters.
                self.pending = Pending::Enter;
                self.interruption(host)
            }
            ExitKind::HostCall => self.host_call(host),
            ExitKind::LibCall => self.library_call(host),
            ExitKind::FpOpen => {
                self.context.set_fp_open(1);
                Ok(())
            }
        }
    }

    /// Asks the host what to do about an interruption.
    fn interruption(&mut self, host: &mut dyn Host) -> Result<(), Stop> {
        host.interrupted().into_result()
    }

    /// Between chunks of long library calls: serves an interruption if one is wanted.
    pub(super) fn poll(&mut self, host: &mut dyn Host) -> Result<(), Stop> {
        if self.context.wants_interrupt() && self.context.take_interrupt() {
            return self.interruption(host);
        }
        Ok(())
    }

    /// The number of the instance that left.
    pub(super) fn caller(&self) -> Option<u32> {
        let caller = self.context.caller();
        let is_caller = |at: &Instance<P>| at.context.as_ptr() == caller;
        // Exits come in runs from the same instance.
        let last = self.instances.get(self.last_caller as usize);
        if last.is_some_and(is_caller) {
            return Some(self.last_caller);
        }
        self.instances
            .iter()
            .position(is_caller)
            .map(|index| index as u32)
    }

    fn host_call(&mut self, host: &mut dyn Host) -> Result<(), Stop> {
        const LOST: Stop = Stop::Trap(TrapCode::HostFailure);
        let instance = self.caller().ok_or(LOST)?;
        self.last_caller = instance;
        let function = self.context.exit_code();
        let at = self.instances.get(instance as usize).ok_or(LOST)?;
        let record = at.functions.get(function as usize).ok_or(LOST)?;
        let ty = at.function_type(function).ok_or(LOST)?;
        let count = ValType::slots_of(&ty.params).max(ValType::slots_of(&ty.results));
        let returns = !ty.results.is_empty();
        let values = slots(&mut self.stack, self.context.values(), count).ok_or(LOST)?;
        let memory = match at
            .host_memory
            .and_then(|memory| self.memories.get_mut(memory as usize))
        {
            Some(memory) => memory.view(),
            None => GuestMemory::none(),
        };
        match host.call(record.host, &mut Caller { instance, memory }, values) {
            HostOutcome::Done if !returns => Ok(()),
            HostOutcome::Done => self.check_results(instance, function),
            HostOutcome::Park => Err(Stop::Park),
            HostOutcome::Exit(code) => Err(Stop::End(RunExit::Exited(code))),
            HostOutcome::Trap(code) => Err(Stop::Trap(code)),
            HostOutcome::Killed => Err(Stop::End(RunExit::Killed)),
            HostOutcome::Deadline => Err(Stop::End(RunExit::Deadline)),
        }
    }

    /// Makes sure that what a host function left in its slots are values of its result types.
    fn check_results(&mut self, instance: u32, function: u32) -> Result<(), Stop> {
        const LOST: Stop = Stop::Trap(TrapCode::HostFailure);
        let results = self
            .instances
            .get(instance as usize)
            .and_then(|at| at.function_type(function))
            .ok_or(LOST)?;
        let values = self.context.values();
        for (index, ty) in slot_types(&results.results).enumerate() {
            let at = values.wrapping_add(index);
            let slot = slots(&mut self.stack, at, 1).and_then(|slot| slot.first().copied());
            let value = self.checked(instance, ty, slot.ok_or(LOST)?).ok_or(LOST)?;
            let slot = slots(&mut self.stack, at, 1).and_then(|slot| slot.first_mut());
            *slot.ok_or(LOST)? = value;
        }
        Ok(())
    }
}
