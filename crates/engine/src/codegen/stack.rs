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
    value::{class, Class, Entry, Loc, Value, NONE},
};
use crate::{
    isa::x64::regs::{Gpr, Width, Xmm},
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
            return Err(Fail::Limit(&(
                "values on the operand stack",
                MAX_HEIGHT as u64,
            )));
        }
        let most = u32::MAX;
        push(self.stack, Entry { ty, loc, most })
    }

    /// The i32 on top is at most `most`.
    #[inline]
    pub(super) fn at_most(&mut self, most: u32) {
        if let Some(entry) = self.stack.last_mut() {
            entry.most = entry.most.min(most);
        }
    }

    /// Nothing is known any more of how large the topmost `count` entries are: a branch may bring others in their place.
    pub(super) fn forget_most(&mut self, count: u32) {
        for entry in self.stack.iter_mut().rev().take(count as usize) {
            entry.most = u32::MAX;
        }
    }

    pub(super) fn push_const(&mut self, ty: ValType, value: u64) -> R {
        self.push(ty, Loc::Const(value))
    }

    /// Pushes a value that is in `reg`.
    pub(super) fn push_gpr(&mut self, ty: ValType, reg: Gpr) -> R {
        self.own(reg.into());
        self.push(ty, Loc::Gpr(reg))
    }

    /// Pushes what is in `reg`, shifted left: for the addition that comes next.
    pub(super) fn push_scaled(&mut self, ty: ValType, reg: Gpr, shift: u8) -> R {
        self.own(reg.into());
        self.push(ty, Loc::Scaled(reg, shift))
    }

    /// Pushes the address of the load that follows, see [`Loc::Sum`].
    pub(super) fn push_sum(&mut self, reg: Gpr, shift: u8, plus: u32) -> R {
        self.own(reg.into());
        self.push(ValType::I32, Loc::Sum { reg, shift, plus })
    }

    /// Pushes a value that is in `reg`.
    pub(super) fn push_xmm(&mut self, ty: ValType, reg: Xmm) -> R {
        self.has_room(ty)?;
        self.own(reg.into());
        self.push(ty, Loc::Xmm(reg))
    }

    /// Refuses a vector where slots have no room for it. Whatever pushes one asks here, or has the type of a local.
    pub(super) fn has_room(&self, ty: ValType) -> R {
        if ty == ValType::V128 && !self.frame.has_vectors() {
            return Err(Fail::Internal(&"a vector was not foreseen"));
        }
        Ok(())
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
    #[inline]
    pub(super) fn pop(&mut self) -> R<Value> {
        let Entry { ty, loc, most } = self
            .stack
            .pop()
            .ok_or(Fail::Internal(&"pop of an empty stack"))?;
        let slot = self.height();
        self.settled = self.settled.min(slot);
        self.unlink(loc, true)?;
        Ok(Value {
            ty,
            loc,
            slot,
            most,
        })
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
    #[inline]
    fn unlink(&mut self, loc: Loc, hold: bool) -> R {
        let reg: Reg = match loc {
            Loc::Local { index, below } => return self.locals.set_newest(index, below),
            Loc::Gpr(reg) | Loc::Scaled(reg, _) | Loc::Sum { reg, .. } => reg.into(),
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

    /// A free integer register, held until the operator ends; spills the deepest entry if there is none. Keeps the flags.
    #[inline]
    pub(super) fn alloc_gpr(&mut self) -> R<Gpr> {
        let reg = match self.regs.free_gpr() {
            Some(reg) => reg,
            None => self
                .make_free(Class::Integer)?
                .gpr()
                .ok_or(Fail::Internal(&"register class"))?,
        };
        self.regs.hold(reg.into());
        Ok(reg)
    }

    /// Likewise, a float register.
    pub(super) fn alloc_xmm(&mut self) -> R<Xmm> {
        if !self.floats {
            return Err(Fail::Internal(&"float in an integer function"));
        }
        let reg = match self.regs.free(Class::Float) {
            Some(reg) => reg,
            None => self.make_free(Class::Float)?,
        };
        self.regs.hold(reg);
        Ok(reg.xmm())
    }

    #[cold]
    fn make_free(&mut self, class: Class) -> R<Reg> {
        let victim = self.regs.deepest(class);
        let victim = victim.ok_or(Fail::Internal(&"out of registers"))?;
        self.spill(self.regs.owner(victim))?;
        Ok(victim)
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
                                reg.gpr().ok_or(Fail::Internal(&"register class"))?,
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
        let Some(&Entry { ty, loc, .. }) = self.stack.get(index as usize) else {
            return Err(Fail::Internal(&"spill of no entry"));
        };
        match loc {
            Loc::Gpr(reg) => self.regs.disown(reg.into()),
            Loc::Xmm(reg) => self.regs.disown(reg.into()),
            _ => return Err(Fail::Internal(&"spill of no register")),
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
            Loc::Scaled(..) | Loc::Sum { .. } => {
                return Err(Fail::Internal(&"a scaled value was left over"))
            }
            Loc::Const(_) | Loc::Constant(_) | Loc::Local { .. } | Loc::Flags(_) => {}
        }
        let slot = self.frame.slot_mut(index);
        self.store_slot(entry.ty, slot, self.place_of(entry.loc, index));
        self.set_loc(index, Loc::Slot);
        Ok(())
    }

    /// Whether [`Compiler::settle_if_due`] or [`Compiler::check_if_due`] would do something.
    #[inline]
    pub(super) fn housekeeping_is_due(&self) -> bool {
        self.height().wrapping_sub(self.settled) > MOST_UNSETTLED || self.straight_line_is_long()
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
                Loc::Const(_) | Loc::Constant(_) if index < forced => continue,
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
            ..
        }) = self.stack.get(next as usize)
        {
            if local != index {
                return Err(Fail::Internal(&"chain of a local"));
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
}
