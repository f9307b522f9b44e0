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
    /// Escape bytes: none, 0f, 0f 38, 0f 3a.
    map: u8,
    /// The opcode byte.
    byte: u8,
    /// REX.W
    wide: bool,
    /// The register field (and a register operand) is an 8-bit register: spl, bpl, sil, dil need a REX prefix.
    byte_reg: bool,
}

impl Opcode {
    /// One-byte opcode.
    pub const fn one(byte: u8) -> Self {
        Self {
            prefix: 0,
            map: 0,
            byte,
            wide: false,
            byte_reg: false,
        }
    }

    /// `0f` opcode.
    pub const fn two(byte: u8) -> Self {
        Self {
            prefix: 0,
            map: 1,
            byte,
            wide: false,
            byte_reg: false,
        }
    }

    /// `0f 3a` opcode.
    pub const fn map3a(byte: u8) -> Self {
        Self {
            prefix: 0,
            map: 3,
            byte,
            wide: false,
            byte_reg: false,
        }
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

/// Bytes of one instruction; 15 is the architecture's limit.
struct Bytes {
    bytes: [u8; 16],
    len: usize,
}

impl Bytes {
    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }
}

impl Assembler {
    /// Emits `opcode` with register field `reg` and operand `rm`; an immediate, if any, is pushed by the caller.
    pub fn instruction(&mut self, opcode: Opcode, reg: u8, rm: impl Into<Rm>) {
        let rm = rm.into();
        let mut out = Bytes {
            bytes: [0; 16],
            len: 0,
        };
        if opcode.prefix != 0 {
            out.put(opcode.prefix);
        }
        let (b, x) = match rm {
            Rm::Reg(r) => (r >> 3, 0),
            Rm::Mem(m) => (m.base.0 >> 3, m.index.map_or(0, |(i, _)| i.0 >> 3)),
        };
        let rex = u8::from(opcode.wide) << 3 | (reg >> 3 & 1) << 2 | (x & 1) << 1 | (b & 1);
        let low_byte = opcode.byte_reg && ((4..8).contains(&reg) || matches!(rm, Rm::Reg(4..=7)));
        if rex != 0 || low_byte {
            out.put(0x40 | rex);
        }
        match opcode.map {
            0 => {}
            1 => out.put(0x0f),
            _ => {
                out.put(0x0f);
                out.put(0x3a);
            }
        }
        out.put(opcode.byte);
        let field = (reg & 7) << 3;
        match rm {
            Rm::Reg(r) => out.put(0xc0 | field | (r & 7)),
            Rm::Mem(m) => address(&mut out, field, m),
        }
        if let Some(bytes) = out.bytes.get(..out.len) {
            self.extend(bytes);
        }
    }
}

/// ModRM, SIB and displacement of an address (Intel SDM vol. 2, 2.1.5).
fn address(out: &mut Bytes, field: u8, m: Mem) {
    let low = m.base.0 & 7;
    // Base rbp or r13 without displacement means something else.
    let mode = if m.disp == 0 && low != RBP.0 {
        0x00
    } else if i8::try_from(m.disp).is_ok() {
        0x40
    } else {
        0x80
    };
    match m.index {
        Some((index, scale)) => {
            out.put(mode | field | 4);
            out.put(scale << 6 | (index.0 & 7) << 3 | low);
        }
        None if low == RSP.0 || m.base == R12 => {
            out.put(mode | field | 4);
            out.put(0x20 | low);
        }
        None => out.put(mode | field | low),
    }
    match mode {
        0x40 => out.put(m.disp as u8),
        0x80 => m
            .disp
            .to_le_bytes()
            .into_iter()
            .for_each(|byte| out.put(byte)),
        _ => {}
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
