// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Relaxed operators. What the specification leaves open is the same on every CPU here (docs/vectors.md lists it), so SSE
//! decides: no fused multiplication, no `pblendvb`.

use wasmparser::Operator;

use super::{
    logic,
    simple::{binary, splat, unary, Order},
};
use crate::{
    codegen::{fail::R, function::Compiler},
    isa::x64::{
        operand::Rm,
        vector::{table::*, VectorOp},
    },
    module::ValType,
};

pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R<bool> {
    use Operator as O;
    match operator {
        O::I8x16RelaxedSwizzle => binary(c, PSHUFB, Order::Same)?,
        O::I32x4RelaxedTruncF32x4S => unary(c, CVTTPS2DQ)?,
        O::I32x4RelaxedTruncF64x2SZero => unary(c, CVTTPD2DQ)?,
        O::F32x4RelaxedMadd => multiply_add(c, MULPS, ADDPS, false)?,
        O::F64x2RelaxedMadd => multiply_add(c, MULPD, ADDPD, false)?,
        O::F32x4RelaxedNmadd => multiply_add(c, MULPS, SUBPS, true)?,
        O::F64x2RelaxedNmadd => multiply_add(c, MULPD, SUBPD, true)?,
        O::I8x16RelaxedLaneselect
        | O::I16x8RelaxedLaneselect
        | O::I32x4RelaxedLaneselect
        | O::I64x2RelaxedLaneselect => logic::select(c)?,
        O::F32x4RelaxedMin => binary(c, MINPS, Order::Same)?,
        O::F64x2RelaxedMin => binary(c, MINPD, Order::Same)?,
        O::F32x4RelaxedMax => binary(c, MAXPS, Order::Same)?,
        O::F64x2RelaxedMax => binary(c, MAXPD, Order::Same)?,
        O::I16x8RelaxedQ15mulrS => binary(c, PMULHRSW, Order::Any)?,
        // The bytes of seven bits are the second operand, `pmaddubsw` has the unsigned ones as the first.
        O::I16x8RelaxedDotI8x16I7x16S => binary(c, PMADDUBSW, Order::Swapped)?,
        O::I32x4RelaxedDotI8x16I7x16AddS => dot_add(c)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// `a * b + sum`, or `sum - a * b`: rounded twice.
fn multiply_add(c: &mut Compiler<'_>, multiply: VectorOp, add: VectorOp, negated: bool) -> R {
    let (sum, b, a) = (c.pop()?, c.pop()?, c.pop()?);
    let (left, right) = (c.xmm(&a)?, c.vector_operand(&b)?);
    let sum = c.xmm(&sum)?;
    let product = c.alloc_xmm()?;
    c.v3(multiply, product, left, right);
    if negated {
        let to = c.result_over(&[sum.into()])?;
        c.v3(add, to, sum, product);
        return c.push_xmm(ValType::V128, to);
    }
    c.v3(add, product, product, sum);
    c.push_xmm(ValType::V128, product)
}

/// Products of bytes, four of them summed, and added. The first sum, of two, saturates.
fn dot_add(c: &mut Compiler<'_>) -> R {
    let (sum, b, a) = (c.pop()?, c.pop()?, c.pop()?);
    let (signed, unsigned) = (c.vector_operand(&a)?, c.xmm(&b)?);
    let sum = c.vector_operand(&sum)?;
    let ones = c.constant(splat(1, 16))?;
    let to = c.alloc_xmm()?;
    c.v3(PMADDUBSW, to, unsigned, signed);
    c.v3(PMADDWD, to, to, Rm::from(ones));
    c.v3(PADDD, to, to, sum);
    c.push_xmm(ValType::V128, to)
}
