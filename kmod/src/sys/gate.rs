// SPDX-License-Identifier: GPL-2.0
//! The call into generated code.

use wasmk_engine::vm::StoreCtx;

/// Calls the `switch` stub at `stub`. The compiler writes the indirect call as the running kernel's mitigations want it.
///
/// # Safety
///
/// As `wasmk_engine::platform::Platform::switch`.
pub(super) unsafe fn switch(stub: u64, ctx: *mut StoreCtx) {
    // SAFETY: by contract `stub` is such a function, which saves what the calling convention says.
    let stub: unsafe extern "C" fn(*mut StoreCtx) = unsafe { core::mem::transmute(stub as usize) };
    // SAFETY: by contract.
    unsafe { stub(ctx) };
}
