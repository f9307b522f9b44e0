// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Locals, constants and globals.

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::{class, width, Class, Loc, Place},
    },
    isa::x64::{
        operand::{mem, Mem},
        regs::{Width, R11, R14},
    },
    module::ValType,
    vm::global_offset,
};

/// The type of a local.
fn type_of(c: &Compiler<'_>, index: u32) -> R<ValType> {
    c.locals
        .type_of(index)
        .ok_or(Fail::Internal(&"type of a local"))
}

pub(super) fn get(c: &mut Compiler<'_>, index: u32) -> R {
    c.push_local(type_of(c, index)?, index)
}

/// `local.set`, and `local.tee` if the value stays.
pub(super) fn set(c: &mut Compiler<'_>, index: u32, stays: bool) -> R {
    let ty = type_of(c, index)?;
    let value = c.pop()?;
    let from = c.place(&value);
    c.detach_local(index)?;
    let to = c.local_place(index);
    if from != to {
        match to {
            Place::Gpr(reg) => c.load_gpr_place(ty, reg, from),
            Place::Xmm(reg) => c.load_xmm_place(ty, reg, from),
            Place::Mem(home) => c.store_place(ty, home, from),
            Place::Const(_) | Place::Constant(_) | Place::Flags(_) => {
                return Err(Fail::Internal(&"place of a local"))
            }
        }
    }
    if let Some(reg) = c.locals.register(index) {
        // Homes and loops rely on what the scan saw.
        if c.locals.written & reg.bit() == 0 {
            return Err(Fail::Internal(&"a write of a local was not foreseen"));
        }
        c.locals.dirty |= reg.bit();
        c.locals.forget_reach_of(reg);
    }
    if !stays {
        return Ok(());
    }
    match (to, value.loc) {
        (_, Loc::Const(constant)) => c.push_const(ty, constant),
        (_, Loc::Constant(label)) => c.push(ty, Loc::Constant(label)),
        (Place::Mem(_), Loc::Gpr(reg)) => c.push_gpr(ty, reg),
        (Place::Mem(_), Loc::Xmm(reg)) => c.push_xmm(ty, reg),
        _ => c.push_local(ty, index),
    }
}

/// Where global `index` is. An imported one is reached through r11.
fn global(c: &mut Compiler<'_>, index: u32) -> R<(ValType, Mem)> {
    let ty = c
        .env
        .globals
        .get(index as usize)
        .ok_or(Fail::Internal(&"index of a global"))?
        .value;
    let offset = i32::try_from(global_offset(&c.env.layout, index))
        .map_err(|_| Fail::Internal(&"offset of a global"))?;
    let slot = mem(R14, offset);
    if index >= c.env.imported_globals {
        return Ok((ty, slot));
    }
    c.asm.mov(Width::W64, R11, slot);
    Ok((ty, mem(R11, 0)))
}

pub(super) fn global_get(c: &mut Compiler<'_>, index: u32) -> R {
    let (ty, slot) = global(c, index)?;
    match class(ty) {
        Class::Integer => {
            let reg = match c.target_gpr()? {
                Some(reg) => reg,
                None => c.alloc_gpr()?,
            };
            c.asm.mov(width(ty), reg, slot);
            c.push_gpr(ty, reg)
        }
        Class::Float => {
            let reg = c.alloc_xmm()?;
            c.float_place_load(ty, reg, slot);
            c.push_xmm(ty, reg)
        }
    }
}

/// The high half of a slot of 32 bits stays zero, as it was made: only the low half is written.
pub(super) fn global_set(c: &mut Compiler<'_>, index: u32) -> R {
    let value = c.pop()?;
    match c.place(&value) {
        // These need r11, which may hold the slot's address.
        Place::Mem(_) | Place::Const(_) | Place::Flags(_) if class(value.ty) == Class::Integer => {
            let reg = c.gpr(&value)?;
            let (ty, slot) = global(c, index)?;
            c.asm.store(width(ty), slot, reg);
        }
        Place::Mem(_) | Place::Const(_) | Place::Flags(_) => {
            let reg = c.xmm(&value)?;
            let (ty, slot) = global(c, index)?;
            c.float_place_store(ty, slot, reg);
        }
        place => {
            let (ty, slot) = global(c, index)?;
            c.store_place(ty, slot, place);
        }
    }
    Ok(())
}
