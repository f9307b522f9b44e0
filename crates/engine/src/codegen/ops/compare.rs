// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Comparisons. When the very next operator is a conditional branch, `if`, `select` or `eqz`, the result stays in the flags.

use super::integer::int_type;
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{imm32, Cond, Loc, Place},
    },
    isa::x64::{
        int::Alu,
        operand::Rm,
        regs::{Cc, Precision, Width},
    },
    module::ValType,
};

/// Whether all that the next operator asks of a result of `width` is whether it is zero.
pub(super) fn tested_next(c: &Compiler<'_>, width: Width) -> bool {
    match c.rest().first() {
        // i32.eqz, br_if, if, select, select with type
        Some(0x45 | 0x0d | 0x04 | 0x1b | 0x1c) => width == Width::W32,
        // i64.eqz
        Some(0x50) => width == Width::W64,
        _ => false,
    }
}

/// Pushes the condition just put into the flags for the next operator, see [`tested_next`].
pub(super) fn push_flags(c: &mut Compiler<'_>, width: Width, cond: Cond) -> R {
    c.flags_live = true;
    c.push(int_type(width), Loc::Flags(cond))
}

/// Pushes the condition just put into the flags.
pub(super) fn push(c: &mut Compiler<'_>, cond: Cond) -> R {
    if tested_next(c, Width::W32) {
        return push_flags(c, Width::W32, cond);
    }
    c.flags_live = true;
    let to = match c.target_gpr()? {
        Some(reg) => reg,
        None => c.alloc_gpr()?,
    };
    c.set_from_flags(cond, to);
    c.flags_live = false;
    c.push_gpr(ValType::I32, to)
}

pub(super) fn zero(c: &mut Compiler<'_>, width: Width) -> R {
    let value = c.pop()?;
    match c.place(&value) {
        Place::Flags(cond) => return push(c, cond.not()),
        Place::Const(value) => return c.push_const(ValType::I32, u64::from(value == 0)),
        Place::Mem(mem) => c.asm.alu_imm(Alu::Cmp, width, mem, 0),
        _ => {
            let reg = c.gpr(&value)?;
            c.test_zero(width, reg);
        }
    }
    push(c, Cond::Cc(Cc::Equal))
}

pub(super) fn integers(c: &mut Compiler<'_>, cc: Cc, width: Width) -> R {
    let (mut rhs, mut lhs) = (c.pop()?, c.pop()?);
    let mut cc = cc;
    if let Place::Const(_) = c.place(&lhs) {
        core::mem::swap(&mut lhs, &mut rhs);
        cc = cc.swap();
    }
    match c.place(&rhs) {
        Place::Const(value) if imm32(value, width).is_some() => {
            let imm = imm32(value, width).unwrap_or(0);
            match c.gpr_or_mem(&lhs)? {
                Rm::Reg(_) if imm == 0 => {
                    let reg = c.gpr(&lhs)?;
                    match cc {
                        Cc::Equal | Cc::NotEqual => c.test_zero(width, reg),
                        _ => c.asm.test(width, reg, reg),
                    }
                }
                operand => c.asm.alu_imm(Alu::Cmp, width, operand, imm),
            }
        }
        _ => {
            let left = c.gpr(&lhs)?;
            let right = c.gpr_or_mem(&rhs)?;
            c.asm.alu(Alu::Cmp, width, left, right);
        }
    }
    push(c, Cond::Cc(cc))
}

pub(super) fn floats(c: &mut Compiler<'_>, cond: Cond, precision: Precision, swap: bool) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (first, second) = if swap { (rhs, lhs) } else { (lhs, rhs) };
    let left = c.xmm(&first)?;
    let right = c.xmm_or_mem(&second)?;
    c.asm.float_compare(precision, left, right);
    push(c, cond)
}
