// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Integer operators that are several instructions.

use wasmparser::Operator;

use super::simple::splat;
use crate::{
    codegen::{fail::R, function::Compiler},
    isa::x64::{
        operand::Rm,
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::I8x16Neg => negate(c, PSUBB)?,
        O::I16x8Neg => negate(c, PSUBW)?,
        O::I32x4Neg => negate(c, PSUBD)?,
        O::I64x2Neg => negate(c, PSUBQ)?,
        O::I64x2Abs => absolute(c)?,
        O::I64x2Mul => multiply(c)?,
        O::I8x16Popcnt => popcnt(c)?,
        O::I16x8Q15MulrSatS => multiply_rounding(c)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn negate(c: &mut Compiler<'_>, subtract: VectorOp) -> R {
    let value = c.pop()?;
    let from = c.vector_operand(&value)?;
    let to = c.result_beside(&[from])?;
    c.v3(PXOR, to, to, to);
    c.v3(subtract, to, to, from);
    c.push_xmm(ValType::V128, to)
}

/// Of quadruple words: their sign, all over them, is added and taken away bitwise.
fn absolute(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let sign = c.alloc_xmm()?;
    c.v2_imm(PSHUFD, sign.0, from, 0xf5);
    c.shift_imm(SHIFT_D, ShiftOp::RightSigned, sign, sign, 31);
    let to = c.result_over(&[from.into()])?;
    c.v3(PXOR, to, from, sign);
    c.v3(PSUBQ, to, to, sign);
    c.push_xmm(ValType::V128, to)
}

/// Of quadruple words, from products of their halves.
fn multiply(c: &mut Compiler<'_>) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (a, b) = (c.xmm(&lhs)?, c.xmm(&rhs)?);
    let (mixed, other) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.shift_imm(SHIFT_Q, ShiftOp::Right, mixed, a, 32);
    c.v3(PMULUDQ, mixed, mixed, b);
    c.shift_imm(SHIFT_Q, ShiftOp::Right, other, b, 32);
    c.v3(PMULUDQ, other, other, a);
    c.v3(PADDQ, mixed, mixed, other);
    c.shift_imm(SHIFT_Q, ShiftOp::Left, mixed, mixed, 32);
    let to = if a == b {
        c.result_beside(&[a.into(), mixed.into()])?
    } else {
        c.result_over(&[a.into()])?
    };
    c.v3(PMULUDQ, to, a, b);
    c.v3(PADDQ, to, to, mixed);
    c.push_xmm(ValType::V128, to)
}

/// Of bytes: looked up for each half.
fn popcnt(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let (low, high, counts) = (c.alloc_xmm()?, c.alloc_xmm()?, c.alloc_xmm()?);
    let nibble = c.constant(splat(0x0f, 8))?;
    let table = c.constant(u128::from_le_bytes([
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
    ]))?;
    c.v3(PAND, low, from, Rm::from(nibble));
    c.shift_imm(SHIFT_W, ShiftOp::Right, high, from, 4);
    c.v3(PAND, high, high, Rm::from(nibble));
    c.asm.vector_load(counts, table);
    c.v3(PSHUFB, counts, counts, low);
    c.asm.vector_load(low, table);
    c.v3(PSHUFB, low, low, high);
    c.v3(PADDB, low, low, counts);
    c.push_xmm(ValType::V128, low)
}

/// `pmulhrsw`; its one result that does not saturate, 0x8000, becomes 0x7fff.
fn multiply_rounding(c: &mut Compiler<'_>) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let to = super::simple::combine(c, PMULHRSW, lhs, rhs, true)?;
    let wrong = c.alloc_xmm()?;
    let least = c.constant(splat(0x8000, 16))?;
    c.v3(PCMPEQW, wrong, to, Rm::from(least));
    c.v3(PXOR, to, to, wrong);
    c.push_xmm(ValType::V128, to)
}
