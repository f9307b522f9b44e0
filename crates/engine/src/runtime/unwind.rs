// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! From a `throw` to its handler: a walk over the frames of wasm.
//!
//! A return address names the function that it is in, whose frame has a known size, and above whose return address lie the stack
//! parameters and stack results of its type: there the caller's frame begins. Nothing but wasm functions and their bridges lies
//! between a `throw` and the entry trampoline.

use super::{exception::throw_slots, host::Host, run::Stop, store::Store, sys::slots};
use crate::{
    isa::x64::stubs::Assignment,
    module::{CatchSite, ValType, ANY_TAG},
    platform::Platform,
    trap::TrapCode,
};

const LOST: Stop = Stop::Trap(TrapCode::HostFailure);
/// Frames, clauses and instances looked at between two polls.
const STEPS: u32 = 2048;

/// A frame: where the function continues, and its `rsp`.
#[derive(Clone, Copy, Debug)]
struct Frame {
    pc: u64,
    rsp: u64,
}

/// What catches an exception.
#[derive(Clone, Copy, Debug)]
struct Handler {
    site: CatchSite,
    /// Where it begins.
    address: u64,
    /// The instance whose tags the clause means.
    instance: usize,
}

impl<P: Platform> Store<P> {
    /// Serves `throw`: tag `tag` of `instance`, values in the slots of the exit.
    pub(super) fn throw(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        tag: u32,
    ) -> Result<(), Stop> {
        let slots = throw_slots(self.tag_type(instance, tag).ok_or(LOST)?);
        let exception = self.new_exception(host, instance, tag)?;
        self.unwind(host, exception, slots)
    }

    /// Serves `throw_ref`.
    pub(super) fn throw_ref(&mut self, host: &mut dyn Host, exception: u64) -> Result<(), Stop> {
        if exception == 0 {
            return Err(Stop::Trap(TrapCode::NullException));
        }
        self.unwind(host, exception, 1)
    }

    /// Continues at the handler of `exception`, thrown by an exit with so many slots.
    fn unwind(&mut self, host: &mut dyn Host, exception: u64, slots: usize) -> Result<(), Stop> {
        let tag = self.exceptions.get(exception).ok_or(LOST)?.tag;
        let mut frame = Frame {
            pc: self.context.trap_pc(),
            rsp: (self.context.values() as u64).saturating_add(slots as u64 * 8),
        };
        let mut steps = 0;
        loop {
            steps += 1;
            if let Some(handler) = self.handler(frame, tag, &mut steps)? {
                return self.land(frame, handler, exception);
            }
            if steps > STEPS {
                steps = 0;
                // Nothing has changed yet: a parked walk begins anew.
                self.poll(host)?;
            }
            frame = self
                .caller_of(frame, &mut steps)
                .ok_or(Stop::Trap(TrapCode::UncaughtException))?;
        }
    }

    /// A word of the wasm stack.
    fn stack_word(&mut self, at: u64) -> Option<u64> {
        slots(&mut self.stack, at as *mut u64, 1)?.first().copied()
    }

    /// The instance whose module has `pc`, and the offset there. Instances of one module are not told apart.
    fn code_at(&mut self, pc: u64, steps: &mut u32) -> Option<(usize, u32)> {
        let offset = |store: &Self, at: usize| {
            let module = &store.instances.get(at)?.module;
            // The call is before the address to return to.
            module.offset_of(pc.checked_sub(1)?)
        };
        let last = self.last_caller as usize;
        if let Some(offset) = offset(self, last) {
            return Some((last, offset));
        }
        let found = (0..self.instances.len()).find_map(|at| Some((at, offset(self, at)?)))?;
        *steps = steps.saturating_add(found.0 as u32);
        self.last_caller = found.0 as u32;
        Some(found)
    }

    /// The frame that a frame returns to; `None` if that is not wasm.
    fn caller_of(&mut self, frame: Frame, steps: &mut u32) -> Option<Frame> {
        let (at, offset) = self.code_at(frame.pc, steps)?;
        let compiled = self.instances.get(at)?.module.compiled();
        let functions = &compiled.code.functions;
        let next = functions.partition_point(|function| function.offset <= offset);
        let index = next.checked_sub(1)?;
        let function = functions.get(index)?;
        let inside = offset.wrapping_sub(function.offset);
        if inside >= function.len {
            return None;
        }
        let ty = (compiled.imported_functions as usize).checked_add(index)?;
        let ty = compiled.types.get(*compiled.functions.get(ty)? as usize)?;
        let (params, results) = Assignment::areas(ty);
        let above = u64::from(params + results);
        // A bridge's: what it puts there for the function proper is gone with that one's frame; the saved r14 is left.
        let size = match inside < function.bridge {
            true => 8,
            false => u64::from(function.frame),
        };
        let returns = frame.rsp.checked_add(size)?;
        Some(Frame {
            pc: self.stack_word(returns)?,
            rsp: returns.checked_add(8)?.checked_add(above)?,
        })
    }

    /// What of the function of `frame` catches tag `tag`.
    fn handler(
        &mut self,
        frame: Frame,
        tag: u32,
        steps: &mut u32,
    ) -> Result<Option<Handler>, Stop> {
        let Some((at, offset)) = self.code_at(frame.pc, steps) else {
            return Ok(None);
        };
        let module = self.instances.get(at).ok_or(LOST)?.module.clone();
        let code = &module.compiled().code;
        let next = code
            .functions
            .partition_point(|function| function.offset <= offset);
        let function = next.checked_sub(1).and_then(|at| code.functions.get(at));
        let Some(function) = function.filter(|at| offset.wrapping_sub(at.offset) < at.len) else {
            return Ok(None);
        };
        let sites = code.catches_of(function.offset, function.len);
        // A bridge has a frame of its own.
        if sites.is_empty() || offset.wrapping_sub(function.offset) < function.bridge {
            return Ok(None);
        }
        // The function has its instance at the bottom of its frame, as all that have handlers.
        let context = self.stack_word(frame.rsp).ok_or(LOST)?;
        let (instance, own) = self
            .instances
            .iter()
            .enumerate()
            .find(|(_, at)| at.context.as_ptr() as u64 == context)
            .ok_or(LOST)?;
        *steps = steps.saturating_add(instance as u32);
        for &site in sites {
            *steps = steps.saturating_add(1);
            let here = site.start <= offset && offset < site.end;
            if here && (site.tag == ANY_TAG || own.tags.get(site.tag as usize) == Some(&tag)) {
                return Ok(Some(Handler {
                    site,
                    address: module.address(site.landing),
                    instance,
                }));
            }
        }
        Ok(None)
    }

    /// Puts the exception where the handler wants it, and the stack so that wasm continues there.
    fn land(&mut self, frame: Frame, handler: Handler, exception: u64) -> Result<(), Stop> {
        let site = handler.site;
        let thrown = self.exceptions.get(exception).ok_or(LOST)?;
        let values: &[u64] = match site.tag {
            ANY_TAG => &[],
            _ => &thrown.values,
        };
        let types: &[ValType] = match site.tag {
            ANY_TAG => &[],
            tag => {
                let at = self.instances.get(handler.instance).ok_or(LOST)?;
                let compiled = at.module.compiled();
                let ty = compiled.tags.get(tag as usize);
                let ty = ty.and_then(|&ty| compiled.types.get(ty as usize));
                &ty.ok_or(LOST)?.params
            }
        };
        // Words of a slot in the frame, and of all.
        let words = (site.stride / 8) as usize;
        let count = (types.len() + usize::from(site.reference)).saturating_mul(words);
        // Without values, the slots for them may not exist: then they would begin outside of the frame.
        let to = match count {
            0 => &mut [][..],
            _ => {
                let to = frame.rsp.saturating_add(u64::from(site.slots));
                slots(&mut self.stack, to as *mut u64, count).ok_or(LOST)?
            }
        };
        let mut values = values.iter().copied();
        let mut to = to.chunks_exact_mut(words.max(1));
        for (ty, slot) in types.iter().zip(&mut to) {
            for (word, value) in slot.iter_mut().zip((&mut values).take(ty.slots())) {
                *word = value;
            }
        }
        if let Some([word, ..]) = to.next() {
            *word = exception;
        }
        let rsp = frame.rsp.checked_sub(8).ok_or(LOST)?;
        let top = slots(&mut self.stack, rsp as *mut u64, 1);
        *top.and_then(|top| top.first_mut()).ok_or(LOST)? = handler.address;
        self.context.set_wasm_rsp(rsp);
        Ok(())
    }
}
