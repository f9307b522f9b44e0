// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A compiled module: what validation and compilation leave behind. Plain data, independent of any platform.

mod code;
mod data;
mod heap;
pub(crate) mod parse;
mod types;
mod upkeep;

pub use code::{
    CatchSite, CodeImage, CodePiece, FunctionCode, Landing, Reloc, Stubs, TrapSite, ANY_TAG,
};
pub use data::DataSegments;
pub use heap::{Heap, HeapType, RefType, TypeGroups, TypeIndex};
pub use types::{
    ConstBinary, ConstExpr, ConstOp, ElementSegment, Export, ExternKind, FuncType, GlobalType,
    Import, ImportType, MemoryType, SegmentMode, TableType, ValType,
};
pub use upkeep::FREE_UPKEEP;

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::{config::Config, vm::InstanceLayout};

/// A validated and compiled module. Indices are those of the wasm binary, imports first.
#[derive(Debug)]
pub struct CompiledModule {
    /// What it was compiled for.
    pub config: Config,
    /// Function types by type index.
    pub types: Box<[FuncType]>,
    /// Which of them were defined together.
    pub groups: TypeGroups,
    /// Imports in order.
    pub imports: Box<[Import]>,
    /// Type index of every function, imported ones first.
    pub functions: Box<[u32]>,
    /// How many of `functions` are imported.
    pub imported_functions: u32,
    /// All tables; `imported_tables` of them imported.
    pub tables: Box<[TableType]>,
    /// How many of `tables` are imported.
    pub imported_tables: u32,
    /// What the slots of the tables that are not imported hold at first.
    pub table_inits: Box<[ConstExpr]>,
    /// All memories; `imported_memories` of them imported.
    pub memories: Box<[MemoryType]>,
    /// How many of `memories` are imported.
    pub imported_memories: u32,
    /// Type index of every tag, imported ones first.
    pub tags: Box<[u32]>,
    /// How many of `tags` are imported.
    pub imported_tags: u32,
    /// All globals.
    pub globals: Box<[GlobalType]>,
    /// How many of `globals` are imported.
    pub imported_globals: u32,
    /// Initial values of the globals that are not imported.
    pub global_inits: Box<[ConstExpr]>,
    /// Operators of constant expressions that compute.
    pub const_operators: Box<[ConstOp]>,
    /// Vectors of constant expressions, the low half first.
    pub vectors: Box<[[u64; 2]]>,
    /// Exports in order.
    pub exports: Box<[Export]>,
    /// The start function.
    pub start: Option<u32>,
    /// Element segments.
    pub elements: Box<[ElementSegment]>,
    /// Data segments; their bytes are copied out of the binary.
    pub data: DataSegments,
    /// Function names of the name section, sorted by index; empty when there is none.
    pub names: Vec<(u32, String)>,
    /// Layout of the instance context.
    pub layout: InstanceLayout,
    /// Machine code, not yet placed.
    pub code: CodeImage,
}
