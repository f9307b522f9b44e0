// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Operands that are a register or a place in memory, and their ModRM encoding.
//!
//! `dynasm!` fixes the form of an address when the compiler is compiled (a dynamic base always costs a SIB byte and 32 bits
//! of displacement). Which operand is a register, a frame slot or linear memory is known only when wasm is compiled, so
//! the shortest form is chosen here; `dynasm!` writes the sequences whose operands are fixed or registers.

use super::{
    asm::{Assembler, Label},
    regs::{Gpr, Xmm, R12, RBP, RSP},
};

/// An address: `[base + index + disp]`, but for the displacement encoded as ModRM and SIB want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mem {
    /// Displacement, sign-extended.
    pub disp: i32,
    /// Base register.
    pub base: Gpr,
    /// The low bits of ModRM: the base's number, or 4 if a SIB byte follows.
    rm: u8,
    /// The SIB byte, if one follows.
    sib: u8,
    /// REX.X and REX.B.
    pub(super) rex: u8,
}

/// In ModRM: a SIB byte follows. In SIB: no index. As the base: rsp or r12, which therefore need a SIB byte.
const SIB: u8 = 4;
const _: () = assert!(RSP.0 & 7 == SIB && R12.0 & 7 == SIB);

/// `[base + disp]`.
#[inline]
pub const fn mem(base: Gpr, disp: i32) -> Mem {
    let rm = base.0 & 7;
    Mem {
        disp,
        base,
        rm,
        sib: if rm == SIB { SIB << 3 | rm } else { 0 },
        rex: base.0 >> 3,
    }
}

/// `[base + index * 2^scale + disp]`; the index is not rsp.
///
/// A base rbp or r13 always has a displacement, and many processors take a cycle longer for addresses of three parts, which is
/// what a chain of loads consists of. So the two change places where that spares it.
#[inline]
pub const fn indexed(base: Gpr, index: Gpr, scale: u8, disp: i32) -> Mem {
    let (base, index) = if base.0 & 7 == RBP.0 && index.0 & 7 != RBP.0 && scale == 0 && disp == 0 {
        (index, base)
    } else {
        (base, index)
    };
    Mem {
        disp,
        base,
        rm: SIB,
        sib: scale << 6 | (index.0 & 7) << 3 | base.0 & 7,
        rex: index.0 >> 3 << 1 | base.0 >> 3,
    }
}

/// A register or memory operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rm {
    /// Register number, of the kind that the instruction wants.
    Reg(u8),
    /// Memory.
    Mem(Mem),
    /// A constant in the code.
    Label(Label),
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

impl From<Label> for Rm {
    fn from(label: Label) -> Self {
        Self::Label(label)
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
    /// Escape bytes and the opcode byte, the first in the low bits.
    bytes: u32,
    /// Bits of them.
    len: u8,
    /// Mandatory or operand-size prefix, or 0.
    prefix: u8,
    /// REX.W, and [`REX`] if there must be such a prefix in any case.
    rex: u8,
    /// The register field (and a register operand) is an 8-bit register: spl, bpl, sil, dil need a REX prefix.
    byte_reg: bool,
}

/// The bits that make a byte a REX prefix.
const REX: u8 = 0x40;

impl Opcode {
    const fn new(bytes: u32, len: u8) -> Self {
        Self {
            bytes,
            len: len * 8,
            prefix: 0,
            rex: 0,
            byte_reg: false,
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

    /// `0f 38` opcode.
    pub const fn map38(byte: u8) -> Self {
        Self::new(0x380f | (byte as u32) << 16, 3)
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
    #[inline]
    pub const fn wide(mut self, wide: bool) -> Self {
        self.rex = (wide as u8) << 3;
        self
    }

    /// With 8-bit registers.
    pub const fn byte_reg(mut self) -> Self {
        self.byte_reg = true;
        self
    }
}

impl Opcode {
    /// With a REX prefix if one of the registers is 8 bits wide and needs it.
    #[inline]
    const fn with(mut self, reg: u8, operand: Option<u8>) -> Self {
        if self.byte_reg && (matches!(reg, 4..=7) || matches!(operand, Some(4..=7))) {
            self.rex |= REX;
        }
        self
    }
}

/// Bytes of an instruction, the first in the low bits: prefixes, opcode, ModRM and SIB, at most 7.
pub(super) struct Head {
    pub(super) bits: u64,
    /// How many bits.
    pub(super) len: u32,
}

impl Head {
    /// Prefixes and opcode. `rex` has the bits for the operand.
    #[inline]
    fn new(opcode: Opcode, reg: u8, rex: u8) -> Self {
        let mut head = Self {
            bits: opcode.bytes.into(),
            len: opcode.len.into(),
        };
        let rex = opcode.rex | (reg >> 1 & 4) | rex;
        if rex != 0 {
            head.put_before(REX | rex);
        }
        if opcode.prefix != 0 {
            head.put_before(opcode.prefix);
        }
        head
    }

    #[inline]
    fn put_before(&mut self, byte: u8) {
        self.bits = self.bits << 8 | u64::from(byte);
        self.len += 8;
    }

    /// Appends the low `len` bits of `bits`; the others are zero.
    #[inline]
    pub(super) fn put(&mut self, bits: u32, len: u32) {
        self.bits |= u64::from(bits) << (self.len & 63);
        self.len += len;
    }
}

impl Assembler {
    /// Emits `opcode` with register field `reg` and operand `rm`.
    #[inline]
    pub fn instruction(&mut self, opcode: Opcode, reg: u8, rm: impl Into<Rm>) {
        self.instruction_imm(opcode, reg, rm, 0, 0);
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
        let imm = u64::from(imm as u32) & !(u64::MAX << (bytes * 8 & 63));
        match rm.into() {
            Rm::Reg(rm) => self.with_register(opcode.with(reg, Some(rm)), reg, rm, (imm, bytes)),
            Rm::Mem(rm) => self.with_memory(opcode.with(reg, None), reg, rm, (imm, bytes)),
            Rm::Label(label) => {
                self.with_label(Head::new(opcode, reg, 0), reg, label, (imm, bytes))
            }
        }
    }

    /// An instruction with a register operand, and an immediate of `bytes` bytes.
    fn with_register(&mut self, opcode: Opcode, reg: u8, rm: u8, (imm, bytes): (u64, u32)) {
        self.register_operand(Head::new(opcode, reg, rm >> 3 & 1), reg, rm, (imm, bytes));
    }

    /// `head`, then ModRM with a register operand, and an immediate of `bytes` bytes.
    #[inline]
    pub(super) fn register_operand(
        &mut self,
        mut head: Head,
        reg: u8,
        rm: u8,
        (imm, bytes): (u64, u32),
    ) {
        head.put((0xc0 | (reg & 7) << 3 | (rm & 7)).into(), 8);
        self.emit_with_tail(head, imm, bytes * 8);
    }

    /// `head`, then ModRM and address relative to the next instruction, and an immediate of `bytes` bytes.
    pub(super) fn with_label(
        &mut self,
        mut head: Head,
        reg: u8,
        label: Label,
        (imm, bytes): (u64, u32),
    ) {
        head.put(((reg & 7) << 3 | 5).into(), 8);
        self.emit_with_tail(head, imm << 32, 32 + bytes * 8);
        self.dynamic_reloc(label, 0, 4 + bytes as u8, 0, 2);
    }

    /// An instruction with a memory operand, and an immediate of `bytes` bytes.
    fn with_memory(&mut self, opcode: Opcode, reg: u8, m: Mem, (imm, bytes): (u64, u32)) {
        self.memory_operand(Head::new(opcode, reg, m.rex), reg, m, (imm, bytes));
    }

    /// `head`, then ModRM and address, and an immediate of `bytes` bytes.
    #[inline]
    pub(super) fn memory_operand(
        &mut self,
        mut head: Head,
        reg: u8,
        m: Mem,
        (imm, bytes): (u64, u32),
    ) {
        // Intel SDM vol. 2, 2.1.5. Base rbp or r13 without displacement means something else.
        let (mode, disp_len, mask) = if i32::from(m.disp as i8) != m.disp {
            (0x80, 32, 0xffff_ffff)
        } else if m.disp != 0 || m.base.0 & 7 == RBP.0 {
            (0x40, 8, 0xff)
        } else {
            (0x00, 0, 0)
        };
        let modrm = mode | (reg & 7) << 3 | m.rm;
        let sib_len = u32::from(m.rm == SIB) * 8;
        head.put(u32::from(modrm) | u32::from(m.sib) << 8, 8 + sib_len);
        let tail = u64::from(m.disp as u32 & mask) | imm << disp_len;
        self.emit_with_tail(head, tail, disp_len + bytes * 8);
    }

    /// `head`, which is not empty, and what follows it: at most 64 bits.
    #[inline]
    fn emit_with_tail(&mut self, head: Head, tail: u64, tail_len: u32) {
        self.emit_two((head.bits, head.len / 8), (tail, tail_len / 8));
    }
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
            asm.finish().unwrap().0
        };
        assert_eq!(code(mem(RSP, 0)), [0x48, 0x8b, 0x04, 0x24]);
        assert_eq!(code(mem(RSP, 8)), [0x48, 0x8b, 0x44, 0x24, 8]);
        assert_eq!(code(mem(R12, 0)), [0x49, 0x8b, 0x04, 0x24]);
        assert_eq!(code(mem(R13, 0)), [0x49, 0x8b, 0x45, 0]);
        assert_eq!(code(mem(R15, 0)), [0x49, 0x8b, 0x07]);
        assert_eq!(code(mem(RBP, 0x1000)), [0x48, 0x8b, 0x85, 0, 0x10, 0, 0]);
        assert_eq!(code(indexed(R13, R12, 0, 0)), [0x4b, 0x8b, 0x04, 0x2c]);
        assert_eq!(code(indexed(R13, RBX, 0, 0)), [0x4a, 0x8b, 0x04, 0x2b]);
        assert_eq!(code(indexed(R13, RBP, 0, 0)), [0x49, 0x8b, 0x44, 0x2d, 0]);
        assert_eq!(code(indexed(R13, RBX, 2, 0)), [0x49, 0x8b, 0x44, 0x9d, 0]);
        assert_eq!(code(indexed(R13, RBX, 0, 1)), [0x49, 0x8b, 0x44, 0x1d, 1]);
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
        let (code, _) = asm.finish().unwrap();
        assert_eq!(code, [0x40, 0x88, 0x30, 0x88, 0x18]);
    }
}
