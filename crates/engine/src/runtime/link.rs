// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What crosses the border of an instance: exports, imports, and how they are matched.
//!
//! Handles are numbers in one store. One of another store names something else or nothing there; it is never unsafe.

use crate::module::{FuncType, GlobalType, Import, MemoryType, TableType};

/// A function: an instance, and an index in its function space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FuncHandle {
    /// Instance number.
    pub instance: u32,
    /// Function index.
    pub function: u32,
}

/// A global, by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalHandle {
    pub(super) instance: u32,
    pub(super) global: u32,
}

/// A memory's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryHandle(pub(super) u32);

/// A table's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableHandle(pub(super) u32);

/// A tag's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TagHandle(pub(super) u32);

/// Something that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extern {
    /// A function of an instance.
    Function(FuncHandle),
    /// A function of the embedder, by a number that it chose (not `u32::MAX`): what [`super::Host::call`] gets. The resolver has compared
    /// its type.
    HostFunction(u32),
    /// A table.
    Table(TableHandle),
    /// A memory.
    Memory(MemoryHandle),
    /// A global.
    Global(GlobalHandle),
    /// A tag.
    Tag(TagHandle),
}

/// What an import must be, types spelled out.
#[derive(Clone, Copy, Debug)]
pub enum ItemType<'a> {
    /// A function.
    Function(&'a FuncType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag, for exceptions with the values that are parameters of this type.
    Tag(&'a FuncType),
}

/// Finds imports.
pub trait Resolver {
    /// What to use for `import`; `None` if there is nothing. The store compares the types of everything but host functions.
    fn resolve(
        &mut self,
        exports: &dyn Exports,
        import: &Import,
        ty: ItemType<'_>,
    ) -> Option<Extern>;
}

/// The exports of the instances that a store has already.
pub trait Exports {
    /// Export `name` of instance `instance`.
    fn export(&self, instance: u32, name: &str) -> Option<Extern>;
}

/// Limits match if what is there is at least as large, and at most as growable, as what is wanted.
pub(super) fn limits_match(size: u64, maximum: Option<u64>, wanted: (u64, Option<u64>)) -> bool {
    size >= wanted.0
        && match (maximum, wanted.1) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(have), Some(most)) => have <= most,
        }
}
