// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators by family. Each family's `compile` answers whether the operator is its own.

mod branch_table;
mod bulk;
mod call;
mod call_indirect;
mod compare;
mod control;
mod convert;
mod division;
mod float;
mod integer;
mod locals;
mod memory;
mod moves;
mod reference;
mod select;
mod shift;
mod truncate;

use wasmparser::Operator;

use super::{
    fail::{Fail, R},
    function::Compiler,
};

/// Compiles one operator that can be reached.
pub(super) fn dispatch(compiler: &mut Compiler<'_>, operator: &Operator<'_>) -> R {
    let done = locals::compile(compiler, operator)?
        || integer::compile(compiler, operator)?
        || memory::compile(compiler, operator)?
        || compare::compile(compiler, operator)?
        || control::compile(compiler, operator)?
        || float::compile(compiler, operator)?
        || convert::compile(compiler, operator)?
        || bulk::compile(compiler, operator)?
        || reference::compile(compiler, operator)?;
    if done {
        Ok(())
    } else {
        Err(Fail::Unsupported)
    }
}
