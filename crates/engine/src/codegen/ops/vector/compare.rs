// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Comparisons that are not one instruction: of unsigned lanes, of quadruple words, of floats.

use wasmparser::Operator;

use super::simple::combine;
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Place, Value},
    },
    isa::x64::{
        operand::Rm,
        regs::{Xmm, XMM15},
        vector::{
            table::{Compare::*, *},
            VectorOp,
        },
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::I8x16Ne => unequal(c, PCMPEQB)?,
        O::I16x8Ne => unequal(c, PCMPEQW)?,
        O::I32x4Ne => unequal(c, PCMPEQD)?,
        O::I64x2Ne => unequal(c, PCMPEQQ)?,
        // a <= b if the lesser one is a.
        O::I8x16LeS => is_extreme(c, PMINSB, PCMPEQB, false)?,
        O::I16x8LeS => is_extreme(c, PMINSW, PCMPEQW, false)?,
        O::I32x4LeS => is_extreme(c, PMINSD, PCMPEQD, false)?,
        O::I8x16LeU => is_extreme(c, PMINUB, PCMPEQB, false)?,
        O::I16x8LeU => is_extreme(c, PMINUW, PCMPEQW, false)?,
        O::I32x4LeU => is_extreme(c, PMINUD, PCMPEQD, false)?,
        O::I8x16GeS => is_extreme(c, PMAXSB, PCMPEQB, false)?,
        O::I16x8GeS => is_extreme(c, PMAXSW, PCMPEQW, false)?,
        O::I32x4GeS => is_extreme(c, PMAXSD, PCMPEQD, false)?,
        O::I8x16GeU => is_extreme(c, PMAXUB, PCMPEQB, false)?,
        O::I16x8GeU => is_extreme(c, PMAXUW, PCMPEQW, false)?,
        O::I32x4GeU => is_extreme(c, PMAXUD, PCMPEQD, false)?,
        O::I8x16GtU => is_extreme(c, PMINUB, PCMPEQB, true)?,
        O::I16x8GtU => is_extreme(c, PMINUW, PCMPEQW, true)?,
        O::I32x4GtU => is_extreme(c, PMINUD, PCMPEQD, true)?,
        O::I8x16LtU => is_extreme(c, PMAXUB, PCMPEQB, true)?,
        O::I16x8LtU => is_extreme(c, PMAXUW, PCMPEQW, true)?,
        O::I32x4LtU => is_extreme(c, PMAXUD, PCMPEQD, true)?,
        O::I64x2GtS => quadruple(c, false, false)?,
        O::I64x2LtS => quadruple(c, true, false)?,
        O::I64x2LeS => quadruple(c, false, true)?,
        O::I64x2GeS => quadruple(c, true, true)?,
        O::F32x4Eq => floats(c, CMPPS, Equal, false)?,
        O::F64x2Eq => floats(c, CMPPD, Equal, false)?,
        O::F32x4Ne => floats(c, CMPPS, NotEqual, false)?,
        O::F64x2Ne => floats(c, CMPPD, NotEqual, false)?,
        O::F32x4Lt => floats(c, CMPPS, Less, false)?,
        O::F64x2Lt => floats(c, CMPPD, Less, false)?,
        O::F32x4Gt => floats(c, CMPPS, Less, true)?,
        O::F64x2Gt => floats(c, CMPPD, Less, true)?,
        O::F32x4Le => floats(c, CMPPS, LessEqual, false)?,
        O::F64x2Le => floats(c, CMPPD, LessEqual, false)?,
        O::F32x4Ge => floats(c, CMPPS, LessEqual, true)?,
        O::F64x2Ge => floats(c, CMPPD, LessEqual, true)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Inverts all bits of `to`, which is not xmm15.
pub(super) fn invert(c: &mut Compiler<'_>, to: Xmm) {
    c.v3(PCMPEQD, XMM15, XMM15, XMM15);
    c.v3(PXOR, to, to, XMM15);
}

fn unequal(c: &mut Compiler<'_>, equal: VectorOp) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let to = combine(c, equal, lhs, rhs, true)?;
    invert(c, to);
    c.push_xmm(ValType::V128, to)
}

/// Whether the first operand is (or, inverted, is not) the extreme one of both by `extreme`.
fn is_extreme(c: &mut Compiler<'_>, extreme: VectorOp, equal: VectorOp, inverted: bool) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let left = c.xmm(&lhs)?;
    let right = c.vector_operand(&rhs)?;
    let to = c.result_beside(&[left.into(), right])?;
    c.v3(extreme, to, left, right);
    c.v3(equal, to, to, left);
    if inverted {
        invert(c, to);
    }
    c.push_xmm(ValType::V128, to)
}

/// Signed quadruple words: greater, or with the operands `swapped` less; `inverted` the opposites.
fn quadruple(c: &mut Compiler<'_>, swapped: bool, inverted: bool) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (a, b) = if swapped { (rhs, lhs) } else { (lhs, rhs) };
    let to = if c.avx() {
        combine(c, PCMPGTQ, a, b, false)?
    } else {
        greater_quadruple(c, &a, &b)?
    };
    if inverted {
        invert(c, to);
    }
    c.push_xmm(ValType::V128, to)
}

/// `a > b` without `pcmpgtq`: the upper halves decide, or if they are equal the sign of the upper half of `b - a`.
fn greater_quadruple(c: &mut Compiler<'_>, a: &Value, b: &Value) -> R<Xmm> {
    let (a, b) = (c.xmm(a)?, c.xmm(b)?);
    let (to, same) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.v3(PSUBQ, to, b, a);
    c.v3(PCMPEQD, same, a, b);
    c.v3(PAND, to, to, same);
    c.v3(PCMPGTD, same, a, b);
    c.v3(POR, to, to, same);
    c.v2_imm(PSHUFD, to.0, to, 0xf5);
    Ok(to)
}

fn floats(c: &mut Compiler<'_>, op: VectorOp, how: Compare, swapped: bool) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (a, b) = if swapped { (rhs, lhs) } else { (lhs, rhs) };
    let left = c.xmm(&a)?;
    let right = c.vector_operand(&b)?;
    let to = if c.avx() || !matches!(c.place(&b), Place::Xmm(_)) {
        c.result_over(&[left.into(), right])?
    } else {
        // Without a destination of its own the instruction would need the second operand moved away.
        result_not(c, left, right)?
    };
    c.v3_imm(op, to, left, right, how as u8);
    c.push_xmm(ValType::V128, to)
}

/// A register for a result of `left` and `right` that is not `right`.
fn result_not(c: &mut Compiler<'_>, left: Xmm, right: Rm) -> R<Xmm> {
    if !c.regs.is_pinned(left.into()) && Rm::from(left) != right {
        return Ok(left);
    }
    c.result_beside(&[right])
}
