// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Scalar SSE instructions.

use super::{
    asm::{AsmError, Assembler},
    operand::{Mem, Opcode, Rm},
    regs::{Gpr, Precision, Width, Xmm},
};

/// Two-operand arithmetic; the value is the opcode byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FloatOp {
    Sqrt = 0x51,
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Min = 0x5d,
    Div = 0x5e,
    Max = 0x5f,
}

/// Bitwise operations on whole registers; the value is the opcode byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FloatBits {
    And = 0x54,
    /// `dst = !dst & src`
    AndNot = 0x55,
    Or = 0x56,
    Xor = 0x57,
}

/// Rounding modes of `roundss`/`roundsd` (SDM, ROUNDSD), inexact suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Round {
    Nearest = 8,
    Floor = 9,
    Ceil = 10,
    Trunc = 11,
}

impl Precision {
    /// The mandatory prefix of scalar operations.
    const fn scalar(self) -> u8 {
        match self {
            Self::Single => 0xf3,
            Self::Double => 0xf2,
        }
    }
}

impl Assembler {
    /// Loads a float; the rest of the register becomes zero.
    pub fn float_load(&mut self, precision: Precision, dst: Xmm, src: Mem) {
        self.instruction(Opcode::two(0x10).prefix(precision.scalar()), dst.0, src);
    }

    /// Stores a float (4 or 8 bytes).
    pub fn float_store(&mut self, precision: Precision, dst: Mem, src: Xmm) {
        self.instruction(Opcode::two(0x11).prefix(precision.scalar()), src.0, dst);
    }

    /// Copies a whole register.
    pub fn float_mov(&mut self, dst: Xmm, src: Xmm) {
        self.instruction(Opcode::two(0x28), dst.0, src);
    }

    /// Register or memory into a register.
    pub fn float_get(&mut self, precision: Precision, dst: Xmm, src: Rm) {
        match src {
            Rm::Reg(reg) if reg == dst.0 => {}
            Rm::Reg(reg) => self.float_mov(dst, Xmm(reg)),
            Rm::Mem(src) => self.float_load(precision, dst, src),
            Rm::Label(_) => self.fail(AsmError::Unbound),
        }
    }

    /// `dst = dst op src` (`dst = sqrt(src)`).
    pub fn float_op(&mut self, op: FloatOp, precision: Precision, dst: Xmm, src: impl Into<Rm>) {
        self.instruction(Opcode::two(op as u8).prefix(precision.scalar()), dst.0, src);
    }

    /// Bitwise on all 128 bits.
    pub fn float_bits(&mut self, op: FloatBits, dst: Xmm, src: Xmm) {
        self.instruction(Opcode::two(op as u8), dst.0, src);
    }

    /// `dst = 0`
    pub fn float_zero(&mut self, dst: Xmm) {
        self.float_bits(FloatBits::Xor, dst, dst);
    }

    /// `ucomiss`, `ucomisd`: unordered sets ZF, PF and CF.
    pub fn float_compare(&mut self, precision: Precision, a: Xmm, b: impl Into<Rm>) {
        let prefix = if precision == Precision::Double {
            0x66
        } else {
            0
        };
        self.instruction(Opcode::two(0x2e).prefix(prefix), a.0, b);
    }

    /// `roundss`, `roundsd` (SSE4.1).
    pub fn float_round(&mut self, mode: Round, precision: Precision, dst: Xmm, src: impl Into<Rm>) {
        let byte = if precision == Precision::Double {
            0x0b
        } else {
            0x0a
        };
        let opcode = Opcode::map3a(byte).prefix(0x66);
        self.instruction_imm(opcode, dst.0, src, mode as i32, 1);
    }

    /// Integer to float. The upper part of `dst` stays: zero it first, it is also a false dependency.
    pub fn float_from_int(
        &mut self,
        precision: Precision,
        dst: Xmm,
        width: Width,
        src: impl Into<Rm>,
    ) {
        self.instruction(
            Opcode::two(0x2a)
                .prefix(precision.scalar())
                .wide(width.rex()),
            dst.0,
            src,
        );
    }

    /// Float to integer, truncating; 0x80… when it does not fit or is a NaN.
    pub fn float_to_int(
        &mut self,
        precision: Precision,
        width: Width,
        dst: Gpr,
        src: impl Into<Rm>,
    ) {
        self.instruction(
            Opcode::two(0x2c)
                .prefix(precision.scalar())
                .wide(width.rex()),
            dst.0,
            src,
        );
    }

    /// Converts from precision `from` to the other one.
    pub fn float_convert(&mut self, from: Precision, dst: Xmm, src: impl Into<Rm>) {
        self.instruction(Opcode::two(0x5a).prefix(from.scalar()), dst.0, src);
    }

    /// Bits of an integer register into a float register, the rest zero (`movd`, `movq`).
    pub fn float_from_bits(&mut self, width: Width, dst: Xmm, src: Gpr) {
        self.instruction(Opcode::two(0x6e).prefix(0x66).wide(width.rex()), dst.0, src);
    }

    /// Low bits of a float register into an integer register (`movd`, `movq`).
    pub fn float_to_bits(&mut self, width: Width, dst: Gpr, src: Xmm) {
        self.instruction(Opcode::two(0x7e).prefix(0x66).wide(width.rex()), src.0, dst);
    }
}
