// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators that one instruction with two operands, or one, does.

use wasmparser::Operator;

use crate::{
    codegen::{fail::R, function::Compiler, value::Value},
    isa::x64::{
        operand::Rm,
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

/// How the operands of the operator are those of the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// In either order.
    Any,
    /// In the same order.
    Same,
    /// The other way round.
    Swapped,
}

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    if let Some((op, order)) = two(operator) {
        binary(c, op, order)?;
    } else if let Some(op) = one(operator) {
        unary(c, op)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The instruction for an operator of two operands.
fn two(operator: &Operator<'_>) -> Option<(VectorOp, Order)> {
    use Operator as O;
    use Order::{Any, Same, Swapped};
    Some(match operator {
        O::I8x16Add => (PADDB, Any),
        O::I16x8Add => (PADDW, Any),
        O::I32x4Add => (PADDD, Any),
        O::I64x2Add => (PADDQ, Any),
        O::I8x16Sub => (PSUBB, Same),
        O::I16x8Sub => (PSUBW, Same),
        O::I32x4Sub => (PSUBD, Same),
        O::I64x2Sub => (PSUBQ, Same),
        O::I8x16AddSatS => (PADDSB, Any),
        O::I16x8AddSatS => (PADDSW, Any),
        O::I8x16AddSatU => (PADDUSB, Any),
        O::I16x8AddSatU => (PADDUSW, Any),
        O::I8x16SubSatS => (PSUBSB, Same),
        O::I16x8SubSatS => (PSUBSW, Same),
        O::I8x16SubSatU => (PSUBUSB, Same),
        O::I16x8SubSatU => (PSUBUSW, Same),
        O::I8x16MinS => (PMINSB, Any),
        O::I16x8MinS => (PMINSW, Any),
        O::I32x4MinS => (PMINSD, Any),
        O::I8x16MinU => (PMINUB, Any),
        O::I16x8MinU => (PMINUW, Any),
        O::I32x4MinU => (PMINUD, Any),
        O::I8x16MaxS => (PMAXSB, Any),
        O::I16x8MaxS => (PMAXSW, Any),
        O::I32x4MaxS => (PMAXSD, Any),
        O::I8x16MaxU => (PMAXUB, Any),
        O::I16x8MaxU => (PMAXUW, Any),
        O::I32x4MaxU => (PMAXUD, Any),
        O::I8x16AvgrU => (PAVGB, Any),
        O::I16x8AvgrU => (PAVGW, Any),
        O::I16x8Mul => (PMULLW, Any),
        O::I32x4Mul => (PMULLD, Any),
        O::I32x4DotI16x8S => (PMADDWD, Any),
        O::I8x16NarrowI16x8S => (PACKSSWB, Same),
        O::I8x16NarrowI16x8U => (PACKUSWB, Same),
        O::I16x8NarrowI32x4S => (PACKSSDW, Same),
        O::I16x8NarrowI32x4U => (PACKUSDW, Same),
        O::I8x16Eq => (PCMPEQB, Any),
        O::I16x8Eq => (PCMPEQW, Any),
        O::I32x4Eq => (PCMPEQD, Any),
        O::I64x2Eq => (PCMPEQQ, Any),
        O::I8x16GtS => (PCMPGTB, Same),
        O::I16x8GtS => (PCMPGTW, Same),
        O::I32x4GtS => (PCMPGTD, Same),
        O::I8x16LtS => (PCMPGTB, Swapped),
        O::I16x8LtS => (PCMPGTW, Swapped),
        O::I32x4LtS => (PCMPGTD, Swapped),
        O::V128And => (PAND, Any),
        // `pandn` inverts its first operand.
        O::V128AndNot => (PANDN, Swapped),
        O::V128Or => (POR, Any),
        O::V128Xor => (PXOR, Any),
        // Where NaNs of both operands may be the result, the first one's is: so nothing is exchanged.
        O::F32x4Add => (ADDPS, Same),
        O::F64x2Add => (ADDPD, Same),
        O::F32x4Sub => (SUBPS, Same),
        O::F64x2Sub => (SUBPD, Same),
        O::F32x4Mul => (MULPS, Same),
        O::F64x2Mul => (MULPD, Same),
        O::F32x4Div => (DIVPS, Same),
        O::F64x2Div => (DIVPD, Same),
        // These give the second operand unless the first one is less, or greater.
        O::F32x4PMin => (MINPS, Swapped),
        O::F64x2PMin => (MINPD, Swapped),
        O::F32x4PMax => (MAXPS, Swapped),
        O::F64x2PMax => (MAXPD, Swapped),
        _ => return None,
    })
}

/// The instruction for an operator of one operand.
fn one(operator: &Operator<'_>) -> Option<VectorOp> {
    use Operator as O;
    Some(match operator {
        O::I8x16Abs => PABSB,
        O::I16x8Abs => PABSW,
        O::I32x4Abs => PABSD,
        O::F32x4Sqrt => SQRTPS,
        O::F64x2Sqrt => SQRTPD,
        O::F32x4ConvertI32x4S => CVTDQ2PS,
        O::F64x2ConvertLowI32x4S => CVTDQ2PD,
        O::F32x4DemoteF64x2Zero => CVTPD2PS,
        O::F64x2PromoteLowF32x4 => CVTPS2PD,
        _ => return None,
    })
}

/// `op` with the two values on top.
pub(super) fn binary(c: &mut Compiler<'_>, op: VectorOp, order: Order) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let to = match order {
        Order::Swapped => combine(c, op, rhs, lhs, false)?,
        _ => combine(c, op, lhs, rhs, order == Order::Any)?,
    };
    c.push_xmm(ValType::V128, to)
}

/// `lhs op rhs` in a register for the result.
pub(super) fn combine(
    c: &mut Compiler<'_>,
    op: VectorOp,
    mut lhs: Value,
    mut rhs: Value,
    commutes: bool,
) -> R<crate::isa::x64::regs::Xmm> {
    use crate::codegen::value::Place;
    if !c.avx() {
        let to = c.binary_xmm(&mut lhs, &mut rhs, commutes)?;
        let right = c.vector_operand(&rhs)?;
        c.v3(op, to, to, right);
        return Ok(to);
    }
    if commutes && !matches!(c.place(&lhs), Place::Xmm(_)) {
        core::mem::swap(&mut lhs, &mut rhs);
    }
    let left = c.xmm(&lhs)?;
    let right = c.vector_operand(&rhs)?;
    let to = c.result_over(&[left.into(), right])?;
    c.v3(op, to, left, right);
    Ok(to)
}

/// `op` with the value on top.
pub(super) fn unary(c: &mut Compiler<'_>, op: VectorOp) -> R {
    let value = c.pop()?;
    let from = c.vector_operand(&value)?;
    let to = c.result_over(&[from])?;
    c.v2(op, to.0, from);
    c.push_xmm(ValType::V128, to)
}

/// A vector whose lanes of `bits` bits are all the low bits of `lane`.
pub(super) fn splat(lane: u64, bits: u32) -> u128 {
    let lane = u128::from(lane) & (u128::MAX >> (128 - bits));
    let ones = u128::MAX / (u128::MAX >> (128 - bits));
    lane.wrapping_mul(ones)
}

/// Applies `value op constant` to the value on top.
pub(super) fn with_constant(c: &mut Compiler<'_>, op: VectorOp, constant: u128) -> R {
    let value = c.pop()?;
    let constant = c.constant(constant)?;
    let from = c.xmm(&value)?;
    let to = c.result_over(&[from.into()])?;
    c.v3(op, to, from, Rm::from(constant));
    c.push_xmm(ValType::V128, to)
}
