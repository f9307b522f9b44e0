// SPDX-License-Identifier: GPL-2.0
//! What to compile for: this CPU, and this kernel's mitigations.

use crate::sys::{cpu, thunks};
use kernel::prelude::*;
use wasmk_engine::config::{BranchForm, Config, Edition, MemoryModel};
use wasmk_uapi::device::mitigation;

/// The configuration of a module; `None` only if [`check`] failed.
pub(crate) fn config(memory_model: MemoryModel, fuel: bool, edition: Edition) -> Option<Config> {
    Some(Config {
        edition,
        memory_model,
        fuel,
        speculation_safe: true,
        endbr: cpu::ibt(),
        returns: thunks::returns()?,
        indirect: thunks::indirect()?,
        cpu: cpu::features(),
    })
}

/// Refuses a kernel that returns or branches in a way that is not known here.
pub(crate) fn check() -> Result {
    if config(MemoryModel::Bounds, false, Edition::Three).is_none() {
        pr_err!("this kernel's form of returns or indirect branches is not known\n");
        return Err(ENODEV);
    }
    Ok(())
}

/// Bits of `wasmk_uapi::device::mitigation`.
pub(crate) fn mitigations() -> u32 {
    let mut bits = 0;
    if matches!(thunks::returns(), Some(BranchForm::Thunk { .. })) {
        bits |= mitigation::RETURN_THUNK;
    }
    if matches!(thunks::indirect(), Some(BranchForm::Thunk { .. })) {
        bits |= mitigation::RETPOLINE;
    }
    if cpu::ibt() {
        bits |= mitigation::IBT;
    }
    bits
}

/// The mitigations in words.
pub(crate) fn describe() -> &'static str {
    match (
        mitigations() & mitigation::RETURN_THUNK,
        mitigations() & mitigation::RETPOLINE,
    ) {
        (0, 0) => "plain branches",
        (_, 0) => "return thunks",
        (0, _) => "retpolines",
        _ => "return thunks and retpolines",
    }
}
