// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What an instance takes besides its memories and tables.

use core::mem::size_of;

use super::CompiledModule;
use crate::vm::FuncRecord;

/// So many bytes of an instance's upkeep count for nothing: a limit on memory is meant for what programs see of it.
pub const FREE_UPKEEP: u64 = 256 << 10;

/// Numbers of a type: its own, its representative (instance and type), its group's (level and number).
const TYPE: usize = 4 + 8 + 8;
/// Instance and index of an imported global; number of a tag; whether a segment is dropped.
const GLOBAL: usize = 8;
const TAG: usize = 4;
const SEGMENT: usize = 1;

impl CompiledModule {
    /// Bytes that each instance takes for its context, the records of its functions, and numbers of types and tags: more than a kilobyte only
    /// for a module with many of these.
    pub fn upkeep(&self) -> u64 {
        let parts = [
            (1, self.layout.size()),
            (self.functions.len(), size_of::<FuncRecord>()),
            (self.types.len(), TYPE),
            (self.imported_globals as usize, GLOBAL),
            (self.tags.len(), TAG),
            (self.elements.len() + self.data.len(), SEGMENT),
        ];
        parts.iter().map(|&(n, each)| n as u64 * each as u64).sum()
    }
}
