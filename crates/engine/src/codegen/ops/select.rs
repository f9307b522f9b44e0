// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `select`: a conditional move, or for floats a branch over a move.

use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{class, width, Class, Cond, Place},
    },
    isa::x64::regs::Cc,
};

pub(super) fn compile(c: &mut Compiler<'_>) -> R {
    let cond = c.pop_condition()?;
    let (otherwise, then) = (c.pop()?, c.pop()?);
    let ty = then.ty;
    match class(ty) {
        Class::Integer => {
            // `changed` replaces `kept` if `when` holds; not equal is the one float condition that two moves can express.
            let (kept, changed, when) = match cond {
                Cond::FloatNotEqual => (otherwise, then, cond),
                _ => (then, otherwise, cond.not()),
            };
            let to = match (c.target_gpr()?, when) {
                (Some(target), Cond::Cc(cc)) if c.place(&changed) == Place::Gpr(target) => {
                    // The other way round: what is there already stays, unless the other one is wanted.
                    let from = c.gpr_or_mem(&kept)?;
                    c.asm.cmov(cc.not(), width(ty), target, from);
                    c.flags_live = false;
                    return c.push_gpr(ty, target);
                }
                (Some(target), Cond::Cc(_)) => {
                    c.load_gpr_place(ty, target, c.place(&kept));
                    target
                }
                _ => c.gpr_mut(&kept)?,
            };
            let from = c.gpr_or_mem(&changed)?;
            match when {
                Cond::Cc(cc) => c.asm.cmov(cc, width(ty), to, from),
                Cond::FloatEqual | Cond::FloatNotEqual => {
                    c.asm.cmov(Cc::Parity, width(ty), to, from);
                    c.asm.cmov(Cc::NotEqual, width(ty), to, from);
                }
            }
            c.flags_live = false;
            c.push_gpr(ty, to)
        }
        Class::Float => {
            let to = c.xmm_mut(&then)?;
            let done = c.asm.label();
            c.branch_if(cond, done);
            c.load_xmm_place(ty, to, c.place(&otherwise));
            c.asm.bind(done);
            c.flags_live = false;
            c.push_xmm(ty, to)
        }
    }
}
