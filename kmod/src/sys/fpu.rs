// SPDX-License-Identifier: GPL-2.0
//! Floating-point sections (arch/x86/include/asm/fpu/api.h). Inside one, preemption and softirqs are off and nothing may sleep.

use super::ffi;

/// `KFPU_MXCSR`: MXCSR gets its default, 0x1f80.
const MXCSR: u32 = 1 << 1;

/// Begins a section.
pub(super) fn begin() {
    // SAFETY: process context, outside of a section: the engine pairs the calls.
    unsafe { ffi::kernel_fpu_begin_mask(MXCSR) };
}

/// Ends it.
pub(super) fn end() {
    // SAFETY: a section is open: the engine pairs the calls.
    unsafe { ffi::kernel_fpu_end() };
}
