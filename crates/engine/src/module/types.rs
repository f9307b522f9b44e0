// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Types, imports, exports and segments of a module.

use alloc::{boxed::Box, string::String};

use super::{HeapType, RefType};

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
    /// 128-bit vector.
    V128,
    /// A reference.
    Ref(RefType),
}

impl ValType {
    /// `(ref null func)`.
    pub const FUNCREF: Self = Self::Ref(RefType::new(true, HeapType::Func));
    /// `(ref null extern)`.
    pub const EXTERNREF: Self = Self::Ref(RefType::new(true, HeapType::Extern));
    /// `(ref null exn)`.
    pub const EXNREF: Self = Self::Ref(RefType::new(true, HeapType::Exn));
}

impl ValType {
    /// 8-byte slots of [`crate::vm::StoreCtx::values`] that a value takes: the low half of a vector comes first.
    pub const fn slots(self) -> usize {
        match self {
            Self::V128 => 2,
            _ => 1,
        }
    }

    /// Slots that values of `types` take one after another.
    pub fn slots_of(types: &[Self]) -> usize {
        types.iter().map(|ty| ty.slots()).sum()
    }
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
    /// Element type.
    pub element: RefType,
    /// Initial slots.
    pub minimum: u64,
    /// Most slots.
    pub maximum: Option<u64>,
    /// Whether indices are i64.
    pub index64: bool,
}

impl TableType {
    /// Type of indices and sizes.
    pub const fn index(&self) -> ValType {
        index(self.index64)
    }
}

/// A memory's type, in pages of 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryType {
    /// Initial pages.
    pub minimum: u64,
    /// Most pages.
    pub maximum: Option<u64>,
    /// Whether indices are i64.
    pub index64: bool,
    /// Whether several threads may use it.
    pub shared: bool,
}

impl MemoryType {
    /// Type of indices and sizes.
    pub const fn index(&self) -> ValType {
        index(self.index64)
    }
}

const fn index(index64: bool) -> ValType {
    if index64 {
        ValType::I64
    } else {
        ValType::I32
    }
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
    /// Operators of [`super::CompiledModule::const_operators`], in order: those from `first` on, `len` of them. They leave one number, and
    /// never more than [`ConstExpr::DEPTH`] on the way.
    Computed {
        /// The first one's number.
        first: u32,
        /// How many.
        len: u32,
    },
    /// A constant; floats as bits, i32 zero-extended, 0 for a null reference.
    Value(u64),
    /// A vector, by its place in [`super::CompiledModule::vectors`].
    Vector(u32),
    /// Value of an (imported) global.
    Global(u32),
    /// Reference to a function.
    Function(u32),
}

impl ConstExpr {
    /// Most values that a constant expression holds at a time, constants that can be added up beforehand not counted: a limit
    /// of this implementation.
    pub const DEPTH: usize = 64;
}

/// An operator of a constant expression that computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstOp {
    /// Pushes a number; i32 zero-extended.
    Value(u64),
    /// Pushes the value of a global.
    Global(u32),
    /// Computes with the two on top.
    Binary(ConstBinary),
}

/// A computation of two numbers. Those of i32 yield zero-extended numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the operators")]
pub enum ConstBinary {
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
}

impl ConstBinary {
    /// The result.
    pub const fn compute(self, a: u64, b: u64) -> u64 {
        match self {
            Self::I32Add => (a as u32).wrapping_add(b as u32) as u64,
            Self::I32Sub => (a as u32).wrapping_sub(b as u32) as u64,
            Self::I32Mul => (a as u32).wrapping_mul(b as u32) as u64,
            Self::I64Add => a.wrapping_add(b),
            Self::I64Sub => a.wrapping_sub(b),
            Self::I64Mul => a.wrapping_mul(b),
        }
    }
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
    /// A tag of this type index.
    Tag(u32),
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
    /// Tag.
    Tag,
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
    pub element: RefType,
    /// Items.
    pub items: Box<[ConstExpr]>,
}
