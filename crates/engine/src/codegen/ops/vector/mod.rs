// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Vectors of 128 bits. [`emit`] chooses between SSE and AVX encodings; every file else is a family of operators.

mod access;
mod compare;
mod convert;
mod emit;
mod float;
mod integer;
mod lanes;
mod logic;
mod relaxed;
mod shift;
mod shuffle;
mod simple;
mod widen;

use wasmparser::Operator;

use crate::codegen::{
    fail::{Fail, R},
    function::Compiler,
};

/// Compiles one operator of the prefix 0xfd.
#[inline(never)]
pub(super) fn compile(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R {
    let done = access::compile(c, operator)?
        || simple::compile(c, operator)?
        || lanes::compile(c, operator)?
        || compare::compile(c, operator)?
        || float::compile(c, operator)?
        || integer::compile(c, operator)?
        || shift::compile(c, operator)?
        || logic::compile(c, operator)?
        || widen::compile(c, operator)?
        || convert::compile(c, operator)?
        || relaxed::compile(c, operator)?;
    if done {
        Ok(())
    } else {
        Err(Fail::Unsupported)
    }
}
