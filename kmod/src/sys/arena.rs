// SPDX-License-Identifier: GPL-2.0
//! Executable memory: pages of the module's text (`kmod/arena.S`), written through temporary aliases. W^X always: the arena's own
//! mapping is never writable, an alias never executable.

use super::{extable, ffi, globals};
use kernel::prelude::*;
use wasmk_engine::{
    module::CodeImage,
    platform::{self, PlatformError},
};

const PAGE: usize = 4096;

/// Address of the arena's first byte.
pub(super) fn base() -> usize {
    // SAFETY: never written.
    unsafe { ffi::wasmk_layout.arena }
}

/// Pages of the arena.
fn pages() -> usize {
    // SAFETY: never written.
    (unsafe { ffi::wasmk_layout.arena_end } - base()) / PAGE
}

/// Which pages are taken: one bit each.
pub(super) struct Bitmap {
    words: KVVec<u64>,
    used: usize,
}

impl Bitmap {
    pub(super) const fn new() -> Self {
        Self {
            words: KVVec::new(),
            used: 0,
        }
    }

    fn is_taken(&self, page: usize) -> bool {
        self.words
            .get(page / 64)
            .is_none_or(|word| word >> (page % 64) & 1 != 0)
    }

    fn set(&mut self, page: usize, taken: bool) {
        if let Some(word) = self.words.get_mut(page / 64) {
            let bit = 1u64 << (page % 64);
            *word = if taken { *word | bit } else { *word & !bit };
        }
    }

    /// First fit.
    fn allocate(&mut self, count: usize, total: usize) -> Option<usize> {
        let (mut run, mut page) = (0, 0);
        while page < total {
            run = if self.is_taken(page) { 0 } else { run + 1 };
            page += 1;
            if run == count {
                let first = page - count;
                for taken in first..page {
                    self.set(taken, true);
                }
                self.used += count;
                return Some(first);
            }
        }
        None
    }

    fn free(&mut self, first: usize, count: usize) {
        for page in first..first + count {
            self.set(page, false);
        }
        self.used -= count;
    }
}

/// Prepares the arena; once.
pub(super) fn init() -> Result {
    let mut words = KVVec::with_capacity(pages().div_ceil(64), GFP_KERNEL)?;
    for _ in 0..pages().div_ceil(64) {
        words.push(0, GFP_KERNEL)?;
    }
    let whole = Alias::new(base(), pages()).ok_or(ENOMEM)?;
    whole.fill(0, pages() * PAGE);
    globals::ARENA.lock().words = words;
    Ok(())
}

/// Gives the bookkeeping back; at unload, when no code lives.
pub(super) fn exit() {
    globals::ARENA.lock().words = KVVec::new();
}

/// Bytes of the arena, and bytes in use.
pub(crate) fn usage() -> (u64, u64) {
    let used = globals::ARENA.lock().used;
    ((pages() * PAGE) as u64, (used * PAGE) as u64)
}

/// A writable view of arena pages.
struct Alias {
    address: *mut u8,
    len: usize,
}

impl Alias {
    fn new(text: usize, pages: usize) -> Option<Self> {
        // SAFETY: pages of the arena, which is vmalloc'ed text.
        let address = unsafe { ffi::wasmk_alias(text as *const c_void, pages) }.cast::<u8>();
        (!address.is_null()).then_some(Self {
            address,
            len: pages * PAGE,
        })
    }

    /// Copies `bytes` to `at`; false if they do not fit.
    fn write(&self, at: usize, bytes: &[u8]) -> bool {
        let fits = at
            .checked_add(bytes.len())
            .is_some_and(|end| end <= self.len);
        if fits {
            // SAFETY: in the alias, which nobody else writes: the pages are the caller's.
            unsafe {
                core::ptr::copy_nonoverlapping(bytes.as_ptr(), self.address.add(at), bytes.len())
            };
        }
        fits
    }

    /// `int3` from `from` to `to`.
    fn fill(&self, from: usize, to: usize) {
        if from <= to && to <= self.len {
            // SAFETY: in the alias, which nobody else writes.
            unsafe { self.address.add(from).write_bytes(0xcc, to - from) };
        }
    }
}

impl Drop for Alias {
    fn drop(&mut self) {
        // SAFETY: made by `vmap`.
        unsafe { ffi::vunmap(self.address.cast()) };
    }
}

/// Placed code; dropping it frees its pages.
#[derive(Debug)]
pub(crate) struct Code {
    first: usize,
    count: usize,
}

impl Code {
    /// Places `image`.
    pub(crate) fn publish(image: &CodeImage) -> Result<Self, PlatformError> {
        let sites = image.traps().filter(|site| site.fault()).count();
        let count = image
            .len()
            .div_ceil(PAGE)
            .max(sites.div_ceil(extable::PAGE_SITES))
            .max(1);
        let first = {
            let mut arena = globals::ARENA.lock();
            let free = pages() - arena.used;
            arena
                .allocate(count, pages())
                .ok_or(PlatformError::CodeSpace {
                    needed: (count * PAGE) as u64,
                    free: (free * PAGE) as u64,
                })?
        };
        // From here on the pages are given back on failure.
        let code = Self { first, count };
        let address = code.address();
        let alias = Alias::new(address, count).ok_or(PlatformError::OutOfMemory)?;
        let mut end = 0;
        for piece in &image.pieces {
            alias.fill(end, piece.offset as usize);
            if !alias.write(piece.offset as usize, &piece.bytes) {
                return Err(PlatformError::OutOfMemory);
            }
            end = piece.offset as usize + piece.bytes.len();
        }
        alias.fill(end, count * PAGE);
        for reloc in image.relocs() {
            let at = reloc.offset as usize;
            let next = (address + at + 4) as u64;
            let distance = reloc.target.wrapping_sub(next) as i64;
            let field = i32::try_from(distance).map_err(|_| PlatformError::Quota)?;
            if !alias.write(at, &field.to_le_bytes()) {
                return Err(PlatformError::Quota);
            }
        }
        drop(alias);
        if !extable::fill(first, count, image) {
            return Err(PlatformError::Quota);
        }
        // SAFETY: may sleep here. Other CPUs may have executed what was here before.
        unsafe { ffi::wasmk_sync_cores() };
        Ok(code)
    }

    fn address(&self) -> usize {
        base() + self.first * PAGE
    }

    /// Bytes held: code, padding, and exception table.
    pub(crate) fn held(&self) -> u64 {
        (self.count * (PAGE + extable::PAGE_BYTES)) as u64
    }
}

// SAFETY: the pages are its own until drop, mapped and executable all the time.
unsafe impl platform::Code for Code {
    fn base(&self) -> u64 {
        self.address() as u64
    }

    fn size(&self) -> usize {
        self.count * PAGE
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        extable::clear(self.first, self.count);
        // Without an alias (no memory) the old bytes stay until the pages are used again: nothing points to them.
        if let Some(alias) = Alias::new(self.address(), self.count) {
            alias.fill(0, self.count * PAGE);
        }
        globals::ARENA.lock().free(self.first, self.count);
    }
}
