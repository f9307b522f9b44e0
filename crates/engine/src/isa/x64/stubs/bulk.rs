// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `memory.copy` and `memory.fill` within memory 0: moderate lengths are done here, the rest by the runtime.
//!
//! Entered by a call with `rax` = destination, `rdx` = source or byte, `rcx` = length, all zero-extended from 32 bits. Changes these,
//! `r11` and the flags; keeps everything else, xmm registers included.
//!
//! All bounds are checked first, in both memory models, so nothing here faults, and a trap (in the name of the call) has moved
//! nothing. Where such a check was mispredicted, the length has become 0 and the source with it. The string instructions
//! go upwards only (the direction flag is always clear), so copies whose destination overlaps the end of the source are the
//! runtime's. They can be interrupted, but not by the interruption word: hence [`MOST`].

use dynasm::dynasm;

use super::exits::{pop_all, push_all};
use crate::{
    config::Config,
    isa::x64::{
        asm::{Assembler, Label},
        branch,
    },
    vm::{ExitKind, InstanceCtx, LibCall, StoreCtx},
};

/// Most bytes that are moved without a look at the interruption word: a microsecond's work.
const MOST: i32 = 16 << 10;

/// Up to so many bytes are copied by plain instructions: string instructions take a while to begin.
const SHORT: i32 = 256;
/// Likewise for fills: those take longer still.
const SHORT_FILL: i32 = 1024;

/// Writes the stub for `memory.copy`; `outside` is the stub of the trap.
pub(super) fn emit_copy(asm: &mut Assembler, config: &Config, exit: Label, outside: Label) {
    let (slow, string) = (asm.label(), asm.label());
    check(asm, config, &[0, 2], outside);
    dynasm!(asm
        ; .arch x64
        ; cmp rcx, MOST
        ; ja =>slow
        ; mov r11, rax
        ; sub r11, rdx
        ; cmp r11, rcx
        ; jb =>slow
        ; cmp ecx, SHORT
        ; ja =>string
        // Blocks of which the last one overlaps the one before want source and destination apart.
        ; mov r11, rdx
        ; sub r11, rax
        ; cmp r11, rcx
        ; jb =>string
    );
    short_copy(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>string
        ; push rdi
        ; push rsi
        ; lea rdi, [r13 + rax]
        ; lea rsi, [r13 + rdx]
        ; rep movsb
        ; pop rsi
        ; pop rdi
    );
    branch::ret(asm, config);
    asm.bind(slow);
    // Slots from the last: length, source, destination, memories.
    emit_slow(asm, config, exit, LibCall::MemoryCopy);
}

/// Writes the stub for `memory.fill`.
pub(super) fn emit_fill(asm: &mut Assembler, config: &Config, exit: Label, outside: Label) {
    let (slow, string) = (asm.label(), asm.label());
    check(asm, config, &[0], outside);
    dynasm!(asm
        ; .arch x64
        ; cmp rcx, SHORT_FILL
        ; ja =>string
    );
    short_fill(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>string
        ; cmp rcx, MOST
        ; ja =>slow
        ; push rdi
        ; lea rdi, [r13 + rax]
        ; mov eax, edx
        ; rep stosb
        ; pop rdi
    );
    branch::ret(asm, config);
    asm.bind(slow);
    emit_slow(asm, config, exit, LibCall::MemoryFill);
}

/// Copies `rcx` bytes, at most [`SHORT`], which do not overlap, and returns. Blocks from either end overlap in the middle.
///
/// Each way takes at least as many bytes as a block has. Where its branch was mispredicted, the source becomes the start of the memory,
/// and the distance to the last block 0; a loop that goes on by mistake stays at its last block, by a conditional move. So nothing around the memory is read.
fn short_copy(asm: &mut Assembler, config: &Config) {
    let (sixteen, again) = (asm.label(), asm.label());
    let (four, some, none) = (asm.label(), asm.label(), asm.label());
    let mask = |asm: &mut Assembler| {
        if config.speculation_safe {
            dynasm!(asm ; .arch x64 ; cmovb rdx, r13 ; cmovb rcx, r14 => InstanceCtx.zero);
        }
    };
    dynasm!(asm
        ; .arch x64
        ; add rax, r13
        ; add rdx, r13
        ; cmp ecx, 8
        ; jb =>four
        ; cmp ecx, 16
        ; ja =>sixteen
        ; sub rcx, 8
    );
    mask(asm);
    dynasm!(asm
        ; .arch x64
        ; mov r11, [rdx]
        ; mov rdx, [rdx + rcx]
        ; mov [rax], r11
        ; mov [rax + rcx], rdx
    );
    branch::ret(asm, config);
    dynasm!(asm ; .arch x64 ; =>sixteen ; sub rcx, 16);
    mask(asm);
    dynasm!(asm
        ; .arch x64
        ; push rdi
        ; push rsi
        ; push rbx
        ; xor r11d, r11d
        ; =>again
    );
    for block in 0..4 {
        next_block(asm, block);
        dynasm!(asm
            ; .arch x64
            ; mov rsi, [rdx + rdi]
            ; mov rbx, [rdx + rdi + 8]
            ; mov [rax + rdi], rsi
            ; mov [rax + rdi + 8], rbx
        );
    }
    dynasm!(asm
        ; .arch x64
        ; add r11, 64
        ; cmp rdi, rcx
        ; jb =>again
        ; pop rbx
        ; pop rsi
        ; pop rdi
    );
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>four
        ; cmp ecx, 4
        ; jb =>some
        ; sub rcx, 4
    );
    mask(asm);
    dynasm!(asm
        ; .arch x64
        ; mov r11d, [rdx]
        ; mov edx, [rdx + rcx]
        ; mov [rax], r11d
        ; mov [rax + rcx], edx
    );
    branch::ret(asm, config);
    // The first, the last, and the middle one of three.
    dynasm!(asm ; .arch x64 ; =>some ; sub rcx, 1 ; jb =>none);
    mask(asm);
    dynasm!(asm
        ; .arch x64
        ; movzx r11d, BYTE [rdx]
        ; mov [rax], r11b
        ; movzx r11d, BYTE [rdx + rcx]
        ; mov [rax + rcx], r11b
        ; shr ecx, 1
        ; movzx r11d, BYTE [rdx + rcx]
        ; mov [rax + rcx], r11b
        ; =>none
    );
    branch::ret(asm, config);
}

/// `rdi` = offset of block `number` of 16 bytes behind `r11`, or of the last one (`rcx`) if that is nearer: up to four blocks, whatever their
/// number, take no branch that could be mispredicted.
fn next_block(asm: &mut Assembler, number: i32) {
    dynasm!(asm
        ; .arch x64
        ; lea rdi, [r11 + number * 16]
        ; cmp rdi, rcx
        ; cmova rdi, rcx
    );
}

/// Fills `rcx` bytes, at most [`SHORT_FILL`], and returns. It reads nothing, so mispredicted branches do not matter.
fn short_fill(asm: &mut Assembler, config: &Config) {
    let (sixteen, again) = (asm.label(), asm.label());
    let (four, some, none) = (asm.label(), asm.label(), asm.label());
    dynasm!(asm
        ; .arch x64
        ; add rax, r13
        ; movzx edx, dl
        ; mov r11, QWORD 0x0101_0101_0101_0101
        ; imul rdx, r11
        ; cmp ecx, 8
        ; jb =>four
        ; cmp ecx, 16
        ; ja =>sixteen
        ; mov [rax], rdx
        ; mov [rax + rcx - 8], rdx
    );
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>sixteen
        ; sub rcx, 16
        ; push rdi
        ; xor r11d, r11d
        ; =>again
    );
    for block in 0..4 {
        next_block(asm, block);
        dynasm!(asm ; .arch x64 ; mov [rax + rdi], rdx ; mov [rax + rdi + 8], rdx);
    }
    dynasm!(asm
        ; .arch x64
        ; add r11, 64
        ; cmp rdi, rcx
        ; jb =>again
        ; pop rdi
    );
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>four
        ; cmp ecx, 4
        ; jb =>some
        ; mov [rax], edx
        ; mov [rax + rcx - 4], edx
    );
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>some
        ; sub rcx, 1
        ; jb =>none
        ; mov [rax], dl
        ; mov [rax + rcx], dl
        ; shr ecx, 1
        ; mov [rax + rcx], dl
        ; =>none
    );
    branch::ret(asm, config);
}

/// Goes to `outside` unless `rcx` bytes from each of `starts` on are in memory 0.
fn check(asm: &mut Assembler, config: &Config, starts: &[u8], outside: Label) {
    let mask = |asm: &mut Assembler| {
        if config.speculation_safe {
            dynasm!(asm
                ; .arch x64
                ; cmova rcx, r14 => InstanceCtx.zero
                ; cmova rdx, r14 => InstanceCtx.zero
            );
        }
    };
    dynasm!(asm
        ; .arch x64
        ; mov r11, r14 => InstanceCtx.memory_len
        ; cmp rcx, r11
        ; ja =>outside
    );
    mask(asm);
    dynasm!(asm ; .arch x64 ; sub r11, rcx);
    for &start in starts {
        dynasm!(asm ; .arch x64 ; cmp Rq(start), r11 ; ja =>outside);
        mask(asm);
    }
}

/// Leaves for the runtime with everything saved, as for an interruption, and returns to the caller.
fn emit_slow(asm: &mut Assembler, config: &Config, exit: Label, call: LibCall) {
    let (integers, saved) = (asm.label(), asm.label());
    let slots = call.slots() as i32 * 8;
    dynasm!(asm
        ; .arch x64
        ; mov r11, [rsp]
        ; mov r15 => StoreCtx.trap_pc, r11
    );
    push_all(asm);
    dynasm!(asm
        ; .arch x64
        ; cmp DWORD r15 => StoreCtx.fp_open, 0
        ; je =>saved
        ; sub rsp, 16 * 16
    );
    for register in 0..16u8 {
        dynasm!(asm ; .arch x64 ; movups [rsp + i32::from(register) * 16], Rx(register));
    }
    dynasm!(asm
        ; .arch x64
        ; =>saved
        ; push rcx
        ; push rdx
        ; push rax
        ; push 0
    );
    if call == LibCall::MemoryCopy {
        dynasm!(asm ; .arch x64 ; push 0);
    }
    dynasm!(asm
        ; .arch x64
        ; mov r15 => StoreCtx.values, rsp
        ; mov DWORD r15 => StoreCtx.exit_code, call as i32
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::LibCall as i32
        ; call =>exit
    );
    branch::endbr(asm, config);
    dynasm!(asm
        ; .arch x64
        ; add rsp, slots
        ; cmp DWORD r15 => StoreCtx.fp_open, 0
        ; je =>integers
    );
    for register in 0..16u8 {
        dynasm!(asm ; .arch x64 ; movups Rx(register), [rsp + i32::from(register) * 16]);
    }
    dynasm!(asm ; .arch x64 ; add rsp, 16 * 16 ; =>integers);
    pop_all(asm);
    branch::ret(asm, config);
}
