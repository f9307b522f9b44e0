// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Memories and tables: they belong to the store, instances share them by number.

use alloc::vec::Vec;

use super::{
    sys::{memory_slice, SharedArray},
    types::StoreRef,
};
use crate::{
    config::MemoryModel,
    module::{MemoryType, TableType},
    platform::{Memory, Platform, PlatformError},
    vm::{MemoryDef, TableDef},
};

/// Bytes of a wasm page.
pub(super) const PAGE: u64 = 64 << 10;
/// Most pages of a memory with 32-bit indices, and with 64-bit ones.
const MAX_PAGES: u64 = 1 << 16;
const MAX_PAGES_64: u64 = 1 << 48;
/// Most slots of a table: an implementation limit.
pub(super) const MAX_TABLE: u64 = 10_000_000;

/// A memory of a store.
#[derive(Debug)]
pub(super) struct MemoryEntity<P: Platform> {
    pub(super) memory: P::Memory,
    pub(super) model: MemoryModel,
    /// What generated code reads where this is not the only memory; one item, made when it is first wanted.
    definition: Option<SharedArray<MemoryDef>>,
    /// The declared maximum, pages.
    pub(super) maximum: Option<u64>,
    pub(super) index64: bool,
    /// Most bytes: what is reserved.
    most: u64,
    /// Instances whose context holds its length: those whose memory 0 it is.
    pub(super) sharers: Vec<u32>,
}

impl<P: Platform> MemoryEntity<P> {
    /// A memory of type `ty`, `quota` bytes at most. No reservation holds what 64-bit indices reach, so code checks those.
    pub(super) fn new(
        model: MemoryModel,
        ty: MemoryType,
        quota: u64,
    ) -> Result<Self, PlatformError> {
        let (model, limit) = match ty.index64 {
            true => (MemoryModel::Bounds, MAX_PAGES_64),
            false => (model, MAX_PAGES),
        };
        let len = ty.minimum.saturating_mul(PAGE);
        let declared = ty.maximum.unwrap_or(limit).min(limit).saturating_mul(PAGE);
        let most = declared.min(quota - quota % PAGE);
        if len > most {
            return Err(PlatformError::Quota);
        }
        let mut memory = P::memory(model, most)?;
        memory.grow(len)?;
        Ok(Self {
            memory,
            model,
            definition: None,
            maximum: ty.maximum,
            index64: ty.index64,
            most,
            sharers: Vec::new(),
        })
    }

    /// Bytes.
    pub(super) fn len(&self) -> u64 {
        self.memory.len()
    }

    /// All bytes.
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        memory_slice(&mut self.memory)
    }

    /// Address of the definition.
    pub(super) fn definition(&mut self) -> Result<*mut MemoryDef, PlatformError> {
        if let Some(definition) = &self.definition {
            return Ok(definition.as_ptr());
        }
        let (base, len) = (self.memory.base(), self.memory.len());
        let definition = SharedArray::new(1, MemoryDef::new(base, len))?;
        Ok(self.definition.insert(definition).as_ptr())
    }

    /// Grows by `delta` pages unless that would be more than `quota` additional bytes; the old size in pages.
    pub(super) fn grow(&mut self, delta: u64, quota: u64) -> Result<u64, PlatformError> {
        let old = self.memory.len();
        let more = delta.saturating_mul(PAGE);
        let new = old.checked_add(more).ok_or(PlatformError::Quota)?;
        if new > self.most || more > quota {
            return Err(PlatformError::Quota);
        }
        if more != 0 {
            self.memory.grow(new)?;
        }
        if let Some(definition) = &mut self.definition {
            let (base, len) = (self.memory.base(), self.memory.len());
            definition.set(0, MemoryDef::new(base, len));
        }
        Ok(old / PAGE)
    }
}

/// A table of a store.
#[derive(Debug)]
pub(super) struct TableEntity {
    /// What generated code reads; one item.
    definition: SharedArray<TableDef>,
    /// Slots; those from `len` on are spare.
    slots: SharedArray<u64>,
    len: usize,
    pub(super) element: StoreRef,
    pub(super) maximum: Option<u64>,
    pub(super) index64: bool,
}

impl TableEntity {
    /// A table of type `ty` with elements of type `element`, all `init`; `quota` bytes at most.
    pub(super) fn new(
        ty: TableType,
        element: StoreRef,
        init: u64,
        quota: u64,
    ) -> Result<Self, PlatformError> {
        let len = ty.minimum;
        if len > MAX_TABLE || len * 8 > quota {
            return Err(PlatformError::Quota);
        }
        let slots = SharedArray::new(len as usize, init)?;
        let definition = SharedArray::new(
            1,
            TableDef {
                base: slots.as_ptr(),
                len,
            },
        )?;
        Ok(Self {
            definition,
            slots,
            len: len as usize,
            element,
            maximum: ty.maximum,
            index64: ty.index64,
        })
    }

    /// Number of slots.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Address of the definition.
    pub(super) fn definition(&self) -> *mut TableDef {
        self.definition.as_ptr()
    }

    /// Slot `index`; `None` outside.
    pub(super) fn get(&self, index: usize) -> Option<u64> {
        if index < self.len {
            self.slots.get(index)
        } else {
            None
        }
    }

    /// Sets slot `index`; `None` outside.
    pub(super) fn set(&mut self, index: usize, value: u64) -> Option<()> {
        if index < self.len {
            self.slots.set(index, value)
        } else {
            None
        }
    }

    /// Copies slots within the table; `None` outside.
    pub(super) fn copy_within(&mut self, source: usize, target: usize, len: usize) -> Option<()> {
        if source.max(target).checked_add(len)? > self.len {
            return None;
        }
        self.slots.copy_within(source, target, len)
    }

    /// Copies slots from another table; `None` outside.
    pub(super) fn copy_from(
        &mut self,
        other: &Self,
        source: usize,
        target: usize,
        len: usize,
    ) -> Option<()> {
        if source.checked_add(len)? > other.len || target.checked_add(len)? > self.len {
            return None;
        }
        self.slots.copy_from(&other.slots, source, target, len)
    }

    /// Grows by `delta` slots of `value` unless that would be more than `quota` additional bytes; the old size.
    pub(super) fn grow(
        &mut self,
        delta: u64,
        value: u64,
        quota: u64,
    ) -> Result<u64, PlatformError> {
        let old = self.len;
        let new = (old as u64).saturating_add(delta);
        let most = self.maximum.unwrap_or(MAX_TABLE).min(MAX_TABLE);
        if new > most || delta * 8 > quota {
            return Err(PlatformError::Quota);
        }
        let new = new as usize;
        if new > self.slots.len() {
            // An eighth more than asked for keeps growth by small steps near linear; it is paid for here, not counted as used.
            let spare = (old / 8).min((quota / 8) as usize - delta as usize);
            let capacity = new.saturating_add(spare).min(most as usize);
            let mut slots = SharedArray::new(capacity, 0)?;
            slots.copy_from(&self.slots, 0, 0, old);
            self.slots = slots;
        }
        self.len = new;
        for index in old..new {
            self.slots.set(index, value);
        }
        self.definition.set(
            0,
            TableDef {
                base: self.slots.as_ptr(),
                len: new as u64,
            },
        );
        Ok(old as u64)
    }
}
