// SPDX-License-Identifier: GPL-2.0
//! Exception table of the arena: how a fault in generated code becomes a trap instead of an oops.
//!
//! `fixup_exception()` (arch/x86/mm/extable.c) searches the table of the module that owns the faulting address. Ours is a fixed
//! table with [`PAGE_SITES`] entries for each page of the arena, which is sorted at every moment as far as a search for any live
//! site can tell: entries of a range of pages always hold addresses within that range. So it is updated in place.

use super::{arena, ffi};
use kernel::prelude::*;
use wasmk_engine::module::CodeImage;

/// Entries per page; a module with more sites gets more pages.
pub(super) const PAGE_SITES: usize = 96;
/// Bytes of table per page.
pub(super) const PAGE_BYTES: usize = PAGE_SITES * size_of::<ffi::Entry>();
const PAGE: usize = 4096;

fn table() -> *mut ffi::Entry {
    // SAFETY: never written.
    unsafe { ffi::wasmk_layout.extable as *mut ffi::Entry }
}

fn slots() -> usize {
    // SAFETY: never written.
    let end = unsafe { ffi::wasmk_layout.extable_end };
    (end - table() as usize) / size_of::<ffi::Entry>()
}

/// Writes entry `slot`: a fault at `insn` continues at `fixup` with `offset` in `rdx`.
fn put(slot: usize, insn: usize, fixup: usize, offset: u32) {
    if slot >= slots() {
        return;
    }
    // SAFETY: inside the table. Each range of it has one writer: who owns the pages, or init.
    unsafe {
        let entry = table().add(slot);
        let relative = |target: usize, field: usize| (target as isize - field as isize) as i32;
        let fixup = relative(fixup, (&raw const (*entry).fixup) as usize);
        (&raw mut (*entry).data).write_volatile(ffi::wasmk_extable_type() | offset << 16);
        (&raw mut (*entry).fixup).write_volatile(fixup);
        let insn = relative(insn, (&raw const (*entry).insn) as usize);
        (&raw mut (*entry).insn).write_volatile(insn);
    }
}

/// Enters the fault sites of `image`, placed at pages `first..first + count`. False if the image breaks its own rules.
pub(super) fn fill(first: usize, count: usize, image: &CodeImage) -> bool {
    let base = arena::base() + first * PAGE;
    let last = base + count * PAGE - 1;
    let (mut slot, end) = (first * PAGE_SITES, (first + count) * PAGE_SITES);
    let mut before = base;
    for site in image.traps().filter(|site| site.fault()) {
        let insn = base + site.offset as usize;
        let page = site.offset / PAGE as u32;
        if insn < before || insn >= last || slot >= end || page >= image.landing.count {
            return false;
        }
        let pad = image.landing.offset as usize + page as usize * image.landing.stride as usize;
        put(slot, insn, base + pad, site.offset % PAGE as u32);
        before = insn;
        slot += 1;
    }
    for slot in slot..end {
        put(slot, last, last, 0);
    }
    true
}

/// Makes the entries of pages `first..first + count` match nothing.
pub(super) fn clear(first: usize, count: usize) {
    for page in first..first + count {
        let last = arena::base() + page * PAGE + PAGE - 1;
        for slot in page * PAGE_SITES..(page + 1) * PAGE_SITES {
            put(slot, last, last, 0);
        }
    }
}

/// The table that the loader installed.
pub(super) struct Original {
    table: *mut ffi::Entry,
    count: u32,
}

// SAFETY: only kept to be given back.
unsafe impl Send for Original {}
// SAFETY: has no shared methods.
unsafe impl Sync for Original {}

/// Installs the table. Fails if the module has entries of its own, which would be lost.
pub(super) fn install() -> Result<Original> {
    let mut count = 0;
    // SAFETY: out pointer is valid.
    let original = unsafe { ffi::wasmk_extable_get(&mut count) };
    if count != 0 {
        pr_err!("the module has {count} exception-table entries of its own\n");
        return Err(ENOEXEC);
    }
    clear(0, slots() / PAGE_SITES);
    // SAFETY: the table is complete, sorted, and lives as long as the module.
    unsafe { ffi::wasmk_extable_set(table(), slots() as u32) };
    Ok(Original {
        table: original,
        count,
    })
}

impl Drop for Original {
    fn drop(&mut self) {
        // SAFETY: what the loader had installed.
        unsafe { ffi::wasmk_extable_set(self.table, self.count) };
    }
}
