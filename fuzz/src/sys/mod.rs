// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Reading shared memories.
#![allow(unsafe_code)]

use wasmtime::SharedMemory;

/// All bytes of a shared memory that no thread is using.
pub fn bytes(memory: &SharedMemory) -> Vec<u8> {
    let cells = memory.data();
    // SAFETY: programs run on this thread only, and none does now, so nobody writes.
    cells.iter().map(|cell| unsafe { *cell.get() }).collect()
}
