// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The per-instance context in `r14` and what it points to.

use super::StoreCtx;

/// A function as a value: what a funcref points to, what an indirect call goes through. 40 bytes, fixed while the store lives.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FuncRecord {
    /// Where to call: a wasm function, or the host thunk of its type. Reached by indirect branches: starts with `endbr64`.
    pub code: u64,
    /// What `r14` must hold there: the instance that owns the function (for host functions: the one that imports it).
    pub instance: *mut InstanceCtx,
    /// Store-wide canonical type number, compared by `call_indirect`.
    pub type_id: u32,
    /// Number of the host function, or `u32::MAX` for wasm.
    pub host: u32,
    /// The entry trampoline of its type, in the owner's code; 0 for host functions.
    pub trampoline: u64,
    /// Function index in the owner, for names in traps.
    pub index: u32,
    /// Zero.
    pub reserved: u32,
}

/// A linear memory as generated code sees it, but for what an [`InstanceCtx`] says of its memory 0. That of a shared memory grows
/// while code runs: each field is read by itself, once for an access.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MemoryDef {
    /// Constant while the store lives.
    pub base: *mut u8,
    /// Current length, bytes.
    pub len: u64,
    /// At how many places an access of 2, 4, 8 and 16 bytes is inside; of one byte it is at `len`.
    pub limits: [u64; 4],
}

impl MemoryDef {
    /// A memory of `len` bytes at `base`.
    pub const fn new(base: *mut u8, len: u64) -> Self {
        let limits = [
            len.saturating_sub(1),
            len.saturating_sub(3),
            len.saturating_sub(7),
            len.saturating_sub(15),
        ];
        Self { base, len, limits }
    }
}

/// A table as generated code sees it: `len` slots of 8 bytes. Growth may move it, so both fields are read at each use.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TableDef {
    /// First slot.
    pub base: *mut u64,
    /// Current number of slots.
    pub len: u64,
}

/// Head of the instance context. Behind it, at offsets that [`InstanceLayout`] computes, follow one `*mut TableDef` per
/// table, one `*mut MemoryDef` per memory if there are several or one is shared, and one 16-byte slot per global.
#[repr(C)]
#[derive(Debug)]
pub struct InstanceCtx {
    /// Base of memory 0 (what `r13` is loaded from); dangling if there is none.
    pub memory_base: *mut u8,
    /// Length of memory 0 in bytes; the runtime updates it in every instance that shares a memory when it grows. 0 if other threads may use
    /// that memory: then the length is in its [`MemoryDef`] only.
    pub memory_len: u64,
    /// The store.
    pub store: *mut StoreCtx,
    /// Records of all functions in index order, imported ones first.
    pub functions: *const FuncRecord,
    /// Canonical type number of each type index.
    pub type_ids: *const u32,
    /// Runtime's number of the instance in its store.
    pub index: u64,
    /// For accesses of 2, 4, 8 and 16 bytes, the number of indices at which one fits into memory 0 (`memory_len` for one byte).
    pub memory_limits: [u64; 4],
    /// Zero: what becomes of an index that is out of bounds, under speculation.
    pub zero: u64,
}

/// Bytes of a global's slot, which has room for a v128. An own global's slot holds the value, an imported one's a pointer to the owner's slot.
pub const GLOBAL_SIZE: usize = 16;

/// Where things are behind [`InstanceCtx`], for one module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstanceLayout {
    /// Tables, imported ones included.
    pub tables: u32,
    /// Memories, imported ones included, that are reached through a pointer: all of a module that has several, or a shared one, else none.
    pub memories: u32,
    /// Globals, imported ones included.
    pub globals: u32,
}

/// Offset of the `*mut TableDef` of table `index` from `r14`.
pub const fn table_pointer_offset(index: u32) -> usize {
    core::mem::size_of::<InstanceCtx>() + index as usize * 8
}

/// Offset of the `*mut MemoryDef` of memory `index` from `r14`.
pub const fn memory_pointer_offset(layout: &InstanceLayout, index: u32) -> usize {
    table_pointer_offset(layout.tables) + index as usize * 8
}

/// Offset of the slot of global `index` from `r14`.
pub const fn global_offset(layout: &InstanceLayout, index: u32) -> usize {
    memory_pointer_offset(layout, layout.memories).next_multiple_of(16)
        + index as usize * GLOBAL_SIZE
}

impl InstanceLayout {
    /// Bytes of the whole context; it is aligned to 16.
    pub const fn size(&self) -> usize {
        global_offset(self, self.globals)
    }
}
