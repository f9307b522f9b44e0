// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A Linux process as platform: mmap for memories, stacks and code, signals for faults. The engine's tests, fuzzers and
//! benchmarks run natively on it, on the code that ships in the kernel.

mod code;
mod cpu;
mod lock;
mod memory;
mod pool;
mod region;
mod reservation;
mod signal;
mod stack;
mod waker;
mod watchdog;

pub use code::HostCode;
pub use cpu::cpu_features;
pub use lock::HostLock;
pub use memory::HostMemory;
pub use stack::HostStack;
pub use waker::HostWaker;
pub use watchdog::run_interrupted;

use std::{cell::Cell, sync::Arc};

use crate::{
    config::MemoryModel,
    module::CodeImage,
    platform::{Platform, PlatformError},
    runtime::{Module, SharedMemory},
    vm::StoreCtx,
};

/// See the module.
#[derive(Debug)]
pub struct HostPlatform;

std::thread_local! {
    static SECTIONS: Cell<u64> = const { Cell::new(0) };
    static OPEN: Cell<bool> = const { Cell::new(false) };
}

impl HostPlatform {
    /// Floating-point sections that this thread has begun so far.
    pub fn float_sections() -> u64 {
        SECTIONS.get()
    }
}

/// Leaves nonsense in the xmm registers, as the kernel may after a section.
fn scramble_floats() {
    // SAFETY: all registers it writes are declared.
    unsafe {
        core::arch::asm!(
            "movq xmm0, {0}",
            "pshufd xmm0, xmm0, 0x44",
            "movaps xmm1, xmm0",
            "movaps xmm2, xmm0",
            "movaps xmm3, xmm0",
            "movaps xmm4, xmm0",
            "movaps xmm5, xmm0",
            "movaps xmm6, xmm0",
            "movaps xmm7, xmm0",
            "movaps xmm8, xmm0",
            "movaps xmm9, xmm0",
            "movaps xmm10, xmm0",
            "movaps xmm11, xmm0",
            "movaps xmm12, xmm0",
            "movaps xmm13, xmm0",
            "movaps xmm14, xmm0",
            "movaps xmm15, xmm0",
            in(reg) 0x7fbd_ead1_7fbd_ead1_u64,
            out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
            out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
            out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
            out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
            options(nomem, nostack, preserves_flags),
        );
    }
}

// SAFETY: `switch` calls the stub, which is position-independent code that keeps the calling convention.
unsafe impl Platform for HostPlatform {
    type ModuleRef = Arc<Module<Self>>;
    type SharedRef = Arc<SharedMemory<Self>>;
    type Waker = HostWaker;
    type Lock<T: Send + Unpin> = HostLock<T>;
    type Code = HostCode;
    type Memory = HostMemory;
    type Stack = HostStack;

    fn publish(image: &CodeImage) -> Result<HostCode, PlatformError> {
        HostCode::new(image)
    }

    fn memory(model: MemoryModel, max_len: u64) -> Result<HostMemory, PlatformError> {
        HostMemory::new(model, max_len)
    }

    fn share(memory: SharedMemory<Self>) -> Result<Self::SharedRef, PlatformError> {
        Ok(Arc::new(memory))
    }

    fn stack(size: usize) -> Result<HostStack, PlatformError> {
        HostStack::new(size)
    }

    fn fp_begin() {
        assert!(!OPEN.replace(true), "sections do not nest");
        SECTIONS.set(SECTIONS.get() + 1);
    }

    fn fp_end() {
        assert!(OPEN.replace(false), "no section is open");
        scramble_floats();
    }

    unsafe fn switch(stub: u64, ctx: *mut StoreCtx) {
        signal::prepare_thread();
        // SAFETY: by the caller's promise `stub` is the address of such a function.
        let switch: extern "sysv64" fn(*mut StoreCtx) =
            unsafe { core::mem::transmute(stub as usize as *const ()) };
        switch(ctx);
    }
}
