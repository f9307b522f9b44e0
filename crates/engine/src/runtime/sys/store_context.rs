// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The store's context behind `r15`.

use alloc::vec::Vec;
use core::{
    mem::ManuallyDrop,
    ptr::{self, addr_of, addr_of_mut, NonNull},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    platform::PlatformError,
    vm::{ExitKind, FuncRecord, InstanceCtx, StoreCtx, INTERRUPT},
};

/// A [`StoreCtx`] at a fixed address.
#[derive(Debug)]
pub struct StoreContext {
    context: NonNull<StoreCtx>,
}

// SAFETY: it owns the context; only the interruption word is accessed from elsewhere, and that is atomic.
unsafe impl Send for StoreContext {}
// SAFETY: as above; through `&self` the other fields are only read.
unsafe impl Sync for StoreContext {}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident, $field:ident: $ty:ty;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(&self) -> $ty {
            // SAFETY: the context lives as long as `self`, and its memory is initialised.
            unsafe { addr_of!((*self.context.as_ptr()).$field).read() }
        }
    )*};
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident, $field:ident: $ty:ty;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(&mut self, value: $ty) {
            // SAFETY: the context lives as long as `self`; wasm does not run, as `self` is borrowed exclusively.
            unsafe { addr_of_mut!((*self.context.as_ptr()).$field).write(value) }
        }
    )*};
}

impl StoreContext {
    /// A context for a stack whose lowest allowed `rsp` is `stack_limit`.
    pub fn new(stack_limit: u64) -> Result<Self, PlatformError> {
        let mut one = Vec::new();
        one.try_reserve_exact(1)
            .map_err(|_| PlatformError::OutOfMemory)?;
        one.push(StoreCtx {
            interrupt: AtomicU64::new(stack_limit),
            stack_limit,
            host_rsp: 0,
            wasm_rsp: 0,
            exit_kind: 0,
            exit_code: 0,
            trap_pc: 0,
            values: ptr::null_mut(),
            caller: ptr::null_mut(),
            entry: ptr::null(),
            fuel: i64::MAX,
            fp_open: 0,
            reserved: 0,
        });
        let mut one = ManuallyDrop::new(one);
        // SAFETY: a vector's pointer is never null.
        let context = unsafe { NonNull::new_unchecked(one.as_mut_ptr()) };
        Ok(Self { context })
    }

    /// What `r15` holds.
    pub fn as_ptr(&self) -> *mut StoreCtx {
        self.context.as_ptr()
    }

    getters! {
        /// Detail of the exit.
        exit_code, exit_code: u32;
        /// Where the exit came from.
        trap_pc, trap_pc: u64;
        /// Slots of the exit.
        values, values: *mut u64;
        /// The instance that left.
        caller, caller: *mut InstanceCtx;
        /// Fuel left.
        fuel, fuel: i64;
        /// Whether a floating-point section is to be open while wasm runs.
        fp_open, fp_open: u32;
        /// Wasm's stack pointer at the exit.
        wasm_rsp, wasm_rsp: u64;
        /// Lowest allowed `rsp`.
        stack_limit, stack_limit: u64;
        /// The exit's number, an [`ExitKind`].
        exit_number, exit_kind: u32;
    }

    setters! {
        /// Wasm's stack pointer to begin with.
        set_wasm_rsp, wasm_rsp: u64;
        /// Slots of the call.
        set_values, values: *mut u64;
        /// The function that the trampoline calls.
        set_entry, entry: *const FuncRecord;
        /// Fuel left.
        set_fuel, fuel: i64;
        /// Whether a floating-point section is to be open while wasm runs.
        set_fp_open, fp_open: u32;
    }

    /// Why wasm left.
    pub fn exit_kind(&self) -> Option<ExitKind> {
        let number = self.exit_number();
        ExitKind::ALL
            .into_iter()
            .find(|&kind| kind as u32 == number)
    }

    /// The interruption word.
    pub fn interrupt_word(&self) -> &AtomicU64 {
        // SAFETY: the context lives as long as `self`, and all access to the word is atomic.
        unsafe { &*addr_of!((*self.context.as_ptr()).interrupt) }
    }

    /// True if an interruption was wanted; takes the wish back.
    pub fn take_interrupt(&self) -> bool {
        self.interrupt_word()
            .swap(self.stack_limit(), Ordering::AcqRel)
            == INTERRUPT
    }

    /// True if an interruption is wanted.
    pub fn wants_interrupt(&self) -> bool {
        self.interrupt_word().load(Ordering::Relaxed) == INTERRUPT
    }
}

impl Drop for StoreContext {
    fn drop(&mut self) {
        // SAFETY: the allocation is that of the vector of capacity 1 in `new`.
        drop(unsafe { Vec::from_raw_parts(self.context.as_ptr(), 1, 1) });
    }
}
