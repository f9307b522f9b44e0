// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Single lanes: splat, extract, replace.

use wasmparser::Operator;

use super::{access, shuffle, simple::splat as splatted};
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Place, Value},
    },
    isa::x64::{
        int::Extend,
        operand::{mem, Mem, Rm},
        regs::{Precision, Width, XMM15},
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Extend::{Sign16, Sign8, Zero16, Zero8};
    use Operator as O;
    use Precision::{Double, Single};
    use ValType::{I32, I64};
    match *operator {
        O::I8x16Splat => splat(c, 8)?,
        O::I16x8Splat => splat(c, 16)?,
        O::I32x4Splat => splat(c, 32)?,
        O::I64x2Splat => splat(c, 64)?,
        O::F32x4Splat => splat_float(c, Single)?,
        O::F64x2Splat => splat_float(c, Double)?,
        O::I8x16ExtractLaneS { lane } => extract(c, I32, PEXTRB, 8, lane, Some(Sign8))?,
        O::I8x16ExtractLaneU { lane } => extract(c, I32, PEXTRB, 8, lane, Some(Zero8))?,
        O::I16x8ExtractLaneS { lane } => extract(c, I32, PEXTRW, 16, lane, Some(Sign16))?,
        O::I16x8ExtractLaneU { lane } => extract(c, I32, PEXTRW, 16, lane, Some(Zero16))?,
        O::I32x4ExtractLane { lane } => extract(c, I32, PEXTRD, 32, lane, None)?,
        O::I64x2ExtractLane { lane } => extract(c, I64, PEXTRQ, 64, lane, None)?,
        O::F32x4ExtractLane { lane } => extract_float(c, ValType::F32, lane)?,
        O::F64x2ExtractLane { lane } => extract_float(c, ValType::F64, lane)?,
        O::I8x16ReplaceLane { lane } => replace(c, PINSRB, lane)?,
        O::I16x8ReplaceLane { lane } => replace(c, PINSRW, lane)?,
        O::I32x4ReplaceLane { lane } => replace(c, PINSRD, lane)?,
        O::I64x2ReplaceLane { lane } => replace(c, PINSRQ, lane)?,
        O::F32x4ReplaceLane { lane } => replace_float(c, lane)?,
        O::F64x2ReplaceLane { lane } => replace_double(c, lane)?,
        O::I8x16Shuffle { lanes } => shuffle::shuffle(c, lanes)?,
        O::I8x16Swizzle => shuffle::swizzle(c)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Where lane `lane` of a vector in memory is.
fn lane_of(vector: Mem, lane: u8, bits: u32) -> Mem {
    mem(
        vector.base,
        vector
            .disp
            .wrapping_add((u32::from(lane) * bits / 8) as i32),
    )
}

fn splat(c: &mut Compiler<'_>, bits: u32) -> R {
    let value = c.pop()?;
    match (c.place(&value), bits) {
        (Place::Const(lane), _) => return access::constant(c, splatted(lane, bits)),
        (Place::Mem(from), 32) if c.avx() => {
            let to = c.result_xmm()?;
            c.v2(VBROADCASTSS, to.0, from);
            return c.push_xmm(ValType::V128, to);
        }
        (Place::Mem(from), 64) => {
            let to = c.result_xmm()?;
            c.v2(MOVDDUP, to.0, from);
            return c.push_xmm(ValType::V128, to);
        }
        _ => {}
    }
    let from = c.gpr(&value)?;
    let to = c.result_xmm()?;
    c.v2(if bits == 64 { MOVQ } else { MOVD }, to.0, from);
    match bits {
        8 if c.avx2() => c.v2(VPBROADCASTB, to.0, to),
        16 if c.avx2() => c.v2(VPBROADCASTW, to.0, to),
        8 => {
            c.v3(PXOR, XMM15, XMM15, XMM15);
            c.v3(PSHUFB, to, to, XMM15);
        }
        16 => {
            c.v2_imm(PSHUFLW, to.0, to, 0);
            c.v3(PUNPCKLQDQ, to, to, to);
        }
        32 => c.v2_imm(PSHUFD, to.0, to, 0),
        _ => c.v3(PUNPCKLQDQ, to, to, to),
    }
    c.push_xmm(ValType::V128, to)
}

fn splat_float(c: &mut Compiler<'_>, precision: Precision) -> R {
    let value = c.pop()?;
    let single = precision == Precision::Single;
    if let Place::Const(lane) = c.place(&value) {
        return access::constant(c, splatted(lane, if single { 32 } else { 64 }));
    }
    let from = c.xmm_or_mem(&value)?;
    match from {
        Rm::Mem(_) if single && !c.avx() => {
            let to = c.result_xmm()?;
            c.v2(MOVSS, to.0, from);
            c.v2_imm(PSHUFD, to.0, to, 0);
            c.push_xmm(ValType::V128, to)
        }
        _ => {
            let to = c.result_over(&[from])?;
            match (single, from) {
                (true, Rm::Mem(_)) => c.v2(VBROADCASTSS, to.0, from),
                (true, _) => c.v2_imm(PSHUFD, to.0, from, 0),
                (false, _) => c.v2(MOVDDUP, to.0, from),
            }
            c.push_xmm(ValType::V128, to)
        }
    }
}

fn extract(
    c: &mut Compiler<'_>,
    ty: ValType,
    op: VectorOp,
    bits: u32,
    lane: u8,
    extend: Option<Extend>,
) -> R {
    let value = c.pop()?;
    let width = if bits == 64 { Width::W64 } else { Width::W32 };
    if let Place::Mem(from) = c.place(&value) {
        let to = c.result_gpr()?;
        let from = lane_of(from, lane, bits);
        match extend {
            Some(extend) => c.asm.extend_from(extend, Width::W32, to, from),
            None => c.asm.mov(width, to, from),
        }
        return c.push_gpr(ty, to);
    }
    let from = c.xmm(&value)?;
    let to = c.result_gpr()?;
    match extend {
        None if lane == 0 => c.asm.float_to_bits(width, to, from),
        _ => c.v2_imm(op, from.0, to, lane),
    }
    if let Some(signed @ (Extend::Sign8 | Extend::Sign16)) = extend {
        c.asm.extend_from(signed, Width::W32, to, to);
    }
    c.push_gpr(ty, to)
}

fn extract_float(c: &mut Compiler<'_>, ty: ValType, lane: u8) -> R {
    let value = c.pop()?;
    let (bits, first_dword) = match ty {
        ValType::F32 => (32, lane),
        _ => (64, lane * 2),
    };
    if let Place::Mem(from) = c.place(&value) {
        let to = c.result_xmm()?;
        c.float_place_load(ty, to, lane_of(from, lane, bits));
        return c.push_xmm(ty, to);
    }
    let from = c.xmm(&value)?;
    let to = c.result_over(&[from.into()])?;
    if lane == 0 {
        // What is above a float in its register means nothing.
        c.asm.vector_load(to, from);
    } else {
        let order = first_dword | (first_dword + 1 & 3) << 2 | 0xe0;
        c.v2_imm(PSHUFD, to.0, from, order);
    }
    c.push_xmm(ty, to)
}

fn replace(c: &mut Compiler<'_>, op: VectorOp, lane: u8) -> R {
    let (value, vector) = (c.pop()?, c.pop()?);
    let from = c.gpr_or_mem(&value)?;
    let lhs = c.xmm(&vector)?;
    let to = c.result_over(&[lhs.into()])?;
    c.insert(op, to, lhs, from, lane);
    c.push_xmm(ValType::V128, to)
}

/// The two operands of a float's replacement: the vector, and the lane's new value in a register.
fn replaced(c: &mut Compiler<'_>) -> R<(Value, Rm)> {
    let (value, vector) = (c.pop()?, c.pop()?);
    Ok((vector, c.xmm(&value)?.into()))
}

fn replace_float(c: &mut Compiler<'_>, lane: u8) -> R {
    let (vector, from) = replaced(c)?;
    let lhs = c.xmm(&vector)?;
    let to = c.result_over(&[lhs.into()])?;
    c.v3_imm(INSERTPS, to, lhs, from, lane << 4);
    c.push_xmm(ValType::V128, to)
}

fn replace_double(c: &mut Compiler<'_>, lane: u8) -> R {
    let (vector, from) = replaced(c)?;
    let lhs = c.xmm(&vector)?;
    let to = c.result_over(&[lhs.into()])?;
    c.v3(if lane == 0 { MOVSD } else { MOVLHPS }, to, lhs, from);
    c.push_xmm(ValType::V128, to)
}
