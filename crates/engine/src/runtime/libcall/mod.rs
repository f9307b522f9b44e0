// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Services for generated code: growth, and bulk operations in chunks.
//!
//! A long operation checks all its bounds first, then works in chunks and asks for interruptions between them. What is left
//! to do is always in the slots of the exit: a parked operation continues where it was, and one that was not
//! parked never notices.

mod memory;
mod table;

use super::{host::Host, run::Stop, store::Store, sys::slots};
use crate::{platform::Platform, trap::TrapCode, vm::LibCall};

/// Most slots of any service.
const SLOTS: usize = 5;
/// Memory bytes moved between two checks for interruptions: well below a millisecond.
const BYTES: u64 = 256 << 10;
/// Table slots moved between two checks.
const ITEMS: u64 = 32 << 10;

/// A slot as an index: generated code zero-extends, the mask only makes that certain.
fn narrow(value: u64) -> u64 {
    value & 0xffff_ffff
}

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
        let [a, b, c, d, e] = values;
        match call {
            LibCall::MemoryGrow => {
                let grown = self.memory_grow(instance, narrow(a) as u32, narrow(b) as u32);
                self.set_slot(0, u64::from(grown.unwrap_or(u32::MAX)))
            }
            LibCall::MemoryFill => self.memory_fill(host, instance, [a, b, c, d].map(narrow)),
            LibCall::MemoryCopy => self.memory_copy(host, instance, [a, b, c, d, e].map(narrow)),
            LibCall::MemoryInit => self.memory_init(host, instance, [a, b, c, d, e].map(narrow)),
            LibCall::DataDrop => {
                self.drop_data(instance, narrow(a) as u32);
                Ok(())
            }
            LibCall::TableGrow => {
                let grown = self.table_grow(instance, narrow(a) as u32, b, narrow(c) as u32);
                self.set_slot(0, u64::from(grown.unwrap_or(u32::MAX)))
            }
            LibCall::TableFill => {
                self.table_fill(host, instance, narrow(a), narrow(b), c, narrow(d))
            }
            LibCall::TableCopy => self.table_copy(host, instance, [a, b, c, d, e].map(narrow)),
            LibCall::TableInit => {
                let [table, segment, target, source, len] = [a, b, c, d, e].map(narrow);
                self.table_init_chunked(host, instance, [table, segment, target, source, len])
            }
            LibCall::ElemDrop => {
                self.drop_element(instance, narrow(a) as u32);
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
