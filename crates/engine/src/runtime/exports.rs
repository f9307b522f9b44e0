// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Looking into a store from outside: exports, memory, globals, references.

use super::{
    entity::MemoryEntity,
    link::{Exports, Extern, FuncHandle, GlobalHandle, MemoryHandle, TableHandle, TagHandle},
    store::Store,
    sys::GuestMemory,
    Module,
};
use crate::{
    config::MemoryModel,
    module::{Export, ExternKind, FuncType, GlobalType, MemoryType, ValType},
    platform::{Platform, PlatformError},
    vm::FuncRecord,
};

/// The memories that a store had at some time.
#[derive(Clone, Copy, Debug)]
pub struct MemoriesNow {
    memories: usize,
    used: u64,
    instances: usize,
}

impl<P: Platform> Store<P> {
    /// Number of instances, failed ones included: their numbers are below.
    pub fn instance_count(&self) -> u32 {
        self.instances.len() as u32
    }

    /// The module of an instance.
    pub fn module(&self, instance: u32) -> Option<&Module<P>> {
        self.instances
            .get(instance as usize)
            .map(|instance| &*instance.module)
    }

    /// The export `name` of an instance.
    pub fn export(&self, instance: u32, name: &str) -> Option<Extern> {
        let at = self
            .instances
            .get(instance as usize)
            .filter(|at| at.ready)?;
        let export = at.module.export(name)?;
        self.item(instance, export)
    }

    fn item(&self, instance: u32, export: &Export) -> Option<Extern> {
        let at = self.instances.get(instance as usize)?;
        Some(match export.kind {
            ExternKind::Function => {
                at.functions.get(export.index as usize)?;
                Extern::Function(FuncHandle {
                    instance,
                    function: export.index,
                })
            }
            ExternKind::Table => Extern::Table(TableHandle(*at.tables.get(export.index as usize)?)),
            ExternKind::Memory => Extern::Memory(MemoryHandle(at.memory(export.index)?)),
            ExternKind::Tag => Extern::Tag(TagHandle(*at.tags.get(export.index as usize)?)),
            ExternKind::Global => Extern::Global(self.global_owner(instance, export.index)?),
        })
    }

    /// Resolves an imported global to its owner.
    pub(super) fn global_owner(&self, instance: u32, global: u32) -> Option<GlobalHandle> {
        let at = self.instances.get(instance as usize)?;
        at.module.compiled().globals.get(global as usize)?;
        Some(
            at.imported_globals
                .get(global as usize)
                .copied()
                .unwrap_or(GlobalHandle { instance, global }),
        )
    }

    /// The start function of an instance's module.
    pub fn start_function(&self, instance: u32) -> Option<FuncHandle> {
        let at = self
            .instances
            .get(instance as usize)
            .filter(|at| at.ready)?;
        Some(FuncHandle {
            instance,
            function: at.module.compiled().start?,
        })
    }

    /// A function's type.
    pub fn function_type(&self, function: FuncHandle) -> Option<&FuncType> {
        self.instances
            .get(function.instance as usize)?
            .function_type(function.function)
    }

    pub(super) fn record(&self, function: FuncHandle) -> Option<FuncRecord> {
        self.instances
            .get(function.instance as usize)?
            .functions
            .get(function.function as usize)
    }

    /// A function as a value: what [`Store::begin`] takes for a funcref parameter.
    pub fn reference(&self, function: FuncHandle) -> Option<u64> {
        self.instances
            .get(function.instance as usize)?
            .function_address(function.function)
    }

    /// The function that a funcref value means.
    pub(super) fn referenced(&self, value: u64) -> Option<FuncHandle> {
        self.instances
            .iter()
            .enumerate()
            .find_map(|(instance, at)| {
                let function = at.functions.index_of(value)? as u32;
                Some(FuncHandle {
                    instance: instance as u32,
                    function,
                })
            })
    }

    /// Memory 0 of an instance; empty if it has none, or a shared one ([`Store::guest_memory`] has that, too). What a trap, exit or
    /// kill left behind can be read.
    pub fn memory(&mut self, instance: u32) -> &mut [u8] {
        self.guest_memory(instance).unshared().unwrap_or(&mut [])
    }

    /// Memory 0 of an instance, which may be shared; empty if it has none.
    pub fn guest_memory(&mut self, instance: u32) -> GuestMemory<'_> {
        match self.memory_number(instance, 0) {
            Some(memory) => self.view_of(memory),
            None => GuestMemory::none(),
        }
    }

    /// Gives a shared memory to the store: what to import it by. The same memory has the same handle each time. It is not counted as the store's.
    pub fn add_shared(&mut self, memory: P::SharedRef) -> Result<MemoryHandle, PlatformError> {
        let same = |entity: &MemoryEntity<P>| {
            let have = entity.as_shared();
            have.is_some_and(|have| core::ptr::eq(&**have, &*memory))
        };
        let number = match self.memories.iter().position(same) {
            Some(number) => number,
            None => {
                let oom = |_| PlatformError::OutOfMemory;
                self.memories.try_reserve(1).map_err(oom)?;
                self.memories.push(MemoryEntity::shared(memory));
                self.memories.len() - 1
            }
        };
        u32::try_from(number)
            .map(MemoryHandle)
            .map_err(|_| PlatformError::OutOfMemory)
    }

    /// Makes a shared memory, for code of that model, and gives it to the store, which is charged for it as for one that an instance
    /// declares: what to import it by.
    ///
    /// # Errors
    ///
    /// `Quota` beyond the store's limit, else what the platform says.
    pub fn new_shared(
        &mut self,
        model: MemoryModel,
        ty: MemoryType,
    ) -> Result<MemoryHandle, PlatformError> {
        let oom = PlatformError::OutOfMemory;
        let quota = self.limits.max_memory.saturating_sub(self.used);
        let number = u32::try_from(self.memories.len()).map_err(|_| oom)?;
        self.memories.try_reserve(1).map_err(|_| oom)?;
        let entity = MemoryEntity::new(model, MemoryType { shared: true, ..ty }, quota)?;
        self.used = self.used.saturating_add(entity.charge());
        self.memories.push(entity);
        Ok(MemoryHandle(number))
    }

    /// What [`Store::give_up_memories`] goes back to.
    pub fn memories_now(&self) -> MemoriesNow {
        MemoriesNow {
            memories: self.memories.len(),
            used: self.used,
            instances: self.instances.len(),
        }
    }

    /// Gives up the memories that the store got since `then`, for an instance that was not made. Does nothing if an instance
    /// was made meanwhile, as it may use them. Their handles mean nothing afterwards. No call is under way.
    pub fn give_up_memories(&mut self, then: MemoriesNow) {
        if self.instances.len() == then.instances {
            self.memories.truncate(then.memories);
            self.used = then.used;
        }
    }

    /// The memory of an instance that has this index in its module.
    pub fn memory_handle(&self, instance: u32, memory: u32) -> Option<MemoryHandle> {
        let at = self.instances.get(instance as usize)?;
        at.memory(memory).map(MemoryHandle)
    }

    /// The shared memory that a handle means, such as that of an export; `None` if it is not shared.
    pub fn shared_memory(&self, memory: MemoryHandle) -> Option<P::SharedRef> {
        self.memories.get(memory.0 as usize)?.as_shared().cloned()
    }

    /// The store's number of an instance's memory.
    pub(super) fn memory_number(&self, instance: u32, memory: u32) -> Option<usize> {
        let at = self.instances.get(instance as usize)?;
        at.memory(memory).map(|number| number as usize)
    }

    /// All bytes of a memory of the store; none if there is no such memory.
    pub(super) fn view_of(&mut self, number: usize) -> GuestMemory<'_> {
        match self.memories.get_mut(number) {
            Some(memory) => memory.view(),
            None => GuestMemory::none(),
        }
    }

    /// All bytes of an exported memory.
    pub fn exported_memory(&mut self, instance: u32, name: &str) -> Option<GuestMemory<'_>> {
        let Some(Extern::Memory(MemoryHandle(memory))) = self.export(instance, name) else {
            return None;
        };
        Some(self.memories.get_mut(memory as usize)?.view())
    }

    /// For each slot of an exported table, whether it holds a reference.
    pub fn exported_table(
        &self,
        instance: u32,
        name: &str,
    ) -> Option<impl Iterator<Item = bool> + '_> {
        let Some(Extern::Table(TableHandle(table))) = self.export(instance, name) else {
            return None;
        };
        let table = self.tables.get(table as usize)?;
        Some((0..table.len()).map_while(|index| Some(table.get(index)? != 0)))
    }

    /// Bytes of all memories and tables of the store. Of a shared memory that it made what there is at the moment; others are not counted.
    pub fn memory_bytes(&self) -> u64 {
        let spare = self.memories.iter().map(MemoryEntity::spare);
        spare.fold(self.used, u64::saturating_sub)
    }

    /// Type and value of an exported global, of a v128 the low half: see [`Store::global_vector`]. A funcref is 0 or 1 (see [`Store::global_function`]).
    pub fn global(&self, instance: u32, name: &str) -> Option<(GlobalType, u64)> {
        let Some(Extern::Global(owner)) = self.export(instance, name) else {
            return None;
        };
        let ty = self.global_type(owner)?;
        let value = self.global_value(owner)?;
        Some((ty, hidden(ty.value, value)))
    }

    /// Both halves of an exported v128 global, the low one first.
    pub fn global_vector(&self, instance: u32, name: &str) -> Option<[u64; 2]> {
        let Some(Extern::Global(owner)) = self.export(instance, name) else {
            return None;
        };
        self.global_type(owner)
            .filter(|ty| ty.value == ValType::V128)?;
        Some([self.global_value(owner)?, self.global_high(owner)?])
    }

    /// The function that an exported funcref global refers to.
    pub fn global_function(&self, instance: u32, name: &str) -> Option<FuncHandle> {
        let Some(Extern::Global(owner)) = self.export(instance, name) else {
            return None;
        };
        let ty = self.global_type(owner)?;
        self.global_value(owner)
            .filter(|_| is_function(ty.value))
            .and_then(|value| self.referenced(value))
    }

    pub(super) fn global_type(&self, owner: GlobalHandle) -> Option<GlobalType> {
        let at = self.instances.get(owner.instance as usize)?;
        at.module
            .compiled()
            .globals
            .get(owner.global as usize)
            .copied()
    }

    pub(super) fn global_value(&self, owner: GlobalHandle) -> Option<u64> {
        Some(
            self.instances
                .get(owner.instance as usize)?
                .context
                .global(owner.global),
        )
    }

    /// The high half of a global's slot.
    pub(super) fn global_high(&self, owner: GlobalHandle) -> Option<u64> {
        let instance = self.instances.get(owner.instance as usize)?;
        Some(instance.context.global_high(owner.global))
    }

    /// The function behind a funcref result of the last call.
    pub fn result_function(&self, index: usize) -> Option<FuncHandle> {
        let types = self.result_types();
        types.get(index).filter(|&&ty| is_function(ty))?;
        let slot = ValType::slots_of(types.get(..index)?);
        self.referenced(*self.values.get(slot)?)
    }
}

/// What the embedder sees of a value: of references that are not its own, only whether they are null.
pub(super) fn hidden(ty: ValType, value: u64) -> u64 {
    match ty {
        ValType::Ref(ty) if ty.is_function() || ty.is_exception() => u64::from(value != 0),
        _ => value,
    }
}

fn is_function(ty: ValType) -> bool {
    matches!(ty, ValType::Ref(ty) if ty.is_function())
}

impl<P: Platform> Exports for Store<P> {
    fn export(&self, instance: u32, name: &str) -> Option<Extern> {
        Store::export(self, instance, name)
    }
}
