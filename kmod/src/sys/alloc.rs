// SPDX-License-Identifier: GPL-2.0
//! The module's `alloc`: `kvmalloc`, charged to the caller's cgroup, never with the OOM killer's help.
//!
//! Every block has a [`Header`] in front. A block that was made on a containment stack ([`super::contain`]) belongs to that
//! run's [`Heap`], which other runs may share, and which can be freed whole or released into ordinary blocks.

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
use kernel::{alloc::Flags, bindings, new_spinlock, prelude::*, sync::SpinLock};

/// In front of every block.
#[repr(C, align(32))]
struct Header {
    next: *mut Header,
    prev: *mut Header,
    /// The heap that the block belongs to, or null.
    heap: *const Heap,
    /// Bytes, header included.
    size: usize,
}

const HEADER: usize = size_of::<Header>();

/// The blocks of contained runs that work together, and their limit. It must not be moved or go while it has blocks.
///
/// Its lock is a leaf, held for a few instructions: nothing is allocated or freed under it.
#[pin_data]
pub(super) struct Heap {
    #[pin]
    blocks: SpinLock<Blocks>,
    limit: usize,
}

struct Blocks {
    first: *mut Header,
    used: usize,
}

// SAFETY: the blocks are reached through the lock only.
unsafe impl Send for Blocks {}

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
    pub(super) fn new(limit: usize) -> impl PinInit<Self> {
        let blocks = Blocks {
            first: ptr::null_mut(),
            used: 0,
        };
        pin_init!(Self {
            blocks <- new_spinlock!(blocks, "wasmk_heap"),
            limit,
        })
    }

    /// Makes all blocks ordinary ones, each to be freed by its owner.
    ///
    /// # Safety
    ///
    /// No other thread uses the heap or its blocks.
    pub(super) unsafe fn release(&self) {
        let mut block = self.take();
        while !block.is_null() {
            // SAFETY: the list holds live blocks only.
            let header = unsafe { &mut *block };
            block = header.next;
            header.heap = ptr::null();
        }
    }

    /// Frees all blocks.
    ///
    /// # Safety
    ///
    /// No other thread uses the heap or its blocks, and nobody will use the blocks again.
    pub(super) unsafe fn free(&self) {
        let mut block = self.take();
        while !block.is_null() {
            // SAFETY: the list holds live blocks only.
            let (next, size) = unsafe { ((*block).next, (*block).size) };
            TOTAL.fetch_sub(size, Relaxed);
            // SAFETY: made by `kvrealloc`; nobody uses it any more.
            unsafe { bindings::kvfree(block.cast()) };
            block = next;
        }
    }

    fn take(&self) -> *mut Header {
        core::mem::replace(&mut self.blocks.lock().first, ptr::null_mut())
    }

    /// Counts `size` bytes, `before` of which were counted already; false if that is too much.
    fn count(&self, before: usize, size: usize) -> bool {
        let mut blocks = self.blocks.lock();
        let others = blocks.used - before;
        let fits = self.limit.saturating_sub(others) >= size;
        if fits {
            blocks.used = others + size;
        }
        fits
    }

    /// Counts `size` bytes, counted already, as `after`.
    fn uncount(&self, size: usize, after: usize) {
        let mut blocks = self.blocks.lock();
        blocks.used = blocks.used - size + after;
    }

    /// # Safety
    ///
    /// `block` is live and in no list.
    unsafe fn link(&self, block: *mut Header) {
        let mut blocks = self.blocks.lock();
        // SAFETY: by contract; the first block, if any, is live.
        unsafe {
            (*block).next = blocks.first;
            (*block).prev = ptr::null_mut();
            if !blocks.first.is_null() {
                (*blocks.first).prev = block;
            }
        }
        blocks.first = block;
    }

    /// # Safety
    ///
    /// `block` is live and in this list.
    unsafe fn unlink(&self, block: *mut Header) {
        let mut blocks = self.blocks.lock();
        // SAFETY: by contract, and so are its neighbours.
        unsafe {
            let (next, prev) = ((*block).next, (*block).prev);
            if !next.is_null() {
                (*next).prev = prev;
            }
            if prev.is_null() {
                blocks.first = next;
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
    // SAFETY: null, or the heap of the contained run that this is, which outlives it.
    let owner = unsafe { heap.as_ref() };
    if owner.is_some_and(|heap| !heap.count(0, size)) {
        return ptr::null_mut();
    }
    // SAFETY: null is allowed.
    let block = unsafe { resize(ptr::null_mut(), size, zero) };
    if block.is_null() {
        if let Some(heap) = owner {
            heap.uncount(size, 0);
        }
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
        if let Some(heap) = owner {
            heap.link(block);
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
        if let Some(heap) = (*block).heap.as_ref() {
            heap.unlink(block);
            heap.uncount((*block).size, 0);
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
        let (heap, before) = ((*block).heap.as_ref(), (*block).size);
        if let Some(heap) = heap {
            if !heap.count(before, size) {
                return ptr::null_mut();
            }
            heap.unlink(block);
        }
        let moved = resize(block, size, false);
        let result = if moved.is_null() { block } else { moved };
        if !moved.is_null() {
            (*moved).size = size;
            TOTAL.fetch_add(size, Relaxed);
            TOTAL.fetch_sub(before, Relaxed);
        }
        if let Some(heap) = heap {
            heap.link(result);
            if moved.is_null() {
                heap.uncount(size, before);
            }
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
