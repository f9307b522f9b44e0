// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `call_indirect`: the checks, then a call through the record.
//!
//! Under speculation the index is masked, and the code address of a record of the wrong type becomes null. It waits in r13, which
//! is free from the checks to the call: reading it does not wait for the comparison of types.

use core::mem::offset_of;

use super::call::{call, Callee};
use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
    },
    isa::x64::{
        int::Alu,
        operand::{indexed, mem},
        regs::{Cc, Width, R11, R13, R14, RAX},
    },
    module::FuncType,
    trap::TrapCode,
    vm::{FuncRecord, InstanceCtx},
};

pub(super) fn compile(c: &mut Compiler<'_>, type_index: u32, table: u32) -> R {
    let ty = record(c, type_index, table)?;
    call(c, ty, Callee::Checked)
}

/// Pops an index and leaves the record of the table's function in rax, held by the operator, its code's address in r13; traps if there is none of the
/// type, which is returned.
pub(super) fn record<'a>(c: &mut Compiler<'a>, type_index: u32, table: u32) -> R<&'a FuncType> {
    let ty = c
        .env
        .type_at(type_index)
        .ok_or(Fail::Internal(&"type of a call"))?;
    let index = c.pop()?;
    c.claim(RAX)?;
    let place = c.place(&index);
    c.load_gpr_place(index.ty, RAX, place);
    c.release_value(place);
    c.regs.hold(RAX.into());
    c.table_element(table, RAX, TrapCode::UndefinedElement)?;
    c.asm.mov(Width::W64, RAX, indexed(R11, RAX, 3, 0));
    c.asm.test(Width::W64, RAX, RAX);
    c.trap_if(Cc::Equal, TrapCode::NullReference)?;
    let type_id =
        i32::try_from(u64::from(type_index) * 4).map_err(|_| Fail::Internal(&"index of a type"))?;
    c.asm.mov(
        Width::W64,
        R11,
        mem(R14, offset_of!(InstanceCtx, type_ids) as i32),
    );
    c.asm.mov(Width::W32, R11, mem(R11, type_id));
    c.asm.mov(
        Width::W64,
        R13,
        mem(RAX, offset_of!(FuncRecord, code) as i32),
    );
    c.asm.alu(
        Alu::Cmp,
        Width::W32,
        R11,
        mem(RAX, offset_of!(FuncRecord, type_id) as i32),
    );
    c.trap_if(Cc::NotEqual, TrapCode::IndirectCallTypeMismatch)?;
    if c.config.speculation_safe {
        let zero = mem(R14, offset_of!(InstanceCtx, zero) as i32);
        c.asm.cmov(Cc::NotEqual, Width::W64, R13, zero);
    }
    Ok(ty)
}
