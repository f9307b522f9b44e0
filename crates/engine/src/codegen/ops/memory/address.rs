// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The address of a memory access, and what keeps it inside the memory.
//!
//! `Guard`: index and offset are below 2^32 each, so their sum lies in the reservation, even speculatively; beyond the memory's
//! length it faults. `Bounds`: the address of the access's last byte is compared with the length, and made 0 by a mask
//! where the branch was mispredicted.

use core::mem::offset_of;

use wasmparser::MemArg;

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::{Place, Value},
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

impl Compiler<'_> {
    /// The address of an access of `bytes` at `index`. May use r11, which the address may name. `free` is a register that
    /// may be overwritten once `index` was read.
    pub(in crate::codegen) fn address(
        &mut self,
        index: &Value,
        memarg: MemArg,
        bytes: u32,
        free: Option<Gpr>,
    ) -> R<Mem> {
        if memarg.memory != 0 || memarg.offset > u64::from(u32::MAX) {
            return Err(Fail::Unsupported);
        }
        match self.config.memory_model {
            MemoryModel::Guard => self.guarded(index, memarg.offset),
            MemoryModel::Bounds => self.checked(index, memarg.offset, bytes, free),
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

    fn guarded(&mut self, index: &Value, offset: u64) -> R<Mem> {
        if let Place::Const(index) = self.place(index) {
            // Both are below 2^32.
            let sum = (index & 0xffff_ffff) + offset;
            if let Ok(disp) = i32::try_from(sum) {
                return Ok(mem(R13, disp));
            }
            self.asm.mov_imm(R11, sum);
            return Ok(indexed(R13, R11, 0, 0));
        }
        let index = self.gpr(index)?;
        if let Ok(disp) = i32::try_from(offset) {
            return Ok(indexed(R13, index, 0, disp));
        }
        // A displacement would be sign-extended.
        self.asm.mov_imm(R11, offset);
        self.asm.alu(Alu::Add, Width::W64, R11, index);
        Ok(indexed(R13, R11, 0, 0))
    }

    fn checked(&mut self, index: &Value, offset: u64, bytes: u32, free: Option<Gpr>) -> R<Mem> {
        // r11 = the offset in memory of the last byte, below 2^33 + 8.
        let last = u64::from(bytes) - 1;
        let distance = offset + last;
        if let Place::Const(index) = self.place(index) {
            self.asm.mov_imm(R11, (index & 0xffff_ffff) + distance);
        } else {
            let index = self.gpr(index)?;
            match i32::try_from(distance) {
                Ok(disp) => self.asm.lea(Width::W64, R11, mem(index, disp)),
                Err(_) => {
                    self.asm.mov_imm(R11, distance);
                    self.asm.alu(Alu::Add, Width::W64, R11, index);
                }
            }
        }
        let mask = match free {
            Some(free) => free,
            None if self.config.speculation_safe => self.alloc_gpr()?,
            None => R11,
        };
        self.asm.alu(
            Alu::Cmp,
            Width::W64,
            R11,
            mem(R14, offset_of!(InstanceCtx, memory_len) as i32),
        );
        self.trap_if(Cc::AboveEqual, TrapCode::MemoryOutOfBounds)?;
        if self.config.speculation_safe {
            // All ones if it was below, by the carry of the comparison.
            self.asm.alu(Alu::Sbb, Width::W64, mask, mask);
            self.asm.alu(Alu::And, Width::W64, R11, mask);
        }
        Ok(indexed(R13, R11, 0, -(last as i32)))
    }
}
