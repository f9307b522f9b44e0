// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Returns and indirect branches in the form that the running kernel uses (see [`crate::config::BranchForm`]).
//!
//! Indirect branches go through `r11` only. Forms with a thunk may change flags. An `int3` behind whatever does not
//! fall through stops straight-line speculation.

use dynasm::dynasm;

use super::asm::Assembler;
use crate::config::{BranchForm, Config};

/// `endbr64`, if configured: where indirect branches land.
pub fn endbr(asm: &mut Assembler, config: &Config) {
    if config.endbr {
        asm.extend(&[0xf3, 0x0f, 0x1e, 0xfa]);
    }
}

/// Returns to the address on top of the stack.
pub fn ret(asm: &mut Assembler, config: &Config) {
    match config.returns {
        BranchForm::Plain | BranchForm::Lfence => dynasm!(asm ; .arch x64 ; ret),
        BranchForm::Thunk { call, .. } => jump_to(asm, call),
    }
    asm.push(0xcc);
}

/// Returns to the address on top of the stack, and removes so many bytes above it. Changes `r11`.
pub fn ret_removing(asm: &mut Assembler, config: &Config, bytes: u16) {
    match (bytes, config.returns) {
        (0, _) => return ret(asm, config),
        (_, BranchForm::Plain | BranchForm::Lfence) => {
            dynasm!(asm ; .arch x64 ; ret bytes as i16);
        }
        (_, BranchForm::Thunk { call, .. }) => {
            dynasm!(asm
                ; .arch x64
                ; pop r11
                ; add rsp, i32::from(bytes)
                ; push r11
            );
            jump_to(asm, call);
        }
    }
    asm.push(0xcc);
}

/// Goes to the address on top of the stack, where no call came from: as a jump, if those are as cheap as returns, since a return
/// would be predicted wrongly, and every later one too. The address must have [`endbr`]. Changes `r11`.
pub fn leave(asm: &mut Assembler, config: &Config) {
    match config.indirect {
        BranchForm::Plain => {
            dynasm!(asm ; .arch x64 ; pop r11);
            jmp_r11(asm, config);
        }
        BranchForm::Lfence | BranchForm::Thunk { .. } => ret(asm, config),
    }
}

/// Calls the address in `r11`.
pub fn call_r11(asm: &mut Assembler, config: &Config) {
    match config.indirect {
        BranchForm::Plain => dynasm!(asm ; .arch x64 ; call r11),
        BranchForm::Lfence => dynasm!(asm ; .arch x64 ; lfence ; call r11),
        BranchForm::Thunk { call, .. } => {
            asm.push(0xe8);
            asm.absolute(call);
        }
    }
}

/// Jumps to the address in `r11`.
pub fn jmp_r11(asm: &mut Assembler, config: &Config) {
    match config.indirect {
        BranchForm::Plain => dynasm!(asm ; .arch x64 ; jmp r11),
        BranchForm::Lfence => dynasm!(asm ; .arch x64 ; lfence ; jmp r11),
        BranchForm::Thunk { jump, .. } => jump_to(asm, jump),
    }
    asm.push(0xcc);
}

fn jump_to(asm: &mut Assembler, target: u64) {
    asm.push(0xe9);
    asm.absolute(target);
}
