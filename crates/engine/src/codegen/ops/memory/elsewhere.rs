// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Addresses in the memories that `address` does not know: those behind memory 0, whose base and length are read at each access, those
//! with 64-bit indices, and a shared memory 0, whose base stays in r13, and whose length is read at each access, as other threads may grow it.
//!
//! The latter are compared and masked whatever the memory model, as no reservation holds what they reach. Index and offset are added with a
//! look at the carry: a sum beyond 2^64 counts as the largest number there is, which lies outside every memory.

use core::mem::offset_of;

use wasmparser::MemArg;

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        value::{Loc, Place, Value},
    },
    config::MemoryModel,
    isa::x64::{
        int::Alu,
        operand::{indexed, mem, Mem},
        regs::{Cc, Gpr, Width, R11, R13, R14},
    },
    module::MemoryType,
    trap::TrapCode,
    vm::{memory_pointer_offset, InstanceCtx, MemoryDef},
};

/// Whether an addition left something in the carry flag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carry {
    None,
    Flag,
}

impl Compiler<'_> {
    /// As `address`, for any memory.
    #[cold]
    pub(super) fn address_elsewhere(
        &mut self,
        index: &Value,
        memarg: MemArg,
        bytes: u32,
    ) -> R<Mem> {
        let (memory, offset) = (memarg.memory, memarg.offset);
        let index64 = self.memory_type(memory)?.index64;
        if !index64 && offset > u64::from(u32::MAX) {
            return Err(Fail::Internal(&"offset of an access"));
        }
        if self.config.memory_model == MemoryModel::Guard && !index64 {
            return self.guarded_elsewhere(index, memory, offset);
        }
        let at = match self.is_near(memory) {
            true => R11,
            false => self.alloc_gpr()?,
        };
        let carry = match index64 {
            false => self.first_byte(index, offset, at)?,
            true => self.first_byte_64(index, offset, at)?,
        };
        if carry == Carry::Flag {
            if self.config.speculation_safe {
                let mask = self.alloc_gpr()?;
                self.asm.alu(Alu::Sbb, Width::W64, mask, mask);
                self.asm.alu(Alu::Or, Width::W64, at, mask);
            } else {
                self.trap_if(Cc::Below, TrapCode::MemoryOutOfBounds)?;
            }
        }
        let base = self.check_elsewhere(memory, at, bytes)?;
        if self.config.speculation_safe {
            // By the flags of the comparison.
            let zero = mem(R14, offset_of!(InstanceCtx, zero) as i32);
            self.asm.cmov(Cc::AboveEqual, Width::W64, at, zero);
        }
        Ok(indexed(base, at, 0, 0))
    }

    /// Traps unless an access of `bytes` at `at` is inside; the base of the memory. Leaves the flags of the comparison.
    fn check_elsewhere(&mut self, memory: u32, at: Gpr, bytes: u32) -> R<Gpr> {
        let place = (bytes.ilog2() as usize).wrapping_sub(1).wrapping_mul(8);
        let near = self.is_near(memory);
        let limit = match (near, bytes) {
            (true, 1) => mem(R14, offset_of!(InstanceCtx, memory_len) as i32),
            (true, _) => mem(R14, (offset_of!(InstanceCtx, memory_limits) + place) as i32),
            (false, 1) => mem(R11, offset_of!(MemoryDef, len) as i32),
            (false, _) => mem(R11, (offset_of!(MemoryDef, limits) + place) as i32),
        };
        if !near {
            self.memory_definition(R11, memory)?;
        }
        self.asm.alu(Alu::Cmp, Width::W64, at, limit);
        self.trap_if(Cc::AboveEqual, TrapCode::MemoryOutOfBounds)?;
        if memory == 0 {
            return Ok(R13);
        }
        let base = mem(R11, offset_of!(MemoryDef, base) as i32);
        self.asm.mov(Width::W64, R11, base);
        Ok(R11)
    }

    /// Length and limits of the memory are in the instance context.
    fn is_near(&self, memory: u32) -> bool {
        memory == 0 && !self.env.shares_memory()
    }

    /// The type of memory `index`.
    pub(in crate::codegen) fn memory_type(&self, index: u32) -> R<MemoryType> {
        let ty = self.env.memories.get(index as usize);
        ty.copied().ok_or(Fail::Internal(&"index of a memory"))
    }

    /// `to` = address of the [`MemoryDef`] of memory `index`, which has one. Keeps the flags.
    pub(super) fn memory_definition(&mut self, to: Gpr, index: u32) -> R {
        if index >= self.env.layout.memories {
            return Err(Fail::Internal(&"definition of a memory"));
        }
        let offset = i32::try_from(memory_pointer_offset(&self.env.layout, index))
            .map_err(|_| Fail::Internal(&"definition of a memory"))?;
        self.asm.mov(Width::W64, to, mem(R14, offset));
        Ok(())
    }

    /// An access to a guard memory behind memory 0.
    fn guarded_elsewhere(&mut self, index: &Value, memory: u32, offset: u64) -> R<Mem> {
        // What the displacement cannot hold goes to r11, and the base to another register.
        let (index, disp) = match (self.place(index), i32::try_from(offset)) {
            (Place::Const(index), _) => {
                let sum = (index & 0xffff_ffff) + offset;
                match i32::try_from(sum) {
                    Ok(disp) => (None, disp),
                    Err(_) => {
                        self.asm.mov_imm(R11, sum);
                        (Some(R11), 0)
                    }
                }
            }
            (_, Ok(disp)) => (Some(self.gpr(index)?), disp),
            (_, Err(_)) => {
                let index = self.gpr(index)?;
                self.asm.mov_imm(R11, offset);
                self.asm.alu(Alu::Add, Width::W64, R11, index);
                (Some(R11), 0)
            }
        };
        let base = match index {
            Some(R11) => self.alloc_gpr()?,
            _ => R11,
        };
        self.memory_definition(base, memory)?;
        let field = mem(base, offset_of!(MemoryDef, base) as i32);
        self.asm.mov(Width::W64, base, field);
        Ok(match index {
            Some(index) => indexed(base, index, 0, disp),
            None => mem(base, disp),
        })
    }

    /// `to` = a 32-bit index plus `distance`, below 2^33. Uses r11. A memory 0 may be told of sums.
    fn first_byte(&mut self, index: &Value, distance: u64, to: Gpr) -> R<Carry> {
        if let Place::Const(index) = self.place(index) {
            self.asm.mov_imm(to, (index & 0xffff_ffff) + distance);
            return Ok(Carry::None);
        }
        let (index, shift, distance) = match index.loc {
            Loc::Sum { reg, shift, plus } => (reg, shift, distance + u64::from(plus)),
            _ => (self.gpr(index)?, 0, distance),
        };
        match i32::try_from(distance) {
            Ok(disp) if shift == 0 => self.asm.lea(Width::W64, to, mem(index, disp)),
            _ => {
                self.asm.mov_imm(R11, distance);
                self.asm.lea(Width::W64, to, indexed(R11, index, shift, 0));
            }
        }
        Ok(Carry::None)
    }

    /// `to` = a 64-bit index plus `distance`. Uses r11.
    fn first_byte_64(&mut self, index: &Value, distance: u64, to: Gpr) -> R<Carry> {
        if let Place::Const(index) = self.place(index) {
            let sum = index.saturating_add(distance);
            self.asm.mov_imm(to, sum);
            return Ok(Carry::None);
        }
        let index = self.gpr(index)?;
        if let Ok(distance) = i32::try_from(distance) {
            self.asm.mov(Width::W64, to, index);
            if distance == 0 {
                return Ok(Carry::None);
            }
            self.asm.alu_imm(Alu::Add, Width::W64, to, distance);
            return Ok(Carry::Flag);
        }
        self.asm.mov_imm(R11, distance);
        self.asm.alu(Alu::Add, Width::W64, R11, index);
        if to != R11 {
            // Keeps the carry.
            self.asm.mov(Width::W64, to, R11);
        }
        Ok(Carry::Flag)
    }
}
