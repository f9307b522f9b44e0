// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Bitwise operators, and what becomes of vectors in integers: tests and masks.

use wasmparser::Operator;

use super::compare::invert;
use crate::{
    codegen::{fail::R, function::Compiler, ops::compare, value::Cond},
    isa::x64::{
        operand::Rm,
        regs::{Cc, XMM15},
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::V128Not => not(c)?,
        O::V128Bitselect => select(c)?,
        O::V128AnyTrue => any_true(c)?,
        O::I8x16AllTrue => all_true(c, PCMPEQB)?,
        O::I16x8AllTrue => all_true(c, PCMPEQW)?,
        O::I32x4AllTrue => all_true(c, PCMPEQD)?,
        O::I64x2AllTrue => all_true(c, PCMPEQQ)?,
        O::I8x16Bitmask => bitmask(c, PMOVMSKB)?,
        O::I16x8Bitmask => bitmask_of_words(c)?,
        O::I32x4Bitmask => bitmask(c, MOVMSKPS)?,
        O::I64x2Bitmask => bitmask(c, MOVMSKPD)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn not(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let to = c.result_over(&[from.into()])?;
    c.asm.vector_load(to, from);
    invert(c, to);
    c.push_xmm(ValType::V128, to)
}

/// Bits of the first operand where the third has ones, else of the second: `((a ^ b) & mask) ^ b`.
pub(super) fn select(c: &mut Compiler<'_>) -> R {
    let (mask, b, a) = (c.pop()?, c.pop()?, c.pop()?);
    let first = c.xmm(&a)?;
    let second = c.vector_operand(&b)?;
    let mask = c.vector_operand(&mask)?;
    let to = if c.regs.is_pinned(first.into()) || [second, mask].contains(&first.into()) {
        c.result_beside(&[first.into(), second, mask])?
    } else {
        first
    };
    c.v3(PXOR, to, first, second);
    c.v3(PAND, to, to, mask);
    c.v3(PXOR, to, to, second);
    c.push_xmm(ValType::V128, to)
}

fn any_true(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    c.v2(PTEST, from.0, from);
    compare::push(c, Cond::Cc(Cc::NotEqual))
}

/// No lane is equal to zero.
fn all_true(c: &mut Compiler<'_>, equal: VectorOp) -> R {
    let value = c.pop()?;
    let from = c.vector_operand(&value)?;
    c.v3(PXOR, XMM15, XMM15, XMM15);
    c.v3(equal, XMM15, XMM15, from);
    c.v2(PTEST, XMM15.0, XMM15);
    compare::push(c, Cond::Cc(Cc::Equal))
}

fn bitmask(c: &mut Compiler<'_>, op: VectorOp) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let to = c.result_gpr()?;
    c.v2(op, to.0, Rm::from(from));
    c.push_gpr(ValType::I32, to)
}

/// Words are packed to bytes, whose signs are the same; zeros fill the rest.
fn bitmask_of_words(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let (packed, to) = (c.alloc_xmm()?, c.result_gpr()?);
    c.v3(PXOR, XMM15, XMM15, XMM15);
    c.v3(PACKSSWB, packed, from, XMM15);
    c.v2(PMOVMSKB, to.0, packed);
    c.push_gpr(ValType::I32, to)
}
