// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Constant expressions.

use alloc::vec::Vec;

use wasmparser::Operator;

use super::{
    fallible::{push, string},
    limits::{self, check},
};
use crate::{
    error::{CompileError, CompileErrorKind},
    module::{ConstBinary, ConstExpr, ConstOp},
};

/// The constant expression; one that computes puts its operators into `operators`. What is computed of constants alone is folded.
pub fn constant(
    operators: &mut Vec<ConstOp>,
    expr: &wasmparser::ConstExpr<'_>,
) -> Result<ConstExpr, CompileError> {
    if let Some(single) = single(expr)? {
        return Ok(single);
    }
    let mut reader = expr.get_operators_reader();
    let (offset, first) = (reader.original_position(), reader.read()?);
    let single = match first {
        Operator::RefNull { .. } => Some(ConstExpr::Value(0)),
        Operator::RefFunc { function_index } => Some(ConstExpr::Function(function_index)),
        Operator::F32Const { value } => Some(ConstExpr::Value(value.bits().into())),
        Operator::F64Const { value } => Some(ConstExpr::Value(value.bits())),
        _ => None,
    };
    if let Some(single) = single {
        return Ok(single);
    }
    let start = operators.len();
    let mut depth: usize = 0;
    let (mut at, mut operator) = (offset, first);
    while !matches!(operator, Operator::End) {
        let next = computing(&operator, at)?;
        match next {
            ConstOp::Binary(binary) => {
                depth = depth.saturating_sub(1);
                if !fold(operators, start, binary) {
                    push(operators, next)?;
                }
            }
            _ => {
                depth += 1;
                check(
                    "values of a constant expression",
                    depth as u64,
                    ConstExpr::DEPTH as u64,
                )
                .map_err(|error| error.placed(at as usize))?;
                push(operators, next)?;
            }
        }
        let total = operators.len() as u64;
        check(
            "operators of constant expressions",
            total,
            limits::CONST_OPERATORS,
        )
        .map_err(|error| error.placed(at as usize))?;
        (at, operator) = (reader.original_position(), reader.read()?);
    }
    let program = operators.get(start..).unwrap_or(&[]);
    let simple = match *program {
        [ConstOp::Value(value)] => ConstExpr::Value(value),
        [ConstOp::Global(global)] => ConstExpr::Global(global),
        _ => {
            return Ok(ConstExpr::Computed {
                first: start as u32,
                len: program.len() as u32,
            })
        }
    };
    operators.truncate(start);
    Ok(simple)
}

/// Nearly every constant expression: one operator and the end.
fn single(expr: &wasmparser::ConstExpr<'_>) -> Result<Option<ConstExpr>, CompileError> {
    let mut reader = expr.get_binary_reader();
    let single = match reader.read_u8()? {
        0x23 => ConstExpr::Global(reader.read_var_u32()?),
        0x41 => ConstExpr::Value(u64::from(reader.read_var_i32()? as u32)),
        0x42 => ConstExpr::Value(reader.read_var_i64()? as u64),
        0xd2 => ConstExpr::Function(reader.read_var_u32()?),
        _ => return Ok(None),
    };
    Ok((reader.bytes_remaining() == 1).then_some(single))
}

/// Replaces the two constants that end `operators` by their result; false if they are not there.
fn fold(operators: &mut Vec<ConstOp>, start: usize, binary: ConstBinary) -> bool {
    let &[.., ConstOp::Value(a), ConstOp::Value(b)] = operators.get(start..).unwrap_or(&[]) else {
        return false;
    };
    operators.pop();
    if let Some(last) = operators.last_mut() {
        *last = ConstOp::Value(binary.compute(a, b));
    }
    true
}

/// An operator that a computation may consist of.
fn computing(operator: &Operator<'_>, at: u64) -> Result<ConstOp, CompileError> {
    Ok(match *operator {
        Operator::I32Const { value } => ConstOp::Value(u64::from(value as u32)),
        Operator::I64Const { value } => ConstOp::Value(value as u64),
        Operator::GlobalGet { global_index } => ConstOp::Global(global_index),
        Operator::I32Add => ConstOp::Binary(ConstBinary::I32Add),
        Operator::I32Sub => ConstOp::Binary(ConstBinary::I32Sub),
        Operator::I32Mul => ConstOp::Binary(ConstBinary::I32Mul),
        Operator::I64Add => ConstOp::Binary(ConstBinary::I64Add),
        Operator::I64Sub => ConstOp::Binary(ConstBinary::I64Sub),
        Operator::I64Mul => ConstOp::Binary(ConstBinary::I64Mul),
        // The validator was told of garbage collection (see `features`): all else is of that.
        _ => {
            let what = string("gc (an operator of a constant expression)")?;
            let kind = CompileErrorKind::Unsupported(what);
            return Err(CompileError::at(kind, at as usize));
        }
    })
}
