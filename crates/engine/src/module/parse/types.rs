// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The type section, and the validator's types in our words.

use alloc::boxed::Box;

use wasmparser::{RefType, TypeSectionReader};

use super::{
    fallible::{boxed, push, string, with_capacity},
    limits::{self, check},
    Sections,
};
use crate::{
    error::{CompileError, CompileErrorKind},
    module::{FuncType, GlobalType, MemoryType, TableType, ValType},
};

/// Reads the type section.
pub fn read(to: &mut Sections, section: TypeSectionReader<'_>) -> Result<(), CompileError> {
    to.types.try_reserve_exact(section.count() as usize)?;
    for ty in section.into_iter_err_on_gc_types() {
        let ty = ty?;
        check(
            "parameters of a function",
            ty.params().len() as u64,
            limits::PARAMS,
        )?;
        check(
            "results of a function",
            ty.results().len() as u64,
            limits::RESULTS,
        )?;
        let ty = FuncType {
            params: values(ty.params())?,
            results: values(ty.results())?,
        };
        push(&mut to.types, ty)?;
    }
    Ok(())
}

fn values(types: &[wasmparser::ValType]) -> Result<Box<[ValType]>, CompileError> {
    let mut values = with_capacity(types.len())?;
    for ty in types {
        push(&mut values, value(*ty)?)?;
    }
    boxed(values)
}

/// The value type; an error for one that no accepted feature has.
pub fn value(ty: wasmparser::ValType) -> Result<ValType, CompileError> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::Ref(ty) => reference(ty)?,
        wasmparser::ValType::V128 => return Err(unexpected("v128 passed the validator")),
    })
}

/// The reference type; an error for one that no accepted feature has.
pub fn reference(ty: RefType) -> Result<ValType, CompileError> {
    match ty {
        RefType::FUNCREF => Ok(ValType::FuncRef),
        RefType::EXTERNREF => Ok(ValType::ExternRef),
        // The validator was told of garbage collection (see `features`).
        _ => Err(CompileError::new(CompileErrorKind::Unsupported(string(
            "gc (a reference type)",
        )?))),
    }
}

/// The table type. Its initial size is limited.
pub fn table(ty: wasmparser::TableType) -> Result<TableType, CompileError> {
    check("initial slots of a table", ty.initial, limits::TABLE_SLOTS)?;
    Ok(TableType {
        element: reference(ty.element_type)?,
        minimum: narrow(ty.initial)?,
        maximum: ty.maximum.map(narrow).transpose()?,
    })
}

/// The memory type.
pub fn memory(ty: wasmparser::MemoryType) -> Result<MemoryType, CompileError> {
    if ty.memory64 || ty.shared || ty.page_size_log2.is_some() {
        return Err(unexpected("a memory type passed the validator"));
    }
    Ok(MemoryType {
        minimum: narrow(ty.initial)?,
        maximum: ty.maximum.map(narrow).transpose()?,
    })
}

/// The global type.
pub fn global(ty: wasmparser::GlobalType) -> Result<GlobalType, CompileError> {
    Ok(GlobalType {
        value: value(ty.content_type)?,
        mutable: ty.mutable,
    })
}

fn narrow(size: u64) -> Result<u32, CompileError> {
    u32::try_from(size).map_err(|_| unexpected("a 64-bit size passed the validator"))
}

/// The validator let something through that the accepted features do not have.
pub fn unexpected(what: &'static str) -> CompileError {
    CompileError::new(CompileErrorKind::Internal(what))
}
