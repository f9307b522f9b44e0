// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Shifts and rotates. A variable count must be in cl.

use super::integer::{cut, int_type};
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
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
        if op == Shift::Shl && (1..=3).contains(&count) && added_next(c, width) {
            let reg = c.gpr(&value)?;
            return c.push_scaled(ty, reg, count);
        }
        let to = c.unary_gpr(&value)?;
        if count != 0 {
            c.asm.shift_imm(op, width, to, count);
        }
        return c.push_gpr(ty, to);
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
