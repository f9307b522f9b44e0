// SPDX-License-Identifier: GPL-2.0
//! INSTANTIATE and REGISTER: instances, and the names they are imported by.

use super::{Inner, Store};
use crate::{
    device,
    module::{platform_error, LoadedModule, ModuleRef},
    sys::{file, user::Message},
    text::{self, Name},
};
use core::sync::atomic::Ordering::Relaxed;
use kernel::{prelude::*, sync::Arc};
use wasmk_engine::{
    module::{FuncType, Import, ValType},
    runtime::{Exports, Extern, InstantiateError, ItemType, Resolver},
};
use wasmk_uapi::store::{Instantiate, Register};

/// Finds imports: among the named instances, then among the host functions.
struct Imports<'a>(&'a [(Name, u32)]);

impl Resolver for Imports<'_> {
    fn resolve(
        &mut self,
        exports: &dyn Exports,
        import: &Import,
        ty: ItemType<'_>,
    ) -> Option<Extern> {
        let named = self
            .0
            .iter()
            .rev()
            .find(|named| named.0.as_str() == import.module);
        if let Some((_, instance)) = named {
            return exports.export(*instance, &import.name);
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
            let reference = ModuleRef(module.clone());
            inner
                .machine
                .instantiate(reference, &mut Imports(&inner.names))
        };
        self.count(&inner);
        match result {
            Ok(instance) => {
                request.instance = instance;
                self.adopt(&mut inner, module, name, instance)?;
                request.write()?;
                Ok(0)
            }
            Err(error) => Err(explain(&mut request, &module, error)?),
        }
    }

    fn count(&self, inner: &Inner) {
        let figures = &self.shared.figures;
        figures
            .instances
            .store(inner.machine.instance_count(), Relaxed);
        figures
            .memory_bytes
            .store(inner.machine.memory_bytes(), Relaxed);
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
        let before = self.newest.lock().replace(module);
        drop(before);
        Ok(())
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

/// Says why an instantiation failed; the error number.
fn explain(
    request: &mut Message<Instantiate>,
    module: &LoadedModule,
    error: InstantiateError,
) -> Result<Error> {
    let import = match error {
        InstantiateError::UnknownImport { import }
        | InstantiateError::IncompatibleImport { import }
        | InstantiateError::MemoryModel { import } => module.import(import),
        _ => None,
    };
    match import {
        Some(import) => text::put(
            &mut request.message,
            format_args!("{error}: {:?} {:?}", import.module, import.name),
        ),
        None => text::put(&mut request.message, format_args!("{error}")),
    }
    let number = match error {
        InstantiateError::Trap(code) => {
            request.trap = code as u32;
            EINVAL
        }
        InstantiateError::Platform(error) => platform_error(error),
        InstantiateError::Internal(_) => EFAULT,
        _ => EINVAL,
    };
    request.write()?;
    Ok(number)
}
