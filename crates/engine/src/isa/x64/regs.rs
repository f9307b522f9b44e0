// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Registers, operand sizes, conditions.

/// A general-purpose register, by its hardware number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gpr(pub u8);

/// A vector register, by its hardware number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Xmm(pub u8);

pub const RAX: Gpr = Gpr(0);
pub const RCX: Gpr = Gpr(1);
pub const RDX: Gpr = Gpr(2);
pub const RBX: Gpr = Gpr(3);
pub const RSP: Gpr = Gpr(4);
pub const RBP: Gpr = Gpr(5);
/// Scratch inside one operator, and the register of indirect branches. Never holds an entry of the value stack.
pub const R11: Gpr = Gpr(11);
pub const R12: Gpr = Gpr(12);
/// Base of memory 0.
pub const R13: Gpr = Gpr(13);
/// The instance context.
pub const R14: Gpr = Gpr(14);
/// The store context.
pub const R15: Gpr = Gpr(15);

pub const XMM0: Xmm = Xmm(0);
/// Scratch inside one operator.
pub const XMM15: Xmm = Xmm(15);

/// Width of an integer operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 32 bits; clears the upper half of a destination register.
    W32,
    /// 64 bits.
    W64,
}

impl Width {
    /// Bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::W32 => 32,
            Self::W64 => 64,
        }
    }

    /// The value of REX.W.
    pub const fn rex(self) -> bool {
        matches!(self, Self::W64)
    }
}

/// Precision of a scalar float operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// f32
    Single,
    /// f64
    Double,
}

/// A condition code, as encoded in `jcc`, `setcc`, `cmovcc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Cc {
    Overflow = 0x0,
    NotOverflow = 0x1,
    /// Unsigned less; carry.
    Below = 0x2,
    AboveEqual = 0x3,
    Equal = 0x4,
    NotEqual = 0x5,
    BelowEqual = 0x6,
    Above = 0x7,
    Sign = 0x8,
    NotSign = 0x9,
    /// Unordered, after a float compare.
    Parity = 0xa,
    NotParity = 0xb,
    Less = 0xc,
    GreaterEqual = 0xd,
    LessEqual = 0xe,
    Greater = 0xf,
}

impl Cc {
    /// The opposite condition.
    pub const fn not(self) -> Self {
        match self {
            Self::Overflow => Self::NotOverflow,
            Self::NotOverflow => Self::Overflow,
            Self::Below => Self::AboveEqual,
            Self::AboveEqual => Self::Below,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::BelowEqual => Self::Above,
            Self::Above => Self::BelowEqual,
            Self::Sign => Self::NotSign,
            Self::NotSign => Self::Sign,
            Self::Parity => Self::NotParity,
            Self::NotParity => Self::Parity,
            Self::Less => Self::GreaterEqual,
            Self::GreaterEqual => Self::Less,
            Self::LessEqual => Self::Greater,
            Self::Greater => Self::LessEqual,
        }
    }

    /// The condition after the operands of a compare were exchanged.
    pub const fn swap(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::Above => Self::Below,
            Self::AboveEqual => Self::BelowEqual,
            Self::BelowEqual => Self::AboveEqual,
            Self::Less => Self::Greater,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            Self::LessEqual => Self::GreaterEqual,
            same => same,
        }
    }
}
