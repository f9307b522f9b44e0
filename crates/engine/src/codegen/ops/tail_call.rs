// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Tail calls: the frame goes, the callee is jumped to, and returns to the function's own caller.
//!
//! Results go where that caller wants them, right above the stack parameters; the parameters are the callee's to remove. So
//! the callee's are put right below the results, however many the function itself was given, and the return address below them:
//! the stack does not grow from one tail call to the next.

use super::{
    call::{arguments, callee, code_of_record, enter_record, Callee},
    call_indirect, call_ref,
};
use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
    },
    isa::x64::{
        asm::Label,
        branch,
        int::Alu,
        operand::{indexed, mem},
        regs::{Cc, Width, R11, R12, R13, RAX, RBP, RBX, RSP},
        stubs::Assignment,
    },
    module::FuncType,
};

/// More bytes of stack parameters than this are moved by a loop.
const LOOP_FROM: i32 = 64;

pub(super) fn direct(c: &mut Compiler<'_>, index: u32) -> R {
    let (ty, callee) = callee(c, index)?;
    tail_call(c, ty, callee)
}

pub(super) fn indirect(c: &mut Compiler<'_>, type_index: u32, table: u32) -> R {
    let ty = call_indirect::record(c, type_index, table)?;
    tail_call(c, ty, Callee::Checked)
}

pub(super) fn reference(c: &mut Compiler<'_>, type_index: u32) -> R {
    let ty = call_ref::record(c, type_index)?;
    tail_call(c, ty, Callee::Record)
}

fn tail_call(c: &mut Compiler<'_>, ty: &FuncType, callee: Callee) -> R {
    if !c.scan.tail_calls {
        return Err(Fail::Internal(&"a tail call was not foreseen"));
    }
    let first = c
        .height()
        .checked_sub(ty.params.len() as u32)
        .ok_or(Fail::Internal(&"arguments"))?;
    // Results alike have slots alike, so only the parameters' matter.
    let (own, _) = Assignment::areas(c.ty);
    let (area, _) = Assignment::areas(ty);
    if area != 0 {
        c.asm.alu_imm(Alu::Sub, Width::W64, RSP, area as i32);
        c.frame.lower(area);
    }
    arguments(c, ty, first)?;
    if let Callee::Imported(index) = callee {
        c.function_record(RAX, index)?;
    }
    if own == 0 && area == 0 {
        c.add_to_rsp(Alu::Add)?;
    } else {
        replace_frame(c, own as i32, area as i32)?;
    }
    c.frame.raise(area);
    match callee {
        Callee::Defined(defined) => {
            c.asm.jmp(Label::body(defined));
        }
        Callee::Imported(_) | Callee::Record | Callee::Checked => {
            match callee {
                Callee::Checked => c.asm.mov(Width::W64, R11, R13),
                _ => code_of_record(c),
            }
            enter_record(c);
            branch::jmp_r11(c.asm, c.config);
        }
    }
    c.unreachable()
}

/// Moves the callee's stack parameters, which are at `rsp`, below the caller's results, and the return address below them.
/// Register parameters and rax are taken; rbx, rbp, r11 and r12 are not.
/// `area` are their bytes, `own` those of the function's own.
fn replace_frame(c: &mut Compiler<'_>, own: i32, area: i32) -> R {
    // The return address is at r11 + area, as rsp is lower by that; where it goes, at r11 + own.
    c.frame_end()?;
    c.asm.mov(Width::W64, RBX, mem(R11, area));
    // From the top down: what is written lies above what is still to be read.
    if area > LOOP_FROM {
        c.asm.mov_imm(RBP, u64::from(area as u32 / 8));
        let top = c.asm.here();
        c.asm.mov(Width::W64, R12, indexed(RSP, RBP, 3, -8));
        c.asm.store(Width::W64, indexed(R11, RBP, 3, own), R12);
        c.asm.alu_imm(Alu::Sub, Width::W64, RBP, 1);
        c.asm.jcc(Cc::NotEqual, top);
    } else {
        for slot in (0..area).step_by(8).rev() {
            c.asm.mov(Width::W64, R12, mem(RSP, slot));
            c.asm.store(Width::W64, mem(R11, own + 8 + slot), R12);
        }
    }
    c.asm.store(Width::W64, mem(R11, own), RBX);
    c.asm.lea(Width::W64, RSP, mem(R11, own));
    Ok(())
}
