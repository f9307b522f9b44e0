// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Conversions between integers and floats that are several instructions.
//!
//! The instructions truncate what is out of range or a NaN to 0x80000000, so that is made right before or afterwards.

use wasmparser::Operator;

use super::simple::splat;
use crate::{
    codegen::{fail::R, function::Compiler},
    isa::x64::{
        float::Round,
        operand::Rm,
        regs::XMM15,
        vector::table::{
            Compare::{Equal, LessEqual},
            *,
        },
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::I32x4TruncSatF32x4S => singles_signed(c)?,
        O::I32x4TruncSatF32x4U | O::I32x4RelaxedTruncF32x4U => singles_unsigned(c)?,
        O::I32x4TruncSatF64x2SZero => doubles_signed(c)?,
        O::I32x4TruncSatF64x2UZero | O::I32x4RelaxedTruncF64x2UZero => doubles_unsigned(c)?,
        O::F32x4ConvertI32x4U => to_singles(c)?,
        O::F64x2ConvertLowI32x4U => to_doubles(c)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// NaNs are made 0 before, and afterwards what was positive and is negative now is inverted.
fn singles_signed(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let (to, signs) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.v3_imm(CMPPS, signs, from, from, Equal as u8);
    c.v3(ANDPS, to, from, signs);
    // Now the sign bit of each lane is set unless the number has one, or is NaN.
    c.v3(PXOR, signs, signs, to);
    c.v2(CVTTPS2DQ, to.0, to);
    c.v3(PAND, signs, signs, to);
    c.shift_imm(SHIFT_D, ShiftOp::RightSigned, signs, signs, 31);
    c.v3(PXOR, to, to, signs);
    c.push_xmm(ValType::V128, to)
}

/// The number as it is, and what it is above 2^31 in addition: one of them or both truncate right.
fn singles_unsigned(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let (to, above, over) = (c.alloc_xmm()?, c.alloc_xmm()?, c.alloc_xmm()?);
    let limit = c.constant(splat(u64::from(2147483648f32.to_bits()), 32))?;
    // Negative numbers and NaNs are 0.
    c.v3(PXOR, XMM15, XMM15, XMM15);
    c.v3(MAXPS, to, from, XMM15);
    c.v3(SUBPS, above, to, Rm::from(limit));
    // Lanes of 2^32 and more.
    c.asm.vector_load(over, limit);
    c.v3_imm(CMPPS, over, over, above, LessEqual as u8);
    c.v2(CVTTPS2DQ, above.0, above);
    // 0x80000000 becomes 0x7fffffff there; what is below zero is not above.
    c.v3(PXOR, above, above, over);
    c.v3(PMAXSD, above, above, XMM15);
    c.v2(CVTTPS2DQ, to.0, to);
    c.v3(PADDD, to, to, above);
    c.push_xmm(ValType::V128, to)
}

/// The least of the number and 2^31 - 1, or 0 for a NaN.
fn doubles_signed(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let most = c.alloc_xmm()?;
    let limit = c.constant(splat(2147483647f64.to_bits(), 64))?;
    c.v3_imm(CMPPD, most, from, from, Equal as u8);
    c.v3(ANDPD, most, most, Rm::from(limit));
    let to = c.result_over(&[from.into()])?;
    // Of a NaN and something `minpd` gives the second.
    c.v3(MINPD, to, from, most);
    c.v2(CVTTPD2DQ, to.0, to);
    c.push_xmm(ValType::V128, to)
}

/// Brought into range, truncated and added to 2^52, a number stands in the low bits of the sum.
fn doubles_unsigned(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let to = c.alloc_xmm()?;
    let limit = c.constant(splat(4294967295f64.to_bits(), 64))?;
    let magic = c.constant(splat(4503599627370496f64.to_bits(), 64))?;
    c.v3(PXOR, XMM15, XMM15, XMM15);
    c.v3(MAXPD, to, from, XMM15);
    c.v3(MINPD, to, to, Rm::from(limit));
    c.v2_imm(ROUNDPD, to.0, to, Round::Trunc as u8);
    c.v3(ADDPD, to, to, Rm::from(magic));
    c.v3_imm(SHUFPS, to, to, XMM15, 0x88);
    c.push_xmm(ValType::V128, to)
}

/// Both halves of each lane are converted without loss; the sum rounds once.
fn to_singles(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let (to, low) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.v3(PXOR, low, low, low);
    c.v3_imm(PBLENDW, low, low, from, 0x55);
    c.v3(PSUBD, to, from, low);
    c.v2(CVTDQ2PS, low.0, low);
    // The upper half is a multiple of 2^16: half of it is exact, and signed.
    c.shift_imm(SHIFT_D, ShiftOp::Right, to, to, 1);
    c.v2(CVTDQ2PS, to.0, to);
    c.v3(ADDPS, to, to, to);
    c.v3(ADDPS, to, to, low);
    c.push_xmm(ValType::V128, to)
}

/// The integers become the low bits of 2^52, which is taken away.
fn to_doubles(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let head = c.constant(splat(0x4330_0000, 32))?;
    let magic = c.constant(splat(4503599627370496f64.to_bits(), 64))?;
    let to = c.result_over(&[from.into()])?;
    c.v3(PUNPCKLDQ, to, from, Rm::from(head));
    c.v3(SUBPD, to, to, Rm::from(magic));
    c.push_xmm(ValType::V128, to)
}
