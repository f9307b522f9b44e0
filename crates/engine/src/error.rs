// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Why a module was refused.

use alloc::{collections::TryReserveError, string::String};
use core::fmt;

use wasmparser::WasmFeatures;

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
    /// The compiler contradicted itself: a bug, reported instead of a panic.
    Internal(&'static str),
}

impl CompileError {
    /// An error without a place.
    pub const fn new(kind: CompileErrorKind) -> Self {
        Self {
            kind,
            offset: None,
            function: None,
        }
    }

    /// An error at byte `offset` of the binary.
    pub const fn at(kind: CompileErrorKind, offset: usize) -> Self {
        Self {
            kind,
            offset: Some(offset),
            function: None,
        }
    }

    /// The same error, inside function `index`.
    #[must_use]
    pub fn in_function(mut self, index: u32) -> Self {
        self.function = Some(index);
        self
    }

    /// The same error, at byte `offset` of the binary.
    #[must_use]
    pub fn placed(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// A limit of the implementation is exceeded.
    pub const fn limit(what: &'static str, most: u64) -> Self {
        Self::new(CompileErrorKind::Limit(what, most))
    }
}

impl From<wasmparser::Error> for CompileError {
    /// A construct of a feature that is off is [`CompileErrorKind::Unsupported`], everything else is
    /// [`CompileErrorKind::Invalid`].
    fn from(error: wasmparser::Error) -> Self {
        // The validator does not mark these.
        let unmarked = match error.message() {
            "multiple memories" => Some(WasmFeatures::MULTI_MEMORY),
            "gc proposal not supported" => Some(WasmFeatures::GC),
            _ => None,
        };
        let kind = match error.missing_wasm_feature().or(unmarked) {
            Some(feature) => unsupported(feature, error.message()),
            None => try_text(&[error.message()]).map(CompileErrorKind::Invalid),
        };
        Self {
            kind: kind.unwrap_or(CompileErrorKind::OutOfMemory),
            offset: usize::try_from(error.offset()).ok(),
            function: None,
        }
    }
}

impl From<TryReserveError> for CompileError {
    fn from(_: TryReserveError) -> Self {
        Self::new(CompileErrorKind::OutOfMemory)
    }
}

/// "simd (SIMD support is not enabled)"; `None` if memory is short.
fn unsupported(feature: WasmFeatures, message: &str) -> Option<CompileErrorKind> {
    let name = feature
        .iter_names()
        .next()
        .map_or("an unknown feature", |(name, _)| name);
    let mut text = try_text(&[name, " (", message, ")"])?;
    // The validator writes names like constants.
    text.get_mut(..name.len())?.make_ascii_lowercase();
    Some(CompileErrorKind::Unsupported(text))
}

/// The parts, joined; `None` if memory is short.
fn try_text(parts: &[&str]) -> Option<String> {
    let mut text = String::new();
    text.try_reserve_exact(parts.iter().map(|part| part.len()).sum())
        .ok()?;
    parts.iter().for_each(|part| text.push_str(part));
    Some(text)
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            CompileErrorKind::Invalid(why) => write!(f, "invalid module: {why}")?,
            CompileErrorKind::Unsupported(what) => write!(f, "unsupported feature: {what}")?,
            CompileErrorKind::Cpu(what) => {
                write!(f, "the CPU lacks {what}, which this module needs")?
            }
            CompileErrorKind::Limit(what, most) => write!(f, "too large: {what} (at most {most})")?,
            CompileErrorKind::OutOfMemory => f.write_str("out of memory")?,
            CompileErrorKind::Interrupted => f.write_str("interrupted")?,
            CompileErrorKind::Internal(what) => write!(f, "compiler bug: {what}")?,
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

impl core::error::Error for CompileError {}
