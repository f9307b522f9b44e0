// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! An instance: a module's state in a store.

use alloc::vec::Vec;

use super::{
    link::GlobalHandle,
    sys::{Context, SharedArray},
};
use crate::{module::FuncType, platform::Platform, vm::FuncRecord};

/// See the module. Never moves out of its store before the store is dropped.
pub(super) struct Instance<P: Platform> {
    pub(super) module: P::ModuleRef,
    pub(super) context: Context,
    /// Records of all functions.
    pub(super) functions: SharedArray<FuncRecord>,
    /// Numbers of the types; generated code reads them through the context.
    pub(super) type_ids: SharedArray<u32>,
    /// Store numbers of all tables.
    pub(super) tables: Vec<u32>,
    /// Store number of memory 0.
    pub(super) memory: Option<u32>,
    /// Store numbers of the memories behind it.
    pub(super) further_memories: Vec<u32>,
    /// Store number of the memory that host functions see: the one exported as "memory", else memory 0.
    pub(super) host_memory: Option<u32>,
    /// Store numbers of all tags.
    pub(super) tags: Vec<u32>,
    /// Owners of the imported globals.
    pub(super) imported_globals: Vec<GlobalHandle>,
    /// Dropped element segments.
    pub(super) dropped_elements: Vec<bool>,
    /// Dropped data segments.
    pub(super) dropped_data: Vec<bool>,
    /// False while segments are applied, and for good if one failed: then only references into it are alive.
    pub(super) ready: bool,
}

impl<P: Platform> Instance<P> {
    /// Type of function `index`.
    pub(super) fn function_type(&self, index: u32) -> Option<&FuncType> {
        let compiled = self.module.compiled();
        let ty = compiled.functions.get(index as usize)?;
        compiled.types.get(*ty as usize)
    }

    /// Store number of memory `index`.
    pub(super) fn memory(&self, index: u32) -> Option<u32> {
        match index.checked_sub(1) {
            None => self.memory,
            Some(further) => self.further_memories.get(further as usize).copied(),
        }
    }

    /// Address of the record of function `index`.
    pub(super) fn function_address(&self, index: u32) -> Option<u64> {
        self.functions.address(index as usize)
    }
}
