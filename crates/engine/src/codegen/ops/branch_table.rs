// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `br_table`: a tree of comparisons for few targets, a table of offsets for many.
//!
//! The table's index is clamped by a conditional move, which speculation cannot skip. Each block that is a target gets one pad
//! (it moves the values and jumps on), so the table is 4 bytes a target whatever the values.
#![allow(clippy::useless_conversion, reason = "written by `dynasm!`")]

use dynasm::dynasm;
use wasmparser::BrTable;

use crate::{
    codegen::{
        fail::{Fail, R},
        function::Compiler,
        merge::Carry,
        value::{class, Class},
    },
    config::BranchForm,
    isa::x64::{
        asm::Label,
        branch,
        int::Alu,
        regs::{Cc, Gpr, Width, RAX},
    },
};

/// Up to this many leaves, the default included, are told apart by comparisons where indirect branches are cheap…
const TREE: u32 = 9;
/// … and where they go through a thunk.
const TREE_WITH_THUNK: u32 = 33;
/// Halves of ranges put off by the tree: its depth, for ranges of at most [`TREE_WITH_THUNK`].
const PENDING: usize = 8;

pub(super) fn compile(c: &mut Compiler<'_>, targets: &BrTable<'_>) -> R {
    let count = targets.len();
    let index = c.pop()?;
    let mut index = c.gpr_mut(&index)?;
    // Blocks that are targets take the same number of values; where they go depends on the block.
    let default = c.target(targets.default())?;
    let values = default.branch_types().len() as u32;
    if let [ty] = *default.branch_types() {
        if index == RAX && class(ty) == Class::Integer {
            index = c.alloc_gpr()?;
            c.asm.mov(Width::W32, index, RAX);
            c.regs.drop_temp(RAX.into());
        }
        c.carry_in_register()?;
    } else {
        c.prepare_slots(values, 0)?;
    }
    let limit = match c.config.indirect {
        BranchForm::Thunk { .. } => TREE_WITH_THUNK,
        BranchForm::Plain | BranchForm::Lfence => TREE,
    };
    if count < limit {
        tree(c, targets, index)?;
    } else {
        table(c, targets, index, count)?;
    }
    c.unreachable()
}

/// The depth of target `index`; the default behind the last.
fn depths(targets: &BrTable<'_>) -> R<[u32; TREE_WITH_THUNK as usize]> {
    let mut depths = [targets.default(); TREE_WITH_THUNK as usize];
    for (depth, target) in depths.iter_mut().zip(targets.targets()) {
        *depth = target.map_err(|_| Fail::Internal(&"target of a branch table"))?;
    }
    Ok(depths)
}

/// Binary search by comparisons, without recursion: the upper half is put off.
fn tree(c: &mut Compiler<'_>, targets: &BrTable<'_>, index: Gpr) -> R {
    let depths = depths(targets)?;
    let mut pending: [Option<(u32, u32, Label)>; PENDING] = [None; PENDING];
    let mut waiting = 0usize;
    let (mut low, mut high) = (0, targets.len() + 1);
    loop {
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let upper = c.asm.label();
            c.asm.alu_imm(Alu::Cmp, Width::W32, index, middle as i32);
            c.asm.jcc(Cc::AboveEqual, upper);
            *pending
                .get_mut(waiting)
                .ok_or(Fail::Internal(&"depth of a branch table"))? = Some((middle, high, upper));
            waiting += 1;
            high = middle;
        }
        leaf(
            c,
            *depths
                .get(low as usize)
                .ok_or(Fail::Internal(&"target of a branch table"))?,
        )?;
        let Some(next) = waiting.checked_sub(1) else {
            return Ok(());
        };
        waiting = next;
        let Some(&Some((from, to, label))) = pending.get(next) else {
            return Ok(());
        };
        c.asm.bind(label);
        (low, high) = (from, to);
    }
}

/// Moves the values where the target at `depth` wants them and goes there. Changes no entry: other leaves follow.
fn leaf(c: &mut Compiler<'_>, depth: u32) -> R {
    let target = c.target(depth)?;
    if let Carry::Slots(count) = target.carry() {
        c.carry_in_slots(count, target.base)?;
    }
    c.asm.jmp(target.label);
    Ok(())
}

/// A jump through a table of 32-bit offsets from its own start.
fn table(c: &mut Compiler<'_>, targets: &BrTable<'_>, index: Gpr, count: u32) -> R {
    let start = c.asm.label();
    let reg = index.0;
    dynasm!(c.asm
        ; .arch x64
        ; mov r11d, count as i32
        ; cmp Rd(reg), r11d
        ; cmova Rd(reg), r11d
        ; lea r11, [=>start]
        ; movsxd Rq(reg), [r11 + Rq(reg) * 4]
        ; add r11, Rq(reg)
    );
    branch::jmp_r11(c.asm, c.config);
    c.tables = c.tables.wrapping_add(1);
    let stamp = c.tables;
    for target in targets
        .targets()
        .chain(core::iter::once(Ok(targets.default())))
    {
        let depth = target.map_err(|_| Fail::Internal(&"target of a branch table"))?;
        let offset = c.asm.offset();
        let block = c.target_mut(depth)?;
        if block.pad.0 != stamp {
            block.pad = (stamp, offset);
            branch::endbr(c.asm, c.config);
            leaf(c, depth)?;
        }
    }
    c.asm.align(4, 0xcc);
    c.asm.bind(start);
    let base = c.asm.offset();
    for target in targets
        .targets()
        .chain(core::iter::once(Ok(targets.default())))
    {
        let depth = target.map_err(|_| Fail::Internal(&"target of a branch table"))?;
        let pad = c.target_mut(depth)?.pad.1;
        c.asm.push_i32(pad.wrapping_sub(base) as i32);
    }
    Ok(())
}
