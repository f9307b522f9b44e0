// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Direct branches to labels, and what must stand before an instruction that may fault.

use super::{
    asm::{Assembler, Label},
    regs::Cc,
};

impl Assembler {
    /// `jmp label`; short when it goes back not far.
    pub fn jmp(&mut self, label: Label) {
        match self.short_back(label) {
            Some(displacement) => self.extend(&[0xeb, displacement as u8]),
            None => self.with_displacement(0xe9, 1, label),
        }
    }

    /// `jcc label`; short when it goes back not far.
    pub fn jcc(&mut self, cc: Cc, label: Label) {
        match self.short_back(label) {
            Some(displacement) => self.extend(&[0x70 | cc as u8, displacement as u8]),
            None => self.with_displacement(u32::from(0x80 | cc as u8) << 8 | 0x0f, 2, label),
        }
    }

    /// `jcc label` for a label that is bound within 127 bytes from here.
    pub fn jcc_near(&mut self, cc: Cc, label: Label) {
        self.extend(&[0x70 | cc as u8, 0]);
        self.dynamic_reloc(label, 0, 1, 0, 0);
    }

    /// `jmp label` for a label that is bound within 127 bytes from here.
    pub fn jmp_near(&mut self, label: Label) {
        self.extend(&[0xeb, 0]);
        self.dynamic_reloc(label, 0, 1, 0, 0);
    }

    /// `call label`.
    pub fn call(&mut self, label: Label) {
        self.with_displacement(0xe8, 1, label);
    }

    /// An opcode of `len` bytes and its displacement.
    fn with_displacement(&mut self, opcode: u32, len: u32, label: Label) {
        self.emit(opcode.into(), len + 4);
        self.dynamic_reloc(label, 0, 4, 0, 2);
    }

    /// The displacement of a two-byte branch to a bound label.
    fn short_back(&self, label: Label) -> Option<i8> {
        let target = self.label_offset(label)?;
        i8::try_from(i64::from(target) - i64::from(self.offset()) - 2).ok()
    }

    /// Stands before an instruction that may fault and returns its offset: it must not begin at the last byte of a page (see
    /// [`crate::module::CodeImage::bytes`]). Keeps the flags.
    pub fn fault_site(&mut self) -> u32 {
        if self.offset() & 0xfff == 0xfff {
            self.push(0x90);
        }
        self.offset()
    }
}
