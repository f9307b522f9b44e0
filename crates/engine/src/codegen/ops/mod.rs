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

/// Compiles one operator that can be reached: its first byte tells the family.
#[inline]
pub(super) fn dispatch(c: &mut Compiler<'_>, operator: &Operator<'_>) -> R {
    let done = match c.opcode {
        0x00..=0x11 | 0x1a..=0x1c => control::compile(c, operator)?,
        0x20..=0x24 | 0x41..=0x44 => locals::compile(c, operator)?,
        0x28..=0x3f => memory::compile(c, operator)?,
        0x45..=0x66 => compare::compile(c, operator)?,
        0x67..=0x8a | 0xc0..=0xc4 => integer::compile(c, operator)?,
        0x8b..=0xa6 => float::compile(c, operator)?,
        0xa7..=0xbf => convert::compile(c, operator)?,
        0x25 | 0x26 | 0xd0..=0xd2 => reference::compile(c, operator)?,
        0x40 => bulk::compile(c, operator)?,
        0xfc => {
            convert::compile(c, operator)?
                || bulk::compile(c, operator)?
                || reference::compile(c, operator)?
        }
        _ => false,
    };
    if done {
        Ok(())
    } else {
        Err(Fail::Unsupported)
    }
}
