// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Landing pads: where the kernel's exception table sends faults of a page of code.

use dynasm::dynasm;

use super::StubLabels;
use crate::{isa::x64::asm::Assembler, module::Landing};

/// Bytes of a pad: `lea rax, [rip + disp32]` and `jmp rel32`.
const STRIDE: u32 = 12;
const PAGE: u32 = 4096;

/// Writes pads for the first `pages` pages of the image, in which offset 0 of `asm` is at `base`, a multiple of the page size.
///
/// A pad is entered with the site's offset in its page in `rdx`, sign-extended from 16 bits, and `r15` untouched.
pub fn emit_landing(asm: &mut Assembler, stubs: &StubLabels, base: u32, pages: u32) -> Landing {
    if pages == 0 {
        return Landing::default();
    }
    let common = asm.here();
    dynasm!(asm
        ; .arch x64
        ; and edx, 0xfff
        ; add rax, rdx
        ; jmp =>stubs.fault
    );
    let offset = asm.offset();
    let Some(common) = asm.label_offset(common) else {
        return Landing::default();
    };
    for page in 0..pages {
        let pad = asm.offset();
        // Offsets are below 2^30: the differences fit.
        asm.extend(&[0x48, 0x8d, 0x05]);
        asm.push_i32((page * PAGE) as i32 - (base + pad + 7) as i32);
        asm.push(0xe9);
        asm.push_i32(common as i32 - (pad + STRIDE) as i32);
    }
    Landing {
        offset: base + offset,
        stride: STRIDE,
        count: pages,
    }
}
