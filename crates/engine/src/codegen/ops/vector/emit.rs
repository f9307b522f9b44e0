// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Instructions in the encoding that the CPU has, and registers for vectors.
//!
//! With AVX an instruction has a destination of its own, and memory operands need no alignment. Without it the destination is the first operand,
//! and only constants are aligned.

use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Place, Value},
    },
    config::CpuFeatures,
    isa::x64::{
        operand::Rm,
        regs::{Xmm, XMM15},
        vector::{table::ShiftOp, VectorOp},
    },
};

impl Compiler<'_> {
    pub(super) fn avx(&self) -> bool {
        self.config.cpu.contains(CpuFeatures::AVX)
    }

    pub(super) fn avx2(&self) -> bool {
        self.config.cpu.contains(CpuFeatures::AVX2)
    }

    /// `dst = lhs op rhs`. Without AVX and where `rhs` is in `dst` it goes through xmm15, which `lhs` must then not be.
    pub(super) fn v3(&mut self, op: VectorOp, dst: Xmm, lhs: Xmm, rhs: impl Into<Rm>) {
        let rhs = rhs.into();
        if self.avx() {
            return self.asm.vex(op, dst.0, lhs.0, rhs);
        }
        let rhs = self.make_destructive(dst, lhs, rhs);
        self.asm.sse(op, dst.0, rhs);
    }

    /// Likewise with an immediate.
    pub(super) fn v3_imm(&mut self, op: VectorOp, dst: Xmm, lhs: Xmm, rhs: impl Into<Rm>, imm: u8) {
        let rhs = rhs.into();
        if self.avx() {
            return self.asm.vex_imm(op, dst.0, lhs.0, rhs, imm);
        }
        let rhs = self.make_destructive(dst, lhs, rhs);
        self.asm.sse_imm(op, dst.0, rhs, imm);
    }

    /// Brings `lhs` to `dst`; where the other operand, an xmm register or memory, is then.
    fn make_destructive(&mut self, dst: Xmm, lhs: Xmm, rhs: Rm) -> Rm {
        if dst == lhs {
            return rhs;
        }
        let rhs = if rhs == Rm::Reg(dst.0) {
            self.asm.float_mov(XMM15, dst);
            XMM15.into()
        } else {
            rhs
        };
        self.asm.float_mov(dst, lhs);
        rhs
    }

    /// `dst = lhs` with a lane from an integer register or memory.
    pub(super) fn insert(&mut self, op: VectorOp, dst: Xmm, lhs: Xmm, from: Rm, lane: u8) {
        if self.avx() {
            return self.asm.vex_imm(op, dst.0, lhs.0, from, lane);
        }
        if dst != lhs {
            self.asm.float_mov(dst, lhs);
        }
        self.asm.sse_imm(op, dst.0, from, lane);
    }

    /// `dst = op src`; which of them are xmm registers depends on the instruction.
    pub(super) fn v2(&mut self, op: VectorOp, dst: u8, src: impl Into<Rm>) {
        if self.avx() {
            self.asm.vex(op, dst, 0, src);
        } else {
            self.asm.sse(op, dst, src);
        }
    }

    /// Likewise with an immediate.
    pub(super) fn v2_imm(&mut self, op: VectorOp, dst: u8, src: impl Into<Rm>, imm: u8) {
        if self.avx() {
            self.asm.vex_imm(op, dst, 0, src, imm);
        } else {
            self.asm.sse_imm(op, dst, src, imm);
        }
    }

    /// `dst = src` shifted by an immediate; `op` tells the lanes.
    pub(super) fn shift_imm(&mut self, op: VectorOp, kind: ShiftOp, dst: Xmm, src: Xmm, count: u8) {
        if self.avx() {
            return self.asm.vex_imm(op, kind as u8, dst.0, src, count);
        }
        if dst != src {
            self.asm.float_mov(dst, src);
        }
        self.asm.sse_imm(op, kind as u8, dst, count);
    }

    /// `value` as second operand of an instruction on whole vectors.
    pub(super) fn vector_operand(&mut self, value: &Value) -> R<Rm> {
        match self.place(value) {
            Place::Constant(label) => Ok(label.into()),
            Place::Mem(mem) if self.avx() => Ok(mem.into()),
            _ => Ok(self.xmm(value)?.into()),
        }
    }

    /// The register for a result that is made by one instruction from `operands`: the local's that the next operator sets, or the
    /// first operand's that is nobody else's.
    pub(super) fn result_over(&mut self, operands: &[Rm]) -> R<Xmm> {
        if let Some(target) = self.target_xmm()? {
            return Ok(target);
        }
        let free = operands.iter().find_map(|&operand| match operand {
            Rm::Reg(reg) if !self.regs.is_pinned(Xmm(reg).into()) => Some(Xmm(reg)),
            _ => None,
        });
        match free {
            Some(reg) => Ok(reg),
            None => self.alloc_xmm(),
        }
    }

    /// The register for a result that is begun before `operands` have been read for the last time.
    pub(super) fn result_beside(&mut self, operands: &[Rm]) -> R<Xmm> {
        match self.target_xmm()? {
            Some(target) if !operands.contains(&target.into()) => Ok(target),
            _ => self.alloc_xmm(),
        }
    }
}
