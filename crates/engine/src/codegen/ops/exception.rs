// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Exceptions: `try_table` costs nothing until something is thrown. The runtime then finds the handler by the return addresses on
//! the stack (see `runtime/unwind.rs`) and continues at its landing, with the exception's values in the slots of a frame whose
//! locals are in their homes, as they are at every call.

use core::mem::offset_of;

use wasmparser::{Catch, TryTable};

use super::bulk::{self, library_call};
use crate::{
    codegen::{
        control::{Control, Kind, OpenCatch},
        fail::{push, Fail, R},
        function::Compiler,
        merge::Carry,
        value::Loc,
    },
    isa::x64::{
        branch,
        operand::mem,
        regs::{Width, R13, R14},
    },
    module::{CatchSite, ValType, ANY_TAG},
    vm::{InstanceCtx, LibCall},
};

pub(super) fn throw(c: &mut Compiler<'_>, tag: u32) -> R {
    let ty = c
        .env
        .tag_type(tag)
        .ok_or(Fail::Internal(&"type of a tag"))?;
    bulk::throw(c, tag, ty)?;
    c.unreachable()
}

pub(super) fn throw_ref(c: &mut Compiler<'_>) -> R {
    library_call(c, LibCall::ThrowRef, &[], 1)?;
    c.unreachable()
}

pub(super) fn try_table(c: &mut Compiler<'_>, table: &TryTable) -> R {
    if !c.scan.leaves || !c.scan.calls {
        return Err(Fail::Internal(&"a handler was not foreseen"));
    }
    let ty = c.block_type(table.ty)?;
    c.settle(ty.0.len() as u32)?;
    let end = c.asm.label();
    let first = c.catches.len() as u32;
    for catch in &table.catches {
        let (tag, depth, reference) = match *catch {
            Catch::One { tag, label } => (tag, label, false),
            Catch::OneRef { tag, label } => (tag, label, true),
            Catch::All { label } => (ANY_TAG, label, false),
            Catch::AllRef { label } => (ANY_TAG, label, true),
        };
        push(
            &mut c.catches,
            OpenCatch {
                tag,
                depth,
                reference,
            },
        )?;
    }
    c.open(Kind::Try(first), end, ty)
}

impl<'a> Compiler<'a> {
    /// Behind the code of a `try_table` whose catches begin at `first`: a landing for each.
    pub(in crate::codegen) fn landings(&mut self, block: &Control<'a>, first: u32) -> R {
        let end = self.asm.offset();
        if self.reachable && self.catches.len() > first as usize {
            self.asm.jmp(block.label);
        }
        let reachable = self.reachable;
        for at in first as usize..self.catches.len() {
            if let Some(&catch) = self.catches.get(at) {
                self.landing(block, catch, end)?;
            }
        }
        self.catches.truncate(first as usize);
        self.reachable = reachable;
        Ok(())
    }

    fn landing(&mut self, block: &Control<'a>, catch: OpenCatch, end: u32) -> R {
        let types: &[ValType] = match catch.tag {
            ANY_TAG => &[],
            tag => {
                let ty = self.env.tag_type(tag);
                &ty.ok_or(Fail::Internal(&"type of a tag"))?.params
            }
        };
        self.regs.release_temps();
        self.checked_at = block.checked_at;
        self.meet(block, types, Carry::Slots(types.len() as u32))?;
        if catch.reference {
            self.push(ValType::EXNREF, Loc::Slot)?;
        }
        let values = types.len() as u32 + u32::from(catch.reference);
        if values != 0 {
            self.frame.slot_mut(block.base + values - 1);
        }
        let site = CatchSite {
            start: block.opened_at,
            end,
            landing: self.asm.offset(),
            tag: catch.tag,
            slots: self.frame.slot(block.base).disp as u32,
            stride: self.frame.stride(),
            reference: catch.reference,
        };
        push(self.catch_sites, site)?;
        branch::endbr(self.asm, self.config);
        self.asm.mov(Width::W64, R14, self.frame.instance());
        self.asm.mov(
            Width::W64,
            R13,
            mem(R14, offset_of!(InstanceCtx, memory_base) as i32),
        );
        self.reload_locals();
        self.begin_stretch()?;
        let target = self.target(catch.depth)?;
        self.carry(&target)?;
        self.asm.jmp(target.label);
        self.regs.release_temps();
        self.truncate(block.base)
    }
}
