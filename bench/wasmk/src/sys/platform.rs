// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The host platform with memories and stacks from pools, as the kernel module has them.

use std::sync::Arc;

use wasmk_engine::{
    config::MemoryModel,
    module::CodeImage,
    platform::{Platform, PlatformError},
    runtime::{Module, SharedMemory},
    sys::host::{HostCode, HostLock, HostPlatform, HostWaker},
    vm::StoreCtx,
};

use super::pool::{PooledMemory, PooledStack};

/// See the module.
#[derive(Debug)]
pub struct Pooling;

// SAFETY: all but memories and stacks is the host platform's.
unsafe impl Platform for Pooling {
    type ModuleRef = Arc<Module<Self>>;
    type SharedRef = Arc<SharedMemory<Self>>;
    type Waker = HostWaker;
    type Lock<T: Send + Unpin> = HostLock<T>;
    type Code = HostCode;
    type Memory = PooledMemory;
    type Stack = PooledStack;

    fn publish(image: &CodeImage) -> Result<HostCode, PlatformError> {
        HostPlatform::publish(image)
    }

    fn memory(model: MemoryModel, max_len: u64) -> Result<PooledMemory, PlatformError> {
        PooledMemory::new(model, max_len)
    }

    fn share(memory: SharedMemory<Self>) -> Result<Self::SharedRef, PlatformError> {
        Ok(Arc::new(memory))
    }

    fn stack(size: usize) -> Result<PooledStack, PlatformError> {
        PooledStack::new(size)
    }

    fn fp_begin() {
        HostPlatform::fp_begin();
    }

    fn fp_end() {
        HostPlatform::fp_end();
    }

    unsafe fn switch(stub: u64, ctx: *mut StoreCtx) {
        // SAFETY: the caller's promise is the same.
        unsafe { HostPlatform::switch(stub, ctx) }
    }
}
