// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Integer instructions.

use super::{
    asm::Assembler,
    operand::{Mem, Opcode, Rm},
    regs::{Cc, Gpr, Width, RAX},
};

/// Two-operand arithmetic of the classic eight; the value is the `/digit` of the immediate form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Alu {
    Add = 0,
    Or = 1,
    Sbb = 3,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// Shifts and rotates; the value is the `/digit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Shift {
    Rol = 0,
    Ror = 1,
    Shl = 4,
    Shr = 5,
    Sar = 7,
}

/// One-operand group `f7`; the value is the `/digit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Unary {
    Not = 2,
    Neg = 3,
    Div = 6,
    Idiv = 7,
}

/// Bit scans and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    Bsf,
    Bsr,
    Lzcnt,
    Tzcnt,
    Popcnt,
}

/// A load that widens to a whole register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extend {
    Zero8,
    Zero16,
    Sign8,
    Sign16,
    /// To 64 bits.
    Sign32,
}

impl Assembler {
    /// `mov dst, src` (32 bits clear the upper half).
    pub fn mov(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.instruction(Opcode::one(0x8b).wide(width.rex()), dst.0, src);
    }

    /// `mov [dst], src`.
    pub fn store(&mut self, width: Width, dst: Mem, src: Gpr) {
        self.instruction(Opcode::one(0x89).wide(width.rex()), src.0, dst);
    }

    /// Stores the low 16 bits.
    pub fn store16(&mut self, dst: Mem, src: Gpr) {
        self.instruction(Opcode::one(0x89).prefix(0x66), src.0, dst);
    }

    /// Stores the low 8 bits.
    pub fn store8(&mut self, dst: Mem, src: Gpr) {
        self.instruction(Opcode::one(0x88).byte_reg(), src.0, dst);
    }

    /// `mov [dst], imm` (sign-extended when 64 bits wide).
    pub fn store_imm(&mut self, width: Width, dst: Mem, imm: i32) {
        self.instruction_imm(Opcode::one(0xc7).wide(width.rex()), 0, dst, imm, 4);
    }

    /// `mov word [dst], imm`.
    pub fn store16_imm(&mut self, dst: Mem, imm: i16) {
        self.instruction_imm(Opcode::one(0xc7).prefix(0x66), 0, dst, imm.into(), 2);
    }

    /// `mov byte [dst], imm`.
    pub fn store8_imm(&mut self, dst: Mem, imm: i8) {
        self.instruction_imm(Opcode::one(0xc6), 0, dst, imm.into(), 1);
    }

    /// Loads a constant without touching the flags, in the shortest form.
    pub fn mov_imm(&mut self, dst: Gpr, value: u64) {
        if let Ok(low) = u32::try_from(value) {
            let (head, len) = opcode_reg(false, 0xb8, dst);
            self.emit(u128::from(head) | u128::from(low) << (len * 8), len + 4);
        } else if let Ok(signed) = i32::try_from(value as i64) {
            self.instruction_imm(Opcode::one(0xc7).wide(true), 0, dst, signed, 4);
        } else {
            let (head, len) = opcode_reg(true, 0xb8, dst);
            self.emit(u128::from(head) | u128::from(value) << (len * 8), len + 8);
        }
    }

    /// `dst = 0` by `xor`; changes the flags.
    pub fn zero(&mut self, dst: Gpr) {
        self.alu(Alu::Xor, Width::W32, dst, dst);
    }

    /// `dst = dst op src`.
    pub fn alu(&mut self, op: Alu, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.instruction(
            Opcode::one((op as u8) << 3 | 3).wide(width.rex()),
            dst.0,
            src,
        );
    }

    /// `dst = dst op imm`.
    pub fn alu_imm(&mut self, op: Alu, width: Width, dst: impl Into<Rm>, imm: i32) {
        let (opcode, bytes) = short_or_long(imm, 0x83, 0x81);
        self.instruction_imm(opcode.wide(width.rex()), op as u8, dst, imm, bytes);
    }

    /// `test a, b`.
    pub fn test(&mut self, width: Width, a: impl Into<Rm>, b: Gpr) {
        self.instruction(Opcode::one(0x85).wide(width.rex()), b.0, a);
    }

    /// `test a, imm`; only the zero flag is what `width` would make it, as the shortest form is taken.
    pub fn test_imm(&mut self, width: Width, a: impl Into<Rm>, imm: i32) {
        if (0..=0xff).contains(&imm) {
            let opcode = Opcode::one(0xf6).byte_reg_source();
            return self.instruction_imm(opcode, 0, a, imm, 1);
        }
        let width = if imm > 0 { Width::W32 } else { width };
        self.instruction_imm(Opcode::one(0xf7).wide(width.rex()), 0, a, imm, 4);
    }

    /// `lea dst, [address]`.
    pub fn lea(&mut self, width: Width, dst: Gpr, address: Mem) {
        self.instruction(Opcode::one(0x8d).wide(width.rex()), dst.0, address);
    }

    /// `imul dst, src`.
    pub fn imul(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.instruction(Opcode::two(0xaf).wide(width.rex()), dst.0, src);
    }

    /// `imul dst, src, imm`.
    pub fn imul_imm(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>, imm: i32) {
        let (opcode, bytes) = short_or_long(imm, 0x6b, 0x69);
        self.instruction_imm(opcode.wide(width.rex()), dst.0, src, imm, bytes);
    }

    /// `op dst, count`.
    pub fn shift_imm(&mut self, op: Shift, width: Width, dst: Gpr, count: u8) {
        let opcode = Opcode::one(0xc1).wide(width.rex());
        self.instruction_imm(opcode, op as u8, dst, count.into(), 1);
    }

    /// `op dst, cl`.
    pub fn shift_cl(&mut self, op: Shift, width: Width, dst: Gpr) {
        self.instruction(Opcode::one(0xd3).wide(width.rex()), op as u8, dst);
    }

    /// `op rm`. For divisions: `rdx:rax` by `rm`.
    pub fn unary(&mut self, op: Unary, width: Width, rm: impl Into<Rm>) {
        self.instruction(Opcode::one(0xf7).wide(width.rex()), op as u8, rm);
    }

    /// Sign-extends `rax` into `rdx` (`cdq`, `cqo`).
    pub fn sign_rax_into_rdx(&mut self, width: Width) {
        match width {
            Width::W32 => self.push(0x99),
            Width::W64 => self.extend(&[0x48, 0x99]),
        }
    }

    /// `movzx`, `movsx`, `movsxd`.
    pub fn extend_from(&mut self, kind: Extend, width: Width, dst: Gpr, src: impl Into<Rm>) {
        let opcode = match kind {
            Extend::Zero8 => Opcode::two(0xb6).byte_reg_source(),
            Extend::Zero16 => Opcode::two(0xb7),
            Extend::Sign8 => Opcode::two(0xbe).byte_reg_source().wide(width.rex()),
            Extend::Sign16 => Opcode::two(0xbf).wide(width.rex()),
            Extend::Sign32 => Opcode::one(0x63).wide(true),
        };
        self.instruction(opcode, dst.0, src);
    }

    /// `setcc` of the low byte of `dst`; the rest of it stays.
    pub fn setcc(&mut self, cc: Cc, dst: Gpr) {
        self.instruction(Opcode::two(0x90 | cc as u8).byte_reg(), RAX.0, dst);
    }

    /// `cmovcc dst, src`.
    pub fn cmov(&mut self, cc: Cc, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.instruction(Opcode::two(0x40 | cc as u8).wide(width.rex()), dst.0, src);
    }

    /// Bit scans and counts.
    pub fn bits(&mut self, op: Bits, width: Width, dst: Gpr, src: impl Into<Rm>) {
        let opcode = match op {
            Bits::Bsf => Opcode::two(0xbc),
            Bits::Bsr => Opcode::two(0xbd),
            Bits::Tzcnt => Opcode::two(0xbc).prefix(0xf3),
            Bits::Lzcnt => Opcode::two(0xbd).prefix(0xf3),
            Bits::Popcnt => Opcode::two(0xb8).prefix(0xf3),
        };
        self.instruction(opcode.wide(width.rex()), dst.0, src);
    }
}

/// An opcode whose low three bits name a register, and its length.
fn opcode_reg(wide: bool, opcode: u8, reg: Gpr) -> (u16, u32) {
    let rex = 0x40 | u8::from(wide) << 3 | reg.0 >> 3;
    let byte = opcode | reg.0 & 7;
    if rex == 0x40 {
        (byte.into(), 1)
    } else {
        (u16::from_le_bytes([rex, byte]), 2)
    }
}

/// The opcode for an immediate of one byte if `imm` is one, else that for four; how many.
fn short_or_long(imm: i32, short: u8, long: u8) -> (Opcode, u32) {
    match i8::try_from(imm) {
        Ok(_) => (Opcode::one(short), 1),
        Err(_) => (Opcode::one(long), 4),
    }
}

impl Opcode {
    /// The register *operand* is an 8-bit one. A needless prefix for such a destination is harmless.
    const fn byte_reg_source(self) -> Self {
        self.byte_reg()
    }
}
