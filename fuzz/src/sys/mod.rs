// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Reading shared memories, and telling Wasmtime what not to use of the CPU.
#![allow(unsafe_code)]

use wasmtime::{Config, SharedMemory};

/// All bytes of a shared memory that no thread is using.
pub fn bytes(memory: &SharedMemory) -> Vec<u8> {
    let cells = memory.data();
    // SAFETY: programs run on this thread only, and none does now, so nobody writes.
    cells.iter().map(|cell| unsafe { *cell.get() }).collect()
}

/// Relaxed operators are as SSSE3 has them: no multiplication is fused with an addition, and no bits of a mask are left unread.
pub fn relaxed_as_ssse3(config: &mut Config) {
    for flag in ["has_fma", "has_sse41"] {
        // SAFETY: instructions are taken away, so every CPU that ran the code before can run it now.
        unsafe { config.cranelift_flag_set(flag, "false") };
    }
}
