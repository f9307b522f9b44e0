// SPDX-License-Identifier: GPL-2.0
//! INSTANTIATE and REGISTER: instances, and the names they are imported by.

use super::{
    memories::{self, Provided},
    Inner, Shared, Store,
};
use crate::{
    device,
    module::{platform_error, LoadedModule, ModuleRef},
    sys::{file, machine::Machine},
    text::{self, Name},
};
use core::sync::atomic::Ordering::Relaxed;
use kernel::{prelude::*, sync::Arc};
use wasmk_engine::{
    module::{FuncType, Import, ValType},
    runtime::{Exports, Extern, InstantiateError, ItemType, Resolver},
};
use wasmk_uapi::store::{Instantiate, Register};

/// Finds imports: among the named instances, then among the shared memories that are provided and the host functions.
struct Imports<'a> {
    names: &'a [(Name, u32)],
    module: &'a LoadedModule,
    memories: &'a Provided,
}

impl Imports<'_> {
    fn memory(&self, import: &Import) -> Option<Extern> {
        let mut provided = self.memories.iter();
        let found = provided.find(|(number, _)| {
            self.module
                .import(*number)
                .is_some_and(|other| other.module == import.module && other.name == import.name)
        });
        found.map(|(_, memory)| Extern::Memory(*memory))
    }
}

impl Resolver for Imports<'_> {
    fn resolve(
        &mut self,
        exports: &dyn Exports,
        import: &Import,
        ty: ItemType<'_>,
    ) -> Option<Extern> {
        let named = self
            .names
            .iter()
            .rev()
            .find(|named| named.0.as_str() == import.module);
        if let Some((_, instance)) = named {
            return exports.export(*instance, &import.name);
        }
        if let ItemType::Memory(_) = ty {
            return self.memory(import);
        }
        let function = wasmk_abi::lookup(&import.module, &import.name)?;
        match ty {
            ItemType::Function(ty) if matches(ty, &function) => {
                Some(Extern::HostFunction(function.number))
            }
            _ => None,
        }
    }
}

fn matches(ty: &FuncType, function: &wasmk_abi::HostFunction) -> bool {
    let same = |have: &[ValType], want: &[wasmk_abi::Type]| {
        have.len() == want.len()
            && have.iter().zip(want).all(|pair| {
                matches!(
                    pair,
                    (ValType::I32, wasmk_abi::Type::I32) | (ValType::I64, wasmk_abi::Type::I64)
                )
            })
    };
    same(&ty.params, function.params) && same(&ty.results, function.results)
}

impl Store {
    pub(super) fn instantiate(&self, argument: usize) -> Result<isize> {
        let mut request = device::read::<Instantiate>(argument, 0, |m| m.header)?;
        if request.reserved != 0 {
            return Err(EINVAL);
        }
        let name = device::name(request.name)?;
        let module = file::object::<LoadedModule>(request.module_fd)?;
        let mut inner = self.hold()?;
        if inner.dead {
            return Err(ESHUTDOWN);
        }
        if inner.machine.is_busy() {
            // A parked call counts on what there is.
            return Err(EBUSY);
        }
        request.trap = u32::MAX;
        request.message.fill(0);
        inner.names.reserve(1, GFP_KERNEL_ACCOUNT)?;
        inner.modules.reserve(1, GFP_KERNEL_ACCOUNT)?;
        let result = {
            let inner = &mut *inner;
            let then = inner.machine.memories_now();
            let made = memories::of_module(&module, &inner.names, &mut inner.machine).and_then(
                |memories| instance(&mut inner.machine, &module, &inner.names, &memories),
            );
            if made.is_err() {
                inner.machine.give_up_memories(then);
            }
            made
        };
        self.count(&inner);
        match result {
            Ok(instance) => {
                request.instance = instance;
                self.adopt(&mut inner, module, name, instance)?;
                request.write()?;
                Ok(0)
            }
            Err(error) => {
                if let InstantiateError::Trap(code) = error {
                    request.trap = code as u32;
                }
                let error = explain(&mut request.message, &module, error);
                request.write()?;
                Err(error)
            }
        }
    }

    fn count(&self, inner: &Inner) {
        let count = inner.machine.instance_count();
        self.shared.figures.instances.store(count, Relaxed);
        self.count_memory(inner);
    }

    /// Of a program with threads, memory is counted as that of the thread that has most: it is mostly the same.
    pub(super) fn count_memory(&self, inner: &Inner) {
        let bytes = inner.machine.memory_bytes();
        let counted = &self.account.figures.memory_bytes;
        if self.thread == 0 {
            counted.store(bytes, Relaxed);
        } else {
            counted.fetch_max(bytes, Relaxed);
        }
    }

    /// Notes a new instance.
    fn adopt(
        &self,
        inner: &mut Inner,
        module: Arc<LoadedModule>,
        name: Name,
        instance: u32,
    ) -> Result {
        if !name.is_empty() {
            inner.names.push((name, instance), GFP_KERNEL_ACCOUNT)?;
        }
        let figures = &self.shared.figures;
        figures
            .memory_model
            .store(module.memory_model() as u32, Relaxed);
        if !inner
            .modules
            .iter()
            .any(|other| Arc::ptr_eq(other, &module))
        {
            figures.code_bytes.fetch_add(module.code_bytes(), Relaxed);
            inner.modules.push(module.clone(), GFP_KERNEL_ACCOUNT)?;
        }
        self.note_module(module);
        Ok(())
    }

    /// Notes which module is the newest.
    pub(super) fn note_module(&self, module: Arc<LoadedModule>) {
        let before = self.newest.lock().replace(module);
        drop(before);
    }

    pub(super) fn register(&self, argument: usize) -> Result<isize> {
        let register = device::read::<Register>(argument, 0, |m| m.header)?;
        let name = device::name(register.name)?;
        if register.reserved != 0 || name.is_empty() {
            return Err(EINVAL);
        }
        let mut inner = self.hold()?;
        if inner.machine.module(register.instance).is_none() {
            return Err(ENOENT);
        }
        inner
            .names
            .push((name, register.instance), GFP_KERNEL_ACCOUNT)?;
        Ok(0)
    }
}

/// Makes an instance, with imports from the instances that have these names.
pub(super) fn instance(
    machine: &mut Machine<Shared>,
    module: &Arc<LoadedModule>,
    names: &[(Name, u32)],
    memories: &Provided,
) -> core::result::Result<u32, InstantiateError> {
    let mut imports = Imports {
        names,
        module,
        memories,
    };
    machine.instantiate(ModuleRef(module.clone()), &mut imports)
}

/// Says why an instantiation failed; the error number.
pub(super) fn explain(message: &mut [u8], module: &LoadedModule, error: InstantiateError) -> Error {
    let import = match error {
        InstantiateError::UnknownImport { import }
        | InstantiateError::IncompatibleImport { import }
        | InstantiateError::MemoryModel { import } => module.import(import),
        _ => None,
    };
    match import {
        Some(import) => text::put(
            message,
            format_args!("{error}: {:?} {:?}", import.module, import.name),
        ),
        None => text::put(message, format_args!("{error}")),
    }
    match error {
        InstantiateError::Platform(error) => platform_error(error),
        InstantiateError::Internal(_) => EFAULT,
        _ => EINVAL,
    }
}
