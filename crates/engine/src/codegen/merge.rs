// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Where values are when paths meet.
//!
//! A block's single result is in rax or xmm0; several results, and the parameters of loops, are in the slots of their
//! entries. All entries below are settled since the block began, so nothing else needs to be agreed upon: at a label, every
//! register but those of locals and that one is free.

use super::{
    control::{Control, Kind},
    fail::{Fail, R},
    function::Compiler,
    value::{class, Class, Entry, Place},
};
use crate::{
    isa::x64::{
        int::Alu,
        operand::{indexed, mem, Mem},
        regs::{Cc, Gpr, Width, R11, RAX, RCX, XMM0, XMM15},
    },
    module::ValType,
};

/// More values than this are moved by a loop.
pub(super) const LOOP_FROM: u32 = 8;

/// How the values of a branch travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carry {
    None,
    /// In rax or xmm0.
    Register(ValType),
    /// In the slots from the target's base on.
    Slots(u32),
}

/// A row of slots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    first: Mem,
    /// Bytes of each: 8 or 16.
    stride: u32,
}

/// Slots of `stride` bytes each from `first` on.
pub(super) const fn slots(first: Mem, stride: u32) -> Slots {
    Slots { first, stride }
}

impl Slots {
    fn nth(self, index: u32) -> Mem {
        let offset = index.wrapping_mul(self.stride) as i32;
        mem(self.first.base, self.first.disp.wrapping_add(offset))
    }
}

impl Control<'_> {
    /// How values travel to this block's label.
    pub(super) fn carry(&self) -> Carry {
        match (self.branch_types(), self.kind) {
            ([], _) => Carry::None,
            (&[ty], kind) if kind != Kind::Loop => Carry::Register(ty),
            (types, _) => Carry::Slots(types.len() as u32),
        }
    }
}

impl Compiler<'_> {
    /// Puts the topmost value where [`Carry::Register`] wants it; it stays on the stack. Keeps the flags.
    pub(super) fn carry_in_register(&mut self) -> R {
        let value = self.pop()?;
        let place = self.place(&value);
        match class(value.ty) {
            Class::Integer => {
                if place != Place::Gpr(RAX) {
                    self.claim(RAX)?;
                    self.load_gpr_place(value.ty, RAX, place);
                }
                self.release_value(place);
                self.push_gpr(value.ty, RAX)
            }
            Class::Float => {
                if place != Place::Xmm(XMM0) {
                    self.claim(XMM0)?;
                    self.load_xmm_place(value.ty, XMM0, place);
                }
                self.release_value(place);
                self.push_xmm(value.ty, XMM0)
            }
        }
    }

    /// The register of a popped value that has been copied elsewhere is free again.
    pub(super) fn release_value(&mut self, place: Place) {
        match place {
            Place::Gpr(reg) => self.regs.drop_temp(reg.into()),
            Place::Xmm(reg) => self.regs.drop_temp(reg.into()),
            _ => {}
        }
    }

    /// Before a branch is made: entries that a loop will move must be in their slots. `above` of them are on top of those.
    pub(super) fn prepare_slots(&mut self, count: u32, above: u32) -> R {
        if count > LOOP_FROM {
            self.settle(count.saturating_add(above))?;
        }
        Ok(())
    }

    /// Copies the topmost `count` entries to the slots from `base` on. Changes no entry and no register but r11, xmm15 and
    /// rcx (rcx only for many values), so that it may stand on one of two paths.
    pub(super) fn carry_in_slots(&mut self, count: u32, base: u32) -> R {
        let first = self
            .height()
            .checked_sub(count)
            .ok_or(Fail::Internal(&"values of a branch"))?;
        if count > LOOP_FROM {
            if first != base {
                let (from, to) = (self.frame.slot(first), self.frame.slot_mut(base));
                self.frame.slot_mut(base + count - 1);
                let (from, to) = (self.frame_slots(from), self.frame_slots(to));
                self.copy_slots(to, from, count, RCX, R11);
            }
            return Ok(());
        }
        // Upwards: a slot is written after what was in it was read, as no entry moves up.
        for offset in 0..count {
            let index = first + offset;
            let Some(&Entry { ty, loc, .. }) = self.stack.get(index as usize) else {
                return Err(Fail::Internal(&"values of a branch"));
            };
            let to = self.frame.slot_mut(base + offset);
            self.store_slot(ty, to, self.place_of(loc, index));
        }
        Ok(())
    }

    /// Slots of the frame from `first` on.
    pub(super) fn frame_slots(&self, first: Mem) -> Slots {
        slots(first, self.frame.stride())
    }

    /// Copies `count` slots upwards (right if `to` is below `from` or they do not overlap): 16 bytes of each if both sides have
    /// as many, then through xmm15, else 8. Few are copied one by one.
    pub(super) fn copy_slots(
        &mut self,
        to: Slots,
        from: Slots,
        count: u32,
        counter: Gpr,
        data: Gpr,
    ) {
        let wide = to.stride == 16 && from.stride == 16;
        if count <= LOOP_FROM {
            for index in 0..count {
                self.copy_slot(wide, to.nth(index), from.nth(index), data);
            }
            return;
        }
        // The counter goes up in steps of 8 bytes of the wider side: 1 or 2.
        let step = to.stride.max(from.stride) / 8;
        self.asm
            .mov_imm(counter, i64::from(count * step).wrapping_neg() as u64);
        let top = self.asm.here();
        let at = |slots: Slots| {
            let scale = if slots.stride / 8 == step { 3 } else { 2 };
            let end = slots.nth(count);
            indexed(end.base, counter, scale, end.disp)
        };
        self.copy_slot(wide, at(to), at(from), data);
        self.asm.alu_imm(Alu::Add, Width::W64, counter, step as i32);
        self.asm.jcc(Cc::NotEqual, top);
    }

    fn copy_slot(&mut self, wide: bool, to: Mem, from: Mem, data: Gpr) {
        if wide {
            self.asm.vector_load(XMM15, from);
            self.asm.vector_store(to, XMM15);
        } else {
            self.asm.mov(Width::W64, data, from);
            self.asm.store(Width::W64, to, data);
        }
    }

    /// Pops the values of a branch to `target` and puts them where it wants them.
    pub(super) fn carry(&mut self, target: &Control<'_>) -> R {
        match target.carry() {
            Carry::None => Ok(()),
            Carry::Register(_) => self.carry_in_register(),
            Carry::Slots(count) => {
                self.prepare_slots(count, 0)?;
                self.carry_in_slots(count, target.base)
            }
        }
    }

    /// Begins code where paths through `block` meet with `types` on the stack above its base, carried there.
    pub(super) fn meet(&mut self, block: &Control<'_>, types: &[ValType], carry: Carry) -> R {
        let base = block.base;
        self.truncate(base)?;
        self.locals.meet(block.opened_at);
        // The flags may be another path's.
        self.zero_flag.0 = u32::MAX;
        self.reachable = true;
        match carry {
            Carry::None => Ok(()),
            Carry::Register(ty) => match class(ty) {
                Class::Integer => self.push_gpr(ty, RAX),
                Class::Float => self.push_xmm(ty, XMM0),
            },
            Carry::Slots(_) => {
                self.settled = self.settled.min(base);
                self.push_slots(types)
            }
        }
    }
}
