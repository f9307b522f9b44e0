// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Exceptions of a store: what `exnref` values mean, and when they are reclaimed.
//!
//! A value is a number, not an address: wasm never looks behind it, and a number that means nothing does no harm. Exceptions are
//! made by `throw` only. When enough have been made since the last time, those that nothing refers to any more are reclaimed:
//! everything on the wasm stack that looks like one keeps it (all live values are there, as `throw` is a call), and so do globals
//! and tables of exceptions, and the values of exceptions that are kept.

use alloc::vec::Vec;

use super::{host::Host, run::Stop, store::Store, sys::slots};
use crate::{
    isa::x64::stubs::Assignment,
    module::{FuncType, ValType},
    platform::{Platform, Stack},
    trap::TrapCode,
};

/// The high half of every exception's number, so that few other values look like one.
const MARK: u64 = 0x7fe5_ce97 << 32;
/// Bytes that exceptions may take, beside their share of the store's limit.
const MOST: u64 = 16 << 20;
/// Bytes of new exceptions after which is looked for old ones, at least.
const PATIENCE: u64 = 64 << 10;
/// Bytes that an exception counts for, beside its values.
const OVERHEAD: u64 = 64;
/// Slots looked at between two polls.
const CHUNK: usize = 32 << 10;
/// Exceptions forgotten between two polls: their values are freed.
const SWEEP_CHUNK: usize = 4 << 10;

const NO_MEMORY: Stop = Stop::Trap(TrapCode::ExceptionMemory);

/// An exception.
#[derive(Debug, Default)]
pub(super) struct Exception {
    /// Store-wide number of its tag.
    pub(super) tag: u32,
    pub(super) values: Vec<u64>,
    used: bool,
    marked: bool,
}

/// All exceptions.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    all: Vec<Exception>,
    /// Places in `all` that are free; has room for all.
    free: Vec<u32>,
    /// Places that are marked, but whose values have not been looked at; has room for all.
    pending: Vec<u32>,
    /// Bytes of all that are used.
    bytes: u64,
    /// When there are so many bytes, it is time to look for those that nothing refers to.
    next: u64,
}

impl Exceptions {
    /// The exception that a value means.
    pub(super) fn get(&self, value: u64) -> Option<&Exception> {
        self.all.get(place(value)?).filter(|at| at.used)
    }

    fn size(values: usize) -> u64 {
        OVERHEAD.saturating_add(values as u64 * 8)
    }

    /// A new exception with `count` slots of values.
    fn add(&mut self, tag: u32, count: usize, values: impl Iterator<Item = u64>) -> Option<u64> {
        if self.free.is_empty() {
            let next = u32::try_from(self.all.len()).ok()?;
            let room = self.all.len().checked_add(1)?;
            self.all.try_reserve(1).ok()?;
            self.free
                .try_reserve(room.saturating_sub(self.free.len()))
                .ok()?;
            self.pending
                .try_reserve(room.saturating_sub(self.pending.len()))
                .ok()?;
            self.all.push(Exception::default());
            self.free.push(next);
        }
        let index = *self.free.last()?;
        let at = self.all.get_mut(index as usize)?;
        at.values.clear();
        at.values.try_reserve_exact(count).ok()?;
        at.values.extend(values.take(count));
        at.tag = tag;
        at.used = true;
        self.free.pop();
        self.bytes = self.bytes.saturating_add(Self::size(count));
        Some(MARK | u64::from(index))
    }

    /// A value that may be an exception keeps it.
    fn mark(&mut self, value: u64) {
        let Some(index) = place(value) else {
            return;
        };
        if let Some(at) = self.all.get_mut(index) {
            if at.used && !at.marked {
                at.marked = true;
                self.pending.push(index as u32);
            }
        }
    }

    /// Marks what marked exceptions refer to; the number of values looked at.
    fn follow(&mut self) -> usize {
        let mut looked = 0;
        while looked < CHUNK {
            let Some(index) = self.pending.pop() else {
                break;
            };
            let at = self.all.get_mut(index as usize);
            let values = at.map_or_else(Vec::new, |at| core::mem::take(&mut at.values));
            looked += values.len() + 1;
            values.iter().for_each(|&value| self.mark(value));
            if let Some(at) = self.all.get_mut(index as usize) {
                at.values = values;
            }
        }
        looked
    }

    /// Forgets what is not marked of a chunk that begins at `from`; where the next begins.
    fn sweep(&mut self, from: usize) -> Option<usize> {
        let end = from.saturating_add(SWEEP_CHUNK).min(self.all.len());
        let chunk = self.all.get_mut(from..end)?;
        for (index, at) in (from as u32..).zip(chunk) {
            if at.used && !at.marked {
                at.used = false;
                self.bytes = self.bytes.saturating_sub(Self::size(at.values.len()));
                at.values = Vec::new();
                self.free.push(index);
            }
            at.marked = false;
        }
        (end < self.all.len()).then_some(end)
    }
}

/// The place of the exception that `value` would be.
fn place(value: u64) -> Option<usize> {
    (value >> 32 == MARK >> 32).then_some((value & 0xffff_ffff) as usize)
}

/// Slots of the exit of a `throw` with a tag of type `ty`.
pub(super) fn throw_slots(ty: &FuncType) -> usize {
    let words = (Assignment::param_stride(ty) / 8) as usize;
    ty.params.len().saturating_mul(words).saturating_add(1)
}

impl<P: Platform> Store<P> {
    /// Makes an exception for `throw` of tag `tag` in `instance`, whose values are in the slots of the exit.
    pub(super) fn new_exception(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        tag: u32,
    ) -> Result<u64, Stop> {
        const LOST: Stop = Stop::Trap(TrapCode::HostFailure);
        let ty = self.tag_type(instance, tag).ok_or(LOST)?;
        let count = ValType::slots_of(&ty.params);
        let size = Exceptions::size(count);
        let most = MOST.min(self.limits.max_memory.saturating_sub(self.used));
        if self.exceptions.bytes.saturating_add(size) > self.exceptions.next.min(most) {
            self.reclaim_exceptions(host)?;
            // Some room must be left, or the next throw looks at all of them again.
            if self.exceptions.bytes.saturating_add(size) > most - most / 16 {
                return Err(NO_MEMORY);
            }
        }
        let at = self.instances.get(instance as usize).ok_or(LOST)?;
        let number = *at.tags.get(tag as usize).ok_or(LOST)?;
        let compiled = at.module.compiled();
        let ty = compiled.tags.get(tag as usize);
        let ty = ty.and_then(|&ty| compiled.types.get(ty as usize));
        let ty = ty.ok_or(LOST)?;
        let words = (Assignment::param_stride(ty) / 8) as usize;
        let area = throw_slots(ty);
        let values = slots(&mut self.stack, self.context.values(), area).ok_or(LOST)?;
        let values = values.get(1..).ok_or(LOST)?.chunks_exact(words.max(1));
        let values = ty.params.iter().zip(values);
        let values = values.flat_map(|(ty, slot)| slot.iter().take(ty.slots()).copied());
        self.exceptions.add(number, count, values).ok_or(NO_MEMORY)
    }

    /// The type of a tag of an instance.
    pub(super) fn tag_type(&self, instance: u32, tag: u32) -> Option<&FuncType> {
        let compiled = self.instances.get(instance as usize)?.module.compiled();
        let ty = *compiled.tags.get(tag as usize)?;
        compiled.types.get(ty as usize)
    }

    /// Forgets exceptions that nothing refers to. Begins anew if it is parked: what is forgotten by then stays unreachable.
    fn reclaim_exceptions(&mut self, host: &mut dyn Host) -> Result<(), Stop> {
        self.exceptions.pending.clear();
        self.exceptions
            .all
            .iter_mut()
            .for_each(|at| at.marked = false);
        let mut looked = self.mark_stack(host)?;
        looked += self.mark_globals(host)?;
        looked += self.mark_tables(host)?;
        while !self.exceptions.pending.is_empty() {
            looked += self.exceptions.follow();
            self.poll(host)?;
        }
        let mut from = Some(0);
        while let Some(next) = from {
            from = self.exceptions.sweep(next);
            self.poll(host)?;
        }
        let patience = PATIENCE.max(self.exceptions.bytes).max(looked as u64 / 2);
        self.exceptions.next = self.exceptions.bytes.saturating_add(patience);
        Ok(())
    }

    /// After a call: if there is much to be reclaimed, what it left on the stack must not keep it where the next call's frames have slots
    /// that are not written yet.
    pub(super) fn forget_held_exceptions(&mut self) {
        if self.exceptions.bytes > MOST.min(self.limits.max_memory) / 4 {
            let bottom = self.stack.bottom().next_multiple_of(8);
            let count = self.stack.top().saturating_sub(bottom) / 8;
            if let Some(values) = slots(&mut self.stack, bottom as *mut u64, count as usize) {
                values.fill(0);
            }
        }
    }

    fn mark_stack(&mut self, host: &mut dyn Host) -> Result<usize, Stop> {
        const LOST: Stop = Stop::Trap(TrapCode::HostFailure);
        let start = self.context.wasm_rsp();
        let count = (self.stack.top().saturating_sub(start) / 8) as usize;
        let mut from = 0;
        while from < count {
            let chunk = CHUNK.min(count - from);
            let at = (start as *mut u64).wrapping_add(from);
            let values = slots(&mut self.stack, at, chunk).ok_or(LOST)?;
            for &mut value in values {
                self.exceptions.mark(value);
            }
            from += chunk;
            self.poll(host)?;
        }
        Ok(count)
    }

    fn mark_globals(&mut self, host: &mut dyn Host) -> Result<usize, Stop> {
        let mut looked = 0;
        for instance in 0..self.instances.len() {
            let Some(at) = self.instances.get(instance) else {
                break;
            };
            let compiled = at.module.compiled();
            let own = (0..)
                .zip(&compiled.globals)
                .skip(compiled.imported_globals as usize);
            for (index, ty) in own {
                if matches!(ty.value, ValType::Ref(ty) if ty.is_exception()) {
                    self.exceptions.mark(at.context.global(index));
                }
            }
            looked += compiled.globals.len();
            self.poll(host)?;
        }
        Ok(looked)
    }

    fn mark_tables(&mut self, host: &mut dyn Host) -> Result<usize, Stop> {
        let mut looked = 0;
        for table in 0..self.tables.len() {
            let mut from = 0;
            while let Some(table) = self.tables.get(table) {
                if !table.element.heap.is_exception() || from >= table.len() {
                    break;
                }
                let end = table.len().min(from + CHUNK);
                for index in from..end {
                    self.exceptions.mark(table.get(index).unwrap_or(0));
                }
                looked += end - from;
                from = end;
                self.poll(host)?;
            }
        }
        Ok(looked)
    }
}
