// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Host thunks: imported host functions as functions of generated code.

use dynasm::dynasm;

use super::{
    params::{is_float, value_slots, Assignment, Location},
    StubLabels,
};
use crate::{
    config::Config,
    isa::x64::{asm::Assembler, branch},
    module::{FuncType, ValType},
    vm::{ExitKind, FuncRecord, StoreCtx},
};

/// Frames up to this many bytes are within the reserve below the stack limit; larger ones are checked.
const UNCHECKED_FRAME: i32 = 1024;

/// Writes the host thunk of `ty` and returns its offset. Called as any function through its record: `rax` = the record, `r14`
/// = the importing instance.
pub fn emit_host_thunk(
    asm: &mut Assembler,
    config: &Config,
    stubs: &StubLabels,
    ty: &FuncType,
) -> u32 {
    let start = asm.offset();
    let (params_area, _) = Assignment::areas(ty);
    let stride = Assignment::param_stride(ty) as i32;
    let result_stride = Assignment::result_stride(ty) as i32;
    let slots = ValType::slots_of(&ty.params)
        .max(ValType::slots_of(&ty.results))
        .max(1);
    let frame = slots as i32 * 8;
    branch::endbr(asm, config);
    if frame > UNCHECKED_FRAME {
        let (check, enough) = (asm.here(), asm.label());
        dynasm!(asm
            ; .arch x64
            ; lea r11, [rsp - frame]
            ; cmp r11, r15 => StoreCtx.interrupt
            ; jae =>enough
            ; call =>stubs.interrupt
            ; jmp =>check
            ; =>enough
        );
    }
    dynasm!(asm ; .arch x64 ; sub rsp, frame);
    let mut params = Assignment::params();
    for (to, param) in value_slots(&ty.params) {
        match params.next(param) {
            Location::Integer(from) => dynasm!(asm ; .arch x64 ; mov [rsp + to], Rq(from)),
            Location::Float(from) if param == ValType::V128 => {
                dynasm!(asm ; .arch x64 ; movups [rsp + to], Rx(from))
            }
            Location::Float(from) if param == ValType::F32 => {
                dynasm!(asm ; .arch x64 ; movd r10d, Rx(from) ; mov [rsp + to], r10)
            }
            Location::Float(from) => dynasm!(asm ; .arch x64 ; movsd [rsp + to], Rx(from)),
            Location::Stack(from) => {
                let from = frame + 8 + from as i32 * stride;
                dynasm!(asm ; .arch x64 ; mov r10, [rsp + from] ; mov [rsp + to], r10);
                if param == ValType::V128 {
                    dynasm!(asm ; .arch x64 ; mov r10, [rsp + from + 8] ; mov [rsp + to + 8], r10);
                }
            }
        }
    }
    dynasm!(asm
        ; .arch x64
        ; mov eax, rax => FuncRecord.index
        ; mov rcx, [rsp + frame]
        ; mov r15 => StoreCtx.trap_pc, rcx
        ; mov r15 => StoreCtx.exit_code, eax
        ; mov r15 => StoreCtx.values, rsp
        ; mov DWORD r15 => StoreCtx.exit_kind, ExitKind::HostCall as i32
        ; call =>stubs.exit
    );
    branch::endbr(asm, config);
    if ty.results.iter().any(|&result| is_float(result)) {
        let open = asm.label();
        dynasm!(asm
            ; .arch x64
            ; cmp DWORD r15 => StoreCtx.fp_open, 0
            ; jne =>open
            ; call =>stubs.fp_open
            ; =>open
        );
    }
    let mut results = Assignment::results();
    for (from, result) in value_slots(&ty.results) {
        match results.next(result) {
            Location::Integer(to) => dynasm!(asm ; .arch x64 ; mov Rq(to), [rsp + from]),
            Location::Float(to) if result == ValType::V128 => {
                dynasm!(asm ; .arch x64 ; movups Rx(to), [rsp + from])
            }
            Location::Float(to) => dynasm!(asm ; .arch x64 ; movsd Rx(to), [rsp + from]),
            Location::Stack(to) => {
                let to = frame + 8 + params_area as i32 + to as i32 * result_stride;
                dynasm!(asm ; .arch x64 ; mov rcx, [rsp + from] ; mov [rsp + to], rcx);
                if result == ValType::V128 {
                    dynasm!(asm ; .arch x64 ; mov rcx, [rsp + from + 8] ; mov [rsp + to + 8], rcx);
                }
            }
        }
    }
    dynasm!(asm ; .arch x64 ; add rsp, frame);
    branch::ret_removing(asm, config, params_area as u16);
    start
}
