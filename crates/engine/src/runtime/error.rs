// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! How runs end, and what can go wrong before they begin.

use core::fmt;

use crate::{platform::PlatformError, trap::TrapCode};

/// A trap and where it happened, as far as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What happened.
    pub code: TrapCode,
    /// The instance.
    pub instance: Option<u32>,
    /// The function's index in that instance's module; [`super::Module::function_name`] knows its name.
    pub function: Option<u32>,
    /// Byte offset of the operator in the wasm binary.
    pub offset: Option<u32>,
}

impl From<TrapCode> for Trap {
    fn from(code: TrapCode) -> Self {
        Self {
            code,
            instance: None,
            function: None,
            offset: None,
        }
    }
}

/// Why [`super::Store::run`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunExit {
    /// The function returned; see [`super::Store::results`].
    Returned,
    /// A trap ended the call. The store can run other calls.
    Trapped(Trap),
    /// A host function ended the program with this code.
    Exited(u32),
    /// The embedder asked to leave; the next run continues the call.
    Parked,
    /// The embedder ended the call.
    Killed,
    /// The embedder ended the call: its deadline passed.
    Deadline,
    /// No call was begun.
    Idle,
}

/// Why a store or a call cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeError {
    /// The platform could not give something.
    Platform(PlatformError),
    /// A call is in progress.
    Busy,
    /// No such function.
    NoFunction,
    /// Another number of arguments is wanted: this many.
    ArgumentCount(usize),
    /// A function reference among the arguments is neither null nor one of this store.
    BadReference,
    /// The function is a host function, which only wasm can call.
    HostFunction,
    /// The stack size is below the minimum, in bytes.
    StackTooSmall(usize),
}

impl From<PlatformError> for RuntimeError {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform(error) => write!(f, "{error}"),
            Self::Busy => f.write_str("a call is in progress"),
            Self::NoFunction => f.write_str("no such function"),
            Self::ArgumentCount(wanted) => {
                write!(f, "wrong number of arguments (the function takes {wanted})")
            }
            Self::BadReference => f.write_str("not a function reference of this store"),
            Self::HostFunction => f.write_str("a host function can be called from wasm only"),
            Self::StackTooSmall(least) => write!(f, "stack too small (at least {least} bytes)"),
        }
    }
}

/// Why a module cannot be instantiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstantiateError {
    /// Nothing is there for import number `import`.
    UnknownImport {
        /// Index in the module's imports.
        import: usize,
    },
    /// What is there for import number `import` has another type.
    IncompatibleImport {
        /// Index in the module's imports.
        import: usize,
    },
    /// The code was compiled for guard memories, and the imported memory is not one.
    MemoryModel {
        /// Index in the module's imports.
        import: usize,
    },
    /// An active segment does not fit. What earlier segments wrote into imported memories and tables stays.
    Trap(TrapCode),
    /// The platform could not give something.
    Platform(PlatformError),
    /// The compiled module contradicts itself: a bug of the compiler.
    Internal(&'static str),
}

impl From<PlatformError> for InstantiateError {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

impl fmt::Display for InstantiateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownImport { import } => write!(f, "unknown import (number {import})"),
            Self::IncompatibleImport { import } => {
                write!(f, "incompatible import type (number {import})")
            }
            Self::MemoryModel { import } => {
                write!(f, "import {import} is a memory without guard region, which this module's code needs")
            }
            Self::Trap(code) => write!(f, "{code}"),
            Self::Platform(error) => write!(f, "{error}"),
            Self::Internal(what) => write!(f, "internal error: {what}"),
        }
    }
}
