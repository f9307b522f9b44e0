// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Types, imports, exports and segments of a module.

use alloc::{boxed::Box, string::String};

/// A value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// Function reference.
    FuncRef,
    /// External reference.
    ExternRef,
}

/// A function type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FuncType {
    /// Parameters.
    pub params: Box<[ValType]>,
    /// Results.
    pub results: Box<[ValType]>,
}

/// A table's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableType {
    /// Element type: [`ValType::FuncRef`] or [`ValType::ExternRef`].
    pub element: ValType,
    /// Initial slots.
    pub minimum: u32,
    /// Most slots.
    pub maximum: Option<u32>,
}

/// A memory's type, in pages of 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryType {
    /// Initial pages.
    pub minimum: u32,
    /// Most pages.
    pub maximum: Option<u32>,
}

/// A global's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalType {
    /// Type of the value.
    pub value: ValType,
    /// Whether it can be set.
    pub mutable: bool,
}

/// A constant expression, evaluated at instantiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstExpr {
    /// A constant; floats as bits, i32 zero-extended, 0 for a null reference.
    Value(u64),
    /// Value of an (imported) global.
    Global(u32),
    /// Reference to a function.
    Function(u32),
}

/// An import.
#[derive(Clone, Debug)]
pub struct Import {
    /// Module name.
    pub module: String,
    /// Item name.
    pub name: String,
    /// What it must be.
    pub kind: ImportType,
}

/// What an import must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportType {
    /// A function of this type index.
    Function(u32),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
}

/// An export.
#[derive(Clone, Debug)]
pub struct Export {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: ExternKind,
    /// Index in the index space of its kind.
    pub index: u32,
}

/// Kind of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternKind {
    /// Function.
    Function,
    /// Table.
    Table,
    /// Memory.
    Memory,
    /// Global.
    Global,
}

/// When a segment is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentMode {
    /// At instantiation, to this memory or table at this offset.
    Active {
        /// Memory or table index.
        index: u32,
        /// Offset, bytes or slots.
        offset: ConstExpr,
    },
    /// By `memory.init` or `table.init`.
    Passive,
    /// Never: declares functions for `ref.func`.
    Declared,
}

/// An element segment.
#[derive(Clone, Debug)]
pub struct ElementSegment {
    /// When it is applied.
    pub mode: SegmentMode,
    /// Type of the items.
    pub element: ValType,
    /// Items.
    pub items: Box<[ConstExpr]>,
}

/// A data segment.
#[derive(Clone, Debug)]
pub struct DataSegment {
    /// When it is applied.
    pub mode: SegmentMode,
    /// Bytes.
    pub bytes: Box<[u8]>,
}
