// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Why a module was refused.

use alloc::string::String;
use core::fmt;

/// Why validation or compilation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// What went wrong.
    pub kind: CompileErrorKind,
    /// Byte offset in the wasm binary, if known.
    pub offset: Option<usize>,
    /// Function index, if inside a body.
    pub function: Option<u32>,
}

/// Kinds of [`CompileError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileErrorKind {
    /// The binary is malformed or invalid; the validator's words.
    Invalid(String),
    /// A feature that is off; its name.
    Unsupported(String),
    /// An instruction that this CPU lacks; its name.
    Cpu(&'static str),
    /// A limit of the implementation: what, and the most that is accepted.
    Limit(&'static str, u64),
    /// An allocation failed.
    OutOfMemory,
    /// The embedder's poll asked to stop (a fatal signal).
    Interrupted,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            CompileErrorKind::Invalid(why) => write!(f, "invalid module: {why}")?,
            CompileErrorKind::Unsupported(what) => write!(f, "unsupported feature: {what}")?,
            CompileErrorKind::Cpu(what) => write!(f, "the CPU lacks {what}, which this module needs")?,
            CompileErrorKind::Limit(what, most) => write!(f, "too large: {what} (at most {most})")?,
            CompileErrorKind::OutOfMemory => f.write_str("out of memory")?,
            CompileErrorKind::Interrupted => f.write_str("interrupted")?,
        }
        if let Some(function) = self.function {
            write!(f, " in function {function}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " (at offset {offset:#x})")?;
        }
        Ok(())
    }
}
