// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operands that are a register or a place in memory, and their ModRM encoding.
//!
//! `dynasm!` fixes the form of an address when the compiler is compiled (a dynamic base always costs a SIB byte and 32 bits
//! of displacement). Which operand is a register, a frame slot or linear memory is known only when wasm is compiled, so
//! the shortest form is chosen here; `dynasm!` writes the sequences whose operands are fixed or registers.

use super::{
    asm::Assembler,
    regs::{Gpr, Xmm, R12, RBP, RSP},
};

/// An address: `[base + index + disp]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mem {
    /// Base register.
    pub base: Gpr,
    /// Index register (not rsp) and its scale as a power of two.
    pub index: Option<(Gpr, u8)>,
    /// Displacement, sign-extended.
    pub disp: i32,
}

/// `[base + disp]`.
pub const fn mem(base: Gpr, disp: i32) -> Mem {
    Mem {
        base,
        index: None,
        disp,
    }
}

/// `[base + index * 2^scale + disp]`.
pub const fn indexed(base: Gpr, index: Gpr, scale: u8, disp: i32) -> Mem {
    Mem {
        base,
        index: Some((index, scale)),
        disp,
    }
}

/// A register or memory operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rm {
    /// Register number, of the kind that the instruction wants.
    Reg(u8),
    /// Memory.
    Mem(Mem),
}

impl From<Gpr> for Rm {
    fn from(reg: Gpr) -> Self {
        Self::Reg(reg.0)
    }
}

impl From<Xmm> for Rm {
    fn from(reg: Xmm) -> Self {
        Self::Reg(reg.0)
    }
}

impl From<Mem> for Rm {
    fn from(mem: Mem) -> Self {
        Self::Mem(mem)
    }
}

/// An opcode without its operands.
#[derive(Clone, Copy, Debug)]
pub struct Opcode {
    /// Mandatory or operand-size prefix, or 0.
    prefix: u8,
    /// REX.W
    wide: bool,
    /// The register field (and a register operand) is an 8-bit register: spl, bpl, sil, dil need a REX prefix.
    byte_reg: bool,
    /// Escape bytes and the opcode byte, the first in the low bits; how many.
    bytes: u32,
    len: u8,
}

impl Opcode {
    const fn new(bytes: u32, len: u8) -> Self {
        Self {
            prefix: 0,
            wide: false,
            byte_reg: false,
            bytes,
            len,
        }
    }

    /// One-byte opcode.
    pub const fn one(byte: u8) -> Self {
        Self::new(byte as u32, 1)
    }

    /// `0f` opcode.
    pub const fn two(byte: u8) -> Self {
        Self::new(0x0f | (byte as u32) << 8, 2)
    }

    /// `0f 3a` opcode.
    pub const fn map3a(byte: u8) -> Self {
        Self::new(0x3a0f | (byte as u32) << 16, 3)
    }

    /// With a prefix byte.
    pub const fn prefix(mut self, prefix: u8) -> Self {
        self.prefix = prefix;
        self
    }

    /// With REX.W if `wide`.
    pub const fn wide(mut self, wide: bool) -> Self {
        self.wide = wide;
        self
    }

    /// With 8-bit registers.
    pub const fn byte_reg(mut self) -> Self {
        self.byte_reg = true;
        self
    }
}

/// Bytes of an instruction, the first in the low bits. Prefixes, opcode, ModRM and SIB are at most 7.
struct Bytes {
    bits: u64,
    len: u32,
}

impl Bytes {
    /// Appends the low `len` bytes of `bits`; the others are zero. What does not fit into eight bytes is lost.
    #[inline]
    fn put(&mut self, bits: u32, len: u32) {
        self.bits |= u64::from(bits) << (self.len * 8 & 63);
        self.len += len;
    }
}

impl Assembler {
    /// Emits `opcode` with register field `reg` and operand `rm`.
    #[inline]
    pub fn instruction(&mut self, opcode: Opcode, reg: u8, rm: impl Into<Rm>) {
        match rm.into() {
            Rm::Reg(rm) => {
                let head = with_register(opcode, reg, rm);
                self.emit(head.bits, head.len);
            }
            Rm::Mem(rm) => self.with_memory(opcode, reg, rm),
        }
    }

    /// Likewise with an immediate: the low `bytes` bytes of `imm`, at most 4.
    #[inline]
    pub fn instruction_imm(
        &mut self,
        opcode: Opcode,
        reg: u8,
        rm: impl Into<Rm>,
        imm: i32,
        bytes: u32,
    ) {
        self.instruction(opcode, reg, rm);
        self.emit(u64::from(imm as u32), bytes);
    }

    /// An instruction with a memory operand.
    fn with_memory(&mut self, opcode: Opcode, reg: u8, m: Mem) {
        let x = m.index.map_or(0, |(index, _)| index.0 >> 3);
        let mut head = head(opcode, reg, m.base.0 >> 3, x, false);
        let low = m.base.0 & 7;
        let field = (reg & 7) << 3;
        // Intel SDM vol. 2, 2.1.5. Base rbp or r13 without displacement means something else.
        let (mode, disp_len) = if m.disp == 0 && low != RBP.0 {
            (0x00, 0)
        } else if i8::try_from(m.disp).is_ok() {
            (0x40, 1)
        } else {
            (0x80, 4)
        };
        match m.index {
            Some((index, scale)) => {
                let sib = scale << 6 | (index.0 & 7) << 3 | low;
                head.put(u32::from(mode | field | 4) | u32::from(sib) << 8, 2);
            }
            None if m.base == RSP || m.base == R12 => {
                let sib = 0x20 | low;
                head.put(u32::from(mode | field | 4) | u32::from(sib) << 8, 2);
            }
            None => head.put((mode | field | low).into(), 1),
        }
        if disp_len == 4 {
            self.emit(head.bits, head.len);
            self.emit(u64::from(m.disp as u32), 4);
        } else {
            // At most the eighth byte.
            head.put(m.disp as u32 & 0xff, disp_len);
            self.emit(head.bits, head.len);
        }
    }
}

/// Prefixes and opcode. `b` and `x` are the high bits of the numbers of base (or register operand) and index.
#[inline]
fn head(opcode: Opcode, reg: u8, b: u8, x: u8, low_byte: bool) -> Bytes {
    let mut head = Bytes { bits: 0, len: 0 };
    if opcode.prefix != 0 {
        head.put(opcode.prefix.into(), 1);
    }
    let rex = u8::from(opcode.wide) << 3 | (reg >> 3 & 1) << 2 | (x & 1) << 1 | (b & 1);
    if rex != 0 || low_byte || opcode.byte_reg && (4..8).contains(&reg) {
        head.put(u32::from(0x40 | rex), 1);
    }
    head.put(opcode.bytes, opcode.len.into());
    head
}

/// An instruction with a register operand.
fn with_register(opcode: Opcode, reg: u8, rm: u8) -> Bytes {
    let low_byte = opcode.byte_reg && (4..8).contains(&rm);
    let mut out = head(opcode, reg, rm >> 3, 0, low_byte);
    out.put((0xc0 | (reg & 7) << 3 | (rm & 7)).into(), 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::x64::regs::*;

    #[test]
    fn shortest_addresses() {
        let code = |m: Mem| {
            let mut asm = Assembler::new(1 << 12);
            asm.instruction(Opcode::one(0x8b).wide(true), RAX.0, m);
            asm.code().to_vec()
        };
        assert_eq!(code(mem(RSP, 0)), [0x48, 0x8b, 0x04, 0x24]);
        assert_eq!(code(mem(RSP, 8)), [0x48, 0x8b, 0x44, 0x24, 8]);
        assert_eq!(code(mem(R12, 0)), [0x49, 0x8b, 0x04, 0x24]);
        assert_eq!(code(mem(R13, 0)), [0x49, 0x8b, 0x45, 0]);
        assert_eq!(code(mem(R15, 0)), [0x49, 0x8b, 0x07]);
        assert_eq!(code(mem(RBP, 0x1000)), [0x48, 0x8b, 0x85, 0, 0x10, 0, 0]);
        assert_eq!(code(indexed(R13, R12, 0, 0)), [0x4b, 0x8b, 0x44, 0x25, 0]);
        assert_eq!(
            code(indexed(RAX, RCX, 3, -8)),
            [0x48, 0x8b, 0x44, 0xc8, 0xf8]
        );
    }

    #[test]
    fn byte_registers_get_a_prefix() {
        let mut asm = Assembler::new(1 << 12);
        asm.instruction(Opcode::one(0x88).byte_reg(), 6, mem(RAX, 0));
        asm.instruction(Opcode::one(0x88).byte_reg(), 3, mem(RAX, 0));
        assert_eq!(asm.code(), [0x40, 0x88, 0x30, 0x88, 0x18]);
    }
}
