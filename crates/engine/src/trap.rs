// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Traps: why wasm stopped. Names are those of the core specification's test suite.

use core::fmt;

/// Why an execution trapped. The discriminants are those of `wasmk_uapi::run::TrapCode`.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapCode {
    /// `unreachable` was executed.
    Unreachable = 0,
    /// Memory access out of bounds.
    MemoryOutOfBounds = 1,
    /// Table access out of bounds.
    TableOutOfBounds = 2,
    /// Indirect call of a null reference.
    NullReference = 3,
    /// Indirect call of a function of another type.
    IndirectCallTypeMismatch = 4,
    /// Integer division by zero.
    DivisionByZero = 5,
    /// Integer overflow in a division.
    IntegerOverflow = 6,
    /// Float too large or NaN in a conversion to integer.
    InvalidConversion = 7,
    /// The wasm stack is used up.
    StackOverflow = 8,
    /// Fuel is used up.
    OutOfFuel = 9,
    /// An indirect call's index is outside the table.
    UndefinedElement = 10,
    /// A host function failed in a way it cannot report to the guest.
    HostFailure = 11,
    /// A reference that must not be null is.
    NullValue = 12,
    /// Call of a null function reference.
    NullFunction = 13,
    /// A null exception was thrown.
    NullException = 14,
    /// Nothing caught an exception.
    UncaughtException = 15,
    /// There is no memory for an exception.
    ExceptionMemory = 16,
    /// The address of an atomic access is no multiple of its width.
    Unaligned = 17,
    /// A wait on a memory that is not shared.
    NotShared = 18,
}

impl TrapCode {
    /// All codes, indexed by discriminant.
    pub const ALL: [Self; 19] = [
        Self::Unreachable,
        Self::MemoryOutOfBounds,
        Self::TableOutOfBounds,
        Self::NullReference,
        Self::IndirectCallTypeMismatch,
        Self::DivisionByZero,
        Self::IntegerOverflow,
        Self::InvalidConversion,
        Self::StackOverflow,
        Self::OutOfFuel,
        Self::UndefinedElement,
        Self::HostFailure,
        Self::NullValue,
        Self::NullFunction,
        Self::NullException,
        Self::UncaughtException,
        Self::ExceptionMemory,
        Self::Unaligned,
        Self::NotShared,
    ];

    /// The code with discriminant `n`.
    pub fn from_u32(n: u32) -> Option<Self> {
        Self::ALL.get(n as usize).copied()
    }
}

impl fmt::Display for TrapCode {
    /// The text that the core test suite expects.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "unreachable",
            Self::MemoryOutOfBounds => "out of bounds memory access",
            Self::TableOutOfBounds => "out of bounds table access",
            Self::NullReference => "uninitialized element",
            Self::IndirectCallTypeMismatch => "indirect call type mismatch",
            Self::DivisionByZero => "integer divide by zero",
            Self::IntegerOverflow => "integer overflow",
            Self::InvalidConversion => "invalid conversion to integer",
            Self::StackOverflow => "call stack exhausted",
            Self::OutOfFuel => "all fuel consumed",
            Self::UndefinedElement => "undefined element",
            Self::HostFailure => "host function failed",
            Self::NullValue => "null reference",
            Self::NullFunction => "null function reference",
            Self::NullException => "null exception reference",
            Self::UncaughtException => "uncaught exception",
            Self::ExceptionMemory => "no memory for an exception",
            Self::Unaligned => "unaligned atomic",
            Self::NotShared => "expected shared memory",
        })
    }
}
