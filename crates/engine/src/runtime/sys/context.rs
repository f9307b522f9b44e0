// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The instance context behind `r14`.

use core::mem::offset_of;

use super::SharedArray;
use crate::{
    platform::PlatformError,
    vm::{
        global_offset, memory_pointer_offset, table_pointer_offset, FuncRecord, InstanceCtx,
        InstanceLayout, MemoryDef, StoreCtx, TableDef,
    },
};

/// 16 bytes, aligned as [`InstanceLayout::size`] wants.
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug)]
struct Block([u64; 2]);

/// An [`InstanceCtx`] with its tables and globals.
#[derive(Debug)]
pub struct Context {
    blocks: SharedArray<Block>,
    layout: InstanceLayout,
}

impl Context {
    /// All zero but for `memory_base`, which points at the context itself until there is a memory.
    pub fn new(layout: InstanceLayout) -> Result<Self, PlatformError> {
        let blocks = SharedArray::new(layout.size().div_ceil(16), Block([0; 2]))?;
        let mut context = Self { blocks, layout };
        context.set_memory(context.as_ptr().cast(), 0);
        Ok(context)
    }

    /// What `r14` holds.
    pub fn as_ptr(&self) -> *mut InstanceCtx {
        self.blocks.as_ptr().cast()
    }

    fn word(&self, offset: usize) -> u64 {
        let block = self.blocks.get(offset / 16).unwrap_or(Block([0; 2]));
        block.0.get(offset / 8 % 2).copied().unwrap_or(0)
    }

    fn set_word(&mut self, offset: usize, value: u64) {
        if let Some(mut block) = self.blocks.get(offset / 16) {
            if let Some(word) = block.0.get_mut(offset / 8 % 2) {
                *word = value;
            }
            self.blocks.set(offset / 16, block);
        }
    }

    /// Sets base and length of memory 0.
    pub fn set_memory(&mut self, base: *mut u8, len: u64) {
        self.set_word(offset_of!(InstanceCtx, memory_base), base as u64);
        self.set_memory_len(len);
    }

    /// Sets the length of memory 0, bytes.
    pub fn set_memory_len(&mut self, len: u64) {
        self.set_word(offset_of!(InstanceCtx, memory_len), len);
        for (at, more) in [1, 3, 7, 15].into_iter().enumerate() {
            let limit = offset_of!(InstanceCtx, memory_limits) + at * 8;
            self.set_word(limit, len.saturating_sub(more));
        }
    }

    /// Sets what never changes.
    pub fn set_fixed(
        &mut self,
        index: u32,
        store: *mut StoreCtx,
        functions: &SharedArray<FuncRecord>,
        type_ids: &SharedArray<u32>,
    ) {
        self.set_word(offset_of!(InstanceCtx, index), u64::from(index));
        self.set_word(offset_of!(InstanceCtx, store), store as u64);
        self.set_word(
            offset_of!(InstanceCtx, functions),
            functions.as_ptr() as u64,
        );
        self.set_word(offset_of!(InstanceCtx, type_ids), type_ids.as_ptr() as u64);
    }

    /// Points table `index` at its definition.
    pub fn set_table(&mut self, index: u32, table: *mut TableDef) {
        if index < self.layout.tables {
            self.set_word(table_pointer_offset(index), table as u64);
        }
    }

    /// Points memory `index` at its definition, if there is a place for that.
    pub fn set_memory_pointer(&mut self, index: u32, memory: *mut MemoryDef) {
        if index < self.layout.memories {
            let offset = memory_pointer_offset(&self.layout, index);
            self.set_word(offset, memory as u64);
        }
    }

    /// The slot of global `index`: its value or, if imported, the address of the owner's slot.
    pub fn global(&self, index: u32) -> u64 {
        if index < self.layout.globals {
            self.word(global_offset(&self.layout, index))
        } else {
            0
        }
    }

    /// Stores the slot of global `index`.
    pub fn set_global(&mut self, index: u32, value: u64) {
        if index < self.layout.globals {
            self.set_word(global_offset(&self.layout, index), value);
        }
    }

    /// The high half of the slot of global `index`: that of a vector, else 0.
    pub fn global_high(&self, index: u32) -> u64 {
        if index < self.layout.globals {
            self.word(global_offset(&self.layout, index) + 8)
        } else {
            0
        }
    }

    /// Stores the high half of the slot of global `index`.
    pub fn set_global_high(&mut self, index: u32, value: u64) {
        if index < self.layout.globals {
            self.set_word(global_offset(&self.layout, index) + 8, value);
        }
    }

    /// Address of the slot of global `index`.
    pub fn global_address(&self, index: u32) -> u64 {
        self.as_ptr() as u64 + global_offset(&self.layout, index) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_where_generated_code_looks() {
        let layout = InstanceLayout {
            tables: 3,
            memories: 2,
            globals: 2,
        };
        let mut context = Context::new(layout).unwrap();
        assert_eq!(context.as_ptr() as usize % 16, 0);
        context.set_global(1, 0x1234);
        context.set_memory_len(77);
        context.set_table(2, 0x5678 as *mut TableDef);
        context.set_memory_pointer(1, 0x9abc as *mut MemoryDef);
        let words = context.as_ptr().cast::<u64>();
        // SAFETY: offsets inside the context's own allocation.
        unsafe {
            assert_eq!(words.add(global_offset(&layout, 1) / 8).read(), 0x1234);
            assert_eq!(words.add(table_pointer_offset(2) / 8).read(), 0x5678);
            assert_eq!(
                words.add(memory_pointer_offset(&layout, 1) / 8).read(),
                0x9abc
            );
            assert_eq!((*context.as_ptr()).memory_len, 77);
            assert_eq!((*context.as_ptr()).memory_limits, [76, 74, 70, 62]);
            assert_eq!((*context.as_ptr()).memory_base, context.as_ptr().cast());
        }
        assert_eq!(context.global(1), 0x1234);
        assert_eq!(context.global(2), 0);
        context.set_global_high(1, 0x9abc);
        assert_eq!(
            (context.global(1), context.global_high(1)),
            (0x1234, 0x9abc)
        );
        assert_eq!(
            context.global_address(1),
            words as u64 + global_offset(&layout, 1) as u64
        );
    }
}
