// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `memory.copy` and `memory.fill` within memory 0: moderate lengths are done here, the rest by the runtime.
//!
//! Entered by a call with `rax` = destination, `rdx` = source or byte, `rcx` = length, all zero-extended from 32 bits. Changes these,
//! `r11` and the flags; keeps everything else, xmm registers included.
//!
//! All bounds are checked first, in both memory models, so nothing here faults, and a trap (in the name of the call) has moved
//! nothing. Where such a check was mispredicted, in the bounds model destination and source have become 0, and a length above [`MOST`]
//! has: that many bytes are in any memory that is not empty. A guard memory needs no such care: its reservation holds the sum of any two
//! 32-bit numbers, which is why copies count in 32 bits here.
//!
//! Lengths that a program copies and fills are hard to foresee, and a mispredicted branch takes as long as moving a hundred bytes. So few branches look at
//! a length, and each way does whatever its longest length needs: blocks beyond the end are the last one again.
//!
//! The string instructions go upwards only (the direction flag is always clear), so copies whose destination overlaps the end of the
//! source are the runtime's. They can be interrupted, but not by the interruption word: hence [`MOST`].

use dynasm::dynasm;

use super::exits::{pop_all, push_all};
use crate::{
    config::{Config, MemoryModel},
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
    check(asm, config, Source::Memory, (slow, outside));
    dynasm!(asm
        ; .arch x64
        ; mov r11, rax
        ; sub r11, rdx
        ; cmp r11, rcx
        ; jb =>slow
        ; cmp ecx, SHORT
        ; ja =>string
        // Blocks of which the last one overlaps the one before want source and destination apart.
        ; neg r11
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
    check(asm, config, Source::Byte, (slow, outside));
    dynasm!(asm
        ; .arch x64
        ; cmp rcx, SHORT_FILL
        ; ja =>string
    );
    short_fill(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>string
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
/// and the distance to the last block 0 (see [`is_masked`]); a loop that goes on by mistake stays at its last block. So nothing around the memory is read.
fn short_copy(asm: &mut Assembler, config: &Config) {
    let (small, again, done) = (asm.label(), asm.label(), asm.label());
    let (four, some, none) = (asm.label(), asm.label(), asm.label());
    let mask = |asm: &mut Assembler| {
        if is_masked(config) {
            dynasm!(asm ; .arch x64 ; cmovb rdx, r13 ; cmovb rcx, r14 => InstanceCtx.zero);
        }
    };
    dynasm!(asm
        ; .arch x64
        ; add rax, r13
        ; add rdx, r13
        ; cmp ecx, 16
        ; jbe =>small
        ; sub ecx, 16
    );
    mask(asm);
    dynasm!(asm ; .arch x64 ; push rdi ; =>again);
    for block in 0..8 {
        // The last block may lie before these, where the loop has been here before.
        dynasm!(asm
            ; .arch x64
            ; mov r11d, block * 16
            ; cmp rcx, block * 16
            ; cmovl r11, rcx
            ; mov rdi, [rdx + r11]
            ; mov [rax + r11], rdi
            ; mov rdi, [rdx + r11 + 8]
            ; mov [rax + r11 + 8], rdi
        );
    }
    dynasm!(asm
        ; .arch x64
        ; cmp rcx, 7 * 16
        ; jle =>done
        ; sub rcx, 8 * 16
        ; add rdx, 8 * 16
        ; add rax, 8 * 16
        ; jmp =>again
        ; =>done
        ; pop rdi
    );
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>small
        ; cmp ecx, 8
        ; jb =>four
        ; sub ecx, 8
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
    dynasm!(asm
        ; .arch x64
        ; =>four
        ; cmp ecx, 4
        ; jb =>some
        ; sub ecx, 4
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
    dynasm!(asm ; .arch x64 ; =>some ; sub ecx, 1 ; jb =>none);
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

/// Fills `rcx` bytes, at most [`SHORT_FILL`], and returns. It reads nothing, and what it writes where a branch was mispredicted lies
/// right around the memory.
fn short_fill(asm: &mut Assembler, config: &Config) {
    let (many, again) = (asm.label(), asm.label());
    let (four, some, none) = (asm.label(), asm.label(), asm.label());
    dynasm!(asm
        ; .arch x64
        ; add rax, r13
        ; movzx edx, dl
        ; mov r11, QWORD 0x0101_0101_0101_0101
        ; imul rdx, r11
        ; sub rcx, 8
        ; jb =>four
        ; cmp ecx, 24
        ; ja =>many
        ; mov [rax], rdx
    );
    for block in 1..3 {
        dynasm!(asm
            ; .arch x64
            ; mov r11d, block * 8
            ; cmp rcx, block * 8
            ; cmovb r11, rcx
            ; mov [rax + r11], rdx
        );
    }
    dynasm!(asm ; .arch x64 ; mov [rax + rcx], rdx);
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>many
        ; sub rcx, 8
        ; push rdi
        ; xor r11d, r11d
        ; =>again
    );
    for block in 0..4 {
        dynasm!(asm
            ; .arch x64
            ; lea rdi, [r11 + block * 16]
            ; cmp rdi, rcx
            ; cmova rdi, rcx
            ; mov [rax + rdi], rdx
            ; mov [rax + rdi + 8], rdx
        );
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
        ; add rcx, 4
        ; js =>some
        ; mov [rax], edx
        ; mov [rax + rcx], edx
    );
    branch::ret(asm, config);
    dynasm!(asm
        ; .arch x64
        ; =>some
        ; add rcx, 3
        ; js =>none
        ; mov [rax], dl
        ; mov [rax + rcx], dl
        ; shr ecx, 1
        ; mov [rax + rcx], dl
        ; =>none
    );
    branch::ret(asm, config);
}

/// What `rdx` is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Memory,
    Byte,
}

/// Whether mispredicted branches are kept from reading and writing elsewhere. What they reach of a guard memory is its reservation.
fn is_masked(config: &Config) -> bool {
    config.speculation_safe && config.memory_model == MemoryModel::Bounds
}

/// Goes to `slow` if `rcx` is above [`MOST`], to `outside` unless so many bytes from `rax` on, and from `rdx` on if that is a place, are
/// in memory 0.
///
/// What the second branch is about takes longer to compute than the length, so the length does not depend on it: branches that look at
/// it find out early where they were mispredicted.
fn check(asm: &mut Assembler, config: &Config, source: Source, (slow, outside): (Label, Label)) {
    dynasm!(asm ; .arch x64 ; cmp rcx, MOST ; ja =>slow);
    if is_masked(config) {
        dynasm!(asm ; .arch x64 ; cmova rcx, r14 => InstanceCtx.zero);
    }
    // One look at the larger sum, which is below 2^33.
    if source == Source::Memory {
        dynasm!(asm
            ; .arch x64
            ; mov r11, rax
            ; cmp rax, rdx
            ; cmovb r11, rdx
            ; add r11, rcx
        );
    } else {
        dynasm!(asm ; .arch x64 ; lea r11, [rax + rcx]);
    }
    dynasm!(asm ; .arch x64 ; cmp r11, r14 => InstanceCtx.memory_len ; ja =>outside);
    if is_masked(config) {
        dynasm!(asm ; .arch x64 ; cmova rax, r14 => InstanceCtx.zero);
        if source == Source::Memory {
            dynasm!(asm ; .arch x64 ; cmova rdx, r14 => InstanceCtx.zero);
        }
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
