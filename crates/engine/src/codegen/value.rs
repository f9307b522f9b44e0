// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Values of the abstract stack: their types, and where they are.

use crate::{
    isa::x64::{
        asm::Label,
        operand::Mem,
        regs::{Cc, Gpr, Precision, Width, Xmm},
    },
    module::ValType,
};

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// Where an entry's value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loc {
    /// A constant: i32 zero-extended, floats as bits, 0 for a null reference and for a vector of zeros.
    Const(u64),
    /// A vector that is this constant of the function.
    Constant(Label),
    /// An integer register: the entry's own, or the register of the local that the next operator sets.
    Gpr(Gpr),
    /// Likewise for floats.
    Xmm(Xmm),
    /// What is in the register, shifted left by so many bits (1 to 3): consumed by the addition that is the very next operator.
    Scaled(Gpr, u8),
    /// What is in the register, shifted left by so many bits (0 to 3), plus a constant, which is below 2^32: the address of the
    /// load that is the very next operator, or the one after a constant and an addition.
    Sum { reg: Gpr, shift: u8, plus: u32 },
    /// The entry's own slot in the frame.
    Slot,
    /// A local that has not changed since it was read. `below` is the next older entry of that kind for the same local.
    Local { index: u32, below: u32 },
    /// The result of the compare just emitted, consumed by the very next operator.
    Flags(Cond),
}

/// An entry of the abstract stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub ty: ValType,
    pub loc: Loc,
    /// No i32 here is above this.
    pub most: u32,
}

/// A value that was popped. Its register, if its own, stays taken until the operator ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub ty: ValType,
    pub loc: Loc,
    /// Index that it had, which names its slot.
    pub slot: u32,
    /// No i32 here is above this.
    pub most: u32,
}

impl Value {
    /// Likewise, if it is known.
    pub(super) fn most(&self) -> u32 {
        match self.loc {
            Loc::Const(value) => value as u32,
            _ => self.most,
        }
    }
}

/// Where a value can be read right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Const(u64),
    Constant(Label),
    Gpr(Gpr),
    Xmm(Xmm),
    Mem(Mem),
    Flags(Cond),
}

/// A condition in the flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cond {
    Cc(Cc),
    /// Equal and ordered, after a float compare.
    FloatEqual,
    /// Not equal or unordered.
    FloatNotEqual,
}

impl Cond {
    pub(super) const fn not(self) -> Self {
        match self {
            Self::Cc(cc) => Self::Cc(cc.not()),
            Self::FloatEqual => Self::FloatNotEqual,
            Self::FloatNotEqual => Self::FloatEqual,
        }
    }
}

/// The kind of register that holds a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Integer,
    Float,
}

/// The kind of register that holds a value of type `ty`.
pub(super) const fn class(ty: ValType) -> Class {
    match ty {
        ValType::F32 | ValType::F64 | ValType::V128 => Class::Float,
        _ => Class::Integer,
    }
}

/// Bits of a value of type `ty` that mean something; of a vector, those of half of it.
pub(super) const fn width(ty: ValType) -> Width {
    match ty {
        ValType::I32 | ValType::F32 => Width::W32,
        _ => Width::W64,
    }
}

/// Precision of a float type (not of vectors: `float_place_load` and `float_place_store` tell them apart).
pub(super) const fn precision(ty: ValType) -> Precision {
    match ty {
        ValType::F32 => Precision::Single,
        _ => Precision::Double,
    }
}

/// `value` as a sign-extended 32-bit immediate of an operation of `width`, if it is one.
pub(super) fn imm32(value: u64, width: Width) -> Option<i32> {
    match width {
        Width::W32 => Some(value as u32 as i32),
        Width::W64 => i32::try_from(value as i64).ok(),
    }
}

/// The engine's name for one of wasmparser's types.
pub(super) fn value_type(ty: wasmparser::ValType) -> Option<ValType> {
    Some(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        // To generated code all references are the same.
        wasmparser::ValType::Ref(_) => ValType::FUNCREF,
        wasmparser::ValType::V128 => ValType::V128,
    })
}
