// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Running wasm, and looking at the stack that it left.

use core::slice;

use super::StoreContext;
use crate::platform::{Platform, Stack};

/// Runs wasm until its next exit, inside a floating-point section if one is wanted.
///
/// `stub` is the `switch` stub of a module that the store keeps; `context.wasm_rsp` was left by the last exit, or points at
/// the address of a trampoline at the top of the empty stack. The caller (the run loop) sees to both.
#[inline]
pub fn enter<P: Platform>(stub: u64, context: &mut StoreContext) {
    let float = context.fp_open() != 0;
    if float {
        P::fp_begin();
    }
    // SAFETY: the caller keeps the store's code, instances and stack alive and borrowed exclusively; see above for the stack.
    unsafe { P::switch(stub, context.as_ptr()) };
    if float {
        P::fp_end();
    }
}

/// The `count` slots at `values` of an exit, if they lie on the wasm stack.
#[inline]
pub fn slots<S: Stack>(stack: &mut S, values: *mut u64, count: usize) -> Option<&mut [u64]> {
    let start = values as u64;
    let end = start.checked_add((count as u64).checked_mul(8)?)?;
    if start % 8 != 0 || start < stack.bottom() || end > stack.top() {
        return None;
    }
    // SAFETY: in bounds of the stack, aligned, any bits are valid; nothing else uses the stack while wasm does not run.
    Some(unsafe { slice::from_raw_parts_mut(values, count) })
}

/// Writes the address `trampoline` at the top of the empty stack and returns `rsp` to start from.
#[inline(always)]
pub fn prepare<S: Stack>(stack: &mut S, trampoline: u64) -> Option<u64> {
    let rsp = stack.top().checked_sub(8)?;
    *slots(stack, rsp as *mut u64, 1)?.first_mut()? = trampoline;
    Some(rsp)
}
