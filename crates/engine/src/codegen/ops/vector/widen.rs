// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Lanes that become twice as wide: extension, products, sums of pairs.

use wasmparser::Operator;

use super::simple::splat;
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Place, Value},
    },
    isa::x64::{
        operand::{mem, Rm},
        regs::Xmm,
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

/// The half of a vector that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Low,
    High,
}

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Half::{High, Low};
    use Operator as O;
    match operator {
        O::I16x8ExtendLowI8x16S => extend(c, PMOVSXBW, Low)?,
        O::I16x8ExtendHighI8x16S => extend(c, PMOVSXBW, High)?,
        O::I16x8ExtendLowI8x16U => extend(c, PMOVZXBW, Low)?,
        O::I16x8ExtendHighI8x16U => extend(c, PMOVZXBW, High)?,
        O::I32x4ExtendLowI16x8S => extend(c, PMOVSXWD, Low)?,
        O::I32x4ExtendHighI16x8S => extend(c, PMOVSXWD, High)?,
        O::I32x4ExtendLowI16x8U => extend(c, PMOVZXWD, Low)?,
        O::I32x4ExtendHighI16x8U => extend(c, PMOVZXWD, High)?,
        O::I64x2ExtendLowI32x4S => extend(c, PMOVSXDQ, Low)?,
        O::I64x2ExtendHighI32x4S => extend(c, PMOVSXDQ, High)?,
        O::I64x2ExtendLowI32x4U => extend(c, PMOVZXDQ, Low)?,
        O::I64x2ExtendHighI32x4U => extend(c, PMOVZXDQ, High)?,
        O::I16x8ExtMulLowI8x16S => multiply_bytes(c, PMOVSXBW, Low)?,
        O::I16x8ExtMulHighI8x16S => multiply_bytes(c, PMOVSXBW, High)?,
        O::I16x8ExtMulLowI8x16U => multiply_bytes(c, PMOVZXBW, Low)?,
        O::I16x8ExtMulHighI8x16U => multiply_bytes(c, PMOVZXBW, High)?,
        O::I32x4ExtMulLowI16x8S => multiply_words(c, PMULHW, PUNPCKLWD)?,
        O::I32x4ExtMulHighI16x8S => multiply_words(c, PMULHW, PUNPCKHWD)?,
        O::I32x4ExtMulLowI16x8U => multiply_words(c, PMULHUW, PUNPCKLWD)?,
        O::I32x4ExtMulHighI16x8U => multiply_words(c, PMULHUW, PUNPCKHWD)?,
        O::I64x2ExtMulLowI32x4S => multiply_doubles(c, PMULDQ, Low)?,
        O::I64x2ExtMulHighI32x4S => multiply_doubles(c, PMULDQ, High)?,
        O::I64x2ExtMulLowI32x4U => multiply_doubles(c, PMULUDQ, Low)?,
        O::I64x2ExtMulHighI32x4U => multiply_doubles(c, PMULUDQ, High)?,
        O::I16x8ExtAddPairwiseI8x16S => pairs_of_bytes_signed(c)?,
        O::I16x8ExtAddPairwiseI8x16U => pairs(c, PMADDUBSW, splat(1, 8))?,
        O::I32x4ExtAddPairwiseI16x8S => pairs(c, PMADDWD, splat(1, 16))?,
        O::I32x4ExtAddPairwiseI16x8U => pairs_of_words_unsigned(c)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// `to` = the lanes of a half of `value`, extended by `op`.
fn extend_into(c: &mut Compiler<'_>, op: VectorOp, half: Half, to: Xmm, value: &Value) -> R {
    let place = c.place(value);
    match (place, half) {
        (Place::Mem(from), Half::Low) => c.v2(op, to.0, from),
        (Place::Mem(from), Half::High) => c.v2(op, to.0, mem(from.base, from.disp.wrapping_add(8))),
        (Place::Constant(label), Half::Low) => c.v2(op, to.0, label),
        (_, Half::Low) => {
            let from = c.xmm(value)?;
            c.v2(op, to.0, from);
        }
        (_, Half::High) => {
            let from = c.vector_operand(value)?;
            c.v2_imm(PSHUFD, to.0, from, 0xee);
            c.v2(op, to.0, to);
        }
    }
    Ok(())
}

fn extend(c: &mut Compiler<'_>, op: VectorOp, half: Half) -> R {
    let value = c.pop()?;
    let own = match c.place(&value) {
        Place::Xmm(reg) => Some(Rm::from(reg)),
        _ => None,
    };
    let to = c.result_over(own.as_slice())?;
    extend_into(c, op, half, to, &value)?;
    c.push_xmm(ValType::V128, to)
}

fn multiply_bytes(c: &mut Compiler<'_>, op: VectorOp, half: Half) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let (to, other) = (c.alloc_xmm()?, c.alloc_xmm()?);
    extend_into(c, op, half, to, &lhs)?;
    extend_into(c, op, half, other, &rhs)?;
    c.v3(PMULLW, to, to, other);
    c.push_xmm(ValType::V128, to)
}

/// Lower and upper halves of the products, interleaved.
fn multiply_words(c: &mut Compiler<'_>, upper: VectorOp, interleave: VectorOp) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let left = c.xmm(&lhs)?;
    let right = c.vector_operand(&rhs)?;
    let (to, high) = (c.alloc_xmm()?, c.alloc_xmm()?);
    c.v3(PMULLW, to, left, right);
    c.v3(upper, high, left, right);
    c.v3(interleave, to, to, high);
    c.push_xmm(ValType::V128, to)
}

/// Products of the even lanes, to which those of the half are brought.
fn multiply_doubles(c: &mut Compiler<'_>, op: VectorOp, half: Half) -> R {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    let left = c.vector_operand(&lhs)?;
    let right = c.vector_operand(&rhs)?;
    let (to, other) = (c.alloc_xmm()?, c.alloc_xmm()?);
    let order = if half == Half::Low { 0x50 } else { 0xfa };
    c.v2_imm(PSHUFD, to.0, left, order);
    c.v2_imm(PSHUFD, other.0, right, order);
    c.v3(op, to, to, other);
    c.push_xmm(ValType::V128, to)
}

/// Sums of pairs: products with ones, summed.
fn pairs(c: &mut Compiler<'_>, op: VectorOp, ones: u128) -> R {
    super::simple::with_constant(c, op, ones)
}

/// Of signed bytes: those are the second operand of `pmaddubsw`.
fn pairs_of_bytes_signed(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.vector_operand(&value)?;
    let ones = c.constant(splat(1, 8))?;
    let to = c.result_beside(&[from])?;
    c.asm.vector_load(to, ones);
    c.v3(PMADDUBSW, to, to, from);
    c.push_xmm(ValType::V128, to)
}

/// Of unsigned words: each less by 0x8000 is signed, and the sum less by twice that.
fn pairs_of_words_unsigned(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let (least, ones, twice) = (
        c.constant(splat(0x8000, 16))?,
        c.constant(splat(1, 16))?,
        c.constant(splat(0x1_0000, 32))?,
    );
    let to = c.result_over(&[from.into()])?;
    c.v3(PXOR, to, from, Rm::from(least));
    c.v3(PMADDWD, to, to, Rm::from(ones));
    c.v3(PADDD, to, to, Rm::from(twice));
    c.push_xmm(ValType::V128, to)
}
