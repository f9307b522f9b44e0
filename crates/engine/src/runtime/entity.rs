// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Memories and tables: they belong to the store, instances share them by number.

use alloc::vec::Vec;

use super::{
    shared::SharedMemory,
    sys::{GuestMemory, SharedArray},
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

/// A reservation for a memory of type `ty`, `quota` bytes at most, grown to its first size: the model of code that may use it, and the
/// most bytes that it can have. No reservation holds what 64-bit indices reach, so code checks those.
pub(super) fn reserve<P: Platform>(
    model: MemoryModel,
    ty: MemoryType,
    quota: u64,
) -> Result<(MemoryModel, u64, P::Memory), PlatformError> {
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
    memory.grow(len, &mut |_| true)?;
    Ok((model, most, memory))
}

/// Whose a memory is.
enum Backing<P: Platform> {
    /// The store's alone.
    Own {
        memory: P::Memory,
        /// What generated code reads where this is not the only memory; one item, made when it is first wanted.
        definition: Option<SharedArray<MemoryDef>>,
        /// Most bytes: what is reserved.
        most: u64,
    },
    /// Also that of others.
    Shared(P::SharedRef),
}

/// A memory of a store.
pub(super) struct MemoryEntity<P: Platform> {
    backing: Backing<P>,
    pub(super) model: MemoryModel,
    /// The declared maximum, pages.
    pub(super) maximum: Option<u64>,
    pub(super) index64: bool,
    /// Shared, and made by this store, which is charged for it.
    promised: bool,
    /// Instances whose context holds its length: those whose memory 0 it is, unless it is shared.
    pub(super) sharers: Vec<u32>,
}

impl<P: Platform> MemoryEntity<P> {
    /// A memory of type `ty`, `quota` bytes at most.
    pub(super) fn new(
        model: MemoryModel,
        ty: MemoryType,
        quota: u64,
    ) -> Result<Self, PlatformError> {
        if ty.shared {
            let memory = SharedMemory::<P>::new(model, ty, quota)?;
            let promised = true;
            return Ok(Self {
                promised,
                ..Self::shared(memory)
            });
        }
        let (model, most, memory) = reserve::<P>(model, ty, quota)?;
        Ok(Self {
            backing: Backing::Own {
                memory,
                definition: None,
                most,
            },
            model,
            maximum: ty.maximum,
            index64: ty.index64,
            promised: false,
            sharers: Vec::new(),
        })
    }

    /// A memory that others have, too.
    pub(super) fn shared(memory: P::SharedRef) -> Self {
        let (ty, model) = (memory.ty(), memory.model());
        Self {
            backing: Backing::Shared(memory),
            model,
            maximum: ty.maximum,
            index64: ty.index64,
            promised: false,
            sharers: Vec::new(),
        }
    }

    /// The reference to a memory that is shared.
    pub(super) fn as_shared(&self) -> Option<&P::SharedRef> {
        match &self.backing {
            Backing::Own { .. } => None,
            Backing::Shared(memory) => Some(memory),
        }
    }

    /// Bytes.
    pub(super) fn len(&self) -> u64 {
        match &self.backing {
            Backing::Own { memory, .. } => memory.len(),
            Backing::Shared(memory) => memory.len(),
        }
    }

    /// Most bytes that it can have: what is reserved.
    pub(super) fn most(&self) -> u64 {
        match &self.backing {
            Backing::Own { most, .. } => *most,
            Backing::Shared(memory) => memory.most(),
        }
    }

    /// What the store that made it is charged for: of a shared memory all that it may ever have.
    pub(super) fn charge(&self) -> u64 {
        match &self.backing {
            Backing::Own { memory, .. } => memory.len(),
            Backing::Shared(memory) if self.promised => memory.most(),
            Backing::Shared(_) => 0,
        }
    }

    /// What of that is not there yet.
    pub(super) fn spare(&self) -> u64 {
        self.charge().saturating_sub(self.len())
    }

    /// All bytes.
    pub(super) fn view(&mut self) -> GuestMemory<'_> {
        match &mut self.backing {
            Backing::Own { memory, .. } => GuestMemory::of(memory),
            Backing::Shared(memory) => memory.view(),
        }
    }

    /// Where it begins, and how long it is as far as instances note that: a shared memory's length is in its definition only.
    pub(super) fn head(&mut self) -> (*mut u8, u64) {
        let view = self.view();
        match view.is_shared() {
            true => (view.base(), 0),
            false => (view.base(), view.len() as u64),
        }
    }

    /// Address of the definition.
    pub(super) fn definition(&mut self) -> Result<*mut MemoryDef, PlatformError> {
        match &mut self.backing {
            Backing::Shared(memory) => Ok(memory.definition()),
            Backing::Own {
                memory, definition, ..
            } => {
                if let Some(definition) = definition {
                    return Ok(definition.as_ptr());
                }
                let new = MemoryDef::new(memory.base(), memory.len());
                Ok(definition.insert(SharedArray::new(1, new)?).as_ptr())
            }
        }
    }

    /// Grows by `delta` pages unless that would be more than `quota` additional bytes; the old size in pages. A shared memory has a quota
    /// of its own. `go_on` as of [`SharedMemory::grow`].
    pub(super) fn grow(
        &mut self,
        delta: u64,
        quota: u64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<u64, PlatformError> {
        let (memory, definition, most) = match &mut self.backing {
            Backing::Shared(memory) => return memory.grow(delta, go_on),
            Backing::Own {
                memory,
                definition,
                most,
            } => (memory, definition, *most),
        };
        let old = memory.len();
        let more = delta.saturating_mul(PAGE);
        let new = old.checked_add(more).ok_or(PlatformError::Quota)?;
        if new > most || more > quota {
            return Err(PlatformError::Quota);
        }
        if more != 0 {
            memory.grow(new, go_on)?;
        }
        if let Some(definition) = definition {
            definition.set(0, MemoryDef::new(memory.base(), memory.len()));
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
