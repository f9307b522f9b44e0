// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Loads, stores and `memory.size`. Addresses are made in `address`, the only place that decides what is in bounds.

mod address;
mod elsewhere;

use core::mem::offset_of;

use wasmparser::MemArg;

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::{class, imm32, precision, width, Class, Place},
    },
    isa::x64::{
        int::{Extend, Shift},
        operand::{mem, Mem},
        regs::{Gpr, Width, R14},
    },
    module::ValType,
    vm::{InstanceCtx, MemoryDef},
};

pub(super) fn load(c: &mut Compiler<'_>, memarg: MemArg, ty: ValType, extend: Option<Extend>) -> R {
    let index = c.pop()?;
    let bytes = match extend {
        Some(Extend::Zero8 | Extend::Sign8) => 1,
        Some(Extend::Zero16 | Extend::Sign16) => 2,
        Some(Extend::Sign32) => 4,
        None => width(ty).bits() / 8,
    };
    match class(ty) {
        Class::Integer => {
            let to = c.result_gpr()?;
            let from = c.address(&index, memarg, bytes)?;
            c.access()?;
            match extend {
                Some(kind) => c.asm.extend_from(kind, width(ty), to, from),
                None => c.asm.mov(width(ty), to, from),
            }
            c.push_gpr(ty, to)?;
            match extend {
                Some(Extend::Zero8) => c.at_most(0xff),
                Some(Extend::Zero16) => c.at_most(0xffff),
                _ => {}
            }
            Ok(())
        }
        Class::Float => {
            let to = c.result_xmm()?;
            let from = c.address(&index, memarg, bytes)?;
            c.access()?;
            c.asm.float_load(precision(ty), to, from);
            c.push_xmm(ty, to)
        }
    }
}

pub(super) fn load_u32(c: &mut Compiler<'_>, memarg: MemArg) -> R {
    let index = c.pop()?;
    let to = c.result_gpr()?;
    let from = c.address(&index, memarg, 4)?;
    c.access()?;
    c.asm.mov(Width::W32, to, from);
    c.push_gpr(ValType::I64, to)
}

/// Stores the low `bytes` of the value on top. The value is read before the address is made, which may use r11.
pub(super) fn store(c: &mut Compiler<'_>, memarg: MemArg, bytes: u32) -> R {
    let (value, index) = (c.pop()?, c.pop()?);
    match c.place(&value) {
        Place::Xmm(from) => {
            let to = c.address(&index, memarg, bytes)?;
            c.access()?;
            c.asm.float_store(precision(value.ty), to, from);
        }
        Place::Const(constant) if imm32(constant, width(value.ty)).is_some() => {
            let imm = imm32(constant, width(value.ty)).unwrap_or(0);
            let to = c.address(&index, memarg, bytes)?;
            c.access()?;
            store_imm(c, to, bytes, imm)?;
        }
        _ => {
            let from = c.gpr(&value)?;
            let to = c.address(&index, memarg, bytes)?;
            c.access()?;
            store_gpr(c, to, bytes, from)?;
        }
    }
    Ok(())
}

fn store_imm(c: &mut Compiler<'_>, to: Mem, bytes: u32, imm: i32) -> R {
    match bytes {
        1 => c.asm.store8_imm(to, imm as i8),
        2 => c.asm.store16_imm(to, imm as i16),
        4 => c.asm.store_imm(Width::W32, to, imm),
        8 => c.asm.store_imm(Width::W64, to, imm),
        _ => return Err(Fail::Internal(&"width of a store")),
    }
    Ok(())
}

fn store_gpr(c: &mut Compiler<'_>, to: Mem, bytes: u32, from: Gpr) -> R {
    match bytes {
        1 => c.asm.store8(to, from),
        2 => c.asm.store16(to, from),
        4 => c.asm.store(Width::W32, to, from),
        8 => c.asm.store(Width::W64, to, from),
        _ => return Err(Fail::Internal(&"width of a store")),
    }
    Ok(())
}

pub(super) fn size(c: &mut Compiler<'_>, memory: u32) -> R {
    let ty = c.memory_type(memory)?.index();
    let to = c.result_gpr()?;
    let len = if memory == 0 && !c.env.shares_memory() {
        mem(R14, offset_of!(InstanceCtx, memory_len) as i32)
    } else {
        c.memory_definition(to, memory)?;
        mem(to, offset_of!(MemoryDef, len) as i32)
    };
    c.asm.mov(Width::W64, to, len);
    c.asm.shift_imm(Shift::Shr, Width::W64, to, 16);
    c.push_gpr(ty, to)
}
