// SPDX-License-Identifier: GPL-2.0
//! Modules: compiled once, shared by their instances.

use crate::{
    codegen,
    load::Announced,
    registry,
    sys::{
        self, contained,
        file::{operations, FileObject, Operations},
        task::{self, Counted},
        user::Message,
        Failure, Kernel,
    },
    text::{self, Name},
};
use ::alloc::vec::Vec;
use core::ops::Deref;
use kernel::{
    prelude::*,
    sync::{Arc, ArcBorrow},
};
use wasmk_engine::{
    compile::{compile, validate_as, Poll, Stop},
    config::{Edition, MemoryModel},
    error::{CompileError, CompileErrorKind},
    module::Import,
    platform::PlatformError,
    runtime::Module,
};
use wasmk_uapi::module::{ModuleInfo, INFO};

/// A loaded module.
pub(crate) struct LoadedModule {
    module: Module<Kernel>,
    name: Name,
    wasm_bytes: u64,
    compile_ns: u64,
    _counted: Counted,
}

/// A reference to one, as the engine keeps them.
#[derive(Clone)]
pub(crate) struct ModuleRef(pub(crate) Arc<LoadedModule>);

impl Deref for ModuleRef {
    type Target = Module<Kernel>;

    fn deref(&self) -> &Module<Kernel> {
        &self.0.module
    }
}

/// Why a load failed: an error number, words, and a place.
pub(crate) struct Refusal {
    pub(crate) error: Error,
    pub(crate) offset: Option<u64>,
    pub(crate) why: Why,
}

/// The words of a [`Refusal`].
pub(crate) enum Why {
    /// The engine's.
    Compile(CompileError),
    /// The platform's.
    Platform(PlatformError),
    /// Others.
    Text(&'static str),
}

impl core::fmt::Display for Why {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Compile(error) => error.fmt(f),
            Self::Platform(error) => error.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<CompileError> for Refusal {
    fn from(error: CompileError) -> Self {
        let number = match &error.kind {
            CompileErrorKind::Invalid(_) => EINVAL,
            CompileErrorKind::Unsupported(_) | CompileErrorKind::Cpu(_) => EOPNOTSUPP,
            CompileErrorKind::Limit(..) => EFBIG,
            CompileErrorKind::OutOfMemory => ENOMEM,
            CompileErrorKind::Interrupted => EINTR,
            CompileErrorKind::Internal(_) => EFAULT,
        };
        Self {
            error: number,
            offset: error.offset.map(|offset| offset as u64),
            why: Why::Compile(error),
        }
    }
}

impl From<PlatformError> for Refusal {
    fn from(error: PlatformError) -> Self {
        Self {
            error: platform_error(error),
            offset: None,
            why: Why::Platform(error),
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let (error, text) = match failure {
            Failure::OutOfMemory => (ENOMEM, "out of memory"),
            Failure::Panic => (EFAULT, "the compiler failed: a bug in wasmk"),
        };
        Self::new(error, text)
    }
}

impl Refusal {
    fn new(error: Error, text: &'static str) -> Self {
        Self {
            error,
            offset: None,
            why: Why::Text(text),
        }
    }
}

/// The error number of a platform error.
pub(crate) fn platform_error(error: PlatformError) -> Error {
    match error {
        PlatformError::OutOfMemory => ENOMEM,
        PlatformError::CodeSpace { .. } | PlatformError::NoSlot => ENOSPC,
        PlatformError::Quota => EDQUOT,
        PlatformError::Interrupted => EINTR,
    }
}

/// Stops the compiler when the caller is killed; lets others run.
pub(crate) struct KillablePoll;

impl Poll for KillablePoll {
    fn poll(&mut self) -> Result<(), Stop> {
        task::give_way();
        if task::killed() {
            Err(Stop)
        } else {
            Ok(())
        }
    }
}

/// Most bytes of heap that a load of `len` bytes of wasm may use.
pub(crate) fn heap_limit(len: usize) -> usize {
    (64 << 20) + 8 * len
}

/// Validates `wasm`, without keeping anything.
pub(crate) fn check(wasm: &[u8], edition: Edition) -> Result<(), Refusal> {
    contained(heap_limit(wasm.len()), || {
        validate_as(wasm, edition, &mut KillablePoll)
    })??;
    Ok(())
}

impl LoadedModule {
    /// Validates and compiles `wasm`, together with whoever joins if it is `announced`.
    pub(crate) fn load(
        wasm: Vec<u8>,
        name: Name,
        model: MemoryModel,
        (fuel, edition): (bool, Edition),
        announced: Option<Announced<'_>>,
    ) -> Result<Arc<Self>, Refusal> {
        let begin = task::monotonic_ns();
        let config = codegen::config(model, fuel, edition)
            .ok_or(Refusal::new(ENODEV, "unknown mitigations"))?;
        let wasm_bytes = wasm.len() as u64;
        let compiled = match announced {
            Some(announced) => announced.compile(wasm, &config)?,
            None => contained(heap_limit(wasm.len()), || {
                compile(&wasm, &config, &mut KillablePoll)
            })??,
        };
        let module = Module::new(compiled)?;
        let loaded = Self {
            module,
            name,
            wasm_bytes,
            compile_ns: task::monotonic_ns() - begin,
            _counted: Counted::new(&registry::MODULES),
        };
        Arc::new(loaded, GFP_KERNEL_ACCOUNT).map_err(|_| Refusal::new(ENOMEM, "out of memory"))
    }

    /// Name given at load.
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// How its instances' memories are contained.
    pub(crate) fn memory_model(&self) -> wasmk_uapi::device::MemoryModel {
        match self.module.compiled().config.memory_model {
            MemoryModel::Guard => wasmk_uapi::device::MemoryModel::Guard,
            MemoryModel::Bounds => wasmk_uapi::device::MemoryModel::Bounds,
        }
    }

    /// The same, as the engine says it.
    pub(crate) fn model(&self) -> MemoryModel {
        self.module.compiled().config.memory_model
    }

    /// Bytes of code, padding and exception table.
    pub(crate) fn code_bytes(&self) -> u64 {
        self.module.code().held()
    }

    /// It defines memories, which each instance has for itself.
    pub(crate) fn has_memories(&self) -> bool {
        let compiled = self.module.compiled();
        compiled.memories.len() > compiled.imported_memories as usize
    }

    /// It is this one.
    pub(crate) fn is(&self, module: &Module<Kernel>) -> bool {
        core::ptr::eq(&raw const self.module, module)
    }

    /// Import number `index`.
    pub(crate) fn import(&self, index: usize) -> Option<&Import> {
        self.module.compiled().imports.get(index)
    }

    /// Whether fuel is counted.
    pub(crate) fn counts_fuel(&self) -> bool {
        self.module.compiled().config.fuel
    }

    fn info(&self, argument: usize) -> Result<isize> {
        let mut info = Message::<ModuleInfo>::read(argument)?;
        if info.header.flags != 0 {
            return Err(EINVAL);
        }
        let compiled = self.module.compiled();
        text::put(&mut info.name, format_args!("{}", self.name.as_str()));
        info.wasm_bytes = self.wasm_bytes;
        info.code_bytes = self.code_bytes();
        info.compile_ns = self.compile_ns;
        info.functions = compiled.code.functions.len() as u32;
        info.memory_model = self.memory_model() as u32;
        info.fuel = self.counts_fuel().into();
        info.write()?;
        Ok(0)
    }
}

static OPERATIONS: Operations = operations::<LoadedModule>();

impl FileObject for LoadedModule {
    const NAME: &'static CStr = c"[wasmk-module]";

    fn operations() -> &'static Operations {
        &OPERATIONS
    }

    fn ioctl(this: ArcBorrow<'_, Self>, command: u32, argument: usize) -> Result<isize> {
        match command {
            INFO => this.info(argument),
            _ => Err(ENOTTY),
        }
    }

    fn closed(this: Arc<Self>) {
        drop(this);
    }
}

/// The memory model that a load asks for; `Auto` takes guard when a slot is free.
pub(crate) fn memory_model(number: u32) -> Result<MemoryModel> {
    use wasmk_uapi::device::MemoryModel as Asked;
    match number {
        n if n == Asked::Auto as u32 && sys::slot_free() => Ok(MemoryModel::Guard),
        n if n == Asked::Auto as u32 || n == Asked::Bounds as u32 => Ok(MemoryModel::Bounds),
        n if n == Asked::Guard as u32 => Ok(MemoryModel::Guard),
        _ => Err(EINVAL),
    }
}
