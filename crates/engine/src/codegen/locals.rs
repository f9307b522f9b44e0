// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Locals: which live in registers, and which entries of the stack still refer to them.
//!
//! The hottest locals (see [`super::scan`]) have a register for the whole function, so paths meet without moving them. In a function
//! that calls nothing, parameters stay in the registers that they come in where no operator needs those. Calls
//! change all registers: before one, a local that changed since its home was last written is saved; after it, reloaded.

use alloc::vec::Vec;

use super::{
    fail::{push, Fail, R},
    registers::{Reg, FLOAT_LOCALS, INTEGER_LOCALS},
    scan::Scan,
    value::{class, Class, NONE},
};
use crate::{
    isa::x64::{
        regs::Gpr,
        stubs::{Assignment, Location},
    },
    module::{FuncType, ValType},
};

/// So many locals have their types in a list of their own.
const TYPES: usize = 128;
/// No register.
const HOME: u8 = 0xff;

#[derive(Debug, Default)]
pub(super) struct Locals {
    /// Parameters included.
    pub count: u32,
    /// The types of the first locals.
    types: Vec<ValType>,
    /// Runs of locals of one type: the index behind the last, and the type.
    runs: Vec<(u32, ValType)>,
    /// Newest entry that refers to each local; all [`NONE`] between functions.
    newest: Vec<u32>,
    /// Register numbers of the first locals.
    registers: Vec<u8>,
    /// Registers given out, and the local in each.
    pub pinned: Vec<(Reg, u32)>,
    /// Of those, the ones that hold vectors.
    pub wide: u32,
    /// Of those, the ones that some operator writes.
    pub written: u32,
    /// Of those, the ones whose home is stale.
    pub dirty: u32,
    /// What was checked of the integer register with each number, see [`Locals::reaches`].
    reach: [Reach; 16],
    /// The registers of which something is known, as bits; of others `reach` means nothing.
    reached: u32,
}

/// Bytes from an index on that are in memory 0.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    bytes: u64,
    /// Offset of the code behind the check.
    since: u32,
}

impl Locals {
    /// A new function with parameters of these types.
    pub(super) fn begin(&mut self, params: &[ValType]) -> R {
        self.count = 0;
        self.types.clear();
        self.runs.clear();
        for &ty in params {
            self.declare(1, ty)?;
        }
        Ok(())
    }

    /// `count` more locals of type `ty`. The validator has seen that there are not too many.
    pub(super) fn declare(&mut self, count: u32, ty: ValType) -> R {
        self.count = self.count.saturating_add(count);
        let known = (self.count as usize).min(TYPES);
        let more = known.saturating_sub(self.types.len());
        if self.types.try_reserve(more).is_err() {
            return Err(Fail::OutOfMemory);
        }
        self.types.resize(known, ty);
        push(&mut self.runs, (self.count, ty))
    }

    /// The type of local `index`.
    pub(super) fn type_of(&self, index: u32) -> Option<ValType> {
        match self.types.get(index as usize) {
            Some(&ty) => Some(ty),
            None => {
                let run = self.runs.partition_point(|&(end, _)| end <= index);
                self.runs.get(run).map(|&(_, ty)| ty)
            }
        }
    }

    /// Gives registers to the hottest locals.
    pub(super) fn assign(&mut self, ty: &FuncType, scan: &Scan) -> R {
        self.pinned.clear();
        self.registers.clear();
        self.wide = 0;
        self.written = 0;
        self.dirty = 0;
        self.forget_reach();
        if self
            .pinned
            .try_reserve(INTEGER_LOCALS.len() + FLOAT_LOCALS.len())
            .is_err()
            || self.registers.try_reserve(scan.uses.len()).is_err()
        {
            return Err(Fail::OutOfMemory);
        }
        self.registers.resize(scan.uses.len(), HOME);
        // A call costs each register a store and a load.
        let least = scan.call_weight.saturating_mul(2);
        let mut best = Best::default();
        for (index, &uses) in scan.uses.iter().enumerate() {
            if uses > least {
                let ty = self
                    .type_of(index as u32)
                    .ok_or(Fail::Internal(&"type of a local"))?;
                best.offer(class(ty), index as u32, uses);
            }
        }
        // Without calls, parameters can stay where they come.
        let stay = if scan.calls { [NONE; 16] } else { incoming(ty) };
        let integers = || best.integers.iter().filter(|&&(_, uses)| uses != 0);
        let staying = |index: u32| (0..).zip(&stay).find(|&(_, &param)| param == index);
        for &(index, _) in integers() {
            if let Some((number, _)) = staying(index) {
                self.pin(Reg::new(number), index, scan);
            }
        }
        let taken = self.mask();
        let mut free = INTEGER_LOCALS.map(Reg::new).into_iter();
        for &(index, _) in integers().filter(|&&(index, _)| staying(index).is_none()) {
            if let Some(reg) = free.by_ref().find(|reg| taken & reg.bit() == 0) {
                self.pin(reg, index, scan);
            }
        }
        let floats = best.floats.iter().filter(|&&(_, uses)| uses != 0);
        for (&(index, _), number) in floats.zip(FLOAT_LOCALS) {
            self.pin(Reg::new(16 + number), index, scan);
            if self.type_of(index) == Some(ValType::V128) {
                self.wide |= Reg::new(16 + number).bit();
            }
        }
        Ok(())
    }

    /// Gives `reg` to local `index`. There is room in all lists.
    fn pin(&mut self, reg: Reg, index: u32, scan: &Scan) {
        if let Some(register) = self.registers.get_mut(index as usize) {
            *register = reg.number();
        }
        if scan.written.get(index as usize) == Some(&true) {
            self.written |= reg.bit();
        }
        self.pinned.push((reg, index));
    }

    /// The register of local `index`, if it has one.
    pub(super) fn register(&self, index: u32) -> Option<Reg> {
        self.registers
            .get(index as usize)
            .copied()
            .filter(|&number| number != HOME)
            .map(Reg::new)
    }

    /// All registers that locals have, as bits.
    pub(super) fn mask(&self) -> u32 {
        self.pinned
            .iter()
            .fold(0, |mask, &(reg, _)| mask | reg.bit())
    }

    /// The newest entry that refers to local `index`.
    pub(super) fn newest(&self, index: u32) -> u32 {
        self.newest.get(index as usize).copied().unwrap_or(NONE)
    }

    /// Changes it.
    #[inline]
    pub(super) fn set_newest(&mut self, index: u32, entry: u32) -> R {
        if let Some(newest) = self.newest.get_mut(index as usize) {
            *newest = entry;
            return Ok(());
        }
        self.first_newest(index as usize, entry)
    }

    #[cold]
    fn first_newest(&mut self, at: usize, entry: u32) -> R {
        let more = at.saturating_sub(self.newest.len()).saturating_add(1);
        if self.newest.try_reserve(more).is_err() {
            return Err(Fail::OutOfMemory);
        }
        self.newest.resize(at, NONE);
        self.newest.push(entry);
        Ok(())
    }

    /// After a failure entries may be left over.
    pub(super) fn forget_entries(&mut self) {
        self.newest.fill(NONE);
    }

    /// Paths meet that began at `opened_at`: whatever is written anywhere may have changed on one of them. What was checked before
    /// they parted, and is not written on any of them, was checked on all.
    pub(super) fn meet(&mut self, opened_at: u32) {
        self.dirty |= self.written;
        if self.reached == 0 {
            return;
        }
        for (number, reach) in (0..).zip(&self.reach) {
            if reach.since > opened_at {
                self.reached &= !Reg::new(number).bit();
            }
        }
    }

    /// A loop begins: what is in it comes before, too. `calls`: some call changes registers.
    pub(super) fn enter_loop(&mut self, calls: bool) {
        self.dirty |= self.written;
        self.reached &= if calls { 0 } else { !self.written };
    }

    /// Whether memory 0 is known to have `bytes` bytes from the index on that the local in `reg` holds, also where branches
    /// were mispredicted: the register was masked when that was checked.
    pub(super) fn reaches(&self, reg: Gpr, bytes: u64) -> bool {
        let reach = self.reach.get(usize::from(reg.0));
        self.reached & Reg::from(reg).bit() != 0 && reach.is_some_and(|reach| reach.bytes >= bytes)
    }

    /// That was checked and masked just before offset `since` of the code.
    pub(super) fn set_reach(&mut self, reg: Gpr, bytes: u64, since: u32) {
        if let Some(reach) = self.reach.get_mut(usize::from(reg.0)) {
            *reach = Reach { bytes, since };
            self.reached |= Reg::from(reg).bit();
        }
    }

    /// The register is written.
    pub(super) fn forget_reach_of(&mut self, reg: Reg) {
        self.reached &= !reg.bit();
    }

    /// All registers change.
    pub(super) fn forget_reach(&mut self) {
        self.reached = 0;
    }
}

/// For each register in which a parameter may stay (rdi, rsi, r8, r9: no operator needs these in particular), the parameter that
/// comes in it.
fn incoming(ty: &FuncType) -> [u32; 16] {
    let mut params = [NONE; 16];
    let mut assignment = Assignment::params();
    // More than can come in registers need not be looked at.
    for (index, &param) in (0..16).zip(&ty.params) {
        if let Location::Integer(number @ (6..=9)) = assignment.next(param) {
            if let Some(slot) = params.get_mut(usize::from(number)) {
                *slot = index;
            }
        }
    }
    params
}

/// The locals with most uses, in falling order.
#[derive(Default)]
struct Best {
    integers: [(u32, u32); INTEGER_LOCALS.len()],
    floats: [(u32, u32); FLOAT_LOCALS.len()],
}

impl Best {
    fn offer(&mut self, class: Class, index: u32, uses: u32) {
        let list: &mut [(u32, u32)] = match class {
            Class::Integer => &mut self.integers,
            Class::Float => &mut self.floats,
        };
        let mut item = (index, uses);
        for place in list {
            if item.1 > place.1 {
                core::mem::swap(place, &mut item);
            }
        }
    }
}
