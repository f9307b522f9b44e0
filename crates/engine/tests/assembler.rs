// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The assembler buffer against `dynasmrt`, the runtime that `dynasm!` is made for: the same source gives the same bytes.
// `dynasm!` writes a conversion around every register number.
#![allow(clippy::useless_conversion)]

use dynasm::dynasm;
use dynasmrt::{x64::X64Relocation, DynasmApi, DynasmLabelApi, VecAssembler};
use wasmk_engine::isa::x64::asm::Assembler;

#[repr(C)]
struct Fields {
    first: u64,
    second: u32,
}

/// Writes the same code with either assembler.
macro_rules! write_code {
    ($asm:ident, $label:ident) => {{
        let (top, near, far, data) = ($asm.$label(), $asm.$label(), $asm.$label(), $asm.$label());
        for register in 0..16u8 {
            dynasm!($asm
                ; .arch x64
                ; mov Rq(register), QWORD 0x1122_3344_5566_7788 + i64::from(register)
                ; mov Rd(register), i32::from(register) * 0x0101_0101
                ; add Rq(register), BYTE register as i8
                ; lea Rq(register), [r13 + rdi * 4 - 100_000]
                ; movzx Rd(register), BYTE [rsp + i32::from(register) * 50]
                ; mov rcx, r15 => Fields.first
                ; mov DWORD r15 => Fields.second, i32::from(register)
                ; cvttsd2si Rq(register), Rx(register)
                ; movups [rsp + i32::from(register)], Rx(register)
                ; mov WORD [Rq(register)], 0x1234
                ; shl Rd(register), register as i8
            );
        }
        dynasm!($asm
            ; .arch x64
            ; =>top
            ; test eax, eax
            ; jz BYTE =>near
            ; jz =>far
            ; call =>top
            ; jmp BYTE =>near
            ; =>near
            ; lea rax, [=>data]
            ; lea rdx, [=>top]
            ; addsd xmm0, [=>data]
            ; jmp =>top
            ; loop =>near
            ; =>far
            ; .bytes &[0xf3u8, 0x0f, 0x1e, 0xfa]
            ; ret
            ; .align 16, 0x90
            ; =>data
            ; .i64 0x4000_0000_0000_0001
            ; .i32 -7
            ; .i8 -1
            ; jmp =>far
        );
    }};
}

#[test]
fn same_bytes_as_dynasmrt() {
    let mut theirs = VecAssembler::<X64Relocation>::new(0);
    write_code!(theirs, new_dynamic_label);
    let theirs = theirs.finalize().unwrap();
    let mut ours = Assembler::new(1 << 20);
    write_code!(ours, label);
    let (ours, relocs) = ours.finish().unwrap();
    assert!(theirs.len() > 1000);
    assert_eq!(ours, theirs);
    assert!(relocs.is_empty());
}
