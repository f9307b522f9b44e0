// SPDX-License-Identifier: GPL-2.0
//! How the running kernel returns and branches indirectly, read from templates that the module loader patched (`kmod/entry.S`).

use super::ffi;
use wasmk_engine::config::BranchForm;

/// Skips `cs` prefixes and, when `lfence` is there, that; true with it.
fn prefixes(mut code: &[u8]) -> (&[u8], bool) {
    let mut lfence = false;
    loop {
        match code {
            [0x2e, rest @ ..] => code = rest,
            [0x0f, 0xae, 0xe8, rest @ ..] => {
                lfence = true;
                code = rest;
            }
            _ => return (code, lfence),
        }
    }
}

/// Target of a `call rel32` or `jmp rel32` whose opcode is `opcode`, in `template` at `address`.
fn target(template: &[u8], address: usize, opcode: u8) -> Option<u64> {
    let (code, _) = prefixes(template);
    match *code {
        [first, a, b, c, d, ..] if first == opcode => {
            let end = address + (template.len() - code.len()) + 5;
            Some((end as u64).wrapping_add_signed(i32::from_le_bytes([a, b, c, d]).into()))
        }
        _ => None,
    }
}

/// The form of returns; `None` if this kernel does something unknown.
pub(crate) fn returns() -> Option<BranchForm> {
    // SAFETY: code of ours, mapped readable.
    let template = unsafe { &ffi::wasmk_template_ret };
    if let Some(call) = target(template, template.as_ptr() as usize, 0xe9) {
        return Some(BranchForm::Thunk { call, jump: call });
    }
    (prefixes(template).0.first() == Some(&0xc3)).then_some(BranchForm::Plain)
}

/// The form of indirect calls and jumps through `r11`; `None` if this kernel does something unknown.
pub(crate) fn indirect() -> Option<BranchForm> {
    // SAFETY: code of ours, mapped readable.
    let (call, jump) = unsafe { (&ffi::wasmk_template_call, &ffi::wasmk_template_jmp) };
    let thunks = (
        target(call, call.as_ptr() as usize, 0xe8),
        target(jump, jump.as_ptr() as usize, 0xe9),
    );
    if let (Some(call), Some(jump)) = thunks {
        return Some(BranchForm::Thunk { call, jump });
    }
    match (prefixes(call), prefixes(jump)) {
        (([0x41, 0xff, 0xd3, ..], false), ([0x41, 0xff, 0xe3, ..], _)) => Some(BranchForm::Plain),
        (([0x41, 0xff, 0xd3, ..], true), ([0x41, 0xff, 0xe3, ..], _)) => Some(BranchForm::Lfence),
        _ => None,
    }
}
