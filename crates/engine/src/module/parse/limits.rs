// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What this implementation accepts (core specification, appendix "Implementation Limitations"). Checked before anything is
//! allocated for the thing counted. The validator has limits of its own (those of the JavaScript API), mostly larger.

use crate::error::CompileError;

/// Bytes of a module.
pub const MODULE_BYTES: u64 = 64 << 20;
/// Bytes of a type section.
pub const TYPE_BYTES: u64 = 8 << 20;
/// Bytes of a function body.
pub const BODY_BYTES: u64 = 4 << 20;
/// Types of a module.
pub const TYPES: u64 = 200_000;
/// Parameters of a function type.
pub const PARAMS: u64 = 1_000;
/// Results of a function type.
pub const RESULTS: u64 = 1_000;
/// Parameters and results of all types of a module: an instantiation sorts types by contents, which nothing interrupts.
pub const TYPE_VALUES: u64 = 2_000_000;
/// Imports of a module.
pub const IMPORTS: u64 = 100_000;
/// Functions of a module, imported ones included.
pub const FUNCTIONS: u64 = 500_000;
/// Tables of a module, imported ones included.
pub const TABLES: u64 = 100;
/// Memories of a module, imported ones included.
pub const MEMORIES: u64 = 100;
/// Tags of a module.
pub const TAGS: u64 = 100_000;
/// Globals of a module, imported ones included.
pub const GLOBALS: u64 = 100_000;
/// Operators of all constant expressions that compute, those folded beforehand not counted.
pub const CONST_OPERATORS: u64 = 1 << 20;
/// Exports of a module.
pub const EXPORTS: u64 = 100_000;
/// Element segments of a module.
pub const ELEMENT_SEGMENTS: u64 = 100_000;
/// Items of all element segments.
pub const ELEMENT_ITEMS: u64 = 10_000_000;
/// Bytes of an element section.
pub const ELEMENT_BYTES: u64 = 8 << 20;
/// Targets of a `br_table`, times one more than the values that its branches carry; for each clause of a `try_table`, one more than
/// the values of its tag: the validator looks at all.
pub const OPERATOR_VALUES: u64 = 1 << 22;
/// Data segments of a module.
pub const DATA_SEGMENTS: u64 = 100_000;
/// Bytes kept of a function's name; what is longer is cut.
pub const NAME_BYTES: usize = 256;
/// Bytes kept of all function names; what comes after is dropped.
pub const NAMES_BYTES: usize = 16 << 20;

/// `Err` if there are more than `most` of `what`.
pub fn check(what: &'static str, count: u64, most: u64) -> Result<(), CompileError> {
    if count > most {
        return Err(CompileError::limit(what, most));
    }
    Ok(())
}
