// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `call_ref`: a call through the record that the reference is. Its type is known; only null must be told apart.

use super::call::{call, Callee};
use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
    },
    isa::x64::regs::{Cc, Width, RAX},
    module::FuncType,
    trap::TrapCode,
};

pub(super) fn compile(c: &mut Compiler<'_>, type_index: u32) -> R {
    let ty = record(c, type_index)?;
    call(c, ty, Callee::Record)
}

/// Pops a function reference into rax, held by the operator; traps if it is null. The type of the function.
pub(super) fn record<'a>(c: &mut Compiler<'a>, type_index: u32) -> R<&'a FuncType> {
    let ty = c
        .env
        .type_at(type_index)
        .ok_or(Fail::Internal(&"type of a call"))?;
    let function = c.pop()?;
    c.claim(RAX)?;
    let place = c.place(&function);
    c.load_gpr_place(function.ty, RAX, place);
    c.release_value(place);
    c.regs.hold(RAX.into());
    c.asm.test(Width::W64, RAX, RAX);
    c.trap_if(Cc::Equal, TrapCode::NullFunction)?;
    Ok(ty)
}
