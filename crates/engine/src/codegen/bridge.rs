// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The bridge before a function that makes tail calls.
//!
//! Direct calls of a module take it that they come back in their own instance. A function that makes a tail call may not: whoever
//! it calls may go on to another instance, and return from there. So direct calls of such a function go over a bridge, which
//! calls the function proper and then restores the instance. Calls through records restore it themselves and go to the function
//! proper; so do tail calls, or else the stack would grow by a bridge with each of them.

use core::mem::offset_of;

use dynasm::dynasm;

use super::{fail::R, function::Compiler, merge::slots};
use crate::{
    isa::x64::{
        asm::Label,
        branch,
        int::Alu,
        operand::mem,
        regs::{Cc, Gpr, Width, R11, R13, R14, R15, RBP, RBX, RCX, RDX, RSP},
        stubs::Assignment,
    },
    trap::TrapCode,
    vm::{InstanceCtx, StoreCtx},
};

/// A bridge that goes down by so many bytes needs no check of its own.
const UNCHECKED: i32 = 1024;

impl Compiler<'_> {
    /// Writes the bridge for direct calls, which go to `entry`; the function proper begins at `body`, right behind.
    ///
    /// Its frame, from `rsp` up: the callee's stack parameters, its stack results, r14.
    pub(super) fn bridge(&mut self, entry: Label, body: Label) -> R {
        let (params, results) = Assignment::areas(self.ty);
        let (params_area, results_area) = (params as i32, results as i32);
        let area = params_area + results_area;
        self.asm.bind(entry);
        if area > UNCHECKED {
            self.bridge_check(area)?;
        }
        dynasm!(self.asm ; .arch x64 ; push r14);
        if area != 0 {
            self.asm.alu_imm(Alu::Sub, Width::W64, RSP, area);
        }
        // Above the frame: the return address, then the caller's area.
        self.copy_area(0, area + 16, params, RBX, RBP);
        self.asm.call(body);
        self.copy_area(results_area + 16 + params_area, 0, results, RCX, RDX);
        if results_area != 0 {
            self.asm.alu_imm(Alu::Add, Width::W64, RSP, results_area);
        }
        dynasm!(self.asm ; .arch x64 ; pop r14);
        self.asm.mov(
            Width::W64,
            R13,
            mem(R14, offset_of!(InstanceCtx, memory_base) as i32),
        );
        branch::ret_removing(self.asm, self.config, params as u16);
        self.asm.align(16, 0xcc);
        Ok(())
    }

    fn copy_area(&mut self, to: i32, from: i32, bytes: u32, counter: Gpr, data: Gpr) {
        if bytes != 0 {
            let (to, from) = (slots(mem(RSP, to), 8), slots(mem(RSP, from), 8));
            self.copy_slots(to, from, bytes / 8, counter, data);
        }
    }

    fn bridge_check(&mut self, area: i32) -> R {
        let (check, enough) = (self.asm.here(), self.asm.label());
        self.asm.lea(Width::W64, R11, mem(RSP, -area));
        self.asm.alu(
            Alu::Cmp,
            Width::W64,
            R11,
            mem(R15, offset_of!(StoreCtx, interrupt) as i32),
        );
        self.asm.jcc(Cc::AboveEqual, enough);
        self.asm.call(self.stubs.interrupt);
        self.trap_site(self.asm.offset(), TrapCode::StackOverflow, false)?;
        self.asm.jmp(check);
        self.asm.bind(enough);
        Ok(())
    }
}
