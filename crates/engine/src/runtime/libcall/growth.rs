// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Growth of memories, which may take long, and may wait for that of others.
//!
//! A call that is over gives its growth up. One that only has to park does so before its growth begins, and begins anew when it is resumed;
//! a growth that has begun goes on first, so that signals which come often do not keep it from ever being done.

use super::{
    super::{
        host::Host,
        run::{Pending, Stop},
        store::Store,
        sys::StoreContext,
    },
    memory::OUTSIDE,
};
use crate::platform::Platform;

/// What is asked while a memory grows.
struct Watch<'a> {
    context: &'a StoreContext,
    host: &'a mut dyn Host,
    /// Why the growth is given up.
    stop: Option<Stop>,
    /// The call parks when the memory has grown, or cannot.
    parks: bool,
}

impl Watch<'_> {
    /// Whether a growth goes on that has made so many bytes.
    fn goes_on(&mut self, done: u64) -> bool {
        if self.stop.is_none() && self.context.wants_interrupt() && self.context.take_interrupt() {
            match self.host.interrupted().into_result() {
                Ok(()) => {}
                Err(Stop::Park) if done != 0 => self.parks = true,
                Err(stop) => self.stop = Some(stop),
            }
        }
        self.stop.is_none()
    }
}

/// How a growth ended that was not given up.
struct Grown {
    /// The old size in pages, if it has grown.
    old: Option<u64>,
    /// The call parks now.
    parks: bool,
}

impl<P: Platform> Store<P> {
    /// Grows a memory and tells every instance that keeps its length. Puts the old size in pages into the first slot, or all ones of the
    /// index type if it cannot grow.
    pub(super) fn memory_grow(
        &mut self,
        host: &mut dyn Host,
        instance: u32,
        memory: u64,
        delta: u64,
    ) -> Result<(), Stop> {
        let number = self.memory_at(instance, memory)?;
        let index64 = self.memories.get(number).is_some_and(|it| it.index64);
        let grown = self.grow_memory(host, number, delta)?;
        let failed = match index64 {
            true => u64::MAX,
            false => u64::from(u32::MAX),
        };
        self.set_slot(0, grown.old.unwrap_or(failed))?;
        if grown.parks {
            // It is done: a resumed run enters.
            self.pending = Pending::Enter;
            return Err(Stop::Park);
        }
        Ok(())
    }

    fn grow_memory(
        &mut self,
        host: &mut dyn Host,
        number: usize,
        delta: u64,
    ) -> Result<Grown, Stop> {
        let mut watch = Watch {
            context: &self.context,
            host,
            stop: None,
            parks: false,
        };
        let quota = self.limits.max_memory.saturating_sub(self.used);
        let entity = self.memories.get_mut(number).ok_or(OUTSIDE)?;
        let before = entity.len();
        let old = entity.grow(delta, quota, &mut |done| watch.goes_on(done));
        if let Some(stop) = watch.stop {
            return Err(stop);
        }
        let grown = Grown {
            old: old.ok(),
            parks: watch.parks,
        };
        if grown.old.is_none() || entity.as_shared().is_some() {
            return Ok(grown);
        }
        let len = entity.len();
        self.used += len - before;
        for &sharer in &entity.sharers {
            if let Some(sharer) = self.instances.get_mut(sharer as usize) {
                sharer.context.set_memory_len(len);
            }
        }
        Ok(grown)
    }
}
