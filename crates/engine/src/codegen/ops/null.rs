// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operators that tell null references from others: `ref.as_non_null`, `br_on_null`, `br_on_non_null`.

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        merge::Carry,
        value::Cond,
    },
    isa::x64::regs::{Cc, Gpr, Width, RAX},
    module::ValType,
    trap::TrapCode,
};

pub(super) fn as_non_null(c: &mut Compiler<'_>) -> R {
    let reg = tested(c)?;
    c.trap_if(Cc::Equal, TrapCode::NullValue)?;
    c.push_gpr(ValType::FUNCREF, reg)
}

/// Pops a reference into a register of its own, and leaves in the flags whether it is null.
fn tested(c: &mut Compiler<'_>) -> R<Gpr> {
    let value = c.pop()?;
    let mut reg = c.gpr_mut(&value)?;
    if reg == RAX {
        // A value that a branch takes along may have to go there.
        reg = c.alloc_gpr()?;
        c.asm.mov(Width::W64, reg, RAX);
        c.regs.drop_temp(RAX.into());
    }
    c.asm.test(Width::W64, reg, reg);
    Ok(reg)
}

/// The reference is dropped where it is null, and stays otherwise.
pub(super) fn branch_on_null(c: &mut Compiler<'_>, depth: u32) -> R {
    let target = c.target(depth)?;
    c.prepare_slots(target.branch_types().len() as u32, 1)?;
    let reg = tested(c)?;
    c.flags_live = true;
    if let Carry::Register(_) = target.carry() {
        c.carry_in_register()?;
    }
    c.branch_carrying(Cond::Cc(Cc::Equal), &target)?;
    c.flags_live = false;
    c.push_gpr(ValType::FUNCREF, reg)?;
    c.begin_stretch()
}

/// The reference goes along where it is not null, and is dropped otherwise.
pub(super) fn branch_on_non_null(c: &mut Compiler<'_>, depth: u32) -> R {
    let target = c.target(depth)?;
    let count = target.branch_types().len() as u32;
    c.prepare_slots(count, 0)?;
    let reg = match target.carry() {
        Carry::Register(_) => {
            c.carry_in_register()?;
            RAX
        }
        Carry::Slots(_) => tested(c)?,
        Carry::None => return Err(Fail::Internal(&"a branch without its reference")),
    };
    if reg == RAX {
        c.asm.test(Width::W64, reg, reg);
    } else {
        c.push_gpr(ValType::FUNCREF, reg)?;
    }
    c.flags_live = true;
    c.branch_carrying(Cond::Cc(Cc::NotEqual), &target)?;
    c.flags_live = false;
    c.pop()?;
    c.begin_stretch()
}
