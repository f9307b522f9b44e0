// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The type section, and the validator's types in our words.

use alloc::boxed::Box;

use wasmparser::{AbstractHeapType, CompositeInnerType, TypeSectionReader};

use super::{
    fallible::{boxed, push, string, with_capacity},
    limits::{self, check},
    Sections,
};
use crate::{
    error::{CompileError, CompileErrorKind},
    module::{FuncType, GlobalType, Heap, HeapType, MemoryType, RefType, TableType, ValType},
};

/// Reads the type section.
pub fn read(to: &mut Sections, section: TypeSectionReader<'_>) -> Result<(), CompileError> {
    to.types.try_reserve_exact(section.count() as usize)?;
    let mut values = 0;
    for group in section {
        let group = group?;
        let start = to.types.len() as u32;
        let types = group.into_types_and_offsets();
        check(
            "types",
            u64::from(start) + types.len() as u64,
            limits::TYPES,
        )?;
        if types.len() > 1 {
            push(&mut to.groups, (start, types.len() as u32))?;
        }
        for (offset, ty) in types {
            let ty = function(&ty).map_err(|error| error.placed(offset as usize))?;
            values += (ty.params.len() + ty.results.len()) as u64;
            check(
                "parameters and results of all types",
                values,
                limits::TYPE_VALUES,
            )?;
            push(&mut to.types, ty)?;
        }
    }
    Ok(())
}

/// The function type; those of garbage collection are refused.
fn function(ty: &wasmparser::SubType) -> Result<FuncType, CompileError> {
    let what = match &ty.composite_type.inner {
        CompositeInnerType::Func(_) if ty.supertype_idx.is_some() || !ty.is_final => "a subtype",
        CompositeInnerType::Func(_) if ty.composite_type.shared => "a shared type",
        CompositeInnerType::Func(ty) => {
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
            return Ok(FuncType {
                params: values(ty.params())?,
                results: values(ty.results())?,
            });
        }
        CompositeInnerType::Struct(_) => "a structure type",
        CompositeInnerType::Array(_) => "an array type",
        CompositeInnerType::Cont(_) => "a continuation type",
    };
    Err(no_gc(what))
}

/// Something of the garbage collection proposal is refused: which.
///
/// The validator has that proposal switched on, as recursion groups of function types come with it.
#[cold]
pub fn no_gc(what: &str) -> CompileError {
    let text = || {
        let mut text = string("gc (")?;
        text.try_reserve_exact(what.len() + 1)?;
        text.push_str(what);
        text.push(')');
        Ok(CompileError::new(CompileErrorKind::Unsupported(text)))
    };
    text().unwrap_or_else(|error: CompileError| error)
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
        wasmparser::ValType::Ref(ty) => ValType::Ref(reference(ty)?),
        wasmparser::ValType::V128 => ValType::V128,
    })
}

/// The reference type; an error for one that no accepted feature has.
pub fn reference(ty: wasmparser::RefType) -> Result<RefType, CompileError> {
    Ok(RefType::new(ty.is_nullable(), heap(ty.heap_type())?))
}

/// What is referred to; an error for what no accepted feature has.
pub fn heap(ty: wasmparser::HeapType) -> Result<HeapType, CompileError> {
    Ok(match ty {
        wasmparser::HeapType::Abstract { shared: false, ty } => match ty {
            AbstractHeapType::Func => Heap::Func,
            AbstractHeapType::NoFunc => Heap::NoFunc,
            AbstractHeapType::Extern => Heap::Extern,
            AbstractHeapType::NoExtern => Heap::NoExtern,
            AbstractHeapType::Exn => Heap::Exn,
            AbstractHeapType::NoExn => Heap::NoExn,
            AbstractHeapType::Any => return Err(no_gc("the reference type any")),
            AbstractHeapType::None => return Err(no_gc("the reference type none")),
            AbstractHeapType::Eq => return Err(no_gc("the reference type eq")),
            AbstractHeapType::Struct => return Err(no_gc("the reference type struct")),
            AbstractHeapType::Array => return Err(no_gc("the reference type array")),
            AbstractHeapType::I31 => return Err(no_gc("the reference type i31")),
            AbstractHeapType::Cont | AbstractHeapType::NoCont => {
                return Err(unexpected("a continuation passed the validator"));
            }
        },
        wasmparser::HeapType::Concrete(index) => Heap::Concrete(
            index
                .as_module_index()
                .ok_or(unexpected("a type without index passed the validator"))?,
        ),
        wasmparser::HeapType::Abstract { shared: true, .. } | wasmparser::HeapType::Exact(_) => {
            return Err(unexpected("a reference type passed the validator"));
        }
    })
}

/// The table type. Its size is limited when it is made.
pub fn table(ty: wasmparser::TableType) -> Result<TableType, CompileError> {
    Ok(TableType {
        element: reference(ty.element_type)?,
        minimum: ty.initial,
        maximum: ty.maximum,
        index64: ty.table64,
    })
}

/// The memory type.
pub fn memory(ty: wasmparser::MemoryType) -> Result<MemoryType, CompileError> {
    if ty.page_size_log2.is_some() {
        return Err(unexpected("a memory type passed the validator"));
    }
    Ok(MemoryType {
        minimum: ty.initial,
        maximum: ty.maximum,
        index64: ty.memory64,
        shared: ty.shared,
    })
}

/// The global type.
pub fn global(ty: wasmparser::GlobalType) -> Result<GlobalType, CompileError> {
    Ok(GlobalType {
        value: value(ty.content_type)?,
        mutable: ty.mutable,
    })
}

/// The validator let something through that the accepted features do not have.
pub fn unexpected(what: &'static str) -> CompileError {
    CompileError::new(CompileErrorKind::Internal(what))
}
