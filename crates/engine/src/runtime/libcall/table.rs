// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Tables: grow, fill, copy, init.

use super::{
    super::{entity::TableEntity, host::Host, run::Stop, store::Store},
    ITEMS,
};
use crate::{platform::Platform, trap::TrapCode};

const OUTSIDE: TrapCode = TrapCode::TableOutOfBounds;

impl<P: Platform> Store<P> {
    /// The store's number of an instance's table.
    fn table_number(&self, instance: u32, table: u64) -> Option<usize> {
        let tables = &self.instances.get(instance as usize)?.tables;
        tables
            .get(usize::try_from(table).ok()?)
            .map(|&number| number as usize)
    }

    fn table_len(&self, number: usize) -> u64 {
        self.tables
            .get(number)
            .map_or(0, |table| table.len() as u64)
    }

    /// Grows a table; the old size. All ones of the index type if it cannot grow.
    pub(super) fn table_grow(&mut self, instance: u32, table: u64, value: u64, delta: u64) -> u64 {
        let quota = self.limits.max_memory.saturating_sub(self.used);
        let number = self.table_number(instance, table);
        let Some(entity) = number.and_then(|number| self.tables.get_mut(number)) else {
            return u64::MAX;
        };
        match entity.grow(delta, value, quota) {
            Ok(old) => {
                self.used += delta * 8;
                old
            }
            Err(_) if entity.index64 => u64::MAX,
            Err(_) => u64::from(u32::MAX),
        }
    }

    pub(super) fn table_fill(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        table: u64,
        mut target: u64,
        value: u64,
        mut len: u64,
    ) -> Result<(), Stop> {
        let number = self.table_number(instance, table).ok_or(OUTSIDE)?;
        if target.saturating_add(len) > self.table_len(number) {
            return Err(OUTSIDE.into());
        }
        while len != 0 {
            let chunk = len.min(ITEMS);
            let entity = self.tables.get_mut(number).ok_or(OUTSIDE)?;
            for index in target..target + chunk {
                entity.set(index as usize, value).ok_or(OUTSIDE)?;
            }
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

    pub(super) fn table_copy(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 5],
    ) -> Result<(), Stop> {
        let [to, from, mut target, mut source, mut len] = slots;
        let to = self.table_number(instance, to).ok_or(OUTSIDE)?;
        let from = self.table_number(instance, from).ok_or(OUTSIDE)?;
        if target.saturating_add(len) > self.table_len(to)
            || source.saturating_add(len) > self.table_len(from)
        {
            return Err(OUTSIDE.into());
        }
        while len != 0 {
            let chunk = len.min(ITEMS);
            // As for memory: away from the overlap.
            let skip = if target <= source { 0 } else { len - chunk };
            self.copy_items(to, from, target + skip, source + skip, chunk)
                .ok_or(OUTSIDE)?;
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

    fn copy_items(
        &mut self,
        to: usize,
        from: usize,
        target: u64,
        source: u64,
        len: u64,
    ) -> Option<()> {
        let (target, source, len) = (target as usize, source as usize, len as usize);
        if to == from {
            return self.tables.get_mut(to)?.copy_within(source, target, len);
        }
        let (low, high) = self.tables.split_at_mut_checked(to.max(from))?;
        let (first, last): (&mut TableEntity, &mut TableEntity) =
            (low.get_mut(to.min(from))?, high.first_mut()?);
        if to < from {
            first.copy_from(last, source, target, len)
        } else {
            last.copy_from(first, source, target, len)
        }
    }

    /// `table.init` with interruptions.
    pub(super) fn table_init_chunked(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        slots: [u64; 5],
    ) -> Result<(), Stop> {
        let [table, segment, mut target, mut source, mut len] = slots;
        self.check_init(instance, table as u32, segment as u32, target, source, len)?;
        while len != 0 {
            let chunk = len.min(ITEMS);
            self.table_init(
                instance,
                table as u32,
                segment as u32,
                target,
                source,
                chunk,
            )?;
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

    /// The table's number, if both ranges fit.
    fn check_init(
        &self,
        instance: u32,
        table: u32,
        segment: u32,
        target: u64,
        source: u64,
        len: u64,
    ) -> Result<usize, TrapCode> {
        let at = self.instances.get(instance as usize).ok_or(OUTSIDE)?;
        let dropped = at
            .dropped_elements
            .get(segment as usize)
            .copied()
            .unwrap_or(true);
        let items = at
            .module
            .compiled()
            .elements
            .get(segment as usize)
            .filter(|_| !dropped);
        let items = items.map_or(0, |segment| segment.items.len() as u64);
        let number = self
            .table_number(instance, u64::from(table))
            .ok_or(OUTSIDE)?;
        if source.saturating_add(len) > items || target.saturating_add(len) > self.table_len(number)
        {
            return Err(OUTSIDE);
        }
        Ok(number)
    }

    /// `table.init` at once.
    pub(in super::super) fn table_init(
        &mut self,
        instance: u32,
        table: u32,
        segment: u32,
        target: u64,
        source: u64,
        len: u64,
    ) -> Result<(), TrapCode> {
        let number = self.check_init(instance, table, segment, target, source, len)?;
        let module = self
            .instances
            .get(instance as usize)
            .ok_or(OUTSIDE)?
            .module
            .clone();
        let items = module
            .compiled()
            .elements
            .get(segment as usize)
            .map_or(&[][..], |segment| &segment.items);
        let items = items.iter().skip(source as usize).take(len as usize);
        for (index, &item) in items.enumerate() {
            let value = self.evaluate(instance, item).ok_or(OUTSIDE)?;
            let slot = self
                .tables
                .get_mut(number)
                .and_then(|entity| entity.set(target as usize + index, value));
            slot.ok_or(OUTSIDE)?;
        }
        Ok(())
    }
}
