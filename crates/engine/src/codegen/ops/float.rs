// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Float arithmetic. SSE's NaN results are what the specification allows: an operand's payload, quieted, or the default NaN.

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

pub(super) fn binary(c: &mut Compiler<'_>, op: FloatOp, precision: Precision) -> R {
    let (mut rhs, mut lhs) = (c.pop()?, c.pop()?);
    let commutes = matches!(op, FloatOp::Add | FloatOp::Mul);
    let to = c.binary_xmm(&mut lhs, &mut rhs, commutes)?;
    let from = c.xmm_or_mem(&rhs)?;
    c.asm.float_op(op, precision, to, from);
    c.push_xmm(float_type(precision), to)
}

/// `min` and `max`. `minss` gives its second operand for equal or unordered ones, so those two cases are apart: zeros of
/// either sign are combined bitwise, and an addition makes the NaN.
pub(super) fn least_or_most(c: &mut Compiler<'_>, op: FloatOp, precision: Precision) -> R {
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

pub(super) fn square_root(c: &mut Compiler<'_>, precision: Precision) -> R {
    let value = c.pop()?;
    let from = c.xmm(&value)?;
    let to = c.result_xmm()?;
    c.asm.float_op(FloatOp::Sqrt, precision, to, from);
    c.push_xmm(float_type(precision), to)
}

pub(super) fn round(c: &mut Compiler<'_>, mode: Round, precision: Precision) -> R {
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
pub(super) fn sign(c: &mut Compiler<'_>, op: FloatBits, precision: Precision) -> R {
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

pub(super) fn copysign(c: &mut Compiler<'_>, precision: Precision) -> R {
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
