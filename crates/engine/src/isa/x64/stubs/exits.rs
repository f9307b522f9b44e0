// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The way in and the ways out.

use dynasm::dynasm;

use super::{bulk, StubLabels};
use crate::{
    config::{Config, CpuFeatures},
    isa::x64::{
        asm::{Assembler, Label},
        branch,
    },
    trap::TrapCode,
    vm::{ExitKind, InstanceCtx, StoreCtx, FAULT},
};

/// All integer registers but `rsp` and `r15` (which never changes), in the order they are pushed.
pub(super) const SAVED_REGISTERS: [u8; 14] = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];

pub(super) fn emit(asm: &mut Assembler, config: &Config) -> StubLabels {
    let switch = asm.here();
    emit_switch(asm, config);
    let exit = asm.here();
    emit_exit(asm, config);
    let interrupt = asm.here();
    emit_interrupt(asm, config, exit);
    let fp_open = asm.here();
    emit_fp_open(asm, config, exit);
    let libcall = asm.here();
    emit_libcall(asm, config, exit);
    let common = asm.label();
    let fault = asm.here();
    dynasm!(asm
        ; .arch x64
        ; mov r15 => StoreCtx.trap_pc, rax
        ; mov eax, FAULT as i32
        ; jmp =>common
    );
    let traps = TrapCode::ALL.map(|code| {
        let stub = asm.here();
        dynasm!(asm
            ; .arch x64
            ; mov eax, code as i32
            ; pop QWORD r15 => StoreCtx.trap_pc
            ; jmp =>common
        );
        stub
    });
    dynasm!(asm
        ; .arch x64
        ; =>common
        ; mov r15 => StoreCtx.exit_code, eax
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::Trap as i32
        ; jmp =>exit
    );
    let outside = traps
        .get(TrapCode::MemoryOutOfBounds as usize)
        .copied()
        .unwrap_or(fault);
    let memory_copy = asm.here();
    bulk::emit_copy(asm, config, exit, outside);
    let memory_fill = asm.here();
    bulk::emit_fill(asm, config, exit, outside);
    StubLabels {
        switch,
        exit,
        interrupt,
        fp_open,
        libcall,
        memory_copy,
        memory_fill,
        traps,
        fault,
    }
}

/// Saves the host's callee-saved registers and "returns" to where wasm left, or to a trampoline.
fn emit_switch(asm: &mut Assembler, config: &Config) {
    branch::endbr(asm, config);
    dynasm!(asm
        ; .arch x64
        ; push rbp
        ; push rbx
        ; push r12
        ; push r13
        ; push r14
        ; push r15
        ; mov r15, rdi
        ; mov r15 => StoreCtx.host_rsp, rsp
        ; mov rsp, r15 => StoreCtx.wasm_rsp
    );
    if config.cpu.contains(CpuFeatures::AVX) {
        // What a section begins with in the upper halves of the vector registers would slow SSE instructions down.
        let closed = asm.label();
        dynasm!(asm
            ; .arch x64
            ; cmp DWORD r15 => StoreCtx.fp_open, 0
            ; je =>closed
            ; vzeroupper
            ; =>closed
        );
    }
    branch::leave(asm, config);
}

/// Called (or jumped to, when nobody will come back): the other half of the switch.
fn emit_exit(asm: &mut Assembler, config: &Config) {
    dynasm!(asm
        ; .arch x64
        ; mov r15 => StoreCtx.caller, r14
        ; mov r15 => StoreCtx.wasm_rsp, rsp
        ; mov rsp, r15 => StoreCtx.host_rsp
        ; pop r15
        ; pop r14
        ; pop r13
        ; pop r12
        ; pop rbx
        ; pop rbp
    );
    branch::ret(asm, config);
}

pub(super) fn push_all(asm: &mut Assembler) {
    for register in SAVED_REGISTERS {
        dynasm!(asm ; .arch x64 ; push Rq(register));
    }
}

pub(super) fn pop_all(asm: &mut Assembler) {
    for register in SAVED_REGISTERS.into_iter().rev() {
        dynasm!(asm ; .arch x64 ; pop Rq(register));
    }
}

fn emit_interrupt(asm: &mut Assembler, config: &Config, exit: Label) {
    let (float, restore) = (asm.label(), asm.label());
    push_all(asm);
    dynasm!(asm
        ; .arch x64
        // Where the check is, for the trap of an overflow.
        ; mov rax, [rsp + SAVED_REGISTERS.len() as i32 * 8]
        ; mov r15 => StoreCtx.trap_pc, rax
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::Interrupt as i32
        ; cmp DWORD r15 => StoreCtx.fp_open, 0
        ; jne =>float
        ; call =>exit
        ; =>restore
    );
    branch::endbr(asm, config);
    pop_all(asm);
    branch::ret(asm, config);
    dynasm!(asm ; .arch x64 ; =>float ; sub rsp, 16 * 16);
    for register in 0..16u8 {
        dynasm!(asm ; .arch x64 ; movups [rsp + i32::from(register) * 16], Rx(register));
    }
    dynasm!(asm ; .arch x64 ; call =>exit);
    branch::endbr(asm, config);
    for register in 0..16u8 {
        dynasm!(asm ; .arch x64 ; movups Rx(register), [rsp + i32::from(register) * 16]);
    }
    dynasm!(asm ; .arch x64 ; add rsp, 16 * 16 ; jmp =>restore);
}

fn emit_fp_open(asm: &mut Assembler, config: &Config, exit: Label) {
    push_all(asm);
    dynasm!(asm
        ; .arch x64
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::FpOpen as i32
        ; call =>exit
    );
    branch::endbr(asm, config);
    pop_all(asm);
    branch::ret(asm, config);
}

fn emit_libcall(asm: &mut Assembler, config: &Config, exit: Label) {
    dynasm!(asm
        ; .arch x64
        ; mov rdx, [rsp]
        ; mov r15 => StoreCtx.trap_pc, rdx
        ; mov r15 => StoreCtx.values, rax
        ; mov r15 => StoreCtx.exit_code, ecx
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::LibCall as i32
        ; call =>exit
    );
    branch::endbr(asm, config);
    dynasm!(asm
        ; .arch x64
        ; mov r14, r15 => StoreCtx.caller
        ; mov r13, r14 => InstanceCtx.memory_base
    );
    branch::ret(asm, config);
}
