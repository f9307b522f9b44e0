// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Locked instructions, which read, change and write a place in memory as one, and order all accesses around them.

use super::{
    asm::Assembler,
    int::Alu,
    operand::{Mem, Opcode},
    regs::Gpr,
};

/// The `lock` prefix; it stands before all others, and is where a fault is found.
const LOCK: u8 = 0xf0;

/// The form of an instruction for operands of `bytes`; `byte` is its opcode for one byte, and one more for all other sizes.
fn sized(bytes: u32, opcode: fn(u8) -> Opcode, byte: u8) -> Opcode {
    match bytes {
        1 => opcode(byte).byte_reg(),
        2 => opcode(byte | 1).prefix(0x66),
        8 => opcode(byte | 1).wide(true),
        _ => opcode(byte | 1),
    }
}

impl Assembler {
    /// `xchg [at], reg`, which is locked as it is.
    pub fn exchange(&mut self, bytes: u32, at: Mem, reg: Gpr) {
        self.instruction(sized(bytes, Opcode::one, 0x86), reg.0, at);
    }

    /// `lock xadd [at], reg`: the sum goes to memory, what was there to the register.
    pub fn lock_xadd(&mut self, bytes: u32, at: Mem, reg: Gpr) {
        self.push(LOCK);
        self.instruction(sized(bytes, Opcode::two, 0xc0), reg.0, at);
    }

    /// `lock cmpxchg [at], reg`: if rax is what is there, the register goes there, else what is there to rax.
    pub fn lock_cmpxchg(&mut self, bytes: u32, at: Mem, reg: Gpr) {
        self.push(LOCK);
        self.instruction(sized(bytes, Opcode::two, 0xb0), reg.0, at);
    }

    /// `lock op [at], reg`.
    pub fn lock_alu(&mut self, op: Alu, bytes: u32, at: Mem, reg: Gpr) {
        self.push(LOCK);
        self.instruction(sized(bytes, Opcode::one, (op as u8) << 3), reg.0, at);
    }

    /// `mfence`.
    pub fn fence(&mut self) {
        self.extend(&[0x0f, 0xae, 0xf0]);
    }
}
