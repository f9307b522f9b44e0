// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators that the runtime serves: `memory.grow`, bulk memory and table operations. See [`LibCall`]. Copies and fills within memory 0
//! are calls of stubs, which do moderate lengths themselves.

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        merge::{slots, LOOP_FROM},
        parallel::Moves,
        value::{width, Entry, Place},
    },
    isa::x64::{
        asm::Label,
        int::Alu,
        operand::mem,
        regs::{Gpr, Width, R11, RAX, RCX, RDX, RSP},
        stubs::Assignment,
    },
    module::{FuncType, ValType},
    trap::TrapCode,
    vm::LibCall,
};

/// `memory.copy`. What is inline here [`super::super::scan`] does not take for a call.
pub(super) fn copy(c: &mut Compiler<'_>, to: u32, from: u32) -> R {
    match (to, from) {
        (0, 0) if c.env.has_bulk_stubs() => in_memory(c, c.stubs.memory_copy),
        _ => library_call(c, LibCall::MemoryCopy, &[to, from], 3),
    }
}

/// `memory.fill`.
pub(super) fn fill(c: &mut Compiler<'_>, memory: u32) -> R {
    match memory {
        0 if c.env.has_bulk_stubs() => in_memory(c, c.stubs.memory_fill),
        _ => library_call(c, LibCall::MemoryFill, &[memory], 3),
    }
}

/// Calls the stub of an operator on memory 0 with its three operands: destination, source or byte, length.
fn in_memory(c: &mut Compiler<'_>, stub: Label) -> R {
    let (length, source, target) = (c.pop()?, c.pop()?, c.pop()?);
    let operands = [(RAX, target), (RDX, source), (RCX, length)];
    let mut moves = Moves::default();
    for (to, value) in operands {
        c.claim(to)?;
        if let Place::Gpr(from) = c.place(&value) {
            moves.add(to.0, from.0)?;
        }
    }
    moves.emit(R11.0, |to, from| c.asm.mov(Width::W32, Gpr(to), Gpr(from)));
    for (to, value) in operands {
        match c.place(&value) {
            Place::Gpr(_) => {}
            place => c.load_gpr_place(value.ty, to, place),
        }
    }
    c.asm.call(stub);
    c.trap_site(c.asm.offset(), TrapCode::MemoryOutOfBounds, false)
}

pub(super) fn memory_grow(c: &mut Compiler<'_>, memory: u32) -> R {
    let ty = c.memory_type(memory)?.index();
    service(c, LibCall::MemoryGrow, &[memory], (1, 8), Some(ty))
}

pub(super) fn table_grow(c: &mut Compiler<'_>, table: u32) -> R {
    let ty = c.table_type(table)?.index();
    service(c, LibCall::TableGrow, &[table], (2, 8), Some(ty))
}

/// Exits for `call`, which has no result. Its slots: the immediates, then the topmost `operands` values of the stack.
pub(super) fn library_call(
    c: &mut Compiler<'_>,
    call: LibCall,
    immediates: &[u32],
    operands: u32,
) -> R {
    service(c, call, immediates, (operands, 8), None)
}

/// Exits for `LibCall::Throw` with a tag of type `ty`.
pub(super) fn throw(c: &mut Compiler<'_>, tag: u32, ty: &FuncType) -> R {
    let operands = (ty.params.len() as u32, Assignment::param_stride(ty));
    service(c, LibCall::Throw, &[tag], operands, None)
}

/// `operands`: how many, and the bytes that each takes among the slots of the exit.
pub(super) fn service(
    c: &mut Compiler<'_>,
    call: LibCall,
    immediates: &[u32],
    (operands, stride): (u32, u32),
    result: Option<ValType>,
) -> R {
    // A type of a thousand values is named by a byte: they are moved by a loop.
    c.prepare_slots(operands, 0)?;
    let first = c
        .height()
        .checked_sub(operands)
        .ok_or(Fail::Internal(&"operands"))?;
    c.spill_below(first)?;
    c.save_locals()?;
    let bytes = immediates.len() as u32 * 8 + operands * stride;
    c.asm.alu_imm(Alu::Sub, Width::W64, RSP, bytes as i32);
    c.frame.lower(bytes);
    let mut to = 0;
    for &immediate in immediates {
        c.store_slot(
            ValType::I32,
            mem(RSP, to),
            Place::Const(u64::from(immediate)),
        );
        to += 8;
    }
    if operands > LOOP_FROM {
        c.claim(RCX)?;
        let from = c.frame_slots(c.frame.slot(first));
        c.copy_slots(slots(mem(RSP, to), stride), from, operands, RCX, R11);
    } else {
        for index in first..first + operands {
            let Some(&Entry { ty, loc, .. }) = c.stack.get(index as usize) else {
                return Err(Fail::Internal(&"operands"));
            };
            c.store_slot(ty, mem(RSP, to), c.place_of(loc, index));
            to += stride as i32;
        }
    }
    c.truncate(first)?;
    c.asm.mov(Width::W64, RAX, RSP);
    c.asm.mov_imm(RCX, call as u64);
    c.asm.call(c.stubs.libcall);
    // The runtime knows the code; the site tells where.
    c.trap_site(c.asm.offset(), TrapCode::MemoryOutOfBounds, false)?;
    if let Some(ty) = result {
        c.asm.mov(width(ty), RAX, mem(RSP, 0));
    }
    c.asm.alu_imm(Alu::Add, Width::W64, RSP, bytes as i32);
    c.frame.raise(bytes);
    c.reload_locals();
    if let Some(ty) = result {
        c.push_gpr(ty, RAX)?;
    }
    Ok(())
}
