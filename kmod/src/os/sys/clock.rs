// SPDX-License-Identifier: GPL-2.0
//! Clocks and random bytes.

use super::ffi;
use kernel::bindings;

/// `CLOCK_REALTIME`, ns.
pub(crate) fn realtime() -> u64 {
    // SAFETY: no preconditions.
    unsafe { bindings::ktime_get_with_offset(bindings::tk_offsets_TK_OFFS_REAL) as u64 }
}

/// CPU time of the calling thread or its process, ns, as of the last tick.
pub(crate) fn cpu_time(process: bool) -> u64 {
    // SAFETY: process context.
    unsafe { ffi::wasmk_cpu_time(process) }
}

/// Fills `bytes` with random bytes.
pub(crate) fn random(bytes: &mut [u8]) {
    // SAFETY: the buffer is that long.
    unsafe { bindings::get_random_bytes(bytes.as_mut_ptr().cast(), bytes.len()) };
}
