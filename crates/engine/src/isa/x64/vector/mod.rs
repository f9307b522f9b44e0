// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Vector instructions, each in both of its encodings: SSE, where the destination is the first operand, and VEX (AVX), where
//! it is not and memory operands need no alignment.
//!
//! [`table`] lists the instructions. Only the low 128 bits are used: VEX clears the upper halves of what it writes, and the `switch`
//! stub begins each floating-point section with `vzeroupper`, so that SSE instructions in between depend on nothing there.

pub(crate) mod table;

use super::{
    asm::Assembler,
    operand::{Head, Mem, Opcode, Rm},
    regs::Xmm,
};

/// An instruction without its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VectorOp {
    prefix: Prefix,
    map: Map,
    byte: u8,
    /// REX.W, VEX.W
    wide: bool,
}

/// Mandatory prefix; the value is VEX.pp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Prefix {
    None = 0,
    P66 = 1,
    F3 = 2,
    F2 = 3,
}

/// Opcode map; the value is VEX.mmmmm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Map {
    M0f = 1,
    M0f38 = 2,
    M0f3a = 3,
}

impl VectorOp {
    const fn new(prefix: Prefix, map: Map, byte: u8) -> Self {
        Self {
            prefix,
            map,
            byte,
            wide: false,
        }
    }

    const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// In the SSE encoding.
    const fn sse(self) -> Opcode {
        let opcode = match self.map {
            Map::M0f => Opcode::two(self.byte),
            Map::M0f38 => Opcode::map38(self.byte),
            Map::M0f3a => Opcode::map3a(self.byte),
        };
        let prefix = match self.prefix {
            Prefix::None => 0,
            Prefix::P66 => 0x66,
            Prefix::F3 => 0xf3,
            Prefix::F2 => 0xf2,
        };
        opcode.prefix(prefix).wide(self.wide)
    }

    /// VEX prefix and opcode (Intel SDM vol. 2, 2.3.5). `rex` has the bits for the operand, as in REX.
    fn vex(self, reg: u8, first: u8, rex: u8) -> Head {
        let mut head = Head { bits: 0, len: 0 };
        let last = (!first & 15) << 3 | self.prefix as u8;
        let r = !reg << 4 & 0x80;
        if self.map == Map::M0f && !self.wide && rex == 0 {
            head.put(0xc5 | u32::from(r | last) << 8, 16);
        } else {
            let middle = r | (!rex & 3) << 5 | self.map as u8;
            let last = u8::from(self.wide) << 7 | last;
            head.put(0xc4 | u32::from(middle) << 8 | u32::from(last) << 16, 24);
        }
        head.put(self.byte.into(), 8);
        head
    }
}

/// `movups` from memory, and to it.
const LOAD: Opcode = Opcode::two(0x10);
const STORE: Opcode = Opcode::two(0x11);

impl Assembler {
    /// All 128 bits of a register or of memory, aligned or not.
    pub fn vector_load(&mut self, dst: Xmm, src: impl Into<Rm>) {
        match src.into() {
            Rm::Reg(reg) if reg == dst.0 => {}
            Rm::Reg(reg) => self.float_mov(dst, Xmm(reg)),
            src => self.instruction(LOAD, dst.0, src),
        }
    }

    /// Stores all 128 bits, aligned or not.
    pub fn vector_store(&mut self, dst: Mem, src: Xmm) {
        self.instruction(STORE, src.0, dst);
    }

    /// The SSE form. A memory operand of 16 bytes must be aligned.
    pub fn sse(&mut self, op: VectorOp, reg: u8, rm: impl Into<Rm>) {
        self.instruction(op.sse(), reg, rm);
    }

    /// Likewise with an immediate byte.
    pub fn sse_imm(&mut self, op: VectorOp, reg: u8, rm: impl Into<Rm>, imm: u8) {
        self.instruction_imm(op.sse(), reg, rm, imm.into(), 1);
    }

    /// The VEX form; `first` is the additional register, 0 if there is none.
    pub fn vex(&mut self, op: VectorOp, reg: u8, first: u8, rm: impl Into<Rm>) {
        self.vex_instruction(op, reg, first, rm.into(), (0, 0));
    }

    /// Likewise with an immediate byte.
    pub fn vex_imm(&mut self, op: VectorOp, reg: u8, first: u8, rm: impl Into<Rm>, imm: u8) {
        self.vex_instruction(op, reg, first, rm.into(), (imm.into(), 1));
    }

    fn vex_instruction(
        &mut self,
        op: VectorOp,
        reg: u8,
        first: u8,
        rm: Rm,
        (imm, bytes): (u64, u32),
    ) {
        match rm {
            Rm::Reg(rm) => {
                let head = op.vex(reg, first, rm >> 3 & 1);
                self.register_operand(head, reg, rm, (imm, bytes));
            }
            Rm::Mem(m) => self.memory_operand(op.vex(reg, first, m.rex), reg, m, (imm, bytes)),
            Rm::Label(label) => self.with_label(op.vex(reg, first, 0), reg, label, (imm, bytes)),
        }
    }
}
