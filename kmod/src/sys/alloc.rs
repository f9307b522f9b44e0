// SPDX-License-Identifier: GPL-2.0
//! The module's `alloc`: `kvmalloc`, charged to the caller's cgroup, never with the OOM killer's help.
//!
//! Every block has a [`Header`] in front. A block that was made on a containment stack ([`super::contain`]) belongs to that
//! run's [`Heap`], which can be freed whole or released into ordinary blocks.

#![expect(
    clippy::no_mangle_with_rust_abi,
    reason = "the compiler calls the allocator by these names and this ABI"
)]

use super::{contain, ffi};
use core::{
    alloc::Layout,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use kernel::{alloc::Flags, bindings, prelude::*};

/// In front of every block.
#[repr(C, align(32))]
struct Header {
    next: *mut Header,
    prev: *mut Header,
    /// The heap that the block belongs to, or null.
    heap: *mut Heap,
    /// Bytes, header included.
    size: usize,
}

const HEADER: usize = size_of::<Header>();

/// The blocks of one contained run, and their limit.
pub(super) struct Heap {
    first: *mut Header,
    used: usize,
    limit: usize,
}

static TOTAL: AtomicUsize = AtomicUsize::new(0);

/// Bytes of all blocks, headers included.
pub(crate) fn heap_bytes() -> u64 {
    TOTAL.load(Relaxed) as u64
}

/// Flags for small allocations whose number a caller or a program decides: as the heap's, which is to say charged to the caller,
/// and failing rather than have the OOM killer make room.
pub(crate) fn bounded_flags() -> Flags {
    // SAFETY: a constant of `shims.c`.
    let flags: bindings::gfp_t = unsafe { ffi::wasmk_heap_gfp };
    // SAFETY: `Flags` is a `gfp_t` and nothing else (their sizes are compared here), and takes any value.
    unsafe { core::mem::transmute::<bindings::gfp_t, Flags>(flags) }
}

impl Heap {
    /// An empty heap of at most `limit` bytes.
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            first: ptr::null_mut(),
            used: 0,
            limit,
        }
    }

    /// Makes all blocks ordinary ones, each to be freed by its owner.
    ///
    /// # Safety
    ///
    /// No other thread uses the heap or its blocks.
    pub(super) unsafe fn release(&mut self) {
        let mut block = self.first;
        while !block.is_null() {
            // SAFETY: the list holds live blocks only.
            let header = unsafe { &mut *block };
            block = header.next;
            header.heap = ptr::null_mut();
        }
        self.first = ptr::null_mut();
    }

    /// Frees all blocks.
    ///
    /// # Safety
    ///
    /// No other thread uses the heap or its blocks, and nobody will use the blocks again.
    pub(super) unsafe fn free(&mut self) {
        let mut block = self.first;
        while !block.is_null() {
            // SAFETY: the list holds live blocks only.
            let (next, size) = unsafe { ((*block).next, (*block).size) };
            TOTAL.fetch_sub(size, Relaxed);
            // SAFETY: made by `kvrealloc`; nobody uses it any more.
            unsafe { bindings::kvfree(block.cast()) };
            block = next;
        }
        self.first = ptr::null_mut();
    }

    /// # Safety
    ///
    /// `block` is live and in no list.
    unsafe fn link(&mut self, block: *mut Header) {
        // SAFETY: by contract; the first block, if any, is live.
        unsafe {
            (*block).next = self.first;
            (*block).prev = ptr::null_mut();
            if !self.first.is_null() {
                (*self.first).prev = block;
            }
        }
        self.first = block;
    }

    /// # Safety
    ///
    /// `block` is live and in this list.
    unsafe fn unlink(&mut self, block: *mut Header) {
        // SAFETY: by contract, and so are its neighbours.
        unsafe {
            let (next, prev) = ((*block).next, (*block).prev);
            if !next.is_null() {
                (*next).prev = prev;
            }
            if prev.is_null() {
                self.first = next;
            } else {
                (*prev).next = next;
            }
        }
    }
}

/// `kvrealloc()` with the module's flags. Null without memory; then `old` is as it was.
///
/// # Safety
///
/// `old` is null or a block of this allocator.
unsafe fn resize(old: *mut Header, size: usize, zero: bool) -> *mut Header {
    // SAFETY: a constant, see shims.c.
    let mut flags = unsafe { ffi::wasmk_heap_gfp };
    if zero {
        flags |= bindings::__GFP_ZERO;
    }
    // SAFETY: by contract. The alignment is a power of two.
    unsafe {
        bindings::kvrealloc_node_align(old.cast(), size, HEADER, flags, bindings::NUMA_NO_NODE)
    }
    .cast()
}

/// Makes a block.
fn allocate(layout: Layout, zero: bool) -> *mut u8 {
    let heap = contain::current_heap();
    let Some(size) = layout.size().checked_add(HEADER) else {
        return ptr::null_mut();
    };
    if layout.align() > HEADER {
        return ptr::null_mut();
    }
    if !heap.is_null() {
        // SAFETY: the heap of the contained run that this is; no other thread touches it.
        let heap = unsafe { &mut *heap };
        if heap.limit.saturating_sub(heap.used) < size {
            return ptr::null_mut();
        }
    }
    // SAFETY: null is allowed.
    let block = unsafe { resize(ptr::null_mut(), size, zero) };
    if block.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: fresh, `size` bytes, aligned for the header.
    unsafe {
        block.write(Header {
            next: ptr::null_mut(),
            prev: ptr::null_mut(),
            heap,
            size,
        });
        if !heap.is_null() {
            (*heap).link(block);
            (*heap).used += size;
        }
        TOTAL.fetch_add(size, Relaxed);
        block.cast::<u8>().add(HEADER)
    }
}

// rustc 1.85 makes the allocator's shim when it links a final artefact; the kernel's build never does. These are its names.

#[no_mangle]
static __rust_no_alloc_shim_is_unstable: u8 = 0;
#[no_mangle]
static __rust_alloc_error_handler_should_panic: u8 = 0;

/// # Safety
///
/// `size` is not zero, `align` is a power of two: `GlobalAlloc::alloc`.
#[no_mangle]
unsafe fn __rust_alloc(size: usize, align: usize) -> *mut u8 {
    // SAFETY: by contract.
    let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
    allocate(layout, false)
}

/// # Safety
///
/// As [`__rust_alloc`].
#[no_mangle]
unsafe fn __rust_alloc_zeroed(size: usize, align: usize) -> *mut u8 {
    // SAFETY: by contract.
    let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
    allocate(layout, true)
}

/// # Safety
///
/// `data` is a live block of this allocator: `GlobalAlloc::dealloc`.
#[no_mangle]
unsafe fn __rust_dealloc(data: *mut u8, _size: usize, _align: usize) {
    // SAFETY: the header precedes the data.
    unsafe {
        let block = data.sub(HEADER).cast::<Header>();
        let heap = (*block).heap;
        if !heap.is_null() {
            (*heap).unlink(block);
            (*heap).used -= (*block).size;
        }
        TOTAL.fetch_sub((*block).size, Relaxed);
        bindings::kvfree(block.cast());
    }
}

/// # Safety
///
/// `data` is a live block of this allocator, `new` is not zero: `GlobalAlloc::realloc`.
#[no_mangle]
unsafe fn __rust_realloc(data: *mut u8, _old: usize, _align: usize, new: usize) -> *mut u8 {
    let Some(size) = new.checked_add(HEADER) else {
        return ptr::null_mut();
    };
    // SAFETY: the header precedes the data; a block's heap lives as long as it is in its list.
    unsafe {
        let block = data.sub(HEADER).cast::<Header>();
        let (heap, before) = ((*block).heap, (*block).size);
        if !heap.is_null() {
            let others = (*heap).used - before;
            if (*heap).limit.saturating_sub(others) < size {
                return ptr::null_mut();
            }
            (*heap).unlink(block);
        }
        let moved = resize(block, size, false);
        let result = if moved.is_null() { block } else { moved };
        if !moved.is_null() {
            (*moved).size = size;
            TOTAL.fetch_add(size, Relaxed);
            TOTAL.fetch_sub(before, Relaxed);
        }
        if !heap.is_null() {
            (*heap).link(result);
            (*heap).used = (*heap).used - before + (*result).size;
        }
        if moved.is_null() {
            return ptr::null_mut();
        }
        moved.cast::<u8>().add(HEADER)
    }
}

/// # Safety
///
/// None; called by `alloc` when an infallible allocation fails.
#[no_mangle]
unsafe fn __rust_alloc_error_handler(_size: usize, _align: usize) -> ! {
    contain::fail(contain::Failure::OutOfMemory);
    // SAFETY: nothing is contained: this ends the task, as any panic in the kernel.
    unsafe { ffi::wasmk_bug() }
}

/// 128-bit division, which compiler-generated code of the engine asks for.
#[no_mangle]
#[expect(
    improper_ctypes_definitions,
    reason = "the compiler calls it with its own 128-bit integers"
)]
extern "C" fn __udivti3(dividend: u128, divisor: u128) -> u128 {
    let (mut quotient, mut rest, mut bit) = (0u128, 0u128, 128u32);
    while bit > 0 {
        bit -= 1;
        rest = (rest << 1) | ((dividend >> bit) & 1);
        if rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1 << bit;
        }
    }
    quotient
}
