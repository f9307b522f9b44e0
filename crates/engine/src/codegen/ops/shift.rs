// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Shifts and rotates. A variable count must be in cl.

use super::integer::{cut, int_type};
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        lookahead::{constant, is_load},
        value::{Entry, Loc, Place},
    },
    isa::x64::{
        int::Shift,
        regs::{Width, RCX},
    },
};

pub(super) fn compile(c: &mut Compiler<'_>, op: Shift, width: Width) -> R {
    let (count, mut value) = (c.pop()?, c.pop()?);
    let ty = int_type(width);
    if let Place::Const(count) = c.place(&count) {
        let count = (count as u32 & (width.bits() - 1)) as u8;
        if let Place::Const(value) = c.place(&value) {
            return c.push_const(ty, fold(op, width, value, count));
        }
        let most = after(op, width, value.most(), count);
        if op == Shift::Shl && count <= 3 && width == Width::W32 {
            if let Some(plus) = loaded_next(c.rest()) {
                if most.is_some_and(|most| most.checked_add(plus).is_some()) {
                    let reg = c.gpr(&value)?;
                    c.push_sum(reg, count, 0)?;
                    c.at_most(most.unwrap_or(u32::MAX));
                    return Ok(());
                }
            }
        }
        if op == Shift::Shl && (1..=3).contains(&count) && added_next(c, width) {
            let reg = c.gpr(&value)?;
            return c.push_scaled(ty, reg, count);
        }
        let to = c.unary_gpr(&value)?;
        if count != 0 {
            c.asm.shift_imm(op, width, to, count);
        }
        c.push_gpr(ty, to)?;
        c.at_most(most.unwrap_or(u32::MAX));
        return Ok(());
    }
    if c.place(&count) != Place::Gpr(RCX) {
        if c.place(&value) == Place::Gpr(RCX) {
            let other = c.alloc_gpr()?;
            c.asm.mov(width, other, RCX);
            value.loc = Loc::Gpr(other);
        }
        c.claim(RCX)?;
        c.load_gpr_place(count.ty, RCX, c.place(&count));
    }
    let to = c.unary_gpr(&value)?;
    c.asm.shift_cl(op, width, to);
    c.push_gpr(ty, to)
}

/// The most that an i32 of at most `most` can be after a shift by a constant, if it cannot overflow.
fn after(op: Shift, width: Width, most: u32, count: u8) -> Option<u32> {
    match (op, width) {
        (Shift::Shr, Width::W32) => most.checked_shr(count.into()),
        (Shift::Shl, Width::W32) => u32::try_from(u64::from(most) << count).ok(),
        _ => None,
    }
}

/// If the result is the index of a load, at once or after a constant is added: that constant.
fn loaded_next(rest: &[u8]) -> Option<u32> {
    let (plus, rest) = match constant(rest) {
        Some((plus, rest)) => (plus, rest.strip_prefix(&[0x6a])?),
        None => (0, rest),
    };
    is_load(rest).then_some(plus)
}

/// Whether the next operator adds the result to what is below it on the stack, which is no constant: then `lea` does both.
fn added_next(c: &Compiler<'_>, width: Width) -> bool {
    let add = match width {
        Width::W32 => 0x6a,
        Width::W64 => 0x7c,
    };
    let constant = matches!(
        c.stack.last(),
        Some(Entry {
            loc: Loc::Const(_),
            ..
        })
    );
    c.rest().first() == Some(&add) && !constant
}

/// The result for a constant value; `count` is below the width.
fn fold(op: Shift, width: Width, value: u64, count: u8) -> u64 {
    let count = u32::from(count);
    match width {
        Width::W32 => {
            let value = value as u32;
            u64::from(match op {
                Shift::Shl => value << count,
                Shift::Shr => value >> count,
                Shift::Sar => (value as i32 >> count) as u32,
                Shift::Rol => value.rotate_left(count),
                Shift::Ror => value.rotate_right(count),
            })
        }
        Width::W64 => cut(
            match op {
                Shift::Shl => value << count,
                Shift::Shr => value >> count,
                Shift::Sar => (value as i64 >> count) as u64,
                Shift::Rol => value.rotate_left(count),
                Shift::Ror => value.rotate_right(count),
            },
            width,
        ),
    }
}
