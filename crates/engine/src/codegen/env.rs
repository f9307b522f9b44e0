// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a function body may refer to.

use crate::{
    module::{FuncType, GlobalType, MemoryType, TableType},
    vm::InstanceLayout,
};

/// The declarations of a module, complete before its first body. Indices are those of the binary, imports first.
#[derive(Clone, Copy, Debug)]
pub struct ModuleEnv<'a> {
    /// Function types by type index.
    pub types: &'a [FuncType],
    /// Type index of every function, imported ones first.
    pub functions: &'a [u32],
    /// How many of `functions` are imported.
    pub imported_functions: u32,
    /// Type index of every tag.
    pub tags: &'a [u32],
    /// All tables.
    pub tables: &'a [TableType],
    /// All memories.
    pub memories: &'a [MemoryType],
    /// All globals.
    pub globals: &'a [GlobalType],
    /// How many of `globals` are imported.
    pub imported_globals: u32,
    /// Bytes that memory 0 has at least, for as long as the instance lives.
    pub memory_minimum: u64,
    /// Layout of the instance context.
    pub layout: InstanceLayout,
}

impl<'a> ModuleEnv<'a> {
    /// 0 if there is a memory 0 with 32-bit indices, else no memory's index.
    pub fn plain_memory(&self) -> u32 {
        match self.memories.first() {
            Some(memory) if !memory.index64 => 0,
            _ => u32::MAX,
        }
    }

    /// Memory 0 is shared: its length is not in the instance context.
    pub fn shares_memory(&self) -> bool {
        self.memories.first().is_some_and(|memory| memory.shared)
    }

    /// Copies and fills within memory 0 are calls of stubs: it has 32-bit indices, and its length is in the instance context.
    pub fn has_bulk_stubs(&self) -> bool {
        self.plain_memory() == 0 && !self.shares_memory()
    }

    /// The type with index `index`.
    pub fn type_at(&self, index: u32) -> Option<&'a FuncType> {
        self.types.get(index as usize)
    }

    /// The type of tag `index`: its parameters are the values that it goes with.
    pub fn tag_type(&self, index: u32) -> Option<&'a FuncType> {
        self.type_at(*self.tags.get(index as usize)?)
    }

    /// The type of function `index`.
    pub fn function_type(&self, index: u32) -> Option<&'a FuncType> {
        self.type_at(*self.functions.get(index as usize)?)
    }
}
