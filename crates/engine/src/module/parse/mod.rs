// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Sections of the binary -> what a [`crate::module::CompiledModule`] keeps of them.
//!
//! One file per group of sections. Each payload passes three gates in order: our own limits ([`limits`]), the validator, and
//! the copy into [`Sections`] with fallible allocation. What the validator has accepted need not be checked again; where
//! the types of its reader are wider than ours, the conversion still answers with an error.

mod constants;
pub mod fallible;
mod features;
mod imports;
mod items;
pub mod limits;
mod names;
mod operators;
mod segments;
mod types;

pub use features::{features, outside_bodies};
pub use operators::{each_operator, Nothing, PollCounter, Sink};

use alloc::{string::String, vec::Vec};

use wasmparser::Payload;

use self::limits::check;
use super::{
    ConstExpr, ConstOp, DataSegments, ElementSegment, Export, FuncType, GlobalType, Import,
    MemoryType, TableType,
};
use crate::{compile::Poll, error::CompileError};

/// What has been read so far. Fields as in [`crate::module::CompiledModule`].
#[derive(Debug, Default)]
pub struct Sections {
    /// Function types by type index.
    pub types: Vec<FuncType>,
    /// First type and number of types of each recursion group of other than one type.
    pub groups: Vec<(u32, u32)>,
    /// Imports in order.
    pub imports: Vec<Import>,
    /// Type index of every function, imported ones first.
    pub functions: Vec<u32>,
    /// How many of `functions` are imported.
    pub imported_functions: u32,
    /// All tables.
    pub tables: Vec<TableType>,
    /// How many of `tables` are imported.
    pub imported_tables: u32,
    /// What the slots of the tables that are not imported hold at first.
    pub table_inits: Vec<ConstExpr>,
    /// All memories.
    pub memories: Vec<MemoryType>,
    /// How many of `memories` are imported.
    pub imported_memories: u32,
    /// Type index of every tag, imported ones first.
    pub tags: Vec<u32>,
    /// How many of `tags` are imported.
    pub imported_tags: u32,
    /// All globals.
    pub globals: Vec<GlobalType>,
    /// How many of `globals` are imported.
    pub imported_globals: u32,
    /// Initial values of the globals that are not imported.
    pub global_inits: Vec<ConstExpr>,
    /// Operators of constant expressions that compute.
    pub const_operators: Vec<ConstOp>,
    /// Vectors of constant expressions.
    pub vectors: Vec<[u64; 2]>,
    /// Exports in order.
    pub exports: Vec<Export>,
    /// The start function.
    pub start: Option<u32>,
    /// Element segments.
    pub elements: Vec<ElementSegment>,
    /// Data segments.
    pub data: DataSegments,
    /// Function names.
    pub names: Vec<(u32, String)>,
}

impl Sections {
    /// First gate: limits that can be told from a payload's head. Called before the validator sees it.
    pub fn check(&self, payload: &Payload<'_>) -> Result<(), CompileError> {
        let functions = self.functions.len() as u64;
        let bytes = |range: core::ops::Range<u64>| range.end.saturating_sub(range.start);
        match payload {
            Payload::TypeSection(s) => {
                check("types", s.count().into(), limits::TYPES)?;
                check(
                    "bytes of the type section",
                    bytes(s.range()),
                    limits::TYPE_BYTES,
                )
            }
            Payload::ImportSection(s) => check("imports", s.count().into(), limits::IMPORTS),
            Payload::FunctionSection(s) => check(
                "functions",
                functions.saturating_add(s.count().into()),
                limits::FUNCTIONS,
            ),
            Payload::TableSection(s) => check("tables", s.count().into(), limits::TABLES),
            Payload::MemorySection(s) => check("memories", s.count().into(), limits::MEMORIES),
            Payload::TagSection(s) => check("tags", s.count().into(), limits::TAGS),
            Payload::GlobalSection(s) => check("globals", s.count().into(), limits::GLOBALS),
            Payload::ExportSection(s) => check("exports", s.count().into(), limits::EXPORTS),
            Payload::ElementSection(s) => {
                check(
                    "element segments",
                    s.count().into(),
                    limits::ELEMENT_SEGMENTS,
                )?;
                check(
                    "bytes of the element section",
                    bytes(s.range()),
                    limits::ELEMENT_BYTES,
                )
            }
            Payload::DataSection(s) => {
                check("data segments", s.count().into(), limits::DATA_SEGMENTS)
            }
            Payload::CodeSectionEntry(body) => check(
                "bytes of a function body",
                bytes(body.range()),
                limits::BODY_BYTES,
            ),
            _ => Ok(()),
        }
    }

    /// Third gate: keeps what a validated payload says. Function bodies are not looked at.
    pub fn read(&mut self, payload: Payload<'_>, poll: &mut dyn Poll) -> Result<(), CompileError> {
        let section = payload.as_section();
        self.keep(payload, poll).map_err(|error| match section {
            Some((_, range)) if error.offset.is_none() => error.placed(range.start as usize),
            _ => error,
        })
    }

    fn keep(&mut self, payload: Payload<'_>, poll: &mut dyn Poll) -> Result<(), CompileError> {
        match payload {
            Payload::TypeSection(section) => types::read(self, section),
            Payload::ImportSection(section) => imports::read(self, section),
            Payload::FunctionSection(section) => items::functions(self, section),
            Payload::TableSection(section) => items::tables(self, section),
            Payload::MemorySection(section) => items::memories(self, section),
            Payload::TagSection(section) => items::tags(self, section),
            Payload::GlobalSection(section) => items::globals(self, section),
            Payload::ExportSection(section) => items::exports(self, section),
            Payload::StartSection { func, .. } => {
                self.start = Some(func);
                Ok(())
            }
            Payload::ElementSection(section) => segments::elements(self, section, poll),
            Payload::DataSection(section) => segments::data(self, section),
            Payload::CustomSection(section) => names::read(self, &section),
            _ => Ok(()),
        }
    }
}
