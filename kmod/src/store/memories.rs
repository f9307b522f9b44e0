// SPDX-License-Identifier: GPL-2.0
//! Shared memories that modules import: made here for the first thread, the same ones for the others.

use super::{Inner, Shared};
use crate::{module::LoadedModule, sys::machine::Machine, text::Name};
use kernel::prelude::*;
use wasmk_engine::{
    module::{ImportType, MemoryType},
    platform::PlatformError,
    runtime::{InstantiateError, MemoryHandle},
};

type Outcome<T, E> = core::result::Result<T, E>;

/// What a module's imports of shared memories are, by their numbers among the imports.
pub(super) type Provided = KVec<(usize, MemoryHandle)>;

/// The imports of memories: their numbers among all imports, and their types.
fn imported(module: &LoadedModule) -> impl Iterator<Item = (usize, MemoryType)> + '_ {
    (0..)
        .map_while(|number| Some((number, module.import(number)?)))
        .filter_map(|(number, import)| match import.kind {
            ImportType::Memory(ty) => Some((number, ty)),
            _ => None,
        })
}

/// Makes the shared memories that `module` imports, but for those of named instances.
pub(super) fn of_module(
    module: &LoadedModule,
    names: &[(Name, u32)],
    machine: &mut Machine<Shared>,
) -> Outcome<Provided, InstantiateError> {
    let mut provided = KVec::new();
    for (number, ty) in imported(module) {
        let import = module.import(number);
        let named = |name: &Name| import.is_some_and(|import| name.as_str() == import.module);
        if !ty.shared || names.iter().any(|(name, _)| named(name)) {
            continue;
        }
        let memory = machine.new_shared(module.model(), ty)?;
        keep(&mut provided, (number, memory))?;
    }
    Ok(provided)
}

/// Gives `machine` the shared memories that instance `instance` of `inner`, one of `module`, has imported.
pub(super) fn of_thread(
    inner: &Inner,
    instance: u32,
    module: &LoadedModule,
    machine: &mut Machine<Shared>,
) -> Outcome<Provided, PlatformError> {
    let mut provided = KVec::new();
    for (index, (number, _)) in (0..).zip(imported(module)) {
        let handle = inner.machine.memory_handle(instance, index);
        if let Some(memory) = handle.and_then(|handle| inner.machine.shared_memory(handle)) {
            let memory = machine.add_shared(memory)?;
            keep(&mut provided, (number, memory))?;
        }
    }
    Ok(provided)
}

fn keep(provided: &mut Provided, item: (usize, MemoryHandle)) -> Outcome<(), PlatformError> {
    let oom = |_| PlatformError::OutOfMemory;
    provided.push(item, GFP_KERNEL_ACCOUNT).map_err(oom)
}
