// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Direct branches to labels, and what must stand before an instruction that may fault.

use super::{
    asm::{Assembler, Label},
    regs::Cc,
};

impl Assembler {
    /// `jmp label`; short when it goes back not far.
    pub fn jmp(&mut self, label: Label) {
        self.branch(label, Some(0xeb), 0xe9, 1);
    }

    /// `jcc label`; short when it goes back not far.
    pub fn jcc(&mut self, cc: Cc, label: Label) {
        let long = u32::from(0x80 | cc as u8) << 8 | 0x0f;
        self.branch(label, Some(0x70 | cc as u8), long, 2);
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
        self.branch(label, None, 0xe8, 1);
    }

    /// A branch to `label`: with opcode `short` and one byte of displacement if that is enough, else with opcode `long`, which has `len`
    /// bytes, and four.
    fn branch(&mut self, label: Label, short: Option<u8>, long: u32, len: u32) {
        let Some(target) = self.label_offset(label) else {
            self.emit(long.into(), len + 4);
            return self.ends_open(label);
        };
        // Offsets are below 2^30: the difference fits.
        let distance = target.wrapping_sub(self.offset()) as i32;
        match (short, i8::try_from(distance - 2)) {
            (Some(short), Ok(near)) => {
                self.emit(u128::from(u16::from_le_bytes([short, near as u8])), 2)
            }
            _ => {
                let far = (distance - len as i32 - 4) as u32;
                self.emit(u128::from(long) | u128::from(far) << (len * 8), len + 4);
            }
        }
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
