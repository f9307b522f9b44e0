// SPDX-License-Identifier: GPL-2.0
//! What the CPU offers, and whether wasmk can run on it.

use super::ffi;
use kernel::prelude::*;
use wasmk_engine::config::CpuFeatures;

fn bits() -> u32 {
    // SAFETY: no preconditions.
    unsafe { ffi::wasmk_cpu() }
}

/// Instructions that generated code may use.
pub(crate) fn features() -> CpuFeatures {
    // The low bits are numbered alike.
    CpuFeatures::from_bits_truncate(bits() & 0xff)
}

/// Indirect-branch tracking is on.
pub(crate) fn ibt() -> bool {
    bits() & 1 << 8 != 0
}

/// Refuses what cannot work, with a line in the log.
pub(super) fn check() -> Result {
    if bits() & 1 << 16 != 0 {
        pr_err!("not on Xen PV: page tables there cannot be written directly\n");
        return Err(ENODEV);
    }
    if bits() & 1 << 17 != 0 {
        pr_err!("the CPU lacks SSE2 or FXSR\n");
        return Err(ENODEV);
    }
    Ok(())
}
