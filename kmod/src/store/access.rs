// SPDX-License-Identifier: GPL-2.0
//! Looking into a store from outside: MEMORY, GLOBAL, FUEL, INFO, KILL.

use super::{run::value_type, Store};
use crate::{
    device,
    sys::{task, user},
};
use core::sync::atomic::Ordering::Relaxed;
use kernel::prelude::*;
use wasmk_uapi::{
    store::{Fuel, Global, Info, Kill, MemoryAccess, MEMORY_WRITE},
    NAME_MAX,
};

/// Bytes copied between two looks for a fatal signal.
const CHUNK: u64 = 64 << 10;

impl Store {
    pub(super) fn memory(&self, argument: usize) -> Result<isize> {
        let mut access = device::read::<MemoryAccess>(argument, MEMORY_WRITE, |m| m.header)?;
        if access.reserved != 0 {
            return Err(EINVAL);
        }
        let mut inner = self.hold()?;
        if inner.machine.module(access.instance).is_none() {
            return Err(ENOENT);
        }
        let mut memory = inner.machine.guest_memory(access.instance);
        access.memory_size = memory.len() as u64;
        let end = access.offset.checked_add(access.data.len).ok_or(ERANGE)?;
        if end > access.memory_size {
            access.write()?;
            return Err(ERANGE);
        }
        // By way of a buffer: a memory may be one that other threads write.
        let mut buffer = KVVec::new();
        buffer.resize(access.data.len.min(CHUNK) as usize, 0, GFP_KERNEL_ACCOUNT)?;
        let mut done = 0;
        while done < access.data.len {
            let chunk = (access.data.len - done).min(CHUNK) as usize;
            let chunk = buffer.get_mut(..chunk).ok_or(ERANGE)?;
            let at = access.offset + done;
            if access.header.flags & MEMORY_WRITE != 0 {
                user::read(access.data, done, chunk)?;
                memory.write(at, chunk).ok_or(ERANGE)?;
            } else {
                memory.read(at, chunk).ok_or(ERANGE)?;
                user::write(access.data, done, chunk)?;
            }
            done += chunk.len() as u64;
            if task::killed() {
                return Err(EINTR);
            }
            task::give_way();
        }
        access.write()?;
        Ok(0)
    }

    pub(super) fn global(&self, argument: usize) -> Result<isize> {
        let mut request = device::read::<Global>(argument, 0, |m| m.header)?;
        let name = user::bytes(request.name, 4 * NAME_MAX as u64, ENOENT)?;
        let name = core::str::from_utf8(&name).map_err(|_| EINVAL)?;
        let inner = self.hold()?;
        let instance = request.instance;
        let (ty, value) = inner.machine.global(instance, name).ok_or(ENOENT)?;
        request.value_type = value_type(ty.value) as u32;
        request.value = value;
        request.high = inner
            .machine
            .global_vector(instance, name)
            .map_or(0, |[_, high]| high);
        request.write()?;
        Ok(0)
    }

    pub(super) fn fuel(&self, argument: usize) -> Result<isize> {
        let mut request = device::read::<Fuel>(argument, 0, |m| m.header)?;
        let mut inner = self.hold()?;
        if !inner.modules.iter().any(|module| module.counts_fuel()) {
            return Err(EOPNOTSUPP);
        }
        let left = inner.machine.fuel();
        inner.machine.set_fuel(request.fuel);
        request.fuel = left;
        request.write()?;
        Ok(0)
    }

    pub(super) fn info(&self, argument: usize) -> Result<isize> {
        let mut info = device::read::<Info>(argument, 0, |m| m.header)?;
        info.entry = *self.entry()?;
        info.write()?;
        Ok(0)
    }

    pub(super) fn kill_ioctl(&self, argument: usize) -> Result<isize> {
        device::read::<Kill>(argument, 0, |m| m.header)?;
        self.kill();
        Ok(0)
    }

    /// Counts the fuel that a run used.
    pub(super) fn count_fuel(&self, before: u64, after: u64) {
        let used = before.saturating_sub(after);
        self.account.figures.fuel.fetch_add(used, Relaxed);
    }
}
