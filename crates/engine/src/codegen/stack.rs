// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The abstract value stack: pushing, popping, and moving entries to registers and slots.
//!
//! Entries below `settled` are constants or in their slots. Blocks begin with all entries settled, so that every path through a
//! block finds and leaves them the same; each entry is settled at most once, so this is linear.

use super::{
    fail::{push, Fail, R},
    frame::MAX_FRAME,
    function::Compiler,
    registers::Reg,
    value::{class, precision, width, Class, Cond, Entry, Loc, Place, Value, NONE},
};
use crate::{
    isa::x64::{
        int::{Alu, Extend},
        operand::{Mem, Rm},
        regs::{Cc, Gpr, Width, Xmm, R11},
    },
    module::ValType,
};

/// Most entries: their slots fill the largest frame, so that offsets of slots never overflow.
const MAX_HEIGHT: usize = MAX_FRAME as usize / 8;
/// More entries than this are not left unsettled.
const MOST_UNSETTLED: u32 = 200;

impl Compiler<'_> {
    /// Entries on the stack.
    pub(super) fn height(&self) -> u32 {
        self.stack.len() as u32
    }

    /// Pushes an entry that owns no register.
    pub(super) fn push(&mut self, ty: ValType, loc: Loc) -> R {
        if self.stack.len() >= MAX_HEIGHT {
            return Err(Fail::Limit(
                "values on the operand stack",
                MAX_HEIGHT as u64,
            ));
        }
        push(self.stack, Entry { ty, loc })
    }

    pub(super) fn push_const(&mut self, ty: ValType, value: u64) -> R {
        self.push(ty, Loc::Const(value))
    }

    /// Pushes a value that is in `reg`.
    pub(super) fn push_gpr(&mut self, ty: ValType, reg: Gpr) -> R {
        self.own(reg.into());
        self.push(ty, Loc::Gpr(reg))
    }

    /// Pushes a value that is in `reg`.
    pub(super) fn push_xmm(&mut self, ty: ValType, reg: Xmm) -> R {
        self.own(reg.into());
        self.push(ty, Loc::Xmm(reg))
    }

    /// The entry about to be pushed owns `reg`, unless that is the register of a local (about to be set).
    fn own(&mut self, reg: Reg) {
        if !self.regs.is_pinned(reg) {
            self.regs.own(reg, self.height());
        }
    }

    /// Pushes a reference to a local as it is now.
    pub(super) fn push_local(&mut self, ty: ValType, index: u32) -> R {
        let below = self.locals.newest(index);
        self.locals.set_newest(index, self.height())?;
        self.push(ty, Loc::Local { index, below })
    }

    /// Pops a value; its register is the operator's until the operator ends.
    pub(super) fn pop(&mut self) -> R<Value> {
        let Entry { ty, loc } = self
            .stack
            .pop()
            .ok_or(Fail::Internal("pop of an empty stack"))?;
        let slot = self.height();
        self.settled = self.settled.min(slot);
        self.unlink(loc, true)?;
        Ok(Value { ty, loc, slot })
    }

    /// Drops entries down to `height`.
    pub(super) fn truncate(&mut self, height: u32) -> R {
        while self.height() > height {
            if let Some(entry) = self.stack.pop() {
                self.unlink(entry.loc, false)?;
            }
        }
        self.settled = self.settled.min(height);
        Ok(())
    }

    /// The newest entry is gone: nothing refers to what it held.
    fn unlink(&mut self, loc: Loc, hold: bool) -> R {
        let reg: Reg = match loc {
            Loc::Local { index, below } => return self.locals.set_newest(index, below),
            Loc::Gpr(reg) => reg.into(),
            Loc::Xmm(reg) => reg.into(),
            _ => return Ok(()),
        };
        if !self.regs.is_pinned(reg) {
            self.regs.disown(reg);
            if hold {
                self.regs.hold(reg);
            }
        }
        Ok(())
    }

    /// Where `value` can be read.
    pub(super) fn place(&self, value: &Value) -> Place {
        self.place_of(value.loc, value.slot)
    }

    /// Where an entry with index `slot` can be read.
    pub(super) fn place_of(&self, loc: Loc, slot: u32) -> Place {
        match loc {
            Loc::Const(value) => Place::Const(value),
            Loc::Gpr(reg) => Place::Gpr(reg),
            Loc::Xmm(reg) => Place::Xmm(reg),
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

    /// A free register of `class`, held until the operator ends; spills the deepest entry if there is none.
    fn alloc(&mut self, class: Class) -> R<Reg> {
        if class == Class::Float && !self.floats {
            return Err(Fail::Internal("float in an integer function"));
        }
        if self.regs.free(class).is_none() {
            let victim = self
                .regs
                .deepest(class)
                .ok_or(Fail::Internal("out of registers"))?;
            self.spill(self.regs.owner(victim))?;
        }
        let reg = self
            .regs
            .free(class)
            .ok_or(Fail::Internal("out of registers"))?;
        self.regs.hold(reg);
        Ok(reg)
    }

    /// A free integer register, held until the operator ends. Keeps the flags.
    pub(super) fn alloc_gpr(&mut self) -> R<Gpr> {
        self.alloc(Class::Integer)?
            .gpr()
            .ok_or(Fail::Internal("register class"))
    }

    /// A free float register, held until the operator ends. Keeps the flags.
    pub(super) fn alloc_xmm(&mut self) -> R<Xmm> {
        Ok(self.alloc(Class::Float)?.xmm())
    }

    /// Takes this very register, moving its entry elsewhere. If the operator holds it already, it is the operator's to know why.
    pub(super) fn claim(&mut self, reg: impl Into<Reg>) -> R {
        let reg = reg.into();
        let owner = self.regs.owner(reg);
        if owner != NONE {
            match self.regs.free(reg.class()) {
                Some(free) => {
                    self.regs.disown(reg);
                    self.regs.own(free, owner);
                    let loc = match free.gpr() {
                        Some(to) => {
                            self.asm.mov(
                                Width::W64,
                                to,
                                reg.gpr().ok_or(Fail::Internal("register class"))?,
                            );
                            Loc::Gpr(to)
                        }
                        None => {
                            self.asm.float_mov(free.xmm(), reg.xmm());
                            Loc::Xmm(free.xmm())
                        }
                    };
                    self.set_loc(owner, loc);
                }
                None => self.spill(owner)?,
            }
        }
        self.regs.hold(reg);
        Ok(())
    }

    fn set_loc(&mut self, index: u32, loc: Loc) {
        if let Some(entry) = self.stack.get_mut(index as usize) {
            entry.loc = loc;
        }
    }

    /// Moves entry `index` from its register to its slot. Keeps the flags.
    pub(super) fn spill(&mut self, index: u32) -> R {
        let Some(&Entry { ty, loc }) = self.stack.get(index as usize) else {
            return Err(Fail::Internal("spill of no entry"));
        };
        match loc {
            Loc::Gpr(reg) => self.regs.disown(reg.into()),
            Loc::Xmm(reg) => self.regs.disown(reg.into()),
            _ => return Err(Fail::Internal("spill of no register")),
        }
        let slot = self.frame.slot_mut(index);
        self.store_slot(ty, slot, self.place_of(loc, index));
        self.set_loc(index, Loc::Slot);
        Ok(())
    }

    /// Moves every entry below `height` that owns a register to its slot. Keeps the flags.
    pub(super) fn spill_below(&mut self, height: u32) -> R {
        if !self.regs.any_owned() {
            return Ok(());
        }
        for class in [Class::Integer, Class::Float] {
            for reg in self.regs.owned_registers(class) {
                let owner = self.regs.owner(reg);
                if owner < height {
                    self.spill(owner)?;
                }
            }
        }
        Ok(())
    }

    /// Moves entry `index` to its slot, whatever it is. The chain of a local's entries is left to the caller.
    fn settle_entry(&mut self, index: u32, entry: Entry) -> R {
        match entry.loc {
            Loc::Slot => return Ok(()),
            Loc::Gpr(_) | Loc::Xmm(_) => return self.spill(index),
            Loc::Const(_) | Loc::Local { .. } | Loc::Flags(_) => {}
        }
        let slot = self.frame.slot_mut(index);
        self.store_slot(entry.ty, slot, self.place_of(entry.loc, index));
        self.set_loc(index, Loc::Slot);
        Ok(())
    }

    /// Before an operator: settles what has become so much that settling it later, perhaps with live flags, would be a long
    /// straight line.
    pub(super) fn settle_if_due(&mut self) -> R {
        if self.height().wrapping_sub(self.settled) > MOST_UNSETTLED && !self.flags_live {
            self.settle(0)?;
        }
        Ok(())
    }

    /// Settles all entries: constants may stay, except among the topmost `force`. Keeps flags that are live.
    pub(super) fn settle(&mut self, force: u32) -> R {
        let height = self.height();
        let forced = height.saturating_sub(force);
        // From the top down, so that each local's newest entry goes first.
        for index in (self.settled.min(forced)..height).rev() {
            let Some(&entry) = self.stack.get(index as usize) else {
                break;
            };
            match entry.loc {
                Loc::Const(_) if index < forced => continue,
                Loc::Local {
                    index: local,
                    below,
                } => self.locals.set_newest(local, below)?,
                _ => {}
            }
            self.settle_entry(index, entry)?;
            if let Loc::Flags(_) = entry.loc {
                self.flags_live = false;
            }
            self.check_if_due()?;
        }
        self.settled = height;
        Ok(())
    }

    /// Local `index` is about to change: entries that refer to it take its old value. Keeps the flags.
    pub(super) fn detach_local(&mut self, index: u32) -> R {
        let mut next = self.locals.newest(index);
        if next == NONE {
            return Ok(());
        }
        self.locals.set_newest(index, NONE)?;
        while let Some(&Entry {
            ty,
            loc: Loc::Local {
                index: local,
                below,
            },
        }) = self.stack.get(next as usize)
        {
            if local != index {
                return Err(Fail::Internal("chain of a local"));
            }
            // A register if one is free; the slot otherwise, so that nothing else moves.
            let place = self.local_place(index);
            match self.regs.free(class(ty)) {
                Some(reg) => match reg.gpr() {
                    Some(to) => {
                        self.load_gpr_place(ty, to, place);
                        self.regs.own(reg, next);
                        self.set_loc(next, Loc::Gpr(to));
                    }
                    None => {
                        self.load_xmm_place(ty, reg.xmm(), place);
                        self.regs.own(reg, next);
                        self.set_loc(next, Loc::Xmm(reg.xmm()));
                    }
                },
                None => {
                    let slot = self.frame.slot_mut(next);
                    self.store_slot(ty, slot, place);
                    self.set_loc(next, Loc::Slot);
                }
            }
            next = below;
        }
        Ok(())
    }

    /// Stores a value of type `ty` that is at `place` to a slot: all 8 bytes, zero-extended. Uses r11; keeps the flags.
    pub(super) fn store_slot(&mut self, ty: ValType, to: Mem, place: Place) {
        match place {
            Place::Gpr(reg) => self.asm.store(Width::W64, to, reg),
            Place::Const(value) => match super::value::imm32(value, Width::W64) {
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

    /// Stores a value of type `ty` that is at `place`, as many bytes as it has. Uses r11; keeps the flags.
    pub(super) fn store_place(&mut self, ty: ValType, to: Mem, place: Place) {
        let width = width(ty);
        match place {
            Place::Const(value) => match super::value::imm32(value, width) {
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
            Place::Xmm(from) => self.asm.float_get(precision(ty), to, from.into()),
            Place::Mem(from) => self.asm.float_load(precision(ty), to, from),
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
                let reg = self.alloc_gpr()?;
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
                self.asm.test(Width::W32, reg, reg);
            }
        }
        Ok(Cond::Cc(Cc::NotEqual))
    }
}
