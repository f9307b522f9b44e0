// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What an instance takes besides its memories and tables.

use core::mem::size_of;

use super::CompiledModule;
use crate::vm::FuncRecord;

/// So many bytes of an instance's upkeep count for nothing: a limit on memory is meant for what programs see of it.
pub const FREE_UPKEEP: u64 = 256 << 10;

/// Bytes for a type: its number, its representative (instance and type), its group's level and first number.
const TYPE: usize = 4 + 8 + 8;
/// Bytes for an imported global: its owner, and its index there.
const GLOBAL: usize = 8;
/// Bytes for a tag: its number.
const TAG: usize = 4;
/// Bytes for a segment: whether it is dropped.
const SEGMENT: usize = 1;

impl CompiledModule {
    /// Bytes that each instance takes for its context, the records of its functions, and numbers of types and tags: forty for each
    /// function, sixteen for each global.
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
