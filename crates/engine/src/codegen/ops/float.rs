// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Float arithmetic. SSE's NaN results are what the specification allows: an operand's payload, quieted, or the default NaN.

use wasmparser::Operator;

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::{Place, Value},
    },
    config::CpuFeatures,
    isa::x64::{
        float::{FloatBits, FloatOp, Round},
        regs::{Cc, Precision, Width, Xmm, R11, XMM15},
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Precision::{Double, Single};
    match *operator {
        Operator::F32Add => binary(c, FloatOp::Add, Single)?,
        Operator::F64Add => binary(c, FloatOp::Add, Double)?,
        Operator::F32Sub => binary(c, FloatOp::Sub, Single)?,
        Operator::F64Sub => binary(c, FloatOp::Sub, Double)?,
        Operator::F32Mul => binary(c, FloatOp::Mul, Single)?,
        Operator::F64Mul => binary(c, FloatOp::Mul, Double)?,
        Operator::F32Div => binary(c, FloatOp::Div, Single)?,
        Operator::F64Div => binary(c, FloatOp::Div, Double)?,
        Operator::F32Min => least_or_most(c, FloatOp::Min, Single)?,
        Operator::F64Min => least_or_most(c, FloatOp::Min, Double)?,
        Operator::F32Max => least_or_most(c, FloatOp::Max, Single)?,
        Operator::F64Max => least_or_most(c, FloatOp::Max, Double)?,
        Operator::F32Sqrt => square_root(c, Single)?,
        Operator::F64Sqrt => square_root(c, Double)?,
        Operator::F32Ceil => round(c, Round::Ceil, Single)?,
        Operator::F64Ceil => round(c, Round::Ceil, Double)?,
        Operator::F32Floor => round(c, Round::Floor, Single)?,
        Operator::F64Floor => round(c, Round::Floor, Double)?,
        Operator::F32Trunc => round(c, Round::Trunc, Single)?,
        Operator::F64Trunc => round(c, Round::Trunc, Double)?,
        Operator::F32Nearest => round(c, Round::Nearest, Single)?,
        Operator::F64Nearest => round(c, Round::Nearest, Double)?,
        Operator::F32Neg => sign(c, FloatBits::Xor, Single)?,
        Operator::F64Neg => sign(c, FloatBits::Xor, Double)?,
        Operator::F32Abs => sign(c, FloatBits::And, Single)?,
        Operator::F64Abs => sign(c, FloatBits::And, Double)?,
        Operator::F32Copysign => copysign(c, Single)?,
        Operator::F64Copysign => copysign(c, Double)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The wasm type of a precision.
pub(super) const fn float_type(precision: Precision) -> ValType {
    match precision {
        Precision::Single => ValType::F32,
        Precision::Double => ValType::F64,
    }
}

/// The integer width of a precision's bits.
pub(super) const fn bits_width(precision: Precision) -> Width {
    match precision {
        Precision::Single => Width::W32,
        Precision::Double => Width::W64,
    }
}

/// The sign bit, or all others.
const fn mask(precision: Precision, sign: bool) -> u64 {
    match (precision, sign) {
        (Precision::Single, true) => 0x8000_0000,
        (Precision::Single, false) => 0x7fff_ffff,
        (Precision::Double, true) => 0x8000_0000_0000_0000,
        (Precision::Double, false) => 0x7fff_ffff_ffff_ffff,
    }
}

fn binary(c: &mut Compiler<'_>, op: FloatOp, precision: Precision) -> R {
    let (mut rhs, mut lhs) = (c.pop()?, c.pop()?);
    let commutes = matches!(op, FloatOp::Add | FloatOp::Mul);
    let to = c.binary_xmm(&mut lhs, &mut rhs, commutes)?;
    let from = c.xmm_or_mem(&rhs)?;
    c.asm.float_op(op, precision, to, from);
    c.push_xmm(float_type(precision), to)
}

/// `min` and `max`. `minss` gives its second operand for equal or unordered ones, so those two cases are apart: zeros of
/// either sign are combined bitwise, and an addition makes the NaN.
fn least_or_most(c: &mut Compiler<'_>, op: FloatOp, precision: Precision) -> R {
    let (mut rhs, mut lhs) = (c.pop()?, c.pop()?);
    let to = c.binary_xmm(&mut lhs, &mut rhs, true)?;
    let from = c.xmm(&rhs)?;
    let (differ, unordered, done) = (c.asm.label(), c.asm.label(), c.asm.label());
    c.asm.float_compare(precision, to, from);
    c.asm.jcc_near(Cc::NotEqual, differ);
    c.asm.jcc_near(Cc::Parity, unordered);
    let combine = if op == FloatOp::Min {
        FloatBits::Or
    } else {
        FloatBits::And
    };
    c.asm.float_bits(combine, to, from);
    c.asm.jmp_near(done);
    c.asm.bind(unordered);
    c.asm.float_op(FloatOp::Add, precision, to, from);
    c.asm.jmp_near(done);
    c.asm.bind(differ);
    c.asm.float_op(op, precision, to, from);
    c.asm.bind(done);
    c.push_xmm(float_type(precision), to)
}

fn square_root(c: &mut Compiler<'_>, precision: Precision) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let to = c.result_xmm()?;
    c.asm.float_op(FloatOp::Sqrt, precision, to, from);
    c.push_xmm(float_type(precision), to)
}

fn round(c: &mut Compiler<'_>, mode: Round, precision: Precision) -> R {
    if !c.config.cpu.contains(CpuFeatures::SSE41) {
        return Err(Fail::Cpu(&"SSE4.1 (float rounding)"));
    }
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let to = c.result_xmm()?;
    c.asm.float_round(mode, precision, to, from);
    c.push_xmm(float_type(precision), to)
}

/// Loads a mask of bits into the scratch register.
fn scratch(c: &mut Compiler<'_>, precision: Precision, bits: u64) -> Xmm {
    c.asm.mov_imm(R11, bits);
    c.asm.float_from_bits(bits_width(precision), XMM15, R11);
    XMM15
}

/// `neg` flips the sign bit, `abs` keeps all others.
fn sign(c: &mut Compiler<'_>, op: FloatBits, precision: Precision) -> R {
    let value = c.pop()?;
    let to = match c.target_xmm()? {
        Some(target) => {
            c.load_xmm_place(value.ty, target, c.place(&value));
            target
        }
        None => c.xmm_mut(&value)?,
    };
    let bits = scratch(c, precision, mask(precision, op == FloatBits::Xor));
    c.asm.float_bits(op, to, bits);
    c.push_xmm(float_type(precision), to)
}

fn copysign(c: &mut Compiler<'_>, precision: Precision) -> R {
    let (sign, value) = (c.pop()?, c.pop()?);
    let sign = own(c, &sign)?;
    let to = own(c, &value)?;
    let bits = scratch(c, precision, mask(precision, true));
    c.asm.float_bits(FloatBits::And, sign, bits);
    // bits = !bits & to
    c.asm.float_bits(FloatBits::AndNot, bits, to);
    c.asm.float_mov(to, bits);
    c.asm.float_bits(FloatBits::Or, to, sign);
    c.push_xmm(float_type(precision), to)
}

/// `value` in a register that may be changed.
fn own(c: &mut Compiler<'_>, value: &Value) -> R<Xmm> {
    match c.place(value) {
        Place::Flags(_) => Err(Fail::Internal(&"condition as float")),
        _ => c.xmm_mut(value),
    }
}
