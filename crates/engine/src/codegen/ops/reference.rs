// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! References, and single elements of tables.

use core::mem::{offset_of, size_of};

use super::compare;
use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::{Cond, Place},
    },
    isa::x64::{
        int::Alu,
        operand::{indexed, mem},
        regs::{Cc, Gpr, Width, R11, R14},
    },
    module::{TableType, ValType},
    trap::TrapCode,
    vm::{table_pointer_offset, FuncRecord, InstanceCtx, TableDef},
};

pub(super) fn null(c: &mut Compiler<'_>) -> R {
    c.push_const(ValType::FUNCREF, 0)
}

pub(super) fn function(c: &mut Compiler<'_>, index: u32) -> R {
    let to = c.result_gpr()?;
    c.function_record(to, index)?;
    c.push_gpr(ValType::FUNCREF, to)
}

pub(super) fn table_size(c: &mut Compiler<'_>, table: u32) -> R {
    let ty = c.table_type(table)?.index();
    let to = c.result_gpr()?;
    c.table(table)?;
    c.asm
        .mov(Width::W32, to, mem(R11, offset_of!(TableDef, len) as i32));
    c.push_gpr(ty, to)
}

impl Compiler<'_> {
    /// `to` = address of the record of function `index` of this instance.
    pub(in crate::codegen) fn function_record(&mut self, to: Gpr, index: u32) -> R {
        let offset = u64::from(index) * size_of::<FuncRecord>() as u64;
        let offset =
            i32::try_from(offset).map_err(|_| Fail::Internal(&"offset of a function record"))?;
        self.asm.mov(
            Width::W64,
            to,
            mem(R14, offset_of!(InstanceCtx, functions) as i32),
        );
        if offset != 0 {
            self.asm.alu_imm(Alu::Add, Width::W64, to, offset);
        }
        Ok(())
    }

    /// The type of table `index`.
    pub(in crate::codegen) fn table_type(&self, index: u32) -> R<TableType> {
        let ty = self.env.tables.get(index as usize);
        ty.copied().ok_or(Fail::Internal(&"index of a table"))
    }

    /// r11 = address of the [`TableDef`] of table `index`.
    pub(in crate::codegen) fn table(&mut self, index: u32) -> R {
        let offset = i32::try_from(table_pointer_offset(index))
            .map_err(|_| Fail::Internal(&"offset of a table"))?;
        self.asm.mov(Width::W64, R11, mem(R14, offset));
        Ok(())
    }

    /// r11 = address of the first slot of table `table`; traps with `code` unless it has a slot `index`, which becomes 0
    /// where that branch was mispredicted.
    pub(in crate::codegen) fn table_element(
        &mut self,
        table: u32,
        index: Gpr,
        code: TrapCode,
    ) -> R {
        self.table(table)?;
        self.asm.alu(
            Alu::Cmp,
            Width::W64,
            index,
            mem(R11, offset_of!(TableDef, len) as i32),
        );
        self.trap_if(Cc::AboveEqual, code)?;
        if self.config.speculation_safe {
            let zero = mem(R14, offset_of!(InstanceCtx, zero) as i32);
            self.asm.cmov(Cc::AboveEqual, Width::W64, index, zero);
        }
        self.asm
            .mov(Width::W64, R11, mem(R11, offset_of!(TableDef, base) as i32));
        Ok(())
    }
}

pub(super) fn is_null(c: &mut Compiler<'_>) -> R {
    let value = c.pop()?;
    match c.place(&value) {
        Place::Const(value) => return c.push_const(ValType::I32, u64::from(value == 0)),
        Place::Mem(mem) => c.asm.alu_imm(Alu::Cmp, Width::W64, mem, 0),
        _ => {
            let reg = c.gpr(&value)?;
            c.asm.test(Width::W64, reg, reg);
        }
    }
    compare::push(c, Cond::Cc(Cc::Equal))
}

pub(super) fn table_get(c: &mut Compiler<'_>, table: u32) -> R {
    let element = c.table_type(table)?.element;
    let index = c.pop()?;
    let index = c.gpr_mut(&index)?;
    c.table_element(table, index, TrapCode::TableOutOfBounds)?;
    c.asm.mov(Width::W64, index, indexed(R11, index, 3, 0));
    c.push_gpr(ValType::Ref(element), index)
}

pub(super) fn table_set(c: &mut Compiler<'_>, table: u32) -> R {
    let (value, index) = (c.pop()?, c.pop()?);
    let value = c.gpr(&value)?;
    let index = c.gpr_mut(&index)?;
    c.table_element(table, index, TrapCode::TableOutOfBounds)?;
    c.asm.store(Width::W64, indexed(R11, index, 3, 0), value);
    Ok(())
}
