// SPDX-License-Identifier: GPL-2.0
//! Runs work that may panic or allocate infallibly (validation, compilation) so that neither harms the kernel.
//!
//! The work runs on a stack of its own with a heap of its own. When an allocation fails or a panic begins, the stack is abandoned
//! and the heap freed whole; nothing is unwound, so the work may hold nothing that unwinding would owe: it takes `Copy` captures
//! and calls nothing that locks. References of the engine to `core`'s panicking functions end here (`kmod/panic-redirects`).

use super::{alloc::Heap, ffi, stack};
use core::{
    arch::asm,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use kernel::prelude::*;

/// Bytes of a containment stack, and its alignment. Validation and compilation use below 10 KiB.
const STACK_SIZE: usize = 64 << 10;

/// Why contained work did not finish.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The heap's limit, or the system's memory, did not suffice.
    OutOfMemory,
    /// It panicked: a bug in the engine, or in what it is built on.
    Panic,
}

/// At the lowest address of a containment stack.
#[repr(C)]
struct Record {
    saved: u64,
    heap: *const Heap,
    failure: Option<Failure>,
}

/// How many contained runs there are; zero saves every other allocation the look at its stack.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);

/// The record of the contained run that calls, or null.
fn record() -> *mut Record {
    // SAFETY: only looks.
    if ACTIVE.load(Relaxed) == 0 || unsafe { ffi::wasmk_on_task_stack() } {
        return ptr::null_mut();
    }
    let sp: usize;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack, preserves_flags)) };
    // Rust runs on a task's stack or on a containment stack, never on a wasm stack.
    (sp & !(STACK_SIZE - 1)) as *mut Record
}

/// The heap that the caller's allocations belong to, or null.
pub(super) fn current_heap() -> *const Heap {
    let record = record();
    if record.is_null() {
        return ptr::null();
    }
    // SAFETY: the record lives while its run does.
    unsafe { (*record).heap }
}

/// Ends the contained run that calls. Returns only when nothing is contained.
pub(super) fn fail(why: Failure) {
    let record = record();
    if record.is_null() {
        return;
    }
    // SAFETY: the record lives; its run is abandoned, which its closure's bounds and the module's rules allow.
    unsafe {
        (*record).failure = Some(why);
        ffi::wasmk_contain_leave((*record).saved);
        // It does not return; this says so to objtool.
        ffi::wasmk_bug()
    }
}

/// Where the engine's panics go.
#[no_mangle]
extern "C" fn wasmk_contained_panic() -> ! {
    fail(Failure::Panic);
    // SAFETY: nothing is contained: this ends the task, as any panic in the kernel.
    unsafe { ffi::wasmk_bug() }
}

struct Job<F, R> {
    work: F,
    result: Option<R>,
}

/// # Safety
///
/// `job` is a live `Job<F, R>` that nobody else uses.
unsafe extern "C" fn run_job<F: Fn() -> R + Copy, R>(job: *mut c_void) {
    // SAFETY: by contract.
    let job = unsafe { &mut *job.cast::<Job<F, R>>() };
    job.result = Some((job.work)());
}

/// Calls `work` with at most `limit` bytes of heap. What it allocates and returns becomes ordinary memory.
///
/// Nothing that `work` calls may take a lock or a reference that its end would have to give back.
pub(crate) fn contained<F: Fn() -> R + Copy, R>(limit: usize, work: F) -> Result<R, Failure> {
    pin_init::stack_pin_init!(let heap = Heap::new(limit));
    let heap = heap.into_ref().get_ref();
    let result = run(heap, work);
    // SAFETY: only this thread knows the blocks; nobody does if the stack that did is abandoned.
    unsafe {
        match &result {
            Ok(_) => heap.release(),
            Err(_) => heap.free(),
        }
    }
    result
}

/// Calls `work`, which allocates from `heap`. What it returns is made of the heap's blocks. After a failure they can be referred to by
/// other runs only.
///
/// Nothing that `work` calls may take a lock or a reference that its end would have to give back.
pub(super) fn run<F: Fn() -> R + Copy, R>(heap: &Heap, work: F) -> Result<R, Failure> {
    let stack = stack::aligned(STACK_SIZE).ok_or(Failure::OutOfMemory)?;
    let record = stack.base() as *mut Record;
    // SAFETY: the stack's lowest bytes, ours alone and aligned.
    unsafe {
        record.write(Record {
            saved: 0,
            heap,
            failure: None,
        })
    };
    let mut job = Job { work, result: None };
    ACTIVE.fetch_add(1, Relaxed);
    // SAFETY: `run_job` is called once, on a stack of ours, with the job it expects; `job` and `record` outlive the call.
    let left = unsafe {
        ffi::wasmk_contain_enter(
            (stack.base() + STACK_SIZE) as *mut c_void,
            run_job::<F, R>,
            (&raw mut job).cast(),
            &raw mut (*record).saved,
        )
    };
    ACTIVE.fetch_sub(1, Relaxed);
    // SAFETY: the run is over.
    let failure = unsafe { (*record).failure };
    match job.result {
        Some(result) if left == 0 => Ok(result),
        result => {
            // The result can only be there in part: its blocks go with the heap.
            core::mem::forget(result);
            Err(failure.unwrap_or(Failure::Panic))
        }
    }
}
