// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Entry trampolines: from argument slots to a call, and back.

use dynasm::dynasm;

use super::{
    params::{uses_floats, value_slots, Assignment, Location},
    StubLabels,
};
use crate::{
    config::Config,
    isa::x64::{asm::Assembler, branch},
    module::{FuncType, ValType},
    vm::{ExitKind, FuncRecord, InstanceCtx, StoreCtx},
};

/// Writes the entry trampoline of `ty` and returns its offset. The first switch of a call "returns" to it, on an empty stack.
///
/// Its frame: stack parameters, result area, and above them the address of the slots (host calls change `values`).
pub fn emit_trampoline(
    asm: &mut Assembler,
    config: &Config,
    stubs: &StubLabels,
    ty: &FuncType,
) -> u32 {
    let start = asm.offset();
    let (params_area, results_area) = Assignment::areas(ty);
    let (params_area, results_area) = (params_area as i32, results_area as i32);
    let stride = Assignment::param_stride(ty) as i32;
    let result_stride = Assignment::result_stride(ty) as i32;
    let area = params_area + results_area;
    branch::endbr(asm, config);
    if uses_floats(ty) {
        let open = asm.label();
        dynasm!(asm
            ; .arch x64
            ; cmp DWORD r15 => StoreCtx.fp_open, 0
            ; jne =>open
            ; call =>stubs.fp_open
            ; =>open
        );
    }
    dynasm!(asm
        ; .arch x64
        ; sub rsp, area + 8
        ; mov r10, r15 => StoreCtx.values
        ; mov [rsp + area], r10
    );
    let mut params = Assignment::params();
    for (from, param) in value_slots(&ty.params) {
        match params.next(param) {
            Location::Integer(to) => dynasm!(asm ; .arch x64 ; mov Rq(to), [r10 + from]),
            Location::Float(to) if param == ValType::V128 => {
                dynasm!(asm ; .arch x64 ; movups Rx(to), [r10 + from])
            }
            Location::Float(to) => dynasm!(asm ; .arch x64 ; movsd Rx(to), [r10 + from]),
            Location::Stack(to) => {
                let to = to as i32 * stride;
                dynasm!(asm ; .arch x64 ; mov rax, [r10 + from] ; mov [rsp + to], rax);
                if param == ValType::V128 {
                    dynasm!(asm ; .arch x64 ; mov rax, [r10 + from + 8] ; mov [rsp + to + 8], rax);
                }
            }
        }
    }
    dynasm!(asm
        ; .arch x64
        ; mov rax, r15 => StoreCtx.entry
        ; mov r14, rax => FuncRecord.instance
        ; mov r13, r14 => InstanceCtx.memory_base
        ; mov r11, rax => FuncRecord.code
    );
    branch::call_r11(asm, config);
    // The callee has removed its parameters.
    dynasm!(asm ; .arch x64 ; mov r10, [rsp + results_area]);
    let mut results = Assignment::results();
    for (to, result) in value_slots(&ty.results) {
        match results.next(result) {
            Location::Integer(from) => dynasm!(asm ; .arch x64 ; mov [r10 + to], Rq(from)),
            Location::Float(from) if result == ValType::V128 => {
                dynasm!(asm ; .arch x64 ; movups [r10 + to], Rx(from))
            }
            Location::Float(from) if result == ValType::F32 => {
                // A slot's high half is zero for f32.
                dynasm!(asm ; .arch x64 ; movd ecx, Rx(from) ; mov [r10 + to], rcx)
            }
            Location::Float(from) => dynasm!(asm ; .arch x64 ; movsd [r10 + to], Rx(from)),
            Location::Stack(from) => {
                let from = from as i32 * result_stride;
                dynasm!(asm ; .arch x64 ; mov rcx, [rsp + from] ; mov [r10 + to], rcx);
                if result == ValType::V128 {
                    dynasm!(asm ; .arch x64 ; mov rcx, [rsp + from + 8] ; mov [r10 + to + 8], rcx);
                }
            }
        }
    }
    dynasm!(asm
        ; .arch x64
        ; mov r15 => StoreCtx.values, r10
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::Return as i32
        // Nobody comes back: without a call the exit's return is predicted.
        ; jmp =>stubs.exit
    );
    start
}
