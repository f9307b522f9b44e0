// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Floats: signs, rounding, minimum and maximum.

use wasmparser::Operator;

use super::simple::{splat, with_constant};
use crate::{
    codegen::{fail::R, function::Compiler},
    isa::x64::{
        float::Round,
        vector::{
            table::{Compare::Unordered, *},
            VectorOp,
        },
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::F32x4Abs => with_constant(c, ANDPS, splat(0x7fff_ffff, 32))?,
        O::F64x2Abs => with_constant(c, ANDPD, splat(u64::MAX >> 1, 64))?,
        O::F32x4Neg => with_constant(c, XORPS, splat(1 << 31, 32))?,
        O::F64x2Neg => with_constant(c, XORPD, splat(1 << 63, 64))?,
        O::F32x4Ceil => round(c, ROUNDPS, Round::Ceil)?,
        O::F64x2Ceil => round(c, ROUNDPD, Round::Ceil)?,
        O::F32x4Floor => round(c, ROUNDPS, Round::Floor)?,
        O::F64x2Floor => round(c, ROUNDPD, Round::Floor)?,
        O::F32x4Trunc => round(c, ROUNDPS, Round::Trunc)?,
        O::F64x2Trunc => round(c, ROUNDPD, Round::Trunc)?,
        O::F32x4Nearest => round(c, ROUNDPS, Round::Nearest)?,
        O::F64x2Nearest => round(c, ROUNDPD, Round::Nearest)?,
        O::F32x4Min => minimum(c, &SINGLE)?,
        O::F64x2Min => minimum(c, &DOUBLE)?,
        O::F32x4Max => maximum(c, &SINGLE)?,
        O::F64x2Max => maximum(c, &DOUBLE)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn round(c: &mut Compiler<'_>, op: VectorOp, mode: Round) -> R {
    let value = c.pop()?;
    let from = c.vector_operand(&value)?;
    let to = c.result_over(&[from])?;
    c.v2_imm(op, to.0, from, mode as u8);
    c.push_xmm(ValType::V128, to)
}

/// The instructions of a precision.
struct Floats {
    min: VectorOp,
    max: VectorOp,
    sub: VectorOp,
    or: VectorOp,
    xor: VectorOp,
    and_not: VectorOp,
    compare: VectorOp,
    shift: VectorOp,
    /// Bits of sign, exponent, and the first of the fraction: those of a canonical NaN, one less.
    head: u8,
}

const SINGLE: Floats = Floats {
    min: MINPS,
    max: MAXPS,
    sub: SUBPS,
    or: ORPS,
    xor: XORPS,
    and_not: ANDNPS,
    compare: CMPPS,
    shift: SHIFT_D,
    head: 10,
};

const DOUBLE: Floats = Floats {
    min: MINPD,
    max: MAXPD,
    sub: SUBPD,
    or: ORPD,
    xor: XORPD,
    and_not: ANDNPD,
    compare: CMPPD,
    shift: SHIFT_Q,
    head: 13,
};

/// `minps` gives its second operand for zeros and NaNs, so it is done in both orders and the results are put together: zeros
/// and NaNs by `or`.
fn minimum(c: &mut Compiler<'_>, f: &Floats) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (a, b) = (c.xmm(&lhs)?, c.xmm(&rhs)?);
    let (to, other) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.v3(f.min, other, b, a);
    c.v3(f.min, to, a, b);
    c.v3(f.or, other, other, to);
    // All bits of NaNs are set…
    c.v3_imm(f.compare, to, to, other, Unordered as u8);
    c.v3(f.or, other, other, to);
    // …and all but the head cleared.
    c.shift_imm(f.shift, ShiftOp::Right, to, to, f.head);
    c.v3(f.and_not, to, to, other);
    c.push_xmm(ValType::V128, to)
}

/// Likewise; the difference of zeros is their sign, which is subtracted again, and that makes NaNs quiet.
fn maximum(c: &mut Compiler<'_>, f: &Floats) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (a, b) = (c.xmm(&lhs)?, c.xmm(&rhs)?);
    let (to, other) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.v3(f.max, other, b, a);
    c.v3(f.max, to, a, b);
    c.v3(f.xor, to, to, other);
    c.v3(f.or, other, other, to);
    c.v3(f.sub, other, other, to);
    c.v3_imm(f.compare, to, to, other, Unordered as u8);
    c.shift_imm(f.shift, ShiftOp::Right, to, to, f.head);
    c.v3(f.and_not, to, to, other);
    c.push_xmm(ValType::V128, to)
}
