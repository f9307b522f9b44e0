// SPDX-License-Identifier: GPL-2.0
//! Declarations of `kmod/shims.c`, `kmod/entry.S`, `kmod/arena.S` and of kernel functions that the bindings leave out.

#![expect(
    improper_ctypes,
    reason = "structures of the bindings hold lock classes, which are empty"
)]

use kernel::{bindings, prelude::*};

/// `struct wasmk_pages`: pages linked through `page->private`.
#[repr(C)]
pub(super) struct Pages {
    pub(super) first: *mut bindings::page,
}

/// `struct exception_table_entry` (arch/x86/include/asm/extable.h).
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) insn: i32,
    pub(super) fixup: i32,
    pub(super) data: u32,
}

/// `struct wasmk_layout`: where `kmod/arena.S` put things.
#[repr(C)]
pub(super) struct Layout {
    pub(super) arena: usize,
    pub(super) arena_end: usize,
    pub(super) extable: usize,
    pub(super) extable_end: usize,
}

extern "C" {
    pub(super) static wasmk_layout: Layout;
    pub(super) static wasmk_template_ret: [u8; 16];
    pub(super) static wasmk_template_call: [u8; 16];
    pub(super) static wasmk_template_jmp: [u8; 16];
    /// Flags of heap blocks: charged to the caller's cgroup; fail rather than have somebody killed.
    pub(super) static wasmk_heap_gfp: bindings::gfp_t;

    /// Features and states of the CPU, see `cpu.rs` for the bits.
    pub(super) fn wasmk_cpu() -> u32;
    /// Serialises the instruction streams of all CPUs. May sleep.
    pub(super) fn wasmk_sync_cores();
    /// Flushes all translations of all CPUs. May sleep.
    pub(super) fn wasmk_flush_tlb();
    /// A writable, not executable mapping of `pages` pages of text; null without memory. Undone by `vunmap`.
    pub(super) fn wasmk_alias(text: *const c_void, pages: usize) -> *mut c_void;
    /// Reserves kernel addresses with their page tables, nothing mapped; null without memory. `pages` is at least 65.
    pub(super) fn wasmk_reserve(pages: usize) -> *mut c_void;
    /// Gives a reservation back; nothing may be mapped in it.
    pub(super) fn wasmk_unreserve(base: *mut c_void, pages: usize);
    /// Unmaps pages of a reservation, and collects them in `out`. They must be flushed before they are freed.
    pub(super) fn wasmk_depopulate(va: usize, pages: usize, out: *mut Pages) -> c_int;
    /// Maps fresh zeroed pages where nothing is mapped; returns how many it managed.
    pub(super) fn wasmk_populate(va: usize, pages: usize) -> usize;
    /// Frees collected pages.
    pub(super) fn wasmk_free_pages(pages: *mut Pages);
    /// Bits: 1 signal pending, 2 fatal signal pending, 4 work before the return to user space, 8 to be rescheduled.
    pub(super) fn wasmk_task_pending(task: *mut bindings::task_struct) -> u32;
    /// Makes `task`'s interruptible waits end as if for a signal, until it next returns to user space. Any context.
    pub(super) fn wasmk_task_notify(task: *mut bindings::task_struct);
    /// Schedules if somebody else should run.
    pub(super) fn wasmk_yield();
    /// True if the stack pointer is in the current task's own stack.
    pub(super) fn wasmk_on_task_stack() -> bool;
    /// The module's exception table.
    pub(super) fn wasmk_extable_get(count: *mut u32) -> *mut Entry;
    /// Replaces it. May sleep.
    pub(super) fn wasmk_extable_set(table: *mut Entry, count: u32);
    /// Value of `EX_TYPE_IMM_REG` for register 2 (`rdx`), immediate 0.
    pub(super) fn wasmk_extable_type() -> u32;
    /// CAP_SYS_ADMIN in the initial user namespace.
    pub(super) fn wasmk_capable_admin() -> bool;

    /// `BUG()`.
    pub(super) fn wasmk_bug() -> !;

    pub(super) fn wasmk_contain_enter(
        top: *mut c_void,
        f: unsafe extern "C" fn(*mut c_void),
        arg: *mut c_void,
        saved: *mut u64,
    ) -> c_int;
    pub(super) fn wasmk_contain_leave(saved: u64);

    pub(super) fn vunmap(address: *const c_void);
    pub(super) fn vm_unmap_aliases();
    pub(super) fn __vmalloc_noprof(size: usize, gfp: bindings::gfp_t) -> *mut c_void;
    pub(super) fn vfree(address: *const c_void);
    pub(super) fn kernel_fpu_begin_mask(mask: u32);
    pub(super) fn kernel_fpu_end();
    pub(super) fn anon_inode_getfile(
        name: *const c_char,
        fops: *const bindings::file_operations,
        private: *mut c_void,
        flags: c_int,
    ) -> *mut bindings::file;
}
