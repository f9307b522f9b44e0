// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Failures inside the compiler: small and `Copy`; the caller adds where.

use crate::{
    error::CompileErrorKind,
    isa::x64::asm::{AsmError, Assembler},
};

/// Why a body cannot be compiled. What is said about it is behind a reference, so that results stay in registers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fail {
    OutOfMemory,
    /// A limit: what, and the most that is accepted.
    Limit(&'static (&'static str, u64)),
    /// The CPU lacks this.
    Cpu(&'static &'static str),
    /// The validator did not see this proposal off: an operator outside the supported set.
    Unsupported,
    /// The compiler contradicts itself.
    Internal(&'static &'static str),
}

/// Result of a step of the compiler.
pub(super) type R<T = ()> = Result<T, Fail>;

impl From<Fail> for CompileErrorKind {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::OutOfMemory => Self::OutOfMemory,
            Fail::Limit(&(what, most)) => Self::Limit(what, most),
            Fail::Cpu(what) => Self::Cpu(what),
            Fail::Unsupported => Self::Internal("operator outside the supported set"),
            Fail::Internal(what) => Self::Internal(what),
        }
    }
}

/// The assembler's latched failure, if any.
pub(super) fn check(asm: &Assembler) -> R {
    match asm.error() {
        None => Ok(()),
        Some(AsmError::OutOfMemory) => Err(Fail::OutOfMemory),
        Some(AsmError::TooLarge) => Err(Fail::Limit(&("bytes of machine code", MAX_CODE as u64))),
        Some(AsmError::Unbound) => Err(Fail::Internal(&"unbound label")),
        Some(AsmError::Rebound) => Err(Fail::Internal(&"label bound twice")),
        Some(AsmError::Range) => Err(Fail::Internal(&"branch out of range")),
        Some(AsmError::Patch) => Err(Fail::Internal(&"patch outside the code")),
    }
}

/// Most bytes of machine code of a module.
pub(super) const MAX_CODE: usize = 512 << 20;

/// Appends to a vector without aborting when memory is short.
pub(super) fn push<T>(vec: &mut alloc::vec::Vec<T>, item: T) -> R {
    if vec.len() == vec.capacity() && vec.try_reserve(1).is_err() {
        return Err(Fail::OutOfMemory);
    }
    vec.push(item);
    Ok(())
}
