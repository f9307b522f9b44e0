// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Where an operator's result goes: into the register of the local that the next operator sets, if it does and that is safe;
//! else over an operand that nobody needs any more; else into a free register.

use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        lookahead::sets_local,
        value::{Loc, Place, Value},
    },
    isa::x64::regs::{Gpr, Xmm, RAX},
};

impl Compiler<'_> {
    /// The integer register of the local that the next operator sets. Entries that refer to the local have been detached:
    /// the result may be written there at once, operands already popped may still be read from it before.
    #[inline]
    pub(in crate::codegen) fn target_gpr(&mut self) -> R<Option<Gpr>> {
        match sets_local(self.rest()) {
            Some(index) => self.detached_gpr(index),
            None => Ok(None),
        }
    }

    /// The integer register of local `index`, if it has one; then entries that refer to it have been detached.
    fn detached_gpr(&mut self, index: u32) -> R<Option<Gpr>> {
        let Some(reg) = self.locals.register(index).and_then(|reg| reg.gpr()) else {
            return Ok(None);
        };
        self.detach_local(index)?;
        Ok(Some(reg))
    }

    /// Likewise for floats.
    pub(in crate::codegen) fn target_xmm(&mut self) -> R<Option<Xmm>> {
        let Some(index) = sets_local(self.rest()) else {
            return Ok(None);
        };
        let Some(reg) = self.locals.register(index) else {
            return Ok(None);
        };
        if reg.gpr().is_some() {
            return Ok(None);
        }
        self.detach_local(index)?;
        Ok(Some(reg.xmm()))
    }

    /// A register for a result that is written only after all operands were read.
    pub(in crate::codegen) fn result_gpr(&mut self) -> R<Gpr> {
        match self.target_gpr()? {
            Some(reg) => Ok(reg),
            None => self.alloc_carried(),
        }
    }

    /// A free integer register, held until the operator ends: rax if the next operator carries the top value there.
    #[inline]
    pub(in crate::codegen) fn alloc_carried(&mut self) -> R<Gpr> {
        // end, br, return; what comes after br_table is another path's.
        if let (Some(0x0b | 0x0c | 0x0f), 0..=0x0d | 0x0f..) = (self.rest().first(), self.opcode) {
            if self.regs.is_free(RAX.into()) {
                self.regs.hold(RAX.into());
                return Ok(RAX);
            }
        }
        self.alloc_gpr()
    }

    /// The register for a result that is a function of `value` alone and may be made in place.
    pub(in crate::codegen) fn over_gpr(&mut self, value: &Value) -> R<Gpr> {
        match (self.target_gpr()?, value.loc) {
            (Some(reg), _) => Ok(reg),
            (None, Loc::Gpr(reg)) if !self.regs.is_pinned(reg.into()) => Ok(reg),
            _ => self.alloc_carried(),
        }
    }

    /// Likewise for floats.
    pub(in crate::codegen) fn result_xmm(&mut self) -> R<Xmm> {
        match self.target_xmm()? {
            Some(reg) => Ok(reg),
            None => self.alloc_xmm(),
        }
    }

    /// `value` in the register where the result of a one-operand operation will be.
    pub(in crate::codegen) fn unary_gpr(&mut self, value: &Value) -> R<Gpr> {
        match self.target_gpr()? {
            Some(reg) => {
                self.load_gpr_place(value.ty, reg, self.place(value));
                Ok(reg)
            }
            None => self.gpr_mut(value),
        }
    }

    /// `lhs` in the register where the result of a two-operand operation will be; reading `rhs` after that is right.
    /// Exchanges the operands if that is better and `commutes`.
    pub(in crate::codegen) fn binary_gpr(
        &mut self,
        lhs: &mut Value,
        rhs: &mut Value,
        commutes: bool,
    ) -> R<Gpr> {
        if let Some(target) = self.target_gpr()? {
            let here = Place::Gpr(target);
            let (left, right) = (self.place(lhs) == here, self.place(rhs) == here);
            if right && !left && commutes {
                core::mem::swap(lhs, rhs);
            }
            if !right || left || commutes {
                self.load_gpr_place(lhs.ty, target, self.place(lhs));
                return Ok(target);
            }
        }
        let ours = |compiler: &Self, value: &Value| match value.loc {
            Loc::Gpr(reg) => !compiler.regs.is_pinned(reg.into()),
            _ => false,
        };
        if commutes && !ours(self, lhs) && ours(self, rhs) {
            core::mem::swap(lhs, rhs);
        }
        self.gpr_mut(lhs)
    }

    /// Likewise for floats.
    pub(in crate::codegen) fn binary_xmm(
        &mut self,
        lhs: &mut Value,
        rhs: &mut Value,
        commutes: bool,
    ) -> R<Xmm> {
        if let Some(target) = self.target_xmm()? {
            let here = Place::Xmm(target);
            let (left, right) = (self.place(lhs) == here, self.place(rhs) == here);
            if right && !left && commutes {
                core::mem::swap(lhs, rhs);
            }
            if !right || left || commutes {
                self.load_xmm_place(lhs.ty, target, self.place(lhs));
                return Ok(target);
            }
        }
        let ours = |compiler: &Self, value: &Value| match value.loc {
            Loc::Xmm(reg) => !compiler.regs.is_pinned(reg.into()),
            _ => false,
        };
        if commutes && !ours(self, lhs) && ours(self, rhs) {
            core::mem::swap(lhs, rhs);
        }
        self.xmm_mut(lhs)
    }
}
