// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The import section.

use wasmparser::{ImportSectionReader, TypeRef};

use super::{
    fallible::{push, string},
    limits::{self, check},
    types, Sections,
};
use crate::{
    error::{CompileError, CompileErrorKind},
    module::{Import, ImportType},
};

/// Reads the import section; imported items come first in their index spaces.
pub fn read(to: &mut Sections, section: ImportSectionReader<'_>) -> Result<(), CompileError> {
    to.imports.try_reserve_exact(section.count() as usize)?;
    for import in section.into_imports_with_offsets() {
        let (offset, import) = import?;
        let placed = |error: CompileError| error.placed(offset as usize);
        let kind = match import.ty {
            TypeRef::Func(ty) => {
                push(&mut to.functions, ty)?;
                to.imported_functions += 1;
                ImportType::Function(ty)
            }
            TypeRef::Table(ty) => {
                let ty = types::table(ty).map_err(placed)?;
                push(&mut to.tables, ty)?;
                to.imported_tables += 1;
                ImportType::Table(ty)
            }
            TypeRef::Memory(ty) => {
                let ty = types::memory(ty)?;
                push(&mut to.memories, ty)?;
                to.imported_memories += 1;
                ImportType::Memory(ty)
            }
            TypeRef::Global(ty) => {
                let ty = types::global(ty).map_err(placed)?;
                push(&mut to.globals, ty)?;
                to.imported_globals += 1;
                ImportType::Global(ty)
            }
            // The validator lets these through whatever the features.
            TypeRef::FuncExact(_) => {
                let kind = CompileErrorKind::Unsupported(string(
                    "custom_descriptors (an exact function type)",
                )?);
                return Err(CompileError::at(kind, offset as usize));
            }
            TypeRef::Tag(ty) => {
                push(&mut to.tags, ty.func_type_idx)?;
                to.imported_tags += 1;
                ImportType::Tag(ty.func_type_idx)
            }
        };
        let import = Import {
            module: string(import.module)?,
            name: string(import.name)?,
            kind,
        };
        push(&mut to.imports, import)?;
    }
    check("memories", to.memories.len() as u64, limits::MEMORIES)?;
    check("tables", to.tables.len() as u64, limits::TABLES)
}
