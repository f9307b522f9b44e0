// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Memory: grow, fill, copy, init.

use super::{
    super::{host::Host, run::Stop, store::Store},
    BYTES,
};
use crate::{platform::Platform, trap::TrapCode};

const OUTSIDE: Stop = Stop::Trap(TrapCode::MemoryOutOfBounds);

/// Whether `len` bytes at `start` lie in `size` bytes. All are below 2^33.
fn inside(start: u64, len: u64, size: u64) -> bool {
    start.saturating_add(len) <= size
}

impl<P: Platform> Store<P> {
    fn memory_len(&self, instance: u32) -> u64 {
        let memory = self
            .instances
            .get(instance as usize)
            .and_then(|at| at.memory);
        memory
            .and_then(|memory| self.memories.get(memory as usize))
            .map_or(0, |memory| memory.len())
    }

    /// Grows memory 0 and tells every instance that shares it; the old size in pages.
    pub(in super::super) fn memory_grow(
        &mut self,
        instance: u32,
        memory: u32,
        delta: u32,
    ) -> Option<u32> {
        if memory != 0 {
            return None;
        }
        let memory = self.instances.get(instance as usize)?.memory?;
        let entity = self.memories.get_mut(memory as usize)?;
        let before = entity.len();
        let old = entity
            .grow(delta, self.limits.max_memory.saturating_sub(self.used))
            .ok()?;
        let len = entity.len();
        self.used += len - before;
        for &sharer in &entity.sharers {
            if let Some(sharer) = self.instances.get_mut(sharer as usize) {
                sharer.context.set_memory_len(len);
            }
        }
        Some(old)
    }

    pub(super) fn memory_fill(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 4],
    ) -> Result<(), Stop> {
        let [_, mut target, byte, mut len] = slots;
        if !inside(target, len, self.memory_len(instance)) {
            return Err(OUTSIDE);
        }
        while len != 0 {
            let chunk = len.min(BYTES);
            let range = target as usize..(target + chunk) as usize;
            self.memory(instance)
                .get_mut(range)
                .ok_or(OUTSIDE)?
                .fill(byte as u8);
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
        let [_, _, mut target, mut source, mut len] = slots;
        let size = self.memory_len(instance);
        if !inside(target, len, size) || !inside(source, len, size) {
            return Err(OUTSIDE);
        }
        while len != 0 {
            let chunk = len.min(BYTES);
            // Away from the overlap: upwards from the start, or downwards from the end. The choice is the same for what is left.
            let skip = if target <= source { 0 } else { len - chunk };
            let from = (source + skip) as usize..(source + skip + chunk) as usize;
            let to = (target + skip) as usize;
            let memory = self.memory(instance);
            if from.end > memory.len() || to + chunk as usize > memory.len() {
                return Err(OUTSIDE);
            }
            memory.copy_within(from, to);
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

    pub(super) fn memory_init(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 5],
    ) -> Result<(), Stop> {
        let [_, segment, mut target, mut source, mut len] = slots;
        let at = self.instances.get(instance as usize).ok_or(OUTSIDE)?;
        let dropped = at
            .dropped_data
            .get(segment as usize)
            .copied()
            .unwrap_or(true);
        let module = at.module.clone();
        let bytes: &[u8] = match module.compiled().data.get(segment as usize) {
            Some(data) if !dropped => &data.bytes,
            _ => &[],
        };
        if !inside(source, len, bytes.len() as u64)
            || !inside(target, len, self.memory_len(instance))
        {
            return Err(OUTSIDE);
        }
        while len != 0 {
            let chunk = len.min(BYTES);
            let from = bytes
                .get(source as usize..(source + chunk) as usize)
                .ok_or(OUTSIDE)?;
            let to = target as usize..(target + chunk) as usize;
            self.memory(instance)
                .get_mut(to)
                .ok_or(OUTSIDE)?
                .copy_from_slice(from);
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
