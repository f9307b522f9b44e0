// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The element and data sections.

use alloc::{boxed::Box, vec::Vec};

use wasmparser::{DataKind, DataSectionReader, ElementItems, ElementKind, ElementSectionReader};

use super::{
    constants::constant,
    fallible::{boxed, push, with_capacity},
    limits::{self, check},
    types, Sections,
};
use crate::{
    compile::{Poll, POLL_INTERVAL},
    error::CompileError,
    module::{ConstExpr, ElementSegment, Heap, RefType, SegmentMode},
};

/// Type of the items of a segment that lists functions.
const FUNCTIONS: RefType = RefType::new(false, Heap::Func);

/// Reads the element section.
pub fn elements(
    to: &mut Sections,
    section: ElementSectionReader<'_>,
    poll: &mut dyn Poll,
) -> Result<(), CompileError> {
    to.elements.try_reserve_exact(section.count() as usize)?;
    let mut total: u64 = 0;
    for element in section.into_iter_with_offsets() {
        let (offset, element) = element?;
        let mode = match element.kind {
            ElementKind::Passive => SegmentMode::Passive,
            ElementKind::Declared => SegmentMode::Declared,
            ElementKind::Active {
                table_index,
                offset_expr,
            } => SegmentMode::Active {
                index: table_index.unwrap_or(0),
                offset: constant(&mut to.const_operators, &offset_expr)?,
            },
        };
        let count = match &element.items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => items.count(),
        };
        total = total.saturating_add(count.into());
        check("items of element segments", total, limits::ELEMENT_ITEMS)?;
        let operators = &mut to.const_operators;
        let (element, items) = match element.items {
            ElementItems::Functions(items) => {
                let items = items
                    .into_iter()
                    .map(|index| Ok(ConstExpr::Function(index?)));
                (FUNCTIONS, collect(count, items, poll)?)
            }
            ElementItems::Expressions(ty, items) => {
                let items = items.into_iter().map(|expr| constant(operators, &expr?));
                let ty = types::reference(ty).map_err(|error| error.placed(offset as usize))?;
                (ty, collect(count, items, poll)?)
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
    let range = section.range();
    let most = range.end.saturating_sub(range.start);
    to.data.reserve(section.count() as usize, most as usize)?;
    for data in section {
        let data = data?;
        let mode = match data.kind {
            DataKind::Passive => SegmentMode::Passive,
            DataKind::Active {
                memory_index,
                offset_expr,
            } => SegmentMode::Active {
                index: memory_index,
                offset: constant(&mut to.const_operators, &offset_expr)?,
            },
        };
        to.data.push(mode, data.data)?;
    }
    Ok(())
}
