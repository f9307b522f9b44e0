// SPDX-License-Identifier: GPL-2.0
//! The engine's platform: this kernel.

use super::{fpu, gate, lock::Lock, waker::Waker, Code, Memory, Stack};
use crate::{module::ModuleRef, shared_memory::SharedRef};
use wasmk_engine::{
    config::MemoryModel,
    module::CodeImage,
    platform::{Platform, PlatformError},
    runtime::SharedMemory,
    vm::StoreCtx,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Kernel;

// SAFETY: the stub saves and restores what a C function must, and so `switch` does; the rest is as the trait says.
unsafe impl Platform for Kernel {
    type ModuleRef = ModuleRef;
    type SharedRef = SharedRef;
    type Waker = Waker;
    type Lock<T: Send + Unpin> = Lock<T>;
    type Code = Code;
    type Memory = Memory;
    type Stack = Stack;

    fn publish(image: &CodeImage) -> Result<Code, PlatformError> {
        Code::publish(image)
    }

    fn memory(model: MemoryModel, max_len: u64) -> Result<Memory, PlatformError> {
        Memory::new(model, max_len)
    }

    fn share(memory: SharedMemory<Self>) -> Result<SharedRef, PlatformError> {
        SharedRef::new(memory)
    }

    fn stack(size: usize) -> Result<Stack, PlatformError> {
        Stack::new(size)
    }

    fn fp_begin() {
        fpu::begin();
    }

    fn fp_end() {
        fpu::end();
    }

    unsafe fn switch(stub: u64, ctx: *mut StoreCtx) {
        // SAFETY: by the trait's contract.
        unsafe { gate::switch(stub, ctx) };
    }
}
