// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Which registers are free, which entry owns which.

use super::value::{Class, NONE};
use crate::isa::x64::regs::{Gpr, Xmm};

/// Integer registers in groups, in the order in which they are handed out; of a group the highest number comes first: rdi rsi rdx,
/// rax, rcx, and then those that locals get first.
const INTEGER_GROUPS: [u32; 5] = [0x00c4, 0x0001, 0x0002, 0x0700, 0x1028];
/// Registers for hot integer locals, best first (rbx, rbp, r12, r10, r9, r8). Five always remain for values.
pub(super) const INTEGER_LOCALS: [u8; 6] = [3, 5, 12, 10, 9, 8];
/// Likewise for floats: xmm7–xmm0, then those that no local took.
const FLOAT_GROUPS: [u32; 2] = [0x00ff_0000, 0x7f00_0000];
/// Registers for hot float locals, best first.
pub(super) const FLOAT_LOCALS: [u8; 7] = [8, 9, 10, 11, 12, 13, 14];

/// A register of either kind: 0–15 integer, 16–31 vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reg(u8);

impl Reg {
    pub(super) const fn bit(self) -> u32 {
        1 << (self.0 & 31)
    }

    /// The integer register, if it is one.
    pub(super) const fn gpr(self) -> Option<Gpr> {
        if self.0 < 16 {
            Some(Gpr(self.0))
        } else {
            None
        }
    }

    pub(super) const fn class(self) -> Class {
        if self.0 < 16 {
            Class::Integer
        } else {
            Class::Float
        }
    }

    /// The vector register with its number.
    pub(super) const fn xmm(self) -> Xmm {
        Xmm(self.0 & 15)
    }

    /// From an encoding of [`Reg::number`].
    pub(super) const fn new(number: u8) -> Self {
        Self(number & 31)
    }

    pub(super) const fn number(self) -> u8 {
        self.0
    }
}

impl From<Gpr> for Reg {
    fn from(reg: Gpr) -> Self {
        Self(reg.0 & 15)
    }
}

impl From<Xmm> for Reg {
    fn from(reg: Xmm) -> Self {
        Self(16 | reg.0 & 15)
    }
}

/// All registers of a class, as bits.
const fn class_mask(class: Class) -> u32 {
    match class {
        Class::Integer => 0xffff,
        Class::Float => 0xffff_0000,
    }
}

/// The state of the register file at one point of the emitted code.
#[derive(Clone, Debug)]
pub(super) struct Registers {
    /// Held by an entry of the stack.
    owned: u32,
    /// In use by the operator being compiled.
    temps: u32,
    /// Given to locals for the whole function.
    pinned: u32,
    /// The owner of each owned register.
    owner: [u32; 32],
}

impl Registers {
    pub(super) const fn new() -> Self {
        Self {
            owned: 0,
            temps: 0,
            pinned: 0,
            owner: [NONE; 32],
        }
    }

    /// Forgets everything; `pinned` is given to locals.
    pub(super) fn reset(&mut self, pinned: u32) {
        self.owned = 0;
        self.temps = 0;
        self.pinned = pinned;
    }

    pub(super) const fn is_pinned(&self, reg: Reg) -> bool {
        self.pinned & reg.bit() != 0
    }

    /// Whether `reg` is free.
    pub(super) const fn is_free(&self, reg: Reg) -> bool {
        (self.owned | self.temps | self.pinned) & reg.bit() == 0
    }

    /// A free integer register, not yet taken.
    #[inline]
    pub(super) fn free_gpr(&self) -> Option<Gpr> {
        Some(Gpr(self.free_of(&INTEGER_GROUPS)?))
    }

    /// A free register of `class`, not yet taken.
    pub(super) fn free(&self, class: Class) -> Option<Reg> {
        let groups: &[u32] = match class {
            Class::Integer => &INTEGER_GROUPS,
            Class::Float => &FLOAT_GROUPS,
        };
        self.free_of(groups).map(Reg)
    }

    /// The number of the highest free register of the first group that has one.
    #[inline]
    fn free_of(&self, groups: &[u32]) -> Option<u8> {
        let free = !(self.owned | self.temps | self.pinned);
        let mut groups = groups.iter().map(|group| group & free);
        let group = groups.find(|&group| group != 0)?;
        Some((31 - group.leading_zeros()) as u8)
    }

    /// The owned register of `class` whose entry is deepest: the best one to spill.
    pub(super) fn deepest(&self, class: Class) -> Option<Reg> {
        self.owned_registers(class)
            .min_by_key(|&reg| self.owner(reg))
    }

    /// The owned registers of `class`.
    pub(super) fn owned_registers(&self, class: Class) -> impl Iterator<Item = Reg> {
        let mut left = self.owned & class_mask(class);
        core::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let number = left.trailing_zeros() as u8;
            left &= left - 1;
            Some(Reg(number))
        })
    }

    pub(super) const fn any_owned(&self) -> bool {
        self.owned != 0
    }

    /// The entry that owns `reg`, or [`NONE`].
    pub(super) fn owner(&self, reg: Reg) -> u32 {
        if self.owned & reg.bit() == 0 {
            return NONE;
        }
        self.owner.get(usize::from(reg.0)).copied().unwrap_or(NONE)
    }

    /// Entry `index` owns `reg` from now on.
    pub(super) fn own(&mut self, reg: Reg, index: u32) {
        self.temps &= !reg.bit();
        self.owned |= reg.bit();
        if let Some(owner) = self.owner.get_mut(usize::from(reg.0)) {
            *owner = index;
        }
    }

    /// The owner of `reg` no longer holds it.
    pub(super) fn disown(&mut self, reg: Reg) {
        self.owned &= !reg.bit();
    }

    /// The operator uses `reg` until it ends.
    pub(super) fn hold(&mut self, reg: Reg) {
        self.temps |= reg.bit();
    }

    /// The operator no longer needs `reg`.
    pub(super) fn drop_temp(&mut self, reg: Reg) {
        self.temps &= !reg.bit();
    }

    /// The operator ended.
    pub(super) fn release_temps(&mut self) {
        self.temps = 0;
    }
}
