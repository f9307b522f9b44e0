// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Division and remainder.
//!
//! Division by zero is left to the CPU: the instruction is a fault site. It would fault for the least integer divided by -1 too, so
//! a divisor of -1 takes another way. Constant divisors need neither.

use super::integer::{cut, int_type, negate};
use crate::{
    codegen::{
        fail::R,
        function::Compiler,
        value::{Place, Value},
    },
    isa::x64::{
        int::{Alu, Shift, Unary},
        regs::{Cc, Gpr, Width, R11, RAX, RDX},
    },
    trap::TrapCode,
};

pub(super) fn compile(c: &mut Compiler<'_>, width: Width, signed: bool, remainder: bool) -> R {
    let (divisor, dividend) = (c.pop()?, c.pop()?);
    if let Place::Const(value) = c.place(&divisor) {
        if by_constant(c, width, signed, remainder, &dividend, cut(value, width))? {
            return Ok(());
        }
    }
    let constant = matches!(c.place(&divisor), Place::Const(_));
    let by = match c.place(&divisor) {
        Place::Gpr(reg) if reg != RAX && reg != RDX => reg,
        place => {
            c.load_gpr_place(divisor.ty, R11, place);
            R11
        }
    };
    // Both are the operator's now, or move away; an operand that is in one of them has been read or is about to be.
    c.claim(RAX)?;
    let place = c.place(&dividend);
    c.load_gpr_place(dividend.ty, RAX, place);
    c.claim(RDX)?;
    let result = if remainder { RDX } else { RAX };
    let done = c.asm.label();
    if signed && !constant {
        minus_one(c, width, by, remainder, done)?;
    }
    if signed {
        c.asm.sign_rax_into_rdx(width);
    } else {
        c.asm.zero(RDX);
    }
    let site = c.asm.fault_site();
    c.trap_site(site, TrapCode::DivisionByZero, true)?;
    c.asm
        .unary(if signed { Unary::Idiv } else { Unary::Div }, width, by);
    c.asm.bind(done);
    c.push_gpr(int_type(width), result)
}

/// The way of a divisor of -1: the quotient is the negation, which overflows for the least integer; the remainder is 0.
fn minus_one(
    c: &mut Compiler<'_>,
    width: Width,
    by: Gpr,
    remainder: bool,
    done: crate::isa::x64::asm::Label,
) -> R {
    let other = c.asm.label();
    c.asm.alu_imm(Alu::Cmp, width, by, -1);
    c.asm.jcc_near(Cc::NotEqual, other);
    if remainder {
        c.asm.zero(RDX);
    } else {
        negate(c, width, RAX);
        c.trap_if(Cc::Overflow, TrapCode::IntegerOverflow)?;
    }
    c.asm.jmp_near(done);
    c.asm.bind(other);
    Ok(())
}

/// Divisors that need no division. False if `by` is not one.
fn by_constant(
    c: &mut Compiler<'_>,
    width: Width,
    signed: bool,
    remainder: bool,
    dividend: &Value,
    by: u64,
) -> R<bool> {
    let ty = int_type(width);
    let minus_one = cut(u64::MAX, width);
    if by == 0 {
        // Traps; what follows is never reached, but needs an operand.
        c.trap_now(TrapCode::DivisionByZero)?;
        c.push_const(ty, 0)?;
    } else if by == 1 || signed && by == minus_one {
        if remainder {
            c.push_const(ty, 0)?;
            return Ok(true);
        }
        let to = c.unary_gpr(dividend)?;
        if by != 1 {
            negate(c, width, to);
            c.trap_if(Cc::Overflow, TrapCode::IntegerOverflow)?;
        }
        c.push_gpr(ty, to)?;
    } else if by.is_power_of_two() && !signed {
        let to = c.unary_gpr(dividend)?;
        if !remainder {
            c.asm
                .shift_imm(Shift::Shr, width, to, by.trailing_zeros() as u8);
        } else if let Ok(mask) = i32::try_from(by - 1) {
            c.asm.alu_imm(Alu::And, width, to, mask);
        } else {
            c.asm.mov_imm(R11, by - 1);
            c.asm.alu(Alu::And, width, to, R11);
        }
        c.push_gpr(ty, to)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}
