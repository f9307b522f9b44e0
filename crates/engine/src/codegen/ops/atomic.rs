// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Atomic operators on memories, shared or not. All are sequentially consistent: loads are plain, whatever writes is a locked instruction.
//!
//! The effective address must be a multiple of the width. That is looked at first, in both memory models; its low bits are those of the
//! 32-bit sum of index and offset. The machine address is in r11 from then on, and nothing else is held but the operands. Each instruction that accesses
//! memory is a fault site of its own.

use wasmparser::MemArg;

use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Loc, Place, Value},
    },
    isa::x64::{
        int::{Alu, Extend, Unary},
        operand::{mem, Mem},
        regs::{Cc, Gpr, Width, R11, RAX},
    },
    module::ValType,
    trap::TrapCode,
};

/// Where the operand is.
const AT: Mem = mem(R11, 0);

/// What a read-modify-write operator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modify {
    Add,
    Sub,
    Logic(Alu),
    Exchange,
}

/// The width of an instruction on `bytes` in registers.
fn register_width(bytes: u32) -> Width {
    match bytes {
        8 => Width::W64,
        _ => Width::W32,
    }
}

/// r11 = the address of an access of `bytes`, which is aligned. `keep` are registers that are needed afterwards; all others that the operator
/// held are free again.
fn address(c: &mut Compiler<'_>, index: &Value, memarg: MemArg, bytes: u32, keep: &[Gpr]) -> R {
    let mut index = *index;
    check_alignment(c, &mut index, memarg.offset, bytes)?;
    let at = c.address(&index, memarg, bytes)?;
    c.asm.lea(Width::W64, R11, at);
    c.regs.release_temps();
    for &reg in keep {
        if !c.regs.is_pinned(reg.into()) {
            c.regs.hold(reg.into());
        }
    }
    Ok(())
}

/// Traps unless the sum of index and offset is a multiple of `bytes`. Leaves the index in a register, or constant. Uses r11.
fn check_alignment(c: &mut Compiler<'_>, index: &mut Value, offset: u64, bytes: u32) -> R {
    let low = u64::from(bytes) - 1;
    if low == 0 {
        return Ok(());
    }
    let plus = (offset & low) as i32;
    let reg = match c.place(index) {
        Place::Const(index) if index.wrapping_add(offset) & low == 0 => return Ok(()),
        // Traps whatever is there; the compiler goes on as if it did not.
        Place::Const(index) => {
            c.asm.mov_imm(R11, index & low);
            R11
        }
        Place::Gpr(reg) => reg,
        _ => {
            let reg = c.gpr(index)?;
            index.loc = Loc::Gpr(reg);
            reg
        }
    };
    if plus == 0 {
        c.asm.test_imm(Width::W32, reg, low as i32);
    } else {
        c.asm.lea(Width::W32, R11, mem(reg, plus));
        c.asm.test_imm(Width::W32, R11, low as i32);
    }
    c.trap_if(Cc::NotEqual, TrapCode::Unaligned)
}

/// `value` in a register that is not rax, to read only. Rax is free again if it was there: what makes the address may need all that are left.
fn outside_rax(c: &mut Compiler<'_>, value: &Value) -> R<Gpr> {
    let reg = c.gpr(value)?;
    if reg != RAX {
        return Ok(reg);
    }
    let other = c.alloc_gpr()?;
    c.asm.mov(Width::W64, other, RAX);
    c.regs.drop_temp(RAX.into());
    Ok(other)
}

/// Loads `bytes` into `to`, zero-extended.
fn load_into(c: &mut Compiler<'_>, to: Gpr, bytes: u32) -> R {
    c.access()?;
    match bytes {
        1 => c.asm.extend_from(Extend::Zero8, Width::W32, to, AT),
        2 => c.asm.extend_from(Extend::Zero16, Width::W32, to, AT),
        _ => c.asm.mov(register_width(bytes), to, AT),
    }
    Ok(())
}

/// Pushes what `reg` has in its low `bytes`. Instructions on 4 bytes clear the upper half, those on fewer leave it.
fn push_old(c: &mut Compiler<'_>, ty: ValType, reg: Gpr, bytes: u32) -> R {
    match bytes {
        1 => c.asm.extend_from(Extend::Zero8, Width::W32, reg, reg),
        2 => c.asm.extend_from(Extend::Zero16, Width::W32, reg, reg),
        _ => {}
    }
    c.push_gpr(ty, reg)
}

pub(super) fn load(c: &mut Compiler<'_>, memarg: MemArg, ty: ValType, bytes: u32) -> R {
    let index = c.pop()?;
    address(c, &index, memarg, bytes, &[])?;
    let to = c.result_gpr()?;
    load_into(c, to, bytes)?;
    c.push_gpr(ty, to)
}

pub(super) fn store(c: &mut Compiler<'_>, memarg: MemArg, bytes: u32) -> R {
    let (value, index) = (c.pop()?, c.pop()?);
    let reg = c.gpr_mut(&value)?;
    address(c, &index, memarg, bytes, &[reg])?;
    c.access()?;
    c.asm.exchange(bytes, AT, reg);
    Ok(())
}

pub(super) fn modify(
    c: &mut Compiler<'_>,
    memarg: MemArg,
    ty: ValType,
    bytes: u32,
    what: Modify,
) -> R {
    let (value, index) = (c.pop()?, c.pop()?);
    if let Modify::Logic(op) = what {
        return logic(c, memarg, ty, bytes, op, &value, &index);
    }
    let reg = c.gpr_mut(&value)?;
    address(c, &index, memarg, bytes, &[reg])?;
    if what == Modify::Sub {
        c.asm.unary(Unary::Neg, register_width(bytes), reg);
    }
    c.access()?;
    match what {
        Modify::Exchange => c.asm.exchange(bytes, AT, reg),
        _ => c.asm.lock_xadd(bytes, AT, reg),
    }
    push_old(c, ty, reg, bytes)
}

/// There is no instruction that yields what was there: a loop around `cmpxchg`, unless nobody wants to know.
fn logic(
    c: &mut Compiler<'_>,
    memarg: MemArg,
    ty: ValType,
    bytes: u32,
    op: Alu,
    value: &Value,
    index: &Value,
) -> R {
    const DROP: u8 = 0x1a;
    let operand = outside_rax(c, value)?;
    address(c, index, memarg, bytes, &[operand])?;
    if c.rest().first() == Some(&DROP) {
        c.access()?;
        c.asm.lock_alu(op, bytes, AT, operand);
        return c.push_const(ty, 0);
    }
    c.claim(RAX)?;
    let new = c.alloc_gpr()?;
    load_into(c, RAX, bytes)?;
    let again = c.asm.here();
    c.asm.mov(Width::W64, new, RAX);
    c.asm.alu(op, register_width(bytes), new, operand);
    c.access()?;
    c.asm.lock_cmpxchg(bytes, AT, new);
    c.asm.jcc(Cc::NotEqual, again);
    // On failure `cmpxchg` has loaded no more than the operand, so what `load_into` cleared is clear.
    c.push_gpr(ty, RAX)
}

/// Compares as many bytes as there are; what the expected value has above them does not count.
pub(super) fn compare_exchange(c: &mut Compiler<'_>, memarg: MemArg, ty: ValType, bytes: u32) -> R {
    let (new, expected, index) = (c.pop()?, c.pop()?, c.pop()?);
    let new = outside_rax(c, &new)?;
    let expected = c.gpr(&expected)?;
    address(c, &index, memarg, bytes, &[new, expected])?;
    c.claim(RAX)?;
    if expected != RAX {
        c.asm.mov(register_width(bytes), RAX, expected);
    }
    c.access()?;
    c.asm.lock_cmpxchg(bytes, AT, new);
    if bytes == 4 && ty == ValType::I64 {
        // If they were equal, the upper half is that of the expected value, which may have been in rax.
        c.asm.mov(Width::W32, RAX, RAX);
    }
    push_old(c, ty, RAX, bytes)
}

pub(super) fn fence(c: &mut Compiler<'_>) -> R {
    c.asm.fence();
    Ok(())
}
