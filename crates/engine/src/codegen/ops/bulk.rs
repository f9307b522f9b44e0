// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators that the runtime serves: `memory.grow`, bulk memory and table operations. See [`LibCall`].

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::Entry,
    },
    isa::x64::{
        int::Alu,
        operand::mem,
        regs::{Width, RAX, RCX, RSP},
    },
    module::ValType,
    trap::TrapCode,
    vm::LibCall,
};

/// Exits for `call`. Its slots: the immediates, then the topmost `operands` values of the stack.
pub(super) fn library_call(
    c: &mut Compiler<'_>,
    call: LibCall,
    immediates: &[u32],
    operands: u32,
    result: bool,
) -> R {
    let first = c
        .height()
        .checked_sub(operands)
        .ok_or(Fail::Internal(&"operands"))?;
    c.spill_below(first)?;
    c.save_locals()?;
    let slots = immediates.len() as u32 + operands;
    let bytes = slots * 8;
    c.asm.alu_imm(Alu::Sub, Width::W64, RSP, bytes as i32);
    c.frame.lower(bytes);
    let mut to = 0;
    for &immediate in immediates {
        c.store_slot(
            ValType::I32,
            mem(RSP, to),
            crate::codegen::value::Place::Const(u64::from(immediate)),
        );
        to += 8;
    }
    for index in first..first + operands {
        let Some(&Entry { ty, loc }) = c.stack.get(index as usize) else {
            return Err(Fail::Internal(&"operands"));
        };
        c.store_slot(ty, mem(RSP, to), c.place_of(loc, index));
        to += 8;
    }
    c.truncate(first)?;
    c.asm.mov(Width::W64, RAX, RSP);
    c.asm.mov_imm(RCX, call as u64);
    c.asm.call(c.stubs.libcall);
    // The runtime knows the code; the site tells where.
    c.trap_site(c.asm.offset(), TrapCode::MemoryOutOfBounds, false)?;
    if result {
        c.asm.mov(Width::W32, RAX, mem(RSP, 0));
    }
    c.asm.alu_imm(Alu::Add, Width::W64, RSP, bytes as i32);
    c.frame.raise(bytes);
    c.reload_locals();
    if result {
        c.push_gpr(ValType::I32, RAX)?;
    }
    Ok(())
}
