// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The address of an access to memory 0 with 32-bit indices, and what keeps it inside the memory. `elsewhere` has all others, and the
//! comparisons with the length of a memory 0 that is shared.
//!
//! `Guard`: index and offset are below 2^32 each, so their sum lies in the reservation, even speculatively; beyond the memory's
//! length it faults.
//!
//! `Bounds`: the access's first byte is compared with the number of places that there are for so many bytes. What is left out:
//!
//! - An index of which an upper limit is known (see [`Entry::most`](crate::codegen::value::Entry)), such that the access ends inside
//!   the declared minimum: memories never shrink. The limit is a matter of the data (a mask, a narrow load, a shift), not of a
//!   branch, so it holds in speculation. Where paths meet, entries are new ones, of which nothing is known; a loop's parameters
//!   keep their entries, and lose their limits.
//! - A local in a register that was checked for as many bytes before, see below.
//!
//! # Speculation
//!
//! Where the comparison's branch is mispredicted, a conditional move by the same flags has made the address 0 (the sum in r11), or the index
//! (where the access is inside the declared minimum for index 0). The index is masked in its own register, also if that is a local's:
//! whenever the program gets past the check, the move has changed nothing, and when it does not, it traps and nobody reads the local again.
//!
//! So after a check of a local for n bytes the register itself holds either the value that passed or 0, whatever was
//! predicted, and an access that ends within n bytes needs neither comparison nor mask, as long as
//!
//! - the register was not written: `local.set` and `local.tee` forget what was checked; calls do, since registers come back
//!   from homes, which may hold the value before the mask;
//! - every path to the access leads through the check. In straight line code it does. Where paths meet, what
//!   was checked before they parted is known on each of them, if none has written the register (the end of a block that
//!   was entered after the check; the `else` of such an `if`). At the start of a loop only what is known of locals
//!   that the function never writes is kept. A mispredicted direct branch goes to one of the places that the program's own
//!   control flow allows, and cannot pass the check by either; a mispredicted indirect one is kept off by [`crate::config::BranchForm`].

use core::mem::offset_of;

use wasmparser::MemArg;

use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Loc, Place, Value},
    },
    config::MemoryModel,
    isa::x64::{
        int::Alu,
        operand::{indexed, mem, Mem},
        regs::{Cc, Gpr, Width, R11, R13, R14},
    },
    trap::TrapCode,
    vm::InstanceCtx,
};

/// What an index is, for the way its address is made.
#[derive(Clone, Copy)]
enum Index {
    Const(u64),
    /// In a register, shifted left, plus something.
    Register {
        reg: Gpr,
        shift: u8,
        plus: u32,
    },
}

impl Compiler<'_> {
    /// The address of an access of `bytes` at `index`. May use r11, which the address may name, and change the flags.
    pub(in crate::codegen) fn address(
        &mut self,
        index: &Value,
        memarg: MemArg,
        bytes: u32,
    ) -> R<Mem> {
        if memarg.memory != self.plain_memory || memarg.offset > u64::from(u32::MAX) {
            return self.address_elsewhere(index, memarg, bytes);
        }
        let offset = memarg.offset;
        let last = offset + u64::from(bytes) - 1;
        let inside = u64::from(index.most()) + last < self.env.memory_minimum;
        if !inside && self.config.memory_model == MemoryModel::Bounds && self.env.shares_memory() {
            return self.address_elsewhere(index, memarg, bytes);
        }
        let index = match (index.loc, self.place(index)) {
            (Loc::Sum { reg, shift, plus }, _) => Index::Register { reg, shift, plus },
            (_, Place::Const(index)) => Index::Const(index & 0xffff_ffff),
            _ => Index::Register {
                reg: self.gpr(index)?,
                shift: 0,
                plus: 0,
            },
        };
        if inside || self.config.memory_model == MemoryModel::Guard {
            return Ok(self.sum(index, offset));
        }
        match (index, i32::try_from(offset)) {
            // Indices that are not sums can be made 0 themselves: address 0 is as good as any then.
            (
                Index::Register {
                    reg,
                    shift: 0,
                    plus: 0,
                },
                Ok(disp),
            ) if last < self.env.memory_minimum => self.checked_index(reg, disp, bytes),
            _ => self.checked_address(index, offset, bytes),
        }
    }

    /// Records that the instruction that follows may fault for being out of bounds.
    pub(in crate::codegen) fn access(&mut self) -> R {
        if self.config.memory_model == MemoryModel::Bounds {
            return Ok(());
        }
        let site = self.asm.fault_site();
        self.trap_site(site, TrapCode::MemoryOutOfBounds, true)
    }

    /// The address of `index` plus `offset`, both below 2^32. May use r11.
    fn sum(&mut self, index: Index, offset: u64) -> Mem {
        match index {
            Index::Const(index) => {
                let sum = index + offset;
                if let Ok(disp) = i32::try_from(sum) {
                    return mem(R13, disp);
                }
                self.asm.mov_imm(R11, sum);
            }
            Index::Register { reg, shift, plus } => {
                let offset = offset + u64::from(plus);
                if let Ok(disp) = i32::try_from(offset) {
                    return indexed(R13, reg, shift, disp);
                }
                // A displacement would be sign-extended.
                self.asm.mov_imm(R11, offset);
                self.asm.lea(Width::W64, R11, indexed(R11, reg, shift, 0));
            }
        }
        indexed(R13, R11, 0, 0)
    }

    /// Checks the index in `reg` and masks it where it is.
    fn checked_index(&mut self, reg: Gpr, disp: i32, bytes: u32) -> R<Mem> {
        let reach = u64::from(disp.unsigned_abs()) + u64::from(bytes);
        let is_local = self.regs.is_pinned(reg.into());
        if !is_local || !self.locals.reaches(reg, reach) {
            let address = if disp == 0 {
                reg
            } else {
                self.asm.lea(Width::W64, R11, mem(reg, disp));
                R11
            };
            self.check(address, bytes, reg)?;
            if is_local {
                self.locals.set_reach(reg, reach, self.asm.offset());
            }
        }
        Ok(indexed(R13, reg, 0, disp))
    }

    /// Checks the sum of `index` and `offset` in r11, and masks it there.
    fn checked_address(&mut self, index: Index, offset: u64, bytes: u32) -> R<Mem> {
        match index {
            Index::Const(index) => self.asm.mov_imm(R11, index + offset),
            Index::Register { reg, shift, plus } => {
                let offset = offset + u64::from(plus);
                match i32::try_from(offset) {
                    Ok(disp) if shift == 0 => self.asm.lea(Width::W64, R11, mem(reg, disp)),
                    _ => {
                        self.asm.mov_imm(R11, offset);
                        self.asm.lea(Width::W64, R11, indexed(R11, reg, shift, 0));
                    }
                }
            }
        }
        self.check(R11, bytes, R11)?;
        Ok(indexed(R13, R11, 0, 0))
    }

    /// Traps unless an access of `bytes` at `address` is inside; makes `masked` 0 where that branch was mispredicted.
    fn check(&mut self, address: Gpr, bytes: u32, masked: Gpr) -> R {
        let limit = match bytes {
            1 => offset_of!(InstanceCtx, memory_len),
            _ => offset_of!(InstanceCtx, memory_limits) + (bytes.ilog2() as usize - 1) * 8,
        };
        self.asm
            .alu(Alu::Cmp, Width::W64, address, mem(R14, limit as i32));
        self.trap_if(Cc::AboveEqual, TrapCode::MemoryOutOfBounds)?;
        if self.config.speculation_safe {
            let zero = mem(R14, offset_of!(InstanceCtx, zero) as i32);
            self.asm.cmov(Cc::AboveEqual, Width::W64, masked, zero);
        }
        Ok(())
    }
}
