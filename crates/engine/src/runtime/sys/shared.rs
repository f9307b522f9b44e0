// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What generated code reads of a memory that several threads use and grow.
//!
//! # Why torn views are harmless
//!
//! Growth writes the fields of the [`MemoryDef`] one by one while other threads read them. Each is an aligned word of 8 bytes, so a reader
//! sees its old value or its new one. None ever becomes smaller, and each alone bounds an access: what is compared with
//! `limits[n]` or `len` needs no other field. A field is written only when the pages of the new length are there. So an old value stops
//! an access that the new one would let through, and no value lets through what is not there. `len` is written last: on this
//! machine stores are seen in order, so whoever learns of the new length, by `memory.size` or by another thread's word, may use it.

use core::{
    ptr::addr_of_mut,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{GuestMemory, SharedArray};
use crate::{
    platform::{Memory, PlatformError},
    vm::MemoryDef,
};

/// The definition of a shared memory; the base never changes.
#[derive(Debug)]
pub struct SharedDefinition(SharedArray<MemoryDef>);

impl SharedDefinition {
    /// Of `memory`, which is kept for as long as somebody has an address of this definition, or a view.
    pub fn of<M: Memory>(memory: &M) -> Result<Self, PlatformError> {
        let definition = MemoryDef::new(memory.base(), memory.len());
        Ok(Self(SharedArray::new(1, definition)?))
    }

    /// Where generated code reads it.
    pub fn as_ptr(&self) -> *mut MemoryDef {
        self.0.as_ptr()
    }

    fn field(&self, field: *mut u64) -> &AtomicU64 {
        // SAFETY: a field of the definition, which lives as long as `self`; after `new` it is accessed atomically only, and by
        // aligned loads of generated code.
        unsafe { AtomicU64::from_ptr(field) }
    }

    /// Bytes.
    pub fn len(&self) -> u64 {
        // SAFETY: an address inside the live allocation.
        let len = unsafe { addr_of_mut!((*self.as_ptr()).len) };
        self.field(len).load(Ordering::SeqCst)
    }

    /// First byte.
    pub fn base(&self) -> *mut u8 {
        // SAFETY: nobody writes the field.
        unsafe { (*self.as_ptr()).base }
    }

    /// Publishes that the memory has grown. The exclusive reference says that nobody else does so meanwhile; of another memory than
    /// the definition's nothing is taken over.
    pub fn follow<M: Memory>(&self, memory: &mut M) {
        let len = memory.len();
        if memory.base() != self.base() || len < self.len() {
            return;
        }
        let new = MemoryDef::new(self.base(), len);
        for (at, limit) in new.limits.into_iter().enumerate() {
            // SAFETY: an address inside the live allocation: both arrays have the same length.
            let field = unsafe { addr_of_mut!((*self.as_ptr()).limits).cast::<u64>().add(at) };
            self.field(field).store(limit, Ordering::Release);
        }
        // SAFETY: an address inside the live allocation.
        let field = unsafe { addr_of_mut!((*self.as_ptr()).len) };
        self.field(field).store(len, Ordering::SeqCst);
    }

    /// All bytes that there are now.
    pub fn view(&self) -> GuestMemory<'_> {
        let len = usize::try_from(self.len()).unwrap_or(0);
        // SAFETY: the owner keeps the memory while `self` is borrowed (see `of`), and `len` was published. Whoever else uses a shared memory does so by generated code or through such views.
        unsafe { GuestMemory::new(self.base(), len, true) }
    }
}
