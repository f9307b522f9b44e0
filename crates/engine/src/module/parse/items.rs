// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The function, table, memory, global and export sections.

use wasmparser::{
    ExportSectionReader, ExternalKind, FunctionSectionReader, GlobalSectionReader,
    MemorySectionReader, Operator, TableInit, TableSectionReader, TagSectionReader,
};

use super::{
    constants::constant,
    fallible::{push, string},
    limits::{self, check},
    types, Sections,
};
use crate::{
    error::CompileError,
    module::{ConstExpr, Export, ExternKind},
};

/// Reads the function section.
pub fn functions(
    to: &mut Sections,
    section: FunctionSectionReader<'_>,
) -> Result<(), CompileError> {
    to.functions.try_reserve_exact(section.count() as usize)?;
    for ty in section {
        push(&mut to.functions, ty?)?;
    }
    Ok(())
}

/// Reads the table section.
pub fn tables(to: &mut Sections, section: TableSectionReader<'_>) -> Result<(), CompileError> {
    for table in section.into_iter_with_offsets() {
        let (offset, table) = table?;
        let init = match &table.init {
            TableInit::RefNull => ConstExpr::Value(0),
            TableInit::Expr(init) => constant(&mut to.const_operators, init)?,
        };
        let ty = types::table(table.ty).map_err(|error| error.placed(offset as usize))?;
        push(&mut to.tables, ty)?;
        push(&mut to.table_inits, init)?;
    }
    check("tables", to.tables.len() as u64, limits::TABLES)
}

/// Reads the memory section.
pub fn memories(to: &mut Sections, section: MemorySectionReader<'_>) -> Result<(), CompileError> {
    for memory in section {
        push(&mut to.memories, types::memory(memory?)?)?;
    }
    check("memories", to.memories.len() as u64, limits::MEMORIES)
}

/// Reads the global section.
pub fn globals(to: &mut Sections, section: GlobalSectionReader<'_>) -> Result<(), CompileError> {
    let count = section.count() as usize;
    check(
        "globals",
        to.globals.len().saturating_add(count) as u64,
        limits::GLOBALS,
    )?;
    to.globals.try_reserve_exact(count)?;
    to.global_inits.try_reserve_exact(count)?;
    for global in section.into_iter_with_offsets() {
        let (offset, global) = global?;
        let ty = types::global(global.ty).map_err(|error| error.placed(offset as usize))?;
        push(&mut to.globals, ty)?;
        let init = match vector(&global.init_expr)? {
            Some(halves) => {
                push(&mut to.vectors, halves)?;
                ConstExpr::Vector(to.vectors.len() as u32 - 1)
            }
            None => constant(&mut to.const_operators, &global.init_expr)?,
        };
        push(&mut to.global_inits, init)?;
    }
    Ok(())
}

/// Reads the tag section.
pub fn tags(to: &mut Sections, section: TagSectionReader<'_>) -> Result<(), CompileError> {
    to.tags.try_reserve_exact(section.count() as usize)?;
    for tag in section {
        push(&mut to.tags, tag?.func_type_idx)?;
    }
    Ok(())
}

/// The halves of the vector that the constant expression is, the low one first; `None` for any other expression.
fn vector(expr: &wasmparser::ConstExpr<'_>) -> Result<Option<[u64; 2]>, CompileError> {
    Ok(match expr.get_operators_reader().read()? {
        Operator::V128Const { value } => {
            let bits = value.i128() as u128;
            Some([bits as u64, (bits >> 64) as u64])
        }
        _ => None,
    })
}

/// Reads the export section.
pub fn exports(to: &mut Sections, section: ExportSectionReader<'_>) -> Result<(), CompileError> {
    to.exports.try_reserve_exact(section.count() as usize)?;
    for export in section {
        let export = export?;
        let kind = match export.kind {
            ExternalKind::Func => ExternKind::Function,
            ExternalKind::Table => ExternKind::Table,
            ExternalKind::Memory => ExternKind::Memory,
            ExternalKind::Global => ExternKind::Global,
            ExternalKind::Tag => ExternKind::Tag,
            ExternalKind::FuncExact => {
                return Err(types::unexpected("an export kind passed the validator"));
            }
        };
        push(
            &mut to.exports,
            Export {
                name: string(export.name)?,
                kind,
                index: export.index,
            },
        )?;
    }
    Ok(())
}
