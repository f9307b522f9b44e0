// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Blocks, branches, `unreachable`, `drop`.

use wasmparser::BlockType;

use crate::{
    codegen::{
        control::{Control, Kind},
        fail::{Fail, R},
        function::Compiler,
        merge::Carry,
        value::{Cond, Loc},
    },
    isa::x64::{asm::Label, regs::Cc},
    trap::TrapCode,
};

pub(super) fn unreachable(c: &mut Compiler<'_>) -> R {
    c.trap_now(TrapCode::Unreachable)?;
    c.unreachable()
}

pub(super) fn block(c: &mut Compiler<'_>, ty: BlockType) -> R {
    let ty = c.block_type(ty)?;
    c.settle(ty.0.len() as u32)?;
    let end = c.asm.label();
    c.open(Kind::Block, end, ty)
}

pub(super) fn loop_(c: &mut Compiler<'_>, ty: BlockType) -> R {
    let ty = c.block_type(ty)?;
    c.settle(ty.0.len() as u32)?;
    c.forget_most(ty.0.len() as u32);
    let start = c.asm.here();
    c.open(Kind::Loop, start, ty)?;
    c.locals.enter_loop(c.scan.calls);
    c.zero_flag.0 = u32::MAX;
    c.check_interrupt()?;
    c.begin_stretch()
}

pub(super) fn if_(c: &mut Compiler<'_>, ty: BlockType) -> R {
    let ty = c.block_type(ty)?;
    c.prepare_slots(ty.0.len() as u32, 1)?;
    let cond = c.pop_condition()?;
    c.settle(ty.0.len() as u32)?;
    let (end, otherwise) = (c.asm.label(), c.asm.label());
    c.branch_if(cond.not(), otherwise);
    c.flags_live = false;
    c.open(Kind::If(otherwise), end, ty)?;
    c.begin_stretch()
}

pub(super) fn branch(c: &mut Compiler<'_>, depth: u32) -> R {
    let target = c.target(depth)?;
    c.carry(&target)?;
    c.asm.jmp(target.label);
    c.unreachable()
}

pub(super) fn return_(c: &mut Compiler<'_>) -> R {
    let outermost = c.control.len().checked_sub(1);
    branch(
        c,
        outermost.ok_or(Fail::Internal(&"return outside"))? as u32,
    )
}

pub(super) fn branch_if(c: &mut Compiler<'_>, depth: u32) -> R {
    let target = c.target(depth)?;
    c.prepare_slots(target.branch_types().len() as u32, 1)?;
    let cond = c.pop_condition()?;
    if let Carry::Register(_) = target.carry() {
        c.carry_in_register()?;
    }
    c.branch_carrying(cond, &target)?;
    c.flags_live = false;
    c.begin_stretch()
}

pub(super) fn drop(c: &mut Compiler<'_>) -> R {
    c.pop()?;
    Ok(())
}

impl Compiler<'_> {
    /// Pops an i32 and leaves in the flags whether it is not zero. Until `flags_live` is reset only flag-keeping code may follow.
    pub(in crate::codegen) fn pop_condition(&mut self) -> R<Cond> {
        let value = self.pop()?;
        let cond = self.condition(&value)?;
        self.regs.release_temps();
        self.flags_live = true;
        Ok(cond)
    }

    /// Branches to `label` if `cond` holds.
    pub(in crate::codegen) fn branch_if(&mut self, cond: Cond, label: Label) {
        match cond {
            Cond::Cc(cc) => self.asm.jcc(cc, label),
            Cond::FloatEqual => {
                let unordered = self.asm.label();
                self.asm.jcc_near(Cc::Parity, unordered);
                self.asm.jcc(Cc::Equal, label);
                self.asm.bind(unordered);
            }
            Cond::FloatNotEqual => {
                self.asm.jcc(Cc::Parity, label);
                self.asm.jcc(Cc::NotEqual, label);
            }
        }
    }

    /// Branches to `target` if `cond` holds, with the topmost values; a single one is in its register already.
    pub(in crate::codegen) fn branch_carrying(&mut self, cond: Cond, target: &Control<'_>) -> R {
        match target.carry() {
            Carry::Slots(count) if !self.are_in_slots(count, target.base) => {
                let stay = self.asm.label();
                self.branch_if(cond.not(), stay);
                self.carry_in_slots(count, target.base)?;
                self.asm.jmp(target.label);
                self.asm.bind(stay);
            }
            _ => self.branch_if(cond, target.label),
        }
        Ok(())
    }

    /// Whether the topmost `count` entries are where a branch to a block at `base` wants them.
    fn are_in_slots(&self, count: u32, base: u32) -> bool {
        let values = self.stack.iter().rev().take(count as usize);
        self.height() == base.wrapping_add(count)
            && values
                .into_iter()
                .all(|entry| matches!(entry.loc, Loc::Slot))
    }

    /// `else`, also when the end of the first arm cannot be reached.
    pub(in crate::codegen) fn else_(&mut self) -> R {
        let block = *self.target_mut(0)?;
        let Kind::If(otherwise) = block.kind else {
            return Err(Fail::Internal(&"else without if"));
        };
        let targeted = block.targeted || self.reachable;
        if self.reachable {
            self.carry(&block)?;
            self.asm.jmp(block.label);
        }
        let block = self.target_mut(0)?;
        block.kind = Kind::Else;
        block.targeted = targeted;
        let block = *block;
        self.checked_at = block.checked_at;
        self.begin_arm(otherwise, &block)?;
        self.begin_stretch()
    }

    /// Begins the arm of an `if` that a false condition chooses: its parameters are in their slots.
    fn begin_arm(&mut self, label: Label, block: &Control<'_>) -> R {
        self.asm.bind(label);
        let params = block.params;
        self.meet(block, params, Carry::Slots(params.len() as u32))
    }

    /// `end`, also when it cannot be reached from above.
    pub(in crate::codegen) fn end(&mut self) -> R {
        let block = self
            .control
            .pop()
            .ok_or(Fail::Internal(&"end without block"))?;
        let carry = if block.results.is_empty() {
            Carry::None
        } else {
            block.carry()
        };
        match block.kind {
            Kind::Loop => return Ok(()),
            Kind::Block | Kind::Else if !block.targeted => return Ok(()),
            Kind::Function => {
                if self.reachable {
                    self.carry(&block)?;
                }
                self.end_stretch();
                if self.reachable || block.targeted {
                    self.truncate(block.base)?;
                    self.asm.bind(block.label);
                    self.epilogue()?;
                }
                self.truncate(0)?;
                self.reachable = false;
                return Ok(());
            }
            Kind::Block | Kind::Else => {
                if self.reachable {
                    self.carry(&block)?;
                }
            }
            Kind::Try(first) => {
                if self.reachable {
                    self.carry(&block)?;
                }
                self.landings(&block, first)?;
                if !self.reachable && !block.targeted {
                    return self.unreachable();
                }
            }
            Kind::If(otherwise) if block.results.is_empty() => self.asm.bind(otherwise),
            Kind::If(otherwise) => {
                if self.reachable {
                    self.carry(&block)?;
                    self.asm.jmp(block.label);
                }
                self.checked_at = block.checked_at;
                self.begin_arm(otherwise, &block)?;
                self.carry(&block)?;
            }
        }
        self.regs.release_temps();
        self.asm.bind(block.label);
        // A check on one of the paths says nothing about the others.
        self.checked_at = block.checked_at;
        self.meet(&block, block.results, carry)?;
        self.begin_stretch()
    }
}
