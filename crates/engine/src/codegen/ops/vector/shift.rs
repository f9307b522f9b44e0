// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Shifts. Counts are taken modulo the bits of a lane; the instructions would take larger ones literally.

use wasmparser::Operator;

use super::simple::splat;
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Place, Value},
    },
    isa::x64::{
        int::Alu,
        operand::Rm,
        regs::{Width, Xmm, R11, XMM15},
        vector::{
            table::{ShiftOp::*, *},
            VectorOp,
        },
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::I16x8Shl => shift(c, 16, (SHIFT_W, Left), PSLLW)?,
        O::I32x4Shl => shift(c, 32, (SHIFT_D, Left), PSLLD)?,
        O::I64x2Shl => shift(c, 64, (SHIFT_Q, Left), PSLLQ)?,
        O::I16x8ShrU => shift(c, 16, (SHIFT_W, Right), PSRLW)?,
        O::I32x4ShrU => shift(c, 32, (SHIFT_D, Right), PSRLD)?,
        O::I64x2ShrU => shift(c, 64, (SHIFT_Q, Right), PSRLQ)?,
        O::I16x8ShrS => shift(c, 16, (SHIFT_W, RightSigned), PSRAW)?,
        O::I32x4ShrS => shift(c, 32, (SHIFT_D, RightSigned), PSRAD)?,
        O::I64x2ShrS => quadruple_signed(c)?,
        O::I8x16Shl => bytes_left(c)?,
        O::I8x16ShrU => bytes_right(c, (SHIFT_W, Right), PSRLW, PACKUSWB)?,
        O::I8x16ShrS => bytes_right(c, (SHIFT_W, RightSigned), PSRAW, PACKSSWB)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// A count: known, or in xmm15.
enum Count {
    Known(u8),
    InScratch,
}

/// Makes the count modulo `bits`, plus `more`.
fn count(c: &mut Compiler<'_>, value: &Value, bits: u8, more: u8) -> R<Count> {
    let mask = bits - 1;
    if let Place::Const(count) = c.place(value) {
        return Ok(Count::Known((count as u8 & mask) + more));
    }
    let from = c.gpr(value)?;
    c.asm.mov(Width::W32, R11, from);
    c.asm.alu_imm(Alu::And, Width::W32, R11, mask.into());
    if more != 0 {
        c.asm.alu_imm(Alu::Add, Width::W32, R11, more.into());
    }
    c.asm.float_from_bits(Width::W32, XMM15, R11);
    Ok(Count::InScratch)
}

/// `to = from` shifted by `count`, known or not.
fn by(
    c: &mut Compiler<'_>,
    (immediate, kind): (VectorOp, ShiftOp),
    variable: VectorOp,
    to: Xmm,
    from: Xmm,
    count: &Count,
) {
    match *count {
        Count::Known(count) => c.shift_imm(immediate, kind, to, from, count),
        Count::InScratch => c.v3(variable, to, from, XMM15),
    }
}

fn shift(c: &mut Compiler<'_>, bits: u8, immediate: (VectorOp, ShiftOp), variable: VectorOp) -> R {
    let (amount, value) = (c.pop()?, c.pop()?);
    let from = c.xmm(&value)?;
    let count = count(c, &amount, bits, 0)?;
    let to = c.result_over(&[from.into()])?;
    by(c, immediate, variable, to, from, &count);
    c.push_xmm(ValType::V128, to)
}

/// Signed shifts of quadruple words do not exist: an unsigned one, and then the sign is extended from where it came to.
fn quadruple_signed(c: &mut Compiler<'_>) -> R {
    let (amount, value) = (c.pop()?, c.pop()?);
    let from = c.xmm(&value)?;
    let sign = c.alloc_xmm()?;
    let signs = c.constant(splat(1 << 63, 64))?;
    let count = count(c, &amount, 64, 0)?;
    let to = c.result_over(&[from.into()])?;
    c.asm.vector_load(sign, signs);
    by(c, (SHIFT_Q, Right), PSRLQ, sign, sign, &count);
    by(c, (SHIFT_Q, Right), PSRLQ, to, from, &count);
    c.v3(PXOR, to, to, sign);
    c.v3(PSUBQ, to, to, sign);
    c.push_xmm(ValType::V128, to)
}

/// Bytes to the left: words are shifted, and what came over from the byte below is cleared.
fn bytes_left(c: &mut Compiler<'_>) -> R {
    let (amount, value) = (c.pop()?, c.pop()?);
    let from = c.xmm(&value)?;
    match count(c, &amount, 8, 0)? {
        Count::Known(count) => {
            let mask = c.constant(splat(0xff << count & 0xff, 8))?;
            let to = c.result_over(&[from.into()])?;
            c.shift_imm(SHIFT_W, Left, to, from, count);
            c.v3(PAND, to, to, Rm::from(mask));
            c.push_xmm(ValType::V128, to)
        }
        Count::InScratch => {
            let (mask, zero) = (c.alloc_xmm()?, c.alloc_xmm()?);
            let to = c.result_over(&[from.into()])?;
            c.v3(PSLLW, to, from, XMM15);
            // The low byte of words of ones, shifted, for all bytes.
            c.v3(PCMPEQD, mask, mask, mask);
            c.v3(PSLLW, mask, mask, XMM15);
            c.v3(PXOR, zero, zero, zero);
            c.v3(PSHUFB, mask, mask, zero);
            c.v3(PAND, to, to, mask);
            c.push_xmm(ValType::V128, to)
        }
    }
}

/// Bytes to the right: each becomes the upper byte of a word, is shifted to the lower one, and those are packed.
fn bytes_right(
    c: &mut Compiler<'_>,
    immediate: (VectorOp, ShiftOp),
    variable: VectorOp,
    pack: VectorOp,
) -> R {
    let (amount, value) = (c.pop()?, c.pop()?);
    let from = c.xmm(&value)?;
    let count = count(c, &amount, 8, 8)?;
    let high = c.alloc_xmm()?;
    c.v3(PUNPCKHBW, high, from, from);
    by(c, immediate, variable, high, high, &count);
    let to = c.result_over(&[from.into()])?;
    c.v3(PUNPCKLBW, to, from, from);
    by(c, immediate, variable, to, to, &count);
    c.v3(pack, to, to, high);
    c.push_xmm(ValType::V128, to)
}
