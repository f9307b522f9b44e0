// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Memories: fill, copy, init.

use super::{
    super::{entity::MemoryEntity, host::Host, run::Stop, store::Store},
    BYTES,
};
use crate::{platform::Platform, trap::TrapCode};

pub(super) const OUTSIDE: Stop = Stop::Trap(TrapCode::MemoryOutOfBounds);

/// Whether `len` bytes at `start` lie in `size` bytes.
fn inside(start: u64, len: u64, size: u64) -> bool {
    start.checked_add(len).is_some_and(|end| end <= size)
}

impl<P: Platform> Store<P> {
    /// The store's number of the memory that a service was told of.
    pub(super) fn memory_at(&self, instance: u32, memory: u64) -> Result<usize, Stop> {
        let memory = u32::try_from(memory).map_err(|_| OUTSIDE)?;
        self.memory_number(instance, memory).ok_or(OUTSIDE)
    }

    fn memory_len(&self, number: usize) -> u64 {
        self.memories.get(number).map_or(0, MemoryEntity::len)
    }

    pub(super) fn memory_fill(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 4],
    ) -> Result<(), Stop> {
        let [memory, mut target, byte, mut len] = slots;
        let memory = self.memory_at(instance, memory)?;
        if !inside(target, len, self.memory_len(memory)) {
            return Err(OUTSIDE);
        }
        while len != 0 {
            let chunk = len.min(BYTES);
            self.view_of(memory)
                .fill(target, byte as u8, chunk as usize)
                .ok_or(OUTSIDE)?;
            target += chunk;
            len -= chunk;
            self.set_slot(1, target)?;
            self.set_slot(3, len)?;
            if len != 0 {
                self.poll(host)?;
            }
        }
        Ok(())
    }

    pub(super) fn memory_copy(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 5],
    ) -> Result<(), Stop> {
        let [to, from, mut target, mut source, mut len] = slots;
        let (to, from) = (
            self.memory_at(instance, to)?,
            self.memory_at(instance, from)?,
        );
        if !inside(target, len, self.memory_len(to)) || !inside(source, len, self.memory_len(from))
        {
            return Err(OUTSIDE);
        }
        while len != 0 {
            let chunk = len.min(BYTES);
            // Away from the overlap: upwards from the start, or downwards from the end. The choice is the same for what is left.
            let skip = if target <= source { 0 } else { len - chunk };
            self.copy_bytes(to, from, target + skip, source + skip, chunk)?;
            if target <= source {
                target += chunk;
                source += chunk;
            }
            len -= chunk;
            self.set_slot(2, target)?;
            self.set_slot(3, source)?;
            self.set_slot(4, len)?;
            if len != 0 {
                self.poll(host)?;
            }
        }
        Ok(())
    }

    /// Copies within a memory or from one to another.
    fn copy_bytes(
        &mut self,
        to: usize,
        from: usize,
        target: u64,
        source: u64,
        len: u64,
    ) -> Result<(), Stop> {
        if to == from {
            let mut memory = self.view_of(to);
            let copied = memory.copy_within(source, target, len as usize);
            return copied.ok_or(OUTSIDE);
        }
        let (low, high) = self
            .memories
            .split_at_mut_checked(to.max(from))
            .ok_or(OUTSIDE)?;
        let (low, high) = (
            low.get_mut(to.min(from)).ok_or(OUTSIDE)?,
            high.first_mut().ok_or(OUTSIDE)?,
        );
        let (to, from) = if to < from { (low, high) } else { (high, low) };
        let copied = to
            .view()
            .copy_from(&from.view(), source, target, len as usize);
        copied.ok_or(OUTSIDE)
    }

    pub(super) fn memory_init(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 5],
    ) -> Result<(), Stop> {
        let [memory, segment, mut target, mut source, mut len] = slots;
        let memory = self.memory_at(instance, memory)?;
        let at = self.instances.get(instance as usize).ok_or(OUTSIDE)?;
        let dropped = at
            .dropped_data
            .get(segment as usize)
            .copied()
            .unwrap_or(true);
        let module = at.module.clone();
        let bytes = match module.compiled().data.bytes(segment as u32) {
            Some(bytes) if !dropped => bytes,
            _ => &[],
        };
        if !inside(source, len, bytes.len() as u64) || !inside(target, len, self.memory_len(memory))
        {
            return Err(OUTSIDE);
        }
        while len != 0 {
            let chunk = len.min(BYTES);
            let from = bytes
                .get(source as usize..(source + chunk) as usize)
                .ok_or(OUTSIDE)?;
            self.view_of(memory).write(target, from).ok_or(OUTSIDE)?;
            target += chunk;
            source += chunk;
            len -= chunk;
            self.set_slot(2, target)?;
            self.set_slot(3, source)?;
            self.set_slot(4, len)?;
            if len != 0 {
                self.poll(host)?;
            }
        }
        Ok(())
    }
}
