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
        value::{Entry, Loc, Place},
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
    let mut registers = Registers::default();
    if Assignment::slots_of(ty).0 == 0 {
        let mut assignment = Assignment::params();
        for (index, &param) in (first..).zip(&ty.params) {
            registers.add(c, assignment.next(param), index)?;
        }
    } else {
        stack_arguments(c, ty, first, &mut registers)?;
    }
    registers.emit(c)
}

/// Likewise, of a function that has some on the stack: stores those, and leaves the others to `registers`.
fn stack_arguments(
    c: &mut Compiler<'_>,
    ty: &FuncType,
    first: u32,
    registers: &mut Registers,
) -> R {
    let stride = Assignment::param_stride(ty);
    // Counts in copies.
    c.claim(RCX)?;
    // Arguments that are in their slots, one after another, and go to the stack one after another: entry, slot, number.
    let (mut run, mut to, mut length) = (first, 0, 0);
    let mut assignment = Assignment::params();
    for (index, &param) in (first..).zip(&ty.params) {
        match assignment.next(param) {
            Location::Stack(slot) => match argument(c, index)?.1 {
                Place::Mem(from) if from == c.frame.slot(index) => {
                    if length == 0 {
                        (run, to) = (index, slot);
                    }
                    length += 1;
                    continue;
                }
                place => c.store_slot(param, mem(RSP, (slot * stride) as i32), place),
            },
            location => registers.add(c, location, index)?,
        }
        argument_run(c, run, (to, stride), length);
        length = 0;
        c.check_if_due()?;
    }
    argument_run(c, run, (to, stride), length);
    Ok(())
}

/// Parameters in registers are at most this many.
const REGISTERS: usize = INTEGER_PARAMS.len() + FLOAT_PARAMS as usize;

/// Arguments that go to registers: those that are in registers change places at once, then the others are loaded.
#[derive(Default)]
struct Registers {
    integers: Moves,
    floats: Moves,
    /// Entry, register in the lowest byte. There are less than 2^24 entries.
    late: [u32; REGISTERS],
    late_len: usize,
}

impl Registers {
    /// Entry `index` goes to register `to`.
    #[inline]
    fn add(&mut self, c: &Compiler<'_>, to: Location, index: u32) -> R {
        let Some(entry) = c.stack.get(index as usize) else {
            return Err(Fail::Internal(&"arguments"));
        };
        let from = match entry.loc {
            Loc::Gpr(reg) => Some(Reg::from(reg)),
            Loc::Xmm(reg) => Some(reg.into()),
            Loc::Local { index, .. } => c.locals.register(index),
            _ => None,
        };
        let to: Reg = match (to, from) {
            (Location::Integer(to), Some(from)) => {
                return self
                    .integers
                    .add(to, from.gpr().ok_or(Fail::Internal(&"register class"))?.0);
            }
            (Location::Float(to), Some(from)) => return self.floats.add(to, from.xmm().0),
            (Location::Integer(to), None) => Gpr(to).into(),
            (Location::Float(to), None) => Xmm(to).into(),
            (Location::Stack(_), _) => return Err(Fail::Internal(&"an argument on the stack")),
        };
        let item = self.late.get_mut(self.late_len);
        *item.ok_or(Fail::Internal(&"too many arguments"))? = index << 8 | u32::from(to.number());
        self.late_len += 1;
        Ok(())
    }

    fn emit(self, c: &mut Compiler<'_>) -> R {
        self.integers
            .emit(R11.0, |to, from| c.asm.mov(Width::W64, Gpr(to), Gpr(from)));
        self.floats
            .emit(15, |to, from| c.asm.float_mov(Xmm(to), Xmm(from)));
        for &item in self.late.iter().take(self.late_len) {
            let (ty, place) = argument(c, item >> 8)?;
            let to = Reg::new(item as u8);
            match to.gpr() {
                Some(to) => c.load_gpr_place(ty, to, place),
                None => c.load_xmm_place(ty, to.xmm(), place),
            }
        }
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
