// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Calls: where arguments go and results come from (ARCHITECTURE.md, "Calling convention"). All registers change in a call, so
//! entries below the arguments go to their slots, and locals are saved and reloaded.

use core::mem::offset_of;

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        merge::slots,
        parallel::Moves,
        registers::Reg,
        value::{Entry, Place},
    },
    isa::x64::{
        asm::Label,
        branch,
        int::Alu,
        operand::mem,
        regs::{Gpr, Width, Xmm, R11, R13, R14, RAX, RCX, RSP, XMM0},
        stubs::{Assignment, Location, FLOAT_PARAMS, INTEGER_PARAMS},
    },
    module::{FuncType, ValType},
    trap::TrapCode,
    vm::{FuncRecord, InstanceCtx},
};

/// Who is called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Callee {
    /// A function of this module, by index among those defined.
    Defined(u32),
    /// An imported function, by index.
    Imported(u32),
    /// The function whose record rax holds (as a register of the operator).
    Record,
    /// The function whose record rax holds (as a register of the operator), and whose code's address r13 holds.
    Checked,
}

/// Function `index`: its type, and how it is called.
pub(super) fn callee<'a>(c: &Compiler<'a>, index: u32) -> R<(&'a FuncType, Callee)> {
    let ty = c
        .env
        .function_type(index)
        .ok_or(Fail::Internal(&"type of a function"))?;
    let callee = match index.checked_sub(c.env.imported_functions) {
        Some(defined) => Callee::Defined(defined),
        None => Callee::Imported(index),
    };
    Ok((ty, callee))
}

pub(super) fn compile(c: &mut Compiler<'_>, index: u32) -> R {
    let (ty, callee) = callee(c, index)?;
    call(c, ty, callee)
}

/// Calls `callee` with the topmost values.
pub(super) fn call(c: &mut Compiler<'_>, ty: &FuncType, callee: Callee) -> R {
    let count = ty.params.len() as u32;
    let first = c
        .height()
        .checked_sub(count)
        .ok_or(Fail::Internal(&"arguments"))?;
    c.spill_below(first)?;
    c.save_locals()?;
    let (params_area, results_area) = Assignment::areas(ty);
    let area = params_area + results_area;
    if area != 0 {
        c.asm.alu_imm(Alu::Sub, Width::W64, RSP, area as i32);
        c.frame.lower(area);
    }
    arguments(c, ty, first)?;
    c.truncate(first)?;
    match callee {
        Callee::Defined(defined) => c.asm.call(Label::function(defined)),
        Callee::Imported(index) => {
            c.function_record(RAX, index)?;
            code_of_record(c);
            through_record(c)?;
        }
        Callee::Record => {
            code_of_record(c);
            through_record(c)?;
        }
        Callee::Checked => {
            c.asm.mov(Width::W64, R11, R13);
            through_record(c)?;
        }
    }
    c.regs.release_temps();
    // The callee has removed its parameters.
    c.frame.raise(params_area);
    if !matches!(callee, Callee::Defined(_)) {
        back_to_instance(c)?;
    }
    results(c, ty, first)?;
    if results_area != 0 {
        c.asm
            .alu_imm(Alu::Add, Width::W64, RSP, results_area as i32);
        c.frame.raise(results_area);
    }
    c.reload_locals();
    Ok(())
}

/// r11 = where the code of the function is whose record is in rax.
pub(super) fn code_of_record(c: &mut Compiler<'_>) {
    c.asm.mov(
        Width::W64,
        R11,
        mem(RAX, offset_of!(FuncRecord, code) as i32),
    );
}

/// Calls the function whose record is in rax and whose code is at r11.
fn through_record(c: &mut Compiler<'_>) -> R {
    enter_record(c);
    branch::call_r11(c.asm, c.config);
    // Host functions trap in the name of their caller.
    c.trap_site(c.asm.offset(), TrapCode::HostFailure, false)
}

/// Loads r14 and r13 for the function whose record is in rax.
pub(super) fn enter_record(c: &mut Compiler<'_>) {
    c.asm.mov(
        Width::W64,
        R14,
        mem(RAX, offset_of!(FuncRecord, instance) as i32),
    );
    c.asm.mov(
        Width::W64,
        R13,
        mem(R14, offset_of!(InstanceCtx, memory_base) as i32),
    );
}

/// Loads r14 and r13 after a call that may have come back from another instance.
fn back_to_instance(c: &mut Compiler<'_>) -> R {
    if !c.scan.leaves {
        return Err(Fail::Internal(&"a call that may leave was not foreseen"));
    }
    c.asm.mov(Width::W64, R14, c.frame.instance());
    c.asm.mov(
        Width::W64,
        R13,
        mem(R14, offset_of!(InstanceCtx, memory_base) as i32),
    );
    Ok(())
}

/// Puts the entries from `first` on where the callee expects them. Their registers are read, not changed, until all that goes to the
/// stack is there.
pub(super) fn arguments(c: &mut Compiler<'_>, ty: &FuncType, first: u32) -> R {
    let (mut integers, mut floats) = (Moves::default(), Moves::default());
    let mut stride = 8;
    if Assignment::slots_of(ty).0 != 0 {
        stride = Assignment::param_stride(ty);
        // Counts in copies.
        c.claim(RCX)?;
    }
    let mut late = Late::new();
    // Arguments that are in their slots, one after another, and go to the stack one after another: entry, slot, number.
    let (mut run, mut to, mut length) = (first, 0, 0);
    let mut assignment = Assignment::params();
    for (index, &param) in (first..).zip(&ty.params) {
        match (assignment.next(param), argument(c, index)?.1) {
            (Location::Stack(slot), Place::Mem(from)) if from == c.frame.slot(index) => {
                if length == 0 {
                    (run, to) = (index, slot);
                }
                length += 1;
                continue;
            }
            (Location::Stack(slot), place) => {
                c.store_slot(param, mem(RSP, (slot * stride) as i32), place)
            }
            (Location::Integer(to), Place::Gpr(from)) => integers.add(to, from.0)?,
            (Location::Float(to), Place::Xmm(from)) => floats.add(to, from.0)?,
            (Location::Integer(to), _) => late.add(Gpr(to).into(), index)?,
            (Location::Float(to), _) => late.add(Xmm(to).into(), index)?,
        }
        argument_run(c, run, (to, stride), length);
        length = 0;
        c.check_if_due()?;
    }
    argument_run(c, run, (to, stride), length);
    integers.emit(R11.0, |to, from| c.asm.mov(Width::W64, Gpr(to), Gpr(from)));
    floats.emit(15, |to, from| c.asm.float_mov(Xmm(to), Xmm(from)));
    for &(to, index) in late.items.iter().take(late.len) {
        let (ty, place) = argument(c, index)?;
        match to.gpr() {
            Some(to) => c.load_gpr_place(ty, to, place),
            None => c.load_xmm_place(ty, to.xmm(), place),
        }
    }
    Ok(())
}

/// Parameters in registers are at most this many.
const REGISTERS: usize = INTEGER_PARAMS.len() + FLOAT_PARAMS as usize;

/// Arguments that are loaded when all that were in registers are where they belong: register, entry.
struct Late {
    items: [(Reg, u32); REGISTERS],
    len: usize,
}

impl Late {
    const fn new() -> Self {
        Self {
            items: [(Reg::new(0), 0); REGISTERS],
            len: 0,
        }
    }

    fn add(&mut self, to: Reg, entry: u32) -> R {
        let item = self.items.get_mut(self.len);
        *item.ok_or(Fail::Internal(&"too many arguments"))? = (to, entry);
        self.len += 1;
        Ok(())
    }
}

/// Copies the slots of `length` entries from `run` on to slots from `to` on of the area, of `stride` bytes each.
fn argument_run(c: &mut Compiler<'_>, run: u32, (to, stride): (u32, u32), length: u32) {
    if length != 0 {
        let from = c.frame_slots(c.frame.slot(run));
        let to = slots(mem(RSP, (to * stride) as i32), stride);
        c.copy_slots(to, from, length, RCX, R11);
    }
}

fn argument(c: &Compiler<'_>, index: u32) -> R<(ValType, Place)> {
    let Some(&Entry { ty, loc, .. }) = c.stack.get(index as usize) else {
        return Err(Fail::Internal(&"arguments"));
    };
    Ok((ty, c.place_of(loc, index)))
}

/// Pushes the results: the first of each class stays in its register; runs of others are copied to their slots.
fn results(c: &mut Compiler<'_>, ty: &FuncType, first: u32) -> R {
    let stride = match ty.results.len() {
        0 | 1 => 8,
        _ => Assignment::result_stride(ty),
    };
    let mut assignment = Assignment::results();
    // First entry and number of results of the run that is not copied yet; it ends at `next` on the stack.
    let (mut run, mut length) = (first, 0);
    for (index, &result) in (first..).zip(&ty.results) {
        match assignment.next(result) {
            Location::Integer(_) => c.push_gpr(result, RAX)?,
            Location::Float(_) => c.push_xmm(result, XMM0)?,
            Location::Stack(_) => {
                if length == 0 {
                    run = index;
                }
                length += 1;
                c.push_slots(&[result])?;
                continue;
            }
        }
        copy_run(c, run, length, (assignment.stack_slots(), stride));
        length = 0;
    }
    copy_run(c, run, length, (assignment.stack_slots(), stride));
    Ok(())
}

/// Copies `length` results, the last of which lies below slot `end` of the area, to the slots of the entries from `run` on.
fn copy_run(c: &mut Compiler<'_>, run: u32, length: u32, (end, stride): (u32, u32)) {
    if length != 0 {
        let from = slots(mem(RSP, ((end - length) * stride) as i32), stride);
        c.frame.slot_mut(run + length - 1);
        let to = c.frame_slots(c.frame.slot(run));
        c.copy_slots(to, from, length, RCX, R11);
    }
}
