// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the engine needs from where it runs: the kernel module (arena, exception table, page tables, FPU) or a host process
//! (mmap, signal handlers; [`crate::sys::host`]). The embedder implements it once; stores and modules are generic over it.

use core::{fmt, ops::Deref};

use crate::{
    config::MemoryModel,
    module::CodeImage,
    runtime::{Module, SharedMemory, Sleeper},
    vm::StoreCtx,
};

/// Why the platform could not give something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformError {
    /// Out of memory.
    OutOfMemory,
    /// No room for code: bytes needed and bytes free.
    CodeSpace {
        /// Bytes needed.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// No guard slot is free.
    NoSlot,
    /// Above the store's or the system's limit.
    Quota,
    /// Whoever asked for it is wanted elsewhere.
    Interrupted,
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::CodeSpace { needed, free } => {
                write!(f, "no room for code ({needed} bytes needed, {free} free)")
            }
            Self::NoSlot => f.write_str("no guard slot is free"),
            Self::Quota => f.write_str("above the memory limit"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// Executable code in its place. Dropping it frees it: nothing may run in it any more.
///
/// # Safety
///
/// While the value lives, the published image, relocated, is executable at `base`, and faults at its sites continue at its
/// trap stub.
pub unsafe trait Code {
    /// Address of the image's first byte; a multiple of 4096.
    fn base(&self) -> u64;
    /// Bytes held, tables and padding included.
    fn size(&self) -> usize;
}

/// A linear memory's address range. Dropping it frees it.
///
/// # Safety
///
/// While the value lives, `len` bytes at `base` are readable and writable and belong to it alone; in the guard model the rest of
/// [`crate::config::GUARD_RESERVATION`] faults in a way that ends in the trap stub. `base` never changes, `len` only
/// by `grow`.
pub unsafe trait Memory {
    /// First byte; constant.
    fn base(&self) -> *mut u8;
    /// Bytes that are accessible now.
    fn len(&self) -> u64;
    /// True while nothing is accessible.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Makes the memory `new_len` bytes long (a multiple of 64 KiB, at least the current length); new bytes are zero.
    /// On error nothing has changed. Called at least once before wasm runs, with 0 for an empty memory.
    ///
    /// What takes long asks `go_on` now and then, and tells it how many bytes have been made so far (more than 0). Once that says no, the
    /// growth is undone, and fails.
    fn grow(
        &mut self,
        new_len: u64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), PlatformError>;
}

/// A lock that whoever waits for it sleeps on. What it guards is reached by one thread at a time.
pub trait Lock<T>: Sized {
    /// A free lock around `value`.
    fn new(value: T) -> Result<Self, PlatformError>;
    /// Does `work` with the value; nobody else has it meanwhile.
    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R;
}

/// What a thread sleeps on and is woken by; clones are the same one.
pub trait Waker: Sleeper + Clone + Send + Unpin {
    /// One that is not notified.
    fn new() -> Result<Self, PlatformError>;
    /// Notifies it: it stays so until the reset.
    fn wake(&self);
    /// Takes a notification back.
    fn reset(&self);
}

/// A wasm stack. Dropping it frees it.
///
/// # Safety
///
/// While the value lives, the bytes from `bottom` to `top` are readable and writable and belong to it alone.
pub unsafe trait Stack {
    /// Highest address (exclusive), 16-byte aligned.
    fn top(&self) -> u64;
    /// Lowest usable address; [`crate::vm::STACK_RESERVE`] of reserve begin here.
    fn bottom(&self) -> u64;
}

/// See the module.
///
/// # Safety
///
/// `switch` does what it says and nothing else, and returns at wasm's next exit with the caller's registers restored. A `SharedRef` and its
/// clones lead to the one memory that it was made of, which is dropped with the last of them.
pub unsafe trait Platform: Sized {
    /// A counted reference to a published module; instances keep one.
    type ModuleRef: Deref<Target = Module<Self>> + Clone;
    /// A counted reference to a shared memory; stores that use it keep one, on whatever threads they run.
    type SharedRef: Deref<Target = SharedMemory<Self>> + Clone;
    /// What threads sleep on.
    type Waker: Waker;
    /// A lock.
    type Lock<T: Send + Unpin>: Lock<T>;
    /// Placed code.
    type Code: Code;
    /// A linear memory.
    type Memory: Memory + Send + Unpin;
    /// A wasm stack.
    type Stack: Stack;

    /// Places `image`: applies relocations, registers fault sites, makes it executable (W^X).
    fn publish(image: &CodeImage) -> Result<Self::Code, PlatformError>;
    /// Reserves a memory that can grow to `max_len` bytes ([`crate::config::GUARD_RESERVATION`] is reserved in the guard model).
    fn memory(model: MemoryModel, max_len: u64) -> Result<Self::Memory, PlatformError>;
    /// Makes the first reference to a shared memory.
    fn share(memory: SharedMemory<Self>) -> Result<Self::SharedRef, PlatformError>;
    /// Makes a stack of at least `size` usable bytes above the reserve.
    fn stack(size: usize) -> Result<Self::Stack, PlatformError>;
    /// Begins a floating-point section (kernel: `kernel_fpu_begin`; preemption is off until the end). MXCSR is 0x1f80.
    fn fp_begin();
    /// Ends it.
    fn fp_end();
    /// Calls the generated `switch` stub at `stub` with `ctx`; returns at wasm's next exit. May fault and recover inside.
    ///
    /// # Safety
    ///
    /// `stub` is [`crate::module::Stubs::switch`] of live code; `ctx` is a store's context whose `wasm_rsp` is a stack prepared
    /// as [`crate::vm`] says, all of whose code and instances are live, and no other thread uses it.
    unsafe fn switch(stub: u64, ctx: *mut StoreCtx);
}
