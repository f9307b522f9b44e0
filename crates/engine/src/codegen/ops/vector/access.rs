// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Constants, loads and stores. Addresses are made where those of all accesses are.

use wasmparser::{MemArg, Operator};

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::Loc,
    },
    isa::x64::{
        regs::{Precision, XMM15},
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::V128Load { memarg } => load(c, *memarg)?,
        O::V128Store { memarg } => store(c, *memarg)?,
        O::V128Const { value } => constant(c, value.i128() as u128)?,
        O::V128Load8x8S { memarg } => load_half(c, *memarg, PMOVSXBW)?,
        O::V128Load8x8U { memarg } => load_half(c, *memarg, PMOVZXBW)?,
        O::V128Load16x4S { memarg } => load_half(c, *memarg, PMOVSXWD)?,
        O::V128Load16x4U { memarg } => load_half(c, *memarg, PMOVZXWD)?,
        O::V128Load32x2S { memarg } => load_half(c, *memarg, PMOVSXDQ)?,
        O::V128Load32x2U { memarg } => load_half(c, *memarg, PMOVZXDQ)?,
        O::V128Load64Splat { memarg } => load_half(c, *memarg, MOVDDUP)?,
        O::V128Load8Splat { memarg } => load_splat(c, *memarg, 1)?,
        O::V128Load16Splat { memarg } => load_splat(c, *memarg, 2)?,
        O::V128Load32Splat { memarg } => load_splat(c, *memarg, 4)?,
        O::V128Load32Zero { memarg } => load_zero(c, *memarg, Precision::Single, 4)?,
        O::V128Load64Zero { memarg } => load_zero(c, *memarg, Precision::Double, 8)?,
        O::V128Load8Lane { memarg, lane } => load_lane(c, *memarg, PINSRB, 1, *lane)?,
        O::V128Load16Lane { memarg, lane } => load_lane(c, *memarg, PINSRW, 2, *lane)?,
        O::V128Load32Lane { memarg, lane } => load_lane(c, *memarg, PINSRD, 4, *lane)?,
        O::V128Load64Lane { memarg, lane } => load_lane(c, *memarg, PINSRQ, 8, *lane)?,
        O::V128Store8Lane { memarg, lane } => store_lane(c, *memarg, PEXTRB, 1, *lane)?,
        O::V128Store16Lane { memarg, lane } => store_lane(c, *memarg, PEXTRW, 2, *lane)?,
        O::V128Store32Lane { memarg, lane } => store_lane(c, *memarg, PEXTRD, 4, *lane)?,
        O::V128Store64Lane { memarg, lane } => store_lane(c, *memarg, PEXTRQ, 8, *lane)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Pushes a constant; nothing is emitted until it is used.
pub(super) fn constant(c: &mut Compiler<'_>, value: u128) -> R {
    c.has_room(ValType::V128)?;
    if value == 0 {
        return c.push_const(ValType::V128, 0);
    }
    let label = c.constant(value)?;
    c.push(ValType::V128, Loc::Constant(label))
}

fn load(c: &mut Compiler<'_>, memarg: MemArg) -> R {
    let index = c.pop()?;
    let to = c.result_xmm()?;
    let from = c.address(&index, memarg, 16)?;
    c.access()?;
    c.asm.vector_load(to, from);
    c.push_xmm(ValType::V128, to)
}

fn store(c: &mut Compiler<'_>, memarg: MemArg) -> R {
    let (value, index) = (c.pop()?, c.pop()?);
    let from = c.xmm(&value)?;
    let to = c.address(&index, memarg, 16)?;
    c.access()?;
    c.asm.vector_store(to, from);
    Ok(())
}

/// Reads 8 bytes and makes a vector of them by `op`.
fn load_half(c: &mut Compiler<'_>, memarg: MemArg, op: VectorOp) -> R {
    let index = c.pop()?;
    let to = c.result_xmm()?;
    let from = c.address(&index, memarg, 8)?;
    c.access()?;
    c.v2(op, to.0, from);
    c.push_xmm(ValType::V128, to)
}

fn load_splat(c: &mut Compiler<'_>, memarg: MemArg, bytes: u32) -> R {
    let index = c.pop()?;
    let to = c.result_xmm()?;
    let from = c.address(&index, memarg, bytes)?;
    c.access()?;
    match bytes {
        1 if c.avx2() => c.v2(VPBROADCASTB, to.0, from),
        2 if c.avx2() => c.v2(VPBROADCASTW, to.0, from),
        4 if c.avx() => c.v2(VBROADCASTSS, to.0, from),
        1 => {
            c.insert(PINSRB, to, to, from.into(), 0);
            c.v3(PXOR, XMM15, XMM15, XMM15);
            c.v3(PSHUFB, to, to, XMM15);
        }
        2 => {
            c.insert(PINSRW, to, to, from.into(), 0);
            c.v2_imm(PSHUFLW, to.0, to, 0);
            c.v3(PUNPCKLQDQ, to, to, to);
        }
        4 => {
            c.v2(MOVSS, to.0, from);
            c.v2_imm(PSHUFD, to.0, to, 0);
        }
        _ => return Err(Fail::Internal(&"width of a load")),
    }
    c.push_xmm(ValType::V128, to)
}

fn load_zero(c: &mut Compiler<'_>, memarg: MemArg, precision: Precision, bytes: u32) -> R {
    let index = c.pop()?;
    let to = c.result_xmm()?;
    let from = c.address(&index, memarg, bytes)?;
    c.access()?;
    c.asm.float_load(precision, to, from);
    c.push_xmm(ValType::V128, to)
}

fn load_lane(c: &mut Compiler<'_>, memarg: MemArg, op: VectorOp, bytes: u32, lane: u8) -> R {
    let (vector, index) = (c.pop()?, c.pop()?);
    let lhs = c.xmm(&vector)?;
    let to = c.result_over(&[lhs.into()])?;
    let from = c.address(&index, memarg, bytes)?;
    if !c.avx() {
        // Before the instruction that may fault.
        c.asm.vector_load(to, lhs);
        c.access()?;
        c.insert(op, to, to, from.into(), lane);
    } else {
        c.access()?;
        c.insert(op, to, lhs, from.into(), lane);
    }
    c.push_xmm(ValType::V128, to)
}

fn store_lane(c: &mut Compiler<'_>, memarg: MemArg, op: VectorOp, bytes: u32, lane: u8) -> R {
    let (vector, index) = (c.pop()?, c.pop()?);
    let from = c.xmm(&vector)?;
    let to = c.address(&index, memarg, bytes)?;
    c.access()?;
    c.v2_imm(op, from.0, to, lane);
    Ok(())
}
