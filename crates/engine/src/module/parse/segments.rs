// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The element and data sections, and constant expressions.

use alloc::{boxed::Box, vec::Vec};

use wasmparser::{
    DataKind, DataSectionReader, ElementItems, ElementKind, ElementSectionReader, Operator,
};

use super::{
    fallible::{boxed, bytes, push, with_capacity},
    limits::{self, check},
    types, Sections,
};
use crate::{
    compile::{Poll, POLL_INTERVAL},
    error::CompileError,
    module::{ConstExpr, DataSegment, ElementSegment, SegmentMode, ValType},
};

/// Reads the element section.
pub fn elements(
    to: &mut Sections,
    section: ElementSectionReader<'_>,
    poll: &mut dyn Poll,
) -> Result<(), CompileError> {
    to.elements.try_reserve_exact(section.count() as usize)?;
    let mut total: u64 = 0;
    for element in section {
        let element = element?;
        let mode = match element.kind {
            ElementKind::Passive => SegmentMode::Passive,
            ElementKind::Declared => SegmentMode::Declared,
            ElementKind::Active {
                table_index,
                offset_expr,
            } => SegmentMode::Active {
                index: table_index.unwrap_or(0),
                offset: constant(&offset_expr)?,
            },
        };
        let count = match &element.items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => items.count(),
        };
        total = total.saturating_add(count.into());
        check("items of element segments", total, limits::ELEMENT_ITEMS)?;
        let (element, items) = match element.items {
            ElementItems::Functions(items) => {
                let items = items
                    .into_iter()
                    .map(|index| Ok(ConstExpr::Function(index?)));
                (ValType::FuncRef, collect(count, items, poll)?)
            }
            ElementItems::Expressions(ty, items) => {
                let items = items.into_iter().map(|expr| constant(&expr?));
                (types::reference(ty)?, collect(count, items, poll)?)
            }
        };
        push(
            &mut to.elements,
            ElementSegment {
                mode,
                element,
                items,
            },
        )?;
    }
    Ok(())
}

fn collect(
    count: u32,
    items: impl Iterator<Item = Result<ConstExpr, CompileError>>,
    poll: &mut dyn Poll,
) -> Result<Box<[ConstExpr]>, CompileError> {
    let mut all: Vec<ConstExpr> = with_capacity(count as usize)?;
    for item in items {
        push(&mut all, item?)?;
        if all.len() % POLL_INTERVAL == 0 {
            poll.poll()?;
        }
    }
    boxed(all)
}

/// Reads the data section; bytes are copied.
pub fn data(to: &mut Sections, section: DataSectionReader<'_>) -> Result<(), CompileError> {
    to.data.try_reserve_exact(section.count() as usize)?;
    for data in section {
        let data = data?;
        let mode = match data.kind {
            DataKind::Passive => SegmentMode::Passive,
            DataKind::Active {
                memory_index,
                offset_expr,
            } => SegmentMode::Active {
                index: memory_index,
                offset: constant(&offset_expr)?,
            },
        };
        push(
            &mut to.data,
            DataSegment {
                mode,
                bytes: bytes(data.data)?,
            },
        )?;
    }
    Ok(())
}

/// The constant expression: without extended constants it is one operator.
pub fn constant(expr: &wasmparser::ConstExpr<'_>) -> Result<ConstExpr, CompileError> {
    Ok(match expr.get_operators_reader().read()? {
        Operator::I32Const { value } => ConstExpr::Value(u64::from(value as u32)),
        Operator::I64Const { value } => ConstExpr::Value(value as u64),
        Operator::F32Const { value } => ConstExpr::Value(value.bits().into()),
        Operator::F64Const { value } => ConstExpr::Value(value.bits()),
        Operator::RefNull { .. } => ConstExpr::Value(0),
        Operator::RefFunc { function_index } => ConstExpr::Function(function_index),
        Operator::GlobalGet { global_index } => ConstExpr::Global(global_index),
        _ => {
            return Err(types::unexpected(
                "a constant operator passed the validator",
            ))
        }
    })
}
