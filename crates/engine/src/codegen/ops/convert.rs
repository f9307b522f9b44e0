// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Conversions between types, all but truncations.

use super::{
    float::{bits_width, float_type},
    integer::int_type,
};
use crate::{
    codegen::{fail::R, function::Compiler, value::Place},
    isa::x64::{
        float::FloatOp,
        int::{Alu, Extend, Shift},
        regs::{Cc, Precision, Width, R11},
    },
    module::ValType,
};

pub(super) fn wrap(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    if let Place::Const(value) = c.place(&value) {
        return c.push_const(ValType::I32, value & 0xffff_ffff);
    }
    // Reads the low half of whatever it is and clears the upper half of the result.
    let from = c.gpr_or_mem(&value)?;
    let to = c.result_gpr()?;
    c.asm.mov(Width::W32, to, from);
    c.push_gpr(ValType::I32, to)
}

pub(super) fn extend_signed(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    if let Place::Const(value) = c.place(&value) {
        return c.push_const(ValType::I64, value as u32 as i32 as i64 as u64);
    }
    let from = c.gpr_or_mem(&value)?;
    let to = c.result_gpr()?;
    c.asm.extend_from(Extend::Sign32, Width::W64, to, from);
    c.push_gpr(ValType::I64, to)
}

/// An i32 in a register is zero-extended already.
pub(super) fn extend_unsigned(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    if let Place::Const(value) = c.place(&value) {
        return c.push_const(ValType::I64, value);
    }
    let to = c.unary_gpr(&value)?;
    c.push_gpr(ValType::I64, to)
}

pub(super) fn from_int(c: &mut Compiler<'_>, to: Precision, width: Width) -> R {
    let value = c.pop()?;
    let from = c.gpr_or_mem(&value)?;
    let reg = c.result_xmm()?;
    c.asm.float_zero(reg);
    c.asm.float_from_int(to, reg, width, from);
    c.push_xmm(float_type(to), reg)
}

/// As an i64, which it fits.
pub(super) fn from_u32(c: &mut Compiler<'_>, to: Precision) -> R {
    let value = c.pop()?;
    let from = c.gpr(&value)?;
    let reg = c.result_xmm()?;
    c.asm.float_zero(reg);
    c.asm.float_from_int(to, reg, Width::W64, from);
    c.push_xmm(float_type(to), reg)
}

/// Above 2^63 half of it is converted (the lost bit is kept as a sticky one, so that rounding is right) and doubled.
pub(super) fn from_u64(c: &mut Compiler<'_>, to: Precision) -> R {
    let value = c.pop()?;
    let from = c.gpr_mut(&value)?;
    let reg = c.result_xmm()?;
    let (large, done) = (c.asm.label(), c.asm.label());
    c.asm.float_zero(reg);
    c.asm.test(Width::W64, from, from);
    c.asm.jcc_near(Cc::Sign, large);
    c.asm.float_from_int(to, reg, Width::W64, from);
    c.asm.jmp_near(done);
    c.asm.bind(large);
    c.asm.mov(Width::W64, R11, from);
    c.asm.shift_imm(Shift::Shr, Width::W64, R11, 1);
    c.asm.alu_imm(Alu::And, Width::W32, from, 1);
    c.asm.alu(Alu::Or, Width::W64, from, R11);
    c.asm.float_from_int(to, reg, Width::W64, from);
    c.asm.float_op(FloatOp::Add, to, reg, reg);
    c.asm.bind(done);
    c.push_xmm(float_type(to), reg)
}

pub(super) fn other_precision(c: &mut Compiler<'_>, from: Precision) -> R {
    let value = c.pop()?;
    let operand = c.xmm(&value)?;
    let to = match from {
        Precision::Single => ValType::F64,
        Precision::Double => ValType::F32,
    };
    let reg = c.result_xmm()?;
    c.asm.float_convert(from, reg, operand);
    c.push_xmm(to, reg)
}

pub(super) fn bits_of(c: &mut Compiler<'_>, from: Precision) -> R {
    let value = c.pop()?;
    let ty = int_type(bits_width(from));
    if let Place::Const(bits) = c.place(&value) {
        return c.push_const(ty, bits);
    }
    let reg = c.result_gpr()?;
    c.load_gpr_place(ty, reg, c.place(&value));
    c.push_gpr(ty, reg)
}

pub(super) fn from_bits(c: &mut Compiler<'_>, to: Precision) -> R {
    let value = c.pop()?;
    let ty = float_type(to);
    if let Place::Const(bits) = c.place(&value) {
        return c.push_const(ty, bits);
    }
    let reg = c.result_xmm()?;
    c.load_xmm_place(ty, reg, c.place(&value));
    c.push_xmm(ty, reg)
}
