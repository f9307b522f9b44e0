// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Waiting and waking, which the runtime serves: it makes the address, too.

use wasmparser::MemArg;

use super::bulk::service;
use crate::{
    codegen::{fail::R, function::Compiler},
    module::ValType,
    vm::LibCall,
};

/// The memory's number, and both halves of the offset.
fn immediates(memarg: MemArg) -> [u32; 3] {
    let (low, high) = (memarg.offset as u32, (memarg.offset >> 32) as u32);
    [memarg.memory, low, high]
}

pub(super) fn notify(c: &mut Compiler<'_>, memarg: MemArg) -> R {
    let result = Some(ValType::I32);
    service(
        c,
        LibCall::AtomicNotify,
        &immediates(memarg),
        (2, 8),
        result,
    )
}

pub(super) fn wait(c: &mut Compiler<'_>, memarg: MemArg, call: LibCall) -> R {
    service(c, call, &immediates(memarg), (3, 8), Some(ValType::I32))
}
