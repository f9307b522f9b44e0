// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Vectors that a function's code reads: they stand behind it, aligned, each once as far as a short look back can tell.

use alloc::vec::Vec;

use super::{
    fail::{push, R},
    function::Compiler,
};
use crate::isa::x64::asm::{Assembler, Label};

/// So many of the newest constants are compared with a new one.
const LOOK_BACK: usize = 32;
/// Between code and constants: `int3`.
const FILLER: u8 = 0xcc;

/// The constants of the function being compiled.
#[derive(Debug, Default)]
pub(super) struct Constants(Vec<(u128, Label)>);

impl Constants {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Writes them, the code being complete.
    pub(super) fn emit(&self, asm: &mut Assembler) {
        if self.0.is_empty() {
            return;
        }
        asm.align(16, FILLER);
        for &(value, label) in &self.0 {
            asm.bind(label);
            asm.extend(&value.to_le_bytes());
        }
    }
}

impl Compiler<'_> {
    /// Where `value` will be, as the operand of an instruction.
    pub(super) fn constant(&mut self, value: u128) -> R<Label> {
        let newest = self.constants.0.iter().rev().take(LOOK_BACK);
        if let Some(&(_, label)) = newest.into_iter().find(|known| known.0 == value) {
            return Ok(label);
        }
        let label = self.asm.label();
        push(&mut self.constants.0, (value, label))?;
        Ok(label)
    }
}
