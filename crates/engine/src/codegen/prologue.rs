// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Entry and exit of a function, and locals around calls.

use core::mem::offset_of;

use super::{
    cold::Cold,
    fail::{Fail, R},
    function::Compiler,
    merge::slots,
    parallel::Moves,
    registers::Reg,
    value::{class, width, Class, NONE},
};
use crate::{
    isa::x64::{
        asm::Label,
        branch,
        int::Alu,
        operand::{indexed, mem},
        regs::{Cc, Gpr, Width, Xmm, R11, R14, R15, RAX, RCX, RDX, RSP, XMM0, XMM15},
        stubs::{Assignment, Location},
    },
    module::ValType,
    trap::TrapCode,
    vm::StoreCtx,
};

/// Functions that go down by so many bytes need no check of their own: the reserve below the stack limit has room for one.
const UNCHECKED_FRAME: u32 = 4096;
/// More locals than this are zeroed by a loop.
const ZERO_LOOP_FROM: u32 = 8;
/// Bytes of `sub rsp, imm32`.
const SUB_LEN: u32 = 7;

impl Compiler<'_> {
    /// Checks, frame, parameters, locals. Parameters are in their registers until they have been moved away.
    pub(super) fn prologue(&mut self, entry: Label) -> R {
        self.asm.bind(entry);
        branch::endbr(self.asm, self.config);
        let (retry, slow) = (self.asm.here(), self.asm.label());
        self.asm.alu(
            Alu::Cmp,
            Width::W64,
            RSP,
            mem(R15, offset_of!(StoreCtx, interrupt) as i32),
        );
        self.asm.jcc(Cc::Below, slow);
        self.cold(Cold::Interrupt {
            at: slow,
            back: retry,
            offset: self.offset,
        })?;
        if self.floats {
            let (at, back) = (self.asm.label(), self.asm.label());
            self.asm.alu_imm(
                Alu::Cmp,
                Width::W32,
                mem(R15, offset_of!(StoreCtx, fp_open) as i32),
                0,
            );
            self.asm.jcc(Cc::Equal, at);
            self.asm.bind(back);
            self.cold(Cold::FpOpen { at, back })?;
        }
        self.frame_at = self.asm.offset();
        self.add_to_rsp(Alu::Sub)?;
        if self.scan.leaves {
            self.asm.store(Width::W64, self.frame.instance(), R14);
        }
        self.parameters()?;
        self.zero_locals();
        self.first_homes();
        self.checked_at = self.asm.offset();
        self.begin_stretch()
    }

    /// `op rsp, size`: the size is patched in later.
    pub(super) fn add_to_rsp(&mut self, op: Alu) -> R {
        self.asm.alu_imm(op, Width::W64, RSP, i32::MAX);
        let field = self.asm.offset().wrapping_sub(4);
        self.asm.patch(field, &[0; 4]);
        self.frame.patch_later(field)
    }

    /// r11 = address of the return address.
    pub(super) fn frame_end(&mut self) -> R {
        self.asm.lea(Width::W64, R11, mem(RSP, i32::MAX));
        let field = self.asm.offset().wrapping_sub(4);
        self.asm.patch(field, &[0; 4]);
        self.frame.patch_later(field)
    }

    /// Moves parameters to their registers or homes.
    fn parameters(&mut self) -> R {
        let (mut integers, mut floats) = (Moves::default(), Moves::default());
        let ty = self.ty;
        let mut assignment = Assignment::params();
        for (index, &param) in (0..).zip(&ty.params) {
            let register = self.locals.register(index);
            match (assignment.next(param), register) {
                (Location::Integer(from), None) => {
                    self.asm
                        .store(Width::W64, self.frame.local(index), Gpr(from))
                }
                (Location::Float(from), None) => {
                    self.float_place_store(param, self.frame.local(index), Xmm(from));
                }
                (Location::Integer(from), Some(reg)) => integers.add(reg.number(), from)?,
                (Location::Float(from), Some(reg)) => floats.add(reg.xmm().0, from)?,
                (Location::Stack(_), _) => {}
            }
        }
        integers.emit(R11.0, |to, from| {
            self.asm.mov(Width::W64, Gpr(to), Gpr(from))
        });
        floats.emit(15, |to, from| self.asm.float_mov(Xmm(to), Xmm(from)));
        if assignment.stack_slots() != 0 {
            self.stack_parameters()?;
        }
        Ok(())
    }

    /// Those that came on the stack; runs that go to homes are copied together.
    fn stack_parameters(&mut self) -> R {
        self.frame_end()?;
        let ty = self.ty;
        let stride = Assignment::param_stride(ty);
        let mut assignment = Assignment::params();
        let (mut run, mut length, mut from) = (0, 0, 0);
        for (index, &param) in (0..).zip(&ty.params) {
            let slot = match (assignment.next(param), self.locals.register(index)) {
                (Location::Stack(slot), None) => {
                    if length == 0 {
                        (run, from) = (index, slot);
                    }
                    length += 1;
                    continue;
                }
                (Location::Stack(slot), Some(reg)) => {
                    Some((reg, mem(R11, 8 + (slot * stride) as i32)))
                }
                _ => None,
            };
            self.copy_parameters(run, from, length);
            length = 0;
            if let Some((reg, slot)) = slot {
                match reg.gpr() {
                    Some(to) => self.asm.mov(width(param), to, slot),
                    None => self.float_place_load(param, reg.xmm(), slot),
                }
            }
        }
        self.copy_parameters(run, from, length);
        Ok(())
    }

    fn copy_parameters(&mut self, run: u32, from: u32, length: u32) {
        if length != 0 {
            let stride = Assignment::param_stride(self.ty);
            let to = self.frame_slots(self.frame.local(run));
            let from = slots(mem(R11, 8 + (from * stride) as i32), stride);
            self.copy_slots(to, from, length, RCX, RAX);
        }
    }

    /// Locals that are not parameters begin as zero.
    fn zero_locals(&mut self) {
        let params = self.ty.params.len() as u32;
        for at in 0..self.locals.pinned.len() {
            let Some(&(reg, index)) = self.locals.pinned.get(at) else {
                break;
            };
            if index >= params {
                match reg.gpr() {
                    Some(reg) => self.asm.zero(reg),
                    None => self.asm.float_zero(reg.xmm()),
                }
            }
        }
        let count = self.locals.count.saturating_sub(params);
        if self.vectors && count <= ZERO_LOOP_FROM {
            return self.zero_wide_locals(params);
        }
        if count <= ZERO_LOOP_FROM {
            let mut zeroed = false;
            for index in params..params + count {
                if self.locals.register(index).is_none() {
                    if !zeroed {
                        self.asm.zero(RAX);
                        zeroed = true;
                    }
                    self.asm.store(Width::W64, self.frame.local(index), RAX);
                }
            }
            return;
        }
        // From -count up to 0, behind the last one, in steps of 8 bytes.
        let count = count.saturating_mul(self.frame.stride() / 8);
        let end = self.frame.local(self.locals.count);
        self.asm.zero(RAX);
        self.asm
            .mov_imm(RCX, i64::from(count).wrapping_neg() as u64);
        let top = self.asm.here();
        self.asm
            .store(Width::W64, indexed(RSP, RCX, 3, end.disp), RAX);
        self.asm.alu_imm(Alu::Add, Width::W64, RCX, 1);
        self.asm.jcc(Cc::NotEqual, top);
    }

    /// Likewise for a few homes of 16 bytes.
    fn zero_wide_locals(&mut self, first: u32) {
        let mut zeroed = false;
        for index in first..self.locals.count {
            if self.locals.register(index).is_none() {
                if !zeroed {
                    self.asm.float_zero(XMM15);
                    zeroed = true;
                }
                self.asm.vector_store(self.frame.local(index), XMM15);
            }
        }
    }

    /// Locals in registers that are never written get their homes' value once, if a call may make it needed; the others'
    /// homes are stale.
    fn first_homes(&mut self) {
        for at in 0..self.locals.pinned.len() {
            let Some(&(reg, index)) = self.locals.pinned.get(at) else {
                break;
            };
            if self.locals.written & reg.bit() != 0 {
                self.locals.dirty |= reg.bit();
            } else if self.scan.calls {
                self.save_local(reg, index);
            }
        }
    }

    fn save_local(&mut self, reg: Reg, index: u32) {
        let home = self.frame.local(index);
        match reg.gpr() {
            Some(reg) => self.asm.store(Width::W64, home, reg),
            None => self.float_place_store(self.saved_type(reg), home, reg.xmm()),
        }
    }

    /// What is saved of a local in the xmm register `reg`.
    fn saved_type(&self, reg: Reg) -> ValType {
        if self.locals.wide & reg.bit() != 0 {
            ValType::V128
        } else {
            ValType::F64
        }
    }

    /// Before a call: homes get the value of locals that changed.
    pub(super) fn save_locals(&mut self) -> R {
        if !self.scan.calls {
            return Err(Fail::Internal(&"a call was not foreseen"));
        }
        for at in 0..self.locals.pinned.len() {
            let Some(&(reg, index)) = self.locals.pinned.get(at) else {
                break;
            };
            if self.locals.dirty & reg.bit() != 0 {
                self.save_local(reg, index);
            }
        }
        self.locals.dirty = 0;
        Ok(())
    }

    /// After a call.
    pub(super) fn reload_locals(&mut self) {
        self.locals.forget_reach();
        for at in 0..self.locals.pinned.len() {
            let Some(&(reg, index)) = self.locals.pinned.get(at) else {
                break;
            };
            let home = self.frame.local(index);
            match reg.gpr() {
                Some(reg) => self.asm.mov(Width::W64, reg, home),
                None => self.float_place_load(self.saved_type(reg), reg.xmm(), home),
            }
        }
    }

    /// Returns with the results where [`super::merge`] left them.
    pub(super) fn epilogue(&mut self) -> R {
        let results = &self.ty.results;
        if results.len() > 1 {
            self.many_results(results)?;
        }
        self.add_to_rsp(Alu::Add)?;
        let (params_area, _) = Assignment::areas(self.ty);
        branch::ret_removing(self.asm, self.config, params_area as u16);
        Ok(())
    }

    /// Results in the slots from 0 on: runs of those that go to the stack are copied, then come the two in registers.
    fn many_results(&mut self, results: &[ValType]) -> R {
        if Assignment::areas(self.ty).1 != 0 {
            self.frame_end()?;
        }
        let (mut integer, mut float) = (NONE, NONE);
        let (mut run, mut length) = (0, 0);
        let mut assignment = Assignment::results();
        for (index, &result) in (0..).zip(results) {
            match assignment.next(result) {
                Location::Integer(_) => integer = index,
                Location::Float(_) => float = index,
                Location::Stack(_) => {
                    if length == 0 {
                        run = index;
                    }
                    length += 1;
                    continue;
                }
            }
            self.copy_results(run, length, assignment.stack_slots());
            length = 0;
        }
        self.copy_results(run, length, assignment.stack_slots());
        for (index, &result) in (0..).zip(results) {
            let slot = self.frame.slot(index);
            match class(result) {
                Class::Integer if index == integer => self.asm.mov(Width::W64, RAX, slot),
                Class::Float if index == float => self.float_place_load(result, XMM0, slot),
                _ => {}
            }
        }
        Ok(())
    }

    /// Copies a run of `length` results that ends at stack result `end`.
    fn copy_results(&mut self, run: u32, length: u32, end: u32) {
        if length != 0 {
            let (params_area, _) = Assignment::areas(self.ty);
            let stride = Assignment::result_stride(self.ty);
            let offset = 8 + params_area + (end - length) * stride;
            let to = slots(mem(R11, offset as i32), stride);
            let from = self.frame_slots(self.frame.slot(run));
            self.copy_slots(to, from, length, RCX, RDX);
        }
    }

    /// The frame's size is known: fills it in. A large frame is checked out of line before `rsp` goes down.
    pub(super) fn finish_prologue(&mut self) -> R {
        let (size, depth) = (self.frame.size()?, self.frame.depth()?);
        for at in 0..self.frame.patches().len() {
            if let Some(&field) = self.frame.patches().get(at) {
                self.asm.patch(field, &size.to_le_bytes());
            }
        }
        if depth <= UNCHECKED_FRAME {
            return Ok(());
        }
        let start = self.frame_at;
        let retry = self.asm.offset();
        let slow = self.asm.label();
        self.asm
            .lea(Width::W64, R11, mem(RSP, (depth as i32).wrapping_neg()));
        self.asm.alu(
            Alu::Cmp,
            Width::W64,
            R11,
            mem(R15, offset_of!(StoreCtx, interrupt) as i32),
        );
        self.asm.jcc(Cc::Below, slow);
        self.asm.alu_imm(Alu::Sub, Width::W64, RSP, size as i32);
        self.jump_to(start.wrapping_add(SUB_LEN));
        self.asm.bind(slow);
        self.asm.call(self.stubs.interrupt);
        self.trap_site(self.asm.offset(), TrapCode::StackOverflow, false)?;
        self.jump_to(retry);
        // The `sub` becomes a jump here.
        let distance = retry.wrapping_sub(start.wrapping_add(5)).to_le_bytes();
        self.asm.patch(start, &[0xe9]);
        self.asm.patch(start.wrapping_add(1), &distance);
        self.asm.patch(start.wrapping_add(5), &[0x90, 0x90]);
        Ok(())
    }

    /// `jmp` to an offset of the code.
    fn jump_to(&mut self, target: u32) {
        self.asm.push(0xe9);
        let from = self.asm.offset().wrapping_add(4);
        self.asm.push_i32(target.wrapping_sub(from) as i32);
    }
}
