// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Services for generated code: growth, and bulk operations in chunks. Slots of i32 are zero-extended, so that indices of 32 and
//! of 64 bits are served alike.
//!
//! A long operation checks all its bounds first, then works in chunks and asks for interruptions between them. What is left
//! to do is always in the slots of the exit: a parked operation continues where it was, and one that was not
//! parked never notices.

mod growth;
mod memory;
mod table;
mod wait;

use super::{host::Host, run::Stop, store::Store, sys::slots};
use crate::{platform::Platform, trap::TrapCode, vm::LibCall};

/// Most slots of any service.
const SLOTS: usize = 6;
/// Memory bytes moved between two checks for interruptions: well below a millisecond.
const BYTES: u64 = 256 << 10;
/// Table slots moved between two checks.
const ITEMS: u64 = 32 << 10;

impl<P: Platform> Store<P> {
    /// Serves the library call that wasm left for.
    pub(super) fn library_call(&mut self, host: &mut dyn Host) -> Result<(), Stop> {
        const LOST: Stop = Stop::Trap(TrapCode::HostFailure);
        let number = self.context.exit_code();
        let call = LibCall::ALL
            .into_iter()
            .find(|&call| call as u32 == number)
            .ok_or(LOST)?;
        let instance = self.caller().ok_or(LOST)?;
        self.last_caller = instance;
        let mut values = [0; SLOTS];
        for (value, &slot) in values
            .iter_mut()
            .zip(self.slots(call.slots()).ok_or(LOST)?.iter())
        {
            *value = slot;
        }
        let [a, b, c, d, e, f] = values;
        match call {
            LibCall::MemoryGrow => self.memory_grow(host, instance, a, b),
            LibCall::MemoryFill => self.memory_fill(host, instance, [a, b, c, d]),
            LibCall::MemoryCopy => self.memory_copy(host, instance, [a, b, c, d, e]),
            LibCall::MemoryInit => self.memory_init(host, instance, [a, b, c, d, e]),
            LibCall::DataDrop => {
                self.drop_data(instance, a as u32);
                Ok(())
            }
            LibCall::TableGrow => {
                let old = self.table_grow(instance, a, b, c);
                self.set_slot(0, old)
            }
            LibCall::TableFill => self.table_fill(host, instance, a, b, c, d),
            LibCall::TableCopy => self.table_copy(host, instance, [a, b, c, d, e]),
            LibCall::TableInit => self.table_init_chunked(host, instance, [a, b, c, d, e]),
            LibCall::Throw => self.throw(host, instance, a as u32),
            LibCall::ThrowRef => self.throw_ref(host, a),
            LibCall::AtomicNotify => {
                let woken = self.atomic_notify(instance, [a, b, c, d], e)?;
                self.set_slot(0, woken)
            }
            LibCall::AtomicWait32 => {
                let result = self.atomic_wait(host, instance, [a, b, c, d], (e, 4), f)?;
                self.set_slot(0, result)
            }
            LibCall::AtomicWait64 => {
                let result = self.atomic_wait(host, instance, [a, b, c, d], (e, 8), f)?;
                self.set_slot(0, result)
            }
            LibCall::ElemDrop => {
                self.drop_element(instance, a as u32);
                Ok(())
            }
        }
    }

    fn slots(&mut self, count: usize) -> Option<&mut [u64]> {
        slots(&mut self.stack, self.context.values(), count)
    }

    /// Stores slot `index` of the exit.
    fn set_slot(&mut self, index: usize, value: u64) -> Result<(), Stop> {
        let slot = self.slots(index + 1).and_then(|slots| slots.get_mut(index));
        *slot.ok_or(Stop::Trap(TrapCode::HostFailure))? = value;
        Ok(())
    }
}
