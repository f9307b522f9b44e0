// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Values as operands: where they can be read, and bringing them to where an instruction wants them.

use super::{
    fail::R,
    function::Compiler,
    value::{imm32, precision, width, Cond, Loc, Place, Value},
};
use crate::{
    isa::x64::{
        int::{Alu, Extend},
        operand::{Mem, Rm},
        regs::{Cc, Gpr, Width, Xmm, R11, XMM15},
    },
    module::ValType,
};

impl Compiler<'_> {
    /// Where `value` can be read.
    pub(super) fn place(&self, value: &Value) -> Place {
        self.place_of(value.loc, value.slot)
    }

    /// Where an entry with index `slot` can be read.
    pub(super) fn place_of(&self, loc: Loc, slot: u32) -> Place {
        match loc {
            Loc::Const(value) => Place::Const(value),
            Loc::Constant(label) => Place::Constant(label),
            Loc::Gpr(reg) => Place::Gpr(reg),
            Loc::Xmm(reg) => Place::Xmm(reg),
            // Only `add` and loads see them, and look at what they are first.
            Loc::Scaled(reg, _) | Loc::Sum { reg, .. } => Place::Gpr(reg),
            Loc::Slot => Place::Mem(self.frame.slot(slot)),
            Loc::Local { index, .. } => self.local_place(index),
            Loc::Flags(cond) => Place::Flags(cond),
        }
    }

    /// Where a local is.
    pub(super) fn local_place(&self, index: u32) -> Place {
        match self.locals.register(index) {
            None => Place::Mem(self.frame.local(index)),
            Some(reg) => reg.gpr().map_or(Place::Xmm(reg.xmm()), Place::Gpr),
        }
    }

    /// Loads a value of a float or vector type.
    pub(super) fn float_place_load(&mut self, ty: ValType, to: Xmm, from: impl Into<Rm>) {
        if ty == ValType::V128 {
            self.asm.vector_load(to, from);
        } else {
            self.asm.float_get(precision(ty), to, from.into());
        }
    }

    /// Stores a value of a float or vector type, as many bytes as it has.
    pub(super) fn float_place_store(&mut self, ty: ValType, to: Mem, from: Xmm) {
        if ty == ValType::V128 {
            self.asm.vector_store(to, from);
        } else {
            self.asm.float_store(precision(ty), to, from);
        }
    }

    /// Stores a vector that is at `place`. Uses xmm15; keeps the flags.
    fn store_vector(&mut self, to: Mem, place: Place) {
        match place {
            Place::Mem(from) if from == to => {}
            Place::Xmm(from) => self.asm.vector_store(to, from),
            _ => {
                self.load_xmm_place(ValType::V128, XMM15, place);
                self.asm.vector_store(to, XMM15);
            }
        }
    }

    /// Stores a value of type `ty` that is at `place` to a slot: all 8 bytes, zero-extended, or 16 of a vector. Uses r11 and
    /// xmm15; keeps the flags.
    pub(super) fn store_slot(&mut self, ty: ValType, to: Mem, place: Place) {
        match place {
            _ if ty == ValType::V128 => self.store_vector(to, place),
            Place::Constant(_) => {}
            Place::Gpr(reg) => self.asm.store(Width::W64, to, reg),
            Place::Const(value) => match imm32(value, Width::W64) {
                Some(imm) => self.asm.store_imm(Width::W64, to, imm),
                None => {
                    self.asm.mov_imm(R11, value);
                    self.asm.store(Width::W64, to, R11);
                }
            },
            Place::Xmm(reg) if ty == ValType::F32 => {
                self.asm.float_to_bits(Width::W32, R11, reg);
                self.asm.store(Width::W64, to, R11);
            }
            Place::Xmm(reg) => self.asm.float_store(precision(ty), to, reg),
            Place::Mem(from) if from == to => {}
            Place::Mem(from) => {
                self.asm.mov(width(ty), R11, from);
                self.asm.store(Width::W64, to, R11);
            }
            Place::Flags(cond) => {
                self.set_from_flags(cond, R11);
                self.asm.store(Width::W64, to, R11);
            }
        }
    }

    /// Stores a value of type `ty` that is at `place`, as many bytes as it has. Uses r11 or xmm15; keeps the flags.
    pub(super) fn store_place(&mut self, ty: ValType, to: Mem, place: Place) {
        let width = width(ty);
        match place {
            _ if ty == ValType::V128 => self.store_vector(to, place),
            Place::Constant(_) => {}
            Place::Const(value) => match imm32(value, width) {
                Some(imm) => self.asm.store_imm(width, to, imm),
                None => {
                    self.asm.mov_imm(R11, value);
                    self.asm.store(width, to, R11);
                }
            },
            Place::Gpr(reg) => self.asm.store(width, to, reg),
            Place::Xmm(reg) => self.asm.float_store(precision(ty), to, reg),
            Place::Mem(from) if from == to => {}
            Place::Mem(from) => {
                self.asm.mov(width, R11, from);
                self.asm.store(width, to, R11);
            }
            Place::Flags(cond) => {
                self.set_from_flags(cond, R11);
                self.asm.store(width, to, R11);
            }
        }
    }

    /// `to` = 1 if `cond` holds, else 0. Keeps the flags. Uses r11 for float conditions.
    pub(super) fn set_from_flags(&mut self, cond: Cond, to: Gpr) {
        match cond {
            Cond::Cc(cc) => {
                self.asm.setcc(cc, to);
                self.asm.extend_from(Extend::Zero8, Width::W32, to, to);
            }
            Cond::FloatEqual | Cond::FloatNotEqual => {
                // `mov` and `cmov` leave the flags to the second test.
                let equal = cond == Cond::FloatEqual;
                let (unordered, first) = (
                    u64::from(!equal),
                    if equal { Cc::Equal } else { Cc::NotEqual },
                );
                self.asm.setcc(first, to);
                self.asm.extend_from(Extend::Zero8, Width::W32, to, to);
                if to == R11 {
                    // No second register: branch over.
                    let ordered = self.asm.label();
                    self.asm.jcc_near(Cc::NotParity, ordered);
                    self.asm.mov_imm(to, unordered);
                    self.asm.bind(ordered);
                } else {
                    self.asm.mov_imm(R11, unordered);
                    self.asm.cmov(Cc::Parity, Width::W32, to, R11);
                }
            }
        }
    }

    /// Loads a constant; by `xor` when no condition is pending in the flags.
    pub(super) fn load_const(&mut self, to: Gpr, value: u64) {
        if value == 0 && !self.flags_live {
            self.asm.zero(to);
        } else {
            self.asm.mov_imm(to, value);
        }
    }

    /// Loads what is at `place` into an integer register.
    pub(super) fn load_gpr_place(&mut self, ty: ValType, to: Gpr, place: Place) {
        match place {
            Place::Const(value) => self.load_const(to, value),
            Place::Gpr(from) if from == to => {}
            Place::Gpr(from) => self.asm.mov(width(ty), to, from),
            Place::Mem(from) => self.asm.mov(width(ty), to, from),
            Place::Xmm(from) => self.asm.float_to_bits(width(ty), to, from),
            Place::Flags(cond) => self.set_from_flags(cond, to),
            // Only vectors have such constants.
            Place::Constant(_) => {}
        }
    }

    /// Loads what is at `place` into a float register. Uses r11.
    pub(super) fn load_xmm_place(&mut self, ty: ValType, to: Xmm, place: Place) {
        match place {
            Place::Const(0) => self.asm.float_zero(to),
            Place::Const(value) => {
                self.asm.mov_imm(R11, value);
                self.asm.float_from_bits(width(ty), to, R11);
            }
            Place::Constant(label) => self.asm.vector_load(to, label),
            Place::Xmm(from) => self.asm.float_get(precision(ty), to, from.into()),
            Place::Mem(from) => self.float_place_load(ty, to, from),
            Place::Gpr(from) => self.asm.float_from_bits(width(ty), to, from),
            Place::Flags(_) => {}
        }
    }

    /// `value` in an integer register, to read only.
    pub(super) fn gpr(&mut self, value: &Value) -> R<Gpr> {
        match self.place(value) {
            Place::Gpr(reg) => Ok(reg),
            place => {
                let reg = self.alloc_gpr()?;
                self.load_gpr_place(value.ty, reg, place);
                Ok(reg)
            }
        }
    }

    /// `value` in an integer register that may be changed.
    pub(super) fn gpr_mut(&mut self, value: &Value) -> R<Gpr> {
        match value.loc {
            Loc::Gpr(reg) if !self.regs.is_pinned(reg.into()) => Ok(reg),
            _ => {
                let reg = self.alloc_carried()?;
                self.load_gpr_place(value.ty, reg, self.place(value));
                Ok(reg)
            }
        }
    }

    /// `value` as an operand: its register, or where it is in memory.
    pub(super) fn gpr_or_mem(&mut self, value: &Value) -> R<Rm> {
        match self.place(value) {
            Place::Mem(mem) => Ok(mem.into()),
            _ => Ok(self.gpr(value)?.into()),
        }
    }

    /// `value` in a float register, to read only.
    pub(super) fn xmm(&mut self, value: &Value) -> R<Xmm> {
        match self.place(value) {
            Place::Xmm(reg) => Ok(reg),
            place => {
                let reg = self.alloc_xmm()?;
                self.load_xmm_place(value.ty, reg, place);
                Ok(reg)
            }
        }
    }

    /// `value` in a float register that may be changed.
    pub(super) fn xmm_mut(&mut self, value: &Value) -> R<Xmm> {
        match value.loc {
            Loc::Xmm(reg) if !self.regs.is_pinned(reg.into()) => Ok(reg),
            _ => {
                let reg = self.alloc_xmm()?;
                self.load_xmm_place(value.ty, reg, self.place(value));
                Ok(reg)
            }
        }
    }

    /// `value` as a float operand: its register, or where it is in memory.
    pub(super) fn xmm_or_mem(&mut self, value: &Value) -> R<Rm> {
        match self.place(value) {
            Place::Mem(mem) => Ok(mem.into()),
            _ => Ok(self.xmm(value)?.into()),
        }
    }

    /// `test`s or compares so that the flags tell whether the i32 `value` is not zero.
    pub(super) fn condition(&mut self, value: &Value) -> R<Cond> {
        match self.place(value) {
            Place::Flags(cond) => return Ok(cond),
            Place::Mem(mem) => self.asm.alu_imm(Alu::Cmp, Width::W32, mem, 0),
            _ => {
                let reg = self.gpr(value)?;
                self.test_zero(Width::W32, reg);
            }
        }
        Ok(Cond::Cc(Cc::NotEqual))
    }

    /// The flags say from now on whether `reg` is zero, if the instruction just emitted computed it and left them so.
    pub(super) fn zero_flag_is_of(&mut self, width: Width, reg: Gpr) {
        self.zero_flag = (self.asm.offset(), width, reg);
    }

    /// Puts into the flags whether `reg` is zero; nothing but equal and not equal may be asked of them.
    pub(super) fn test_zero(&mut self, width: Width, reg: Gpr) {
        if self.zero_flag != (self.asm.offset(), width, reg) {
            self.asm.test(width, reg, reg);
        }
    }
}
