// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Making an instance: imports, then what it owns, then its place in the store, then segments.
//!
//! Until the instance has its place, a failure leaves the store as it was. After that only a segment can fail; the
//! instance then stays in the store, unreachable by name, as shared tables may refer to its functions already.

use alloc::vec::Vec;

use super::{
    constant::compute,
    entity::{MemoryEntity, TableEntity, PAGE},
    error::InstantiateError,
    instance::Instance,
    link::{limits_match, Extern, GlobalHandle, ItemType, Resolver},
    store::Store,
    sys::{Context, SharedArray},
    types::{StoreRef, StoreType},
    Module,
};
use crate::{
    config::MemoryModel,
    module::{CompiledModule, ConstExpr, ExternKind, ImportType, FREE_UPKEEP},
    platform::{Platform, PlatformError},
    vm::FuncRecord,
};

/// The reservations of all memories that an instance has of its own may have so many times the bytes that its store may still use. They
/// cost page tables, and all programs share what there is. Half of the rest is the most that one of them gets, or the
/// memory's first size: four may reach the store's limit, the fifth half of it.
const RESERVATIONS: u64 = 4;

/// Imports, resolved and of the right types.
#[derive(Default)]
struct Imports {
    functions: Vec<ImportedFunction>,
    tables: Vec<u32>,
    memories: Memories,
    globals: Vec<GlobalHandle>,
    tags: Vec<u32>,
}

/// Store numbers of memories, in order: the first, and those behind it.
#[derive(Default)]
struct Memories {
    first: Option<u32>,
    further: Vec<u32>,
}

impl Memories {
    fn push(&mut self, memory: u32) -> Result<(), PlatformError> {
        match self.first {
            None => self.first = Some(memory),
            Some(_) => push(&mut self.further, memory)?,
        }
        Ok(())
    }
}

enum ImportedFunction {
    Wasm(FuncRecord),
    Host(u32),
}

fn oom<E>(_: E) -> PlatformError {
    PlatformError::OutOfMemory
}

fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), PlatformError> {
    list.try_reserve(1).map_err(oom)?;
    list.push(item);
    Ok(())
}

impl<P: Platform> Store<P> {
    /// Makes an instance of `module` and returns its number. The start function is not run: see [`Store::start_function`].
    pub fn instantiate(
        &mut self,
        module: P::ModuleRef,
        resolver: &mut dyn Resolver,
    ) -> Result<u32, InstantiateError> {
        let number = u32::try_from(self.instances.len()).map_err(oom)?;
        self.instances.try_reserve(1).map_err(oom)?;
        let upkeep = module.compiled().upkeep().saturating_sub(FREE_UPKEEP);
        if upkeep > self.limits.max_memory.saturating_sub(self.used) {
            return Err(PlatformError::Quota.into());
        }
        let addition = self.types.prepare(&self.instances, &module, number)?;
        let imports = self.resolve(&module, &addition.ids, resolver)?;
        let mut context = Context::new(module.compiled().layout)?;
        let functions = function_records(&module, imports.functions, &context, &addition.ids)?;
        context.set_fixed(number, self.context.as_ptr(), &functions, &addition.ids);
        self.set_globals(&mut context, &module, &imports.globals, &functions)?;
        let own_tables = self.new_tables(
            &module,
            &imports.globals,
            &addition.ids,
            &context,
            &functions,
        )?;
        let compiled = module.compiled();
        let dropped_elements = flags(compiled.elements.len())?;
        let dropped_data = flags(compiled.data.len())?;
        let tags_before = self.tags.len();
        let mut tags = imports.tags;
        let own_tags = compiled.tags.get(tags.len()..).unwrap_or(&[]);
        tags.try_reserve_exact(own_tags.len()).map_err(oom)?;
        self.tags.try_reserve(own_tags.len()).map_err(oom)?;
        for &ty in own_tags {
            tags.push(u32::try_from(self.tags.len()).map_err(oom)?);
            let id = addition.ids.get(ty as usize);
            self.tags
                .push(id.ok_or(InstantiateError::Internal("type of a tag"))?);
        }
        // From here on the store changes: entities first, taken back if one cannot be made.
        let before = (self.memories.len(), self.tables.len(), self.used);
        self.used = self.used.saturating_add(upkeep);
        let placed = self.place_entities(
            &module,
            number,
            imports.memories,
            imports.tables,
            &own_tables,
            &mut context,
        );
        let (memories, tables) = match placed {
            Ok(placed) => placed,
            Err(error) => {
                self.tags.truncate(tags_before);
                self.memories.truncate(before.0);
                self.tables.truncate(before.1);
                self.used = before.2;
                return Err(error.into());
            }
        };
        let type_ids = self.types.commit(addition);
        let mut instance: Instance<P> = Instance {
            module,
            context,
            functions,
            type_ids,
            tables,
            memory: memories.first,
            further_memories: memories.further,
            host_memory: memories.first,
            tags,
            imported_globals: imports.globals,
            dropped_elements,
            dropped_data,
            ready: false,
        };
        if !instance.further_memories.is_empty() {
            if let Some(export) = instance.module.export("memory") {
                if export.kind == ExternKind::Memory {
                    instance.host_memory = instance.memory(export.index);
                }
            }
        }
        self.instances.push(instance);
        self.apply_segments(number)?;
        if let Some(instance) = self.instances.get_mut(number as usize) {
            instance.ready = true;
        }
        Ok(number)
    }

    fn resolve(
        &self,
        module: &Module<P>,
        ids: &SharedArray<u32>,
        resolver: &mut dyn Resolver,
    ) -> Result<Imports, InstantiateError> {
        let compiled = module.compiled();
        let mut imports = Imports::default();
        for (number, import) in compiled.imports.iter().enumerate() {
            let ty = match import.kind {
                ImportType::Function(ty) => {
                    let ty = compiled.types.get(ty as usize);
                    ItemType::Function(
                        ty.ok_or(InstantiateError::Internal("type of an imported function"))?,
                    )
                }
                ImportType::Table(ty) => ItemType::Table(ty),
                ImportType::Memory(ty) => ItemType::Memory(ty),
                ImportType::Global(ty) => ItemType::Global(ty),
                ImportType::Tag(ty) => {
                    let ty = compiled.types.get(ty as usize);
                    ItemType::Tag(ty.ok_or(InstantiateError::Internal("type of an imported tag"))?)
                }
            };
            let item = resolver
                .resolve(self, import, ty)
                .ok_or(InstantiateError::UnknownImport { import: number })?;
            if !self.matches(import.kind, ids, item) {
                return Err(InstantiateError::IncompatibleImport { import: number });
            }
            match item {
                Extern::Function(function) => {
                    let record = self
                        .record(function)
                        .ok_or(InstantiateError::Internal("function record"))?;
                    push(&mut imports.functions, ImportedFunction::Wasm(record))?;
                }
                Extern::HostFunction(host) => {
                    push(&mut imports.functions, ImportedFunction::Host(host))?
                }
                Extern::Table(table) => push(&mut imports.tables, table.0)?,
                Extern::Global(global) => push(&mut imports.globals, global)?,
                Extern::Tag(tag) => push(&mut imports.tags, tag.0)?,
                Extern::Memory(memory) => {
                    let entity = self.memories.get(memory.0 as usize);
                    if compiled.config.memory_model == MemoryModel::Guard
                        && !entity.is_some_and(|it| it.index64 || it.model == MemoryModel::Guard)
                    {
                        return Err(InstantiateError::MemoryModel { import: number });
                    }
                    imports.memories.push(memory.0)?;
                }
            }
        }
        Ok(imports)
    }

    /// Import matching (core specification, "Matching") for a module whose types have the numbers `ids`.
    fn matches(&self, wanted: ImportType, ids: &SharedArray<u32>, item: Extern) -> bool {
        match (wanted, item) {
            (ImportType::Function(ty), Extern::Function(function)) => self
                .record(function)
                .is_some_and(|record| ids.get(ty as usize) == Some(record.type_id)),
            (ImportType::Function(_), Extern::HostFunction(host)) => host != u32::MAX,
            (ImportType::Table(ty), Extern::Table(table)) => {
                self.tables.get(table.0 as usize).is_some_and(|table| {
                    let wanted = (ty.minimum, ty.maximum);
                    table.element == StoreRef::new(ty.element, ids)
                        && table.index64 == ty.index64
                        && limits_match(table.len() as u64, table.maximum, wanted)
                })
            }
            (ImportType::Memory(ty), Extern::Memory(memory)) => {
                self.memories.get(memory.0 as usize).is_some_and(|memory| {
                    let wanted = (ty.minimum, ty.maximum);
                    memory.index64 == ty.index64
                        && memory.as_shared().is_some() == ty.shared
                        && limits_match(memory.len() / PAGE, memory.maximum, wanted)
                })
            }
            (ImportType::Global(ty), Extern::Global(global)) => {
                let have = self.global_type(global);
                let owner = self.instances.get(global.instance as usize);
                have.zip(owner).is_some_and(|(have, owner)| {
                    let value = StoreType::new(have.value, &owner.type_ids);
                    let wanted = StoreType::new(ty.value, ids);
                    have.mutable == ty.mutable
                        && match ty.mutable {
                            true => value == wanted,
                            false => value.is_subtype(&wanted),
                        }
                })
            }
            (ImportType::Tag(ty), Extern::Tag(tag)) => {
                let have = self.tags.get(tag.0 as usize).copied();
                have.is_some() && have == ids.get(ty as usize)
            }
            _ => false,
        }
    }

    /// Fills the slots of all globals.
    fn set_globals(
        &self,
        context: &mut Context,
        module: &Module<P>,
        imported: &[GlobalHandle],
        functions: &SharedArray<FuncRecord>,
    ) -> Result<(), InstantiateError> {
        const BAD: InstantiateError = InstantiateError::Internal("initial value of a global");
        let compiled = module.compiled();
        for (index, owner) in imported.iter().enumerate() {
            let instance = self.instances.get(owner.instance as usize).ok_or(BAD)?;
            context.set_global(index as u32, instance.context.global_address(owner.global));
        }
        for (number, &init) in compiled.global_inits.iter().enumerate() {
            let index = compiled.imported_globals + number as u32;
            let value = self.initial(compiled, init, context, imported, functions, index);
            context.set_global(index, value.ok_or(BAD)?);
            if let Some(high) = self.high_half(context, compiled, imported, init) {
                context.set_global_high(index, high);
            }
        }
        Ok(())
    }

    /// The value of a constant expression for an instance in the making, whose globals below `globals` are set.
    fn initial(
        &self,
        compiled: &CompiledModule,
        expression: ConstExpr,
        context: &Context,
        imported: &[GlobalHandle],
        functions: &SharedArray<FuncRecord>,
        globals: u32,
    ) -> Option<u64> {
        let before = |global: u32| match imported.get(global as usize) {
            Some(&owner) => self.global_value(owner),
            None => (global < globals).then(|| context.global(global)),
        };
        match expression {
            ConstExpr::Value(value) => Some(value),
            ConstExpr::Vector(at) => compiled.vectors.get(at as usize).map(|halves| halves[0]),
            ConstExpr::Function(function) => functions.address(function as usize),
            ConstExpr::Global(global) => before(global),
            ConstExpr::Computed { first, len } => compute(compiled, first, len, before),
        }
    }

    /// What the tables that are not imported hold: the type of their elements, and the first value of each.
    fn new_tables(
        &self,
        module: &Module<P>,
        imported: &[GlobalHandle],
        ids: &SharedArray<u32>,
        context: &Context,
        functions: &SharedArray<FuncRecord>,
    ) -> Result<Vec<(StoreRef, u64)>, InstantiateError> {
        let compiled = module.compiled();
        let mut tables = Vec::new();
        let types = compiled.tables.get(compiled.imported_tables as usize..);
        for (ty, &init) in types.unwrap_or(&[]).iter().zip(&compiled.table_inits) {
            let init = self.initial(compiled, init, context, imported, functions, 0);
            let init = init.ok_or(InstantiateError::Internal("initial value of a table"))?;
            push(&mut tables, (StoreRef::new(ty.element, ids), init))?;
        }
        Ok(tables)
    }

    /// The high half of a vector that a global begins with.
    fn high_half(
        &self,
        context: &Context,
        compiled: &CompiledModule,
        imported: &[GlobalHandle],
        init: ConstExpr,
    ) -> Option<u64> {
        match init {
            ConstExpr::Vector(at) => compiled.vectors.get(at as usize).map(|halves| halves[1]),
            ConstExpr::Global(global) => match imported.get(global as usize) {
                Some(&owner) => self.global_high(owner),
                None => Some(context.global_high(global)),
            },
            _ => None,
        }
    }

    /// Makes memories and tables that are not imported and enters all into `context`.
    fn place_entities(
        &mut self,
        module: &Module<P>,
        instance: u32,
        mut memories: Memories,
        mut tables: Vec<u32>,
        own_tables: &[(StoreRef, u64)],
        context: &mut Context,
    ) -> Result<(Memories, Vec<u32>), PlatformError> {
        let compiled = module.compiled();
        let types = compiled.tables.get(compiled.imported_tables as usize..);
        for (&ty, &(element, init)) in types.unwrap_or(&[]).iter().zip(own_tables) {
            let quota = self.limits.max_memory.saturating_sub(self.used);
            let table = TableEntity::new(ty, element, init, quota)?;
            self.used += table.len() as u64 * 8;
            push(&mut tables, self.tables.len() as u32)?;
            push(&mut self.tables, table)?;
        }
        for (index, &table) in tables.iter().enumerate() {
            let table = self
                .tables
                .get(table as usize)
                .ok_or(PlatformError::OutOfMemory)?;
            context.set_table(index as u32, table.definition());
        }
        let own_memories = compiled
            .memories
            .get(compiled.imported_memories as usize..)
            .unwrap_or(&[]);
        let quota = self.limits.max_memory.saturating_sub(self.used);
        let mut reservations = quota.saturating_mul(RESERVATIONS);
        for &ty in own_memories {
            let share = (reservations / 2).max(ty.minimum.saturating_mul(PAGE));
            let quota = self.limits.max_memory.saturating_sub(self.used).min(share);
            let entity = MemoryEntity::new(compiled.config.memory_model, ty, quota)?;
            self.used += entity.charge();
            reservations = reservations.saturating_sub(entity.most());
            memories.push(self.memories.len() as u32)?;
            push(&mut self.memories, entity)?;
        }
        for index in 0..compiled.layout.memories {
            let memory = match index.checked_sub(1) {
                None => memories.first,
                Some(further) => memories.further.get(further as usize).copied(),
            };
            let entity = memory.and_then(|memory| self.memories.get_mut(memory as usize));
            let definition = entity.ok_or(PlatformError::OutOfMemory)?.definition()?;
            context.set_memory_pointer(index, definition);
        }
        // Last, as it is not taken back.
        if let Some(memory) = memories.first {
            let entity = self.memories.get_mut(memory as usize);
            let entity = entity.ok_or(PlatformError::OutOfMemory)?;
            if entity.as_shared().is_none() {
                push(&mut entity.sharers, instance)?;
            }
            let (base, len) = entity.head();
            context.set_memory(base, len);
        }
        Ok((memories, tables))
    }
}

fn flags(count: usize) -> Result<Vec<bool>, PlatformError> {
    let mut flags = Vec::new();
    flags.try_reserve_exact(count).map_err(oom)?;
    flags.resize(count, false);
    Ok(flags)
}

/// Records of all functions of a module's instance.
fn function_records<P: Platform>(
    module: &Module<P>,
    imported: Vec<ImportedFunction>,
    context: &Context,
    type_ids: &SharedArray<u32>,
) -> Result<SharedArray<FuncRecord>, InstantiateError> {
    const BAD: InstantiateError = InstantiateError::Internal("function table");
    let compiled = module.compiled();
    let empty = FuncRecord {
        code: 0,
        instance: context.as_ptr(),
        type_id: 0,
        host: u32::MAX,
        trampoline: 0,
        index: 0,
        reserved: 0,
    };
    let mut records = SharedArray::new(compiled.functions.len(), empty)?;
    let mut imported = imported.into_iter();
    let find = |table: &[(u32, u32)], ty: u32| {
        let at = table.binary_search_by_key(&ty, |entry| entry.0).ok()?;
        table.get(at).map(|entry| module.address(entry.1))
    };
    let code = &compiled.code;
    for (index, &ty) in compiled.functions.iter().enumerate() {
        let type_id = type_ids.get(ty as usize).ok_or(BAD)?;
        let own = FuncRecord {
            type_id,
            index: index as u32,
            ..empty
        };
        let record = match imported.next() {
            Some(ImportedFunction::Wasm(record)) => record,
            Some(ImportedFunction::Host(host)) => FuncRecord {
                host,
                code: find(&code.host_thunks, ty).ok_or(BAD)?,
                ..own
            },
            None => {
                let defined = index
                    .checked_sub(compiled.imported_functions as usize)
                    .ok_or(BAD)?;
                let function = code.functions.get(defined).ok_or(BAD)?;
                let trampoline = find(&code.trampolines, ty).ok_or(BAD)?;
                FuncRecord {
                    code: module.address(function.body()),
                    trampoline,
                    ..own
                }
            }
        };
        records.set(index, record);
    }
    Ok(records)
}
