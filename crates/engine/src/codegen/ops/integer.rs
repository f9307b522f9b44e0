// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Integer arithmetic, logic and bit counting.

use super::compare;
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        lookahead::is_load,
        value::{imm32, Cond, Loc, Place, Value},
    },
    config::CpuFeatures,
    isa::x64::{
        int::{Alu, Bits, Extend, Shift, Unary},
        operand::{indexed, mem},
        regs::{Cc, Gpr, Width, R11},
    },
    module::ValType,
};

/// The wasm type of a width.
pub(super) const fn int_type(width: Width) -> ValType {
    match width {
        Width::W32 => ValType::I32,
        Width::W64 => ValType::I64,
    }
}

/// `value` cut to `width`.
pub(super) const fn cut(value: u64, width: Width) -> u64 {
    match width {
        Width::W32 => value & 0xffff_ffff,
        Width::W64 => value,
    }
}

/// Pops both operands; the constant one, if any, becomes the right one.
fn pop_commuting(c: &mut Compiler<'_>) -> R<(Value, Value)> {
    let (rhs, lhs) = (c.pop()?, c.pop()?);
    match c.place(&lhs) {
        Place::Const(_) => Ok((rhs, lhs)),
        _ => Ok((lhs, rhs)),
    }
}

pub(super) fn binary(c: &mut Compiler<'_>, op: Alu, width: Width) -> R {
    let commutes = op != Alu::Sub;
    let (mut lhs, mut rhs) = if commutes {
        pop_commuting(c)?
    } else {
        let rhs = c.pop()?;
        (c.pop()?, rhs)
    };
    if let (Place::Const(a), Place::Const(b)) = (c.place(&lhs), c.place(&rhs)) {
        let value = match op {
            Alu::Sub => a.wrapping_sub(b),
            Alu::And => a & b,
            Alu::Or => a | b,
            _ => a ^ b,
        };
        return c.push_const(int_type(width), cut(value, width));
    }
    if op == Alu::And {
        if compare::tested_next(c, width) {
            return test(c, width, &lhs, &rhs);
        }
        // What masks leave of a low byte or word.
        let kind = match c.place(&rhs) {
            Place::Const(0xff) => Some(Extend::Zero8),
            Place::Const(0xffff) => Some(Extend::Zero16),
            _ => None,
        };
        if let Some(kind) = kind {
            let from = c.gpr_or_mem(&lhs)?;
            let to = c.over_gpr(&lhs)?;
            c.asm.extend_from(kind, Width::W32, to, from);
            c.push_gpr(int_type(width), to)?;
            c.at_most(rhs.most());
            return Ok(());
        }
    }
    let most = match op {
        Alu::And => lhs.most().min(rhs.most()),
        Alu::Sub => u32::MAX,
        // As many bits as the longer one has.
        _ => u32::MAX
            .checked_shr((lhs.most() | rhs.most()).leading_zeros())
            .unwrap_or(0),
    };
    binary_with(c, op, width, &mut lhs, &mut rhs, commutes)?;
    c.at_most(most);
    Ok(())
}

/// The conjunction of which only whether it is zero matters.
fn test(c: &mut Compiler<'_>, width: Width, lhs: &Value, rhs: &Value) -> R {
    match c.place(rhs) {
        Place::Const(value) if imm32(value, width).is_some() => {
            let operand = c.gpr_or_mem(lhs)?;
            c.asm
                .test_imm(width, operand, imm32(value, width).unwrap_or(0));
        }
        Place::Mem(right) => {
            let left = c.gpr(lhs)?;
            c.asm.test(width, right, left);
        }
        _ => {
            let right = c.gpr(rhs)?;
            let left = c.gpr_or_mem(lhs)?;
            c.asm.test(width, left, right);
        }
    }
    compare::push_flags(c, width, Cond::Cc(Cc::NotEqual))
}

fn binary_with(
    c: &mut Compiler<'_>,
    op: Alu,
    width: Width,
    lhs: &mut Value,
    rhs: &mut Value,
    commutes: bool,
) -> R {
    let to = c.binary_gpr(lhs, rhs, commutes)?;
    match c.place(rhs) {
        Place::Const(value) if imm32(value, width).is_some() => {
            c.asm
                .alu_imm(op, width, to, imm32(value, width).unwrap_or(0));
        }
        _ => {
            let from = c.gpr_or_mem(rhs)?;
            c.asm.alu(op, width, to, from);
        }
    }
    c.zero_flag_is_of(width, to);
    c.push_gpr(int_type(width), to)
}

/// Addition: `lea` when the result goes to another register than both operands.
pub(super) fn add(c: &mut Compiler<'_>, width: Width) -> R {
    let (mut rhs, mut lhs) = (c.pop()?, c.pop()?);
    if let Loc::Scaled(index, shift) = rhs.loc {
        let base = c.gpr(&lhs)?;
        let to = c.result_gpr()?;
        c.asm.lea(width, to, indexed(base, index, shift, 0));
        return c.push_gpr(int_type(width), to);
    }
    if let Place::Const(_) = c.place(&lhs) {
        core::mem::swap(&mut lhs, &mut rhs);
    }
    let (left, right) = (c.place(&lhs), c.place(&rhs));
    if let (Place::Const(a), Place::Const(b)) = (left, right) {
        return c.push_const(int_type(width), cut(a.wrapping_add(b), width));
    }
    let most = lhs.most().checked_add(rhs.most());
    if let (Width::W32, Place::Const(plus), Some(most)) = (width, right, most) {
        // No carry is lost: the load adds.
        if is_load(c.rest()) {
            let (reg, shift) = match lhs.loc {
                Loc::Sum { reg, shift, .. } => (reg, shift),
                _ => (c.gpr(&lhs)?, 0),
            };
            c.push_sum(reg, shift, plus as u32)?;
            c.at_most(most);
            return Ok(());
        }
    }
    let pinned = |c: &Compiler<'_>, reg: Gpr| c.regs.is_pinned(reg.into());
    let address = match (left, right) {
        (Place::Gpr(a), Place::Const(b)) if pinned(c, a) => {
            imm32(b, width).map(|disp| mem(a, disp))
        }
        (Place::Gpr(a), Place::Gpr(b)) if pinned(c, a) && pinned(c, b) => Some(indexed(a, b, 0, 0)),
        _ => None,
    };
    if let Some(address) = address {
        let to = c.result_gpr()?;
        let operand_is_target = Place::Gpr(to) == left || Place::Gpr(to) == right;
        if !operand_is_target {
            c.asm.lea(width, to, address);
            return c.push_gpr(int_type(width), to);
        }
        // The target is pinned, so nothing was allocated for it.
    }
    binary_with(c, Alu::Add, width, &mut lhs, &mut rhs, true)?;
    c.at_most(most.unwrap_or(u32::MAX));
    Ok(())
}

pub(super) fn multiply(c: &mut Compiler<'_>, width: Width) -> R {
    let (mut lhs, mut rhs) = pop_commuting(c)?;
    let ty = int_type(width);
    match (c.place(&lhs), c.place(&rhs)) {
        (Place::Const(a), Place::Const(b)) => {
            return c.push_const(ty, cut(a.wrapping_mul(b), width))
        }
        (_, Place::Const(value)) => {
            let value = cut(value, width);
            if value.is_power_of_two() {
                let to = c.unary_gpr(&lhs)?;
                c.asm
                    .shift_imm(Shift::Shl, width, to, value.trailing_zeros() as u8);
                return c.push_gpr(ty, to);
            }
            if let Some(imm) = imm32(value, width) {
                let from = c.gpr_or_mem(&lhs)?;
                let to = c.result_gpr()?;
                c.asm.imul_imm(width, to, from, imm);
                return c.push_gpr(ty, to);
            }
        }
        _ => {}
    }
    let to = c.binary_gpr(&mut lhs, &mut rhs, true)?;
    let from = c.gpr_or_mem(&rhs)?;
    c.asm.imul(width, to, from);
    c.push_gpr(ty, to)
}

pub(super) fn extend(c: &mut Compiler<'_>, kind: Extend, width: Width) -> R {
    let value = c.pop()?;
    let from = c.gpr_or_mem(&value)?;
    let to = c.result_gpr()?;
    c.asm.extend_from(kind, width, to, from);
    c.push_gpr(int_type(width), to)
}

pub(super) fn leading_zeros(c: &mut Compiler<'_>, width: Width) -> R {
    let value = c.pop()?;
    let from = c.gpr_or_mem(&value)?;
    if c.config.cpu.contains(CpuFeatures::LZCNT) {
        let to = c.result_gpr()?;
        c.asm.bits(Bits::Lzcnt, width, to, from);
        return c.push_gpr(int_type(width), to);
    }
    // bsr finds the highest one; 2 * bits - 1 stands for none, so that the exclusive or gives the width.
    let most = width.bits() - 1;
    let to = c.alloc_gpr()?;
    c.asm.mov_imm(R11, u64::from(2 * most + 1));
    c.asm.bits(Bits::Bsr, width, to, from);
    c.asm.cmov(Cc::Equal, width, to, R11);
    c.asm.alu_imm(Alu::Xor, Width::W32, to, most as i32);
    c.push_gpr(int_type(width), to)
}

pub(super) fn trailing_zeros(c: &mut Compiler<'_>, width: Width) -> R {
    let value = c.pop()?;
    let from = c.gpr_or_mem(&value)?;
    if c.config.cpu.contains(CpuFeatures::BMI1) {
        let to = c.result_gpr()?;
        c.asm.bits(Bits::Tzcnt, width, to, from);
        return c.push_gpr(int_type(width), to);
    }
    let to = c.alloc_gpr()?;
    c.asm.mov_imm(R11, u64::from(width.bits()));
    c.asm.bits(Bits::Bsf, width, to, from);
    c.asm.cmov(Cc::Equal, width, to, R11);
    c.push_gpr(int_type(width), to)
}

/// Population count; without the instruction by adding neighbouring fields (Hacker's Delight, 5-1).
pub(super) fn ones(c: &mut Compiler<'_>, width: Width) -> R {
    let value = c.pop()?;
    let ty = int_type(width);
    if c.config.cpu.contains(CpuFeatures::POPCNT) {
        let from = c.gpr_or_mem(&value)?;
        let to = c.result_gpr()?;
        c.asm.bits(Bits::Popcnt, width, to, from);
        return c.push_gpr(ty, to);
    }
    let x = c.gpr_mut(&value)?;
    let t = c.alloc_gpr()?;
    let mask = |byte: u64| cut(byte.wrapping_mul(0x0101_0101_0101_0101), width);
    // x -= x >> 1 & 0x55…
    c.asm.mov(width, t, x);
    c.asm.shift_imm(Shift::Shr, width, t, 1);
    c.asm.mov_imm(R11, mask(0x55));
    c.asm.alu(Alu::And, width, t, R11);
    c.asm.alu(Alu::Sub, width, x, t);
    // x = (x & 0x33…) + (x >> 2 & 0x33…)
    c.asm.mov_imm(R11, mask(0x33));
    c.asm.mov(width, t, x);
    c.asm.alu(Alu::And, width, x, R11);
    c.asm.shift_imm(Shift::Shr, width, t, 2);
    c.asm.alu(Alu::And, width, t, R11);
    c.asm.alu(Alu::Add, width, x, t);
    // x = x + (x >> 4) & 0x0f…
    c.asm.mov(width, t, x);
    c.asm.shift_imm(Shift::Shr, width, t, 4);
    c.asm.alu(Alu::Add, width, x, t);
    c.asm.mov_imm(R11, mask(0x0f));
    c.asm.alu(Alu::And, width, x, R11);
    // The top byte of the product is the sum of all bytes.
    c.asm.mov_imm(R11, mask(0x01));
    c.asm.imul(width, x, R11);
    c.asm
        .shift_imm(Shift::Shr, width, x, (width.bits() - 8) as u8);
    c.push_gpr(ty, x)
}

/// Negates `reg`.
pub(super) fn negate(c: &mut Compiler<'_>, width: Width, reg: Gpr) {
    c.asm.unary(Unary::Neg, width, reg);
}
