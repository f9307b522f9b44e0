// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Shared memories: they are nobody's, and live as long as a store or an embedder has a reference to them.
//!
//! Any thread that runs a store may grow one. What it may take was settled when it was made (by the store that declares it, which is charged for
//! all of it, or by the embedder), so growth asks no store.
//!
//! **Locks.** A shared memory has two, each taken with no other held: one for growth, under which the platform makes pages, which may sleep,
//! and one for those who wait (`waiters`), held for a look at a short list. Nothing interrupts the wait for the first; so whoever gets it looks
//! whether its call is still to go on, and does nothing else if it is not: a queue of calls that have been killed is soon gone.

use core::fmt;

use super::{
    entity::{reserve, PAGE},
    sys::{GuestMemory, SharedDefinition},
    waiters::Waiters,
};
use crate::{
    config::MemoryModel,
    module::MemoryType,
    platform::{Lock, Memory, Platform, PlatformError},
    vm::MemoryDef,
};

/// See the module.
pub struct SharedMemory<P: Platform> {
    definition: SharedDefinition,
    ty: MemoryType,
    model: MemoryModel,
    /// Most bytes.
    most: u64,
    memory: P::Lock<P::Memory>,
    waiters: P::Lock<Waiters<P::Waker>>,
}

impl<P: Platform> fmt::Debug for SharedMemory<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMemory")
            .field("ty", &self.ty)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl<P: Platform> SharedMemory<P> {
    /// A shared memory of type `ty`, of `quota` bytes at most, for code of that memory model.
    ///
    /// # Errors
    ///
    /// `Quota` if it would be larger than that at once, or has no maximum; else what the platform says.
    #[allow(
        clippy::new_ret_no_self,
        reason = "there is no use for one without a reference"
    )]
    pub fn new(
        model: MemoryModel,
        ty: MemoryType,
        quota: u64,
    ) -> Result<P::SharedRef, PlatformError> {
        if ty.maximum.is_none() {
            return Err(PlatformError::Quota);
        }
        let ty = MemoryType { shared: true, ..ty };
        let (model, most, memory) = reserve::<P>(model, ty, quota)?;
        P::share(Self {
            definition: SharedDefinition::of(&memory)?,
            ty,
            model,
            most,
            memory: P::Lock::new(memory)?,
            waiters: P::Lock::new(Waiters::new())?,
        })
    }

    /// Bytes at this moment; never fewer later.
    pub fn len(&self) -> u64 {
        self.definition.len()
    }

    /// True while there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Most bytes that it can have.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// Its declared type.
    pub fn ty(&self) -> MemoryType {
        self.ty
    }

    /// How code must keep inside it.
    pub fn model(&self) -> MemoryModel {
        self.model
    }

    /// All bytes at this moment.
    pub fn view(&self) -> GuestMemory<'_> {
        self.definition.view()
    }

    /// Where generated code looks.
    pub(super) fn definition(&self) -> *mut MemoryDef {
        self.definition.as_ptr()
    }

    /// Lists a store as waiting at `at` if there are so many bytes of this value: its ticket. `None` if the value is another.
    pub(super) fn register(
        &self,
        at: u64,
        (expected, bytes): (u64, u64),
        waker: &P::Waker,
    ) -> Result<Option<u64>, PlatformError> {
        self.waiters.with(|waiters| {
            let view = self.view();
            let equal = match bytes {
                4 => view.load32(at) == Some(expected as u32),
                _ => view.load64(at) == Some(expected),
            };
            match equal {
                true => waiters.add(at, waker.clone()).map(Some),
                false => Ok(None),
            }
        })
    }

    /// That store waits no more; false if it was notified.
    pub(super) fn withdraw(&self, ticket: u64) -> bool {
        self.waiters.with(|waiters| waiters.remove(ticket))
    }

    /// Wakes up to `count` of those that wait at `at`, the oldest first; how many.
    pub fn notify(&self, at: u64, count: u32) -> u32 {
        self.waiters.with(|waiters| waiters.notify(at, count))
    }

    /// Grows by `delta` pages; the old size in pages. May sleep, for as long as others take that came before.
    ///
    /// `go_on` is told how many bytes have been made: 0 when it is this one's turn, and then more, now and then. Once it says no, the growth is given up.
    ///
    /// # Errors
    ///
    /// `Quota` beyond what it may have, `Interrupted` if it was given up, else what the platform says; nothing has changed.
    pub fn grow(
        &self,
        delta: u64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<u64, PlatformError> {
        if delta == 0 {
            // Who asks for the size need not wait for who grows.
            return Ok(self.len() / PAGE);
        }
        self.memory.with(|memory| {
            if !go_on(0) {
                return Err(PlatformError::Interrupted);
            }
            let old = memory.len();
            let more = delta.saturating_mul(PAGE);
            let new = old.checked_add(more).ok_or(PlatformError::Quota)?;
            if new > self.most {
                return Err(PlatformError::Quota);
            }
            memory.grow(new, go_on)?;
            self.definition.follow(memory);
            Ok(old / PAGE)
        })
    }
}
