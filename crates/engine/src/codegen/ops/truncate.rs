// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Float to integer, trapping and saturating.
//!
//! The CPU truncates to a signed integer and gives 0x80… for what does not fit. 32-bit results go through 64 bits, where everything
//! that fits 32 bits is exact; unsigned 64-bit ones subtract 2^63 first when they must.

use super::{
    float::{bits_width, float_type},
    integer::int_type,
};
use crate::{
    codegen::{cold::Cold, fail::R, function::Compiler},
    isa::x64::{
        asm::Label,
        float::FloatOp,
        int::{Alu, Extend},
        regs::{Cc, Gpr, Precision, Width, Xmm, R11, XMM15},
    },
    trap::TrapCode,
};

/// What is truncated to what.
#[derive(Clone, Copy)]
struct Kind {
    from: Precision,
    width: Width,
    signed: bool,
    saturating: bool,
}

pub(super) fn compile(
    c: &mut Compiler<'_>,
    from: Precision,
    width: Width,
    signed: bool,
    saturating: bool,
) -> R {
    use Width::{W32, W64};
    let kind = Kind {
        from,
        width,
        signed,
        saturating,
    };
    let value = c.pop()?;
    let value = c.xmm(&value)?;
    let to = c.result_gpr()?;
    match (width, signed) {
        (W32, _) => to_32(c, kind, value, to)?,
        (W64, true) => to_i64(c, kind, value, to)?,
        (W64, false) => to_u64(c, kind, value, to)?,
    }
    c.push_gpr(int_type(width), to)
}

/// What happens when `cc` says that the result is not one: a trap in cold code, or going on to `saturate`.
fn unless_fits(c: &mut Compiler<'_>, kind: Kind, cc: Cc, value: Xmm, fits: Label) -> R {
    if kind.saturating {
        c.asm.jcc_near(cc.not(), fits);
        return Ok(());
    }
    let at = c.asm.label();
    c.asm.jcc(cc, at);
    c.asm.bind(fits);
    let back = (kind.width == Width::W64 && kind.signed).then_some(fits);
    c.cold(Cold::Truncation {
        at,
        back,
        from: float_type(kind.from),
        value,
        offset: c.offset,
    })
}

fn to_32(c: &mut Compiler<'_>, kind: Kind, value: Xmm, to: Gpr) -> R {
    let fits = c.asm.label();
    c.asm.float_to_int(kind.from, Width::W64, to, value);
    if kind.signed {
        c.asm.extend_from(Extend::Sign32, Width::W64, R11, to);
    } else {
        c.asm.mov(Width::W32, R11, to);
    }
    c.asm.alu(Alu::Cmp, Width::W64, R11, to);
    unless_fits(c, kind, Cc::NotEqual, value, fits)?;
    if kind.saturating {
        let (least, most) = if kind.signed {
            (0x8000_0000, 0x7fff_ffff)
        } else {
            (0, 0xffff_ffff)
        };
        saturate(c, kind, value, to, least, most);
        c.asm.bind(fits);
    }
    if kind.signed {
        c.asm.mov(Width::W32, to, to);
    }
    Ok(())
}

fn to_i64(c: &mut Compiler<'_>, kind: Kind, value: Xmm, to: Gpr) -> R {
    let fits = c.asm.label();
    c.asm.float_to_int(kind.from, Width::W64, to, value);
    // Overflows for 0x8000000000000000 only.
    c.asm.alu_imm(Alu::Cmp, Width::W64, to, 1);
    unless_fits(c, kind, Cc::Overflow, value, fits)?;
    if kind.saturating {
        saturate(c, kind, value, to, i64::MIN as u64, i64::MAX as u64);
        c.asm.bind(fits);
    }
    Ok(())
}

fn to_u64(c: &mut Compiler<'_>, kind: Kind, value: Xmm, to: Gpr) -> R {
    let (small, fits) = (c.asm.label(), c.asm.label());
    // Taken before the paths part: it may spill an entry, and that has to happen on both of them.
    let less = c.alloc_xmm()?;
    // 2^63
    let bits = match kind.from {
        Precision::Single => 0x5f00_0000,
        Precision::Double => 0x43e0_0000_0000_0000,
    };
    c.asm.mov_imm(R11, bits);
    c.asm.float_from_bits(bits_width(kind.from), XMM15, R11);
    c.asm.float_compare(kind.from, value, XMM15);
    // Below; a NaN goes the same way, and is found negative there.
    c.asm.jcc_near(Cc::Below, small);
    // value - 2^63, truncated, plus 2^63: negative before the addition if it is too large.
    c.asm.float_mov(less, value);
    c.asm.float_op(FloatOp::Sub, kind.from, less, XMM15);
    c.asm.float_to_int(kind.from, Width::W64, to, less);
    c.asm.mov_imm(R11, 1 << 63);
    c.asm.alu(Alu::Xor, Width::W64, to, R11);
    // The sign is set if it was not negative before: then it fits.
    let unfit = c.asm.label();
    if kind.saturating {
        c.asm.jcc_near(Cc::Sign, fits);
        c.asm.jmp_near(unfit);
    } else {
        c.asm.jcc_near(Cc::Sign, fits);
        c.trap_now(TrapCode::IntegerOverflow)?;
    }
    c.asm.bind(small);
    c.asm.float_to_int(kind.from, Width::W64, to, value);
    c.asm.test(Width::W64, to, to);
    if kind.saturating {
        c.asm.jcc_near(Cc::NotSign, fits);
        c.asm.bind(unfit);
        saturate(c, kind, value, to, 0, u64::MAX);
        c.asm.bind(fits);
        Ok(())
    } else {
        c.asm.bind(unfit);
        unless_fits(c, kind, Cc::Sign, value, fits)
    }
}

/// `to` = 0 for a NaN, `least` for a value below zero, `most` otherwise.
fn saturate(c: &mut Compiler<'_>, kind: Kind, value: Xmm, to: Gpr, least: u64, most: u64) {
    let done = c.asm.label();
    c.asm.float_zero(XMM15);
    c.asm.float_compare(kind.from, value, XMM15);
    c.asm.mov_imm(to, 0);
    c.asm.jcc_near(Cc::Parity, done);
    c.asm.mov_imm(to, most);
    c.asm.jcc_near(Cc::Above, done);
    c.asm.mov_imm(to, least);
    c.asm.bind(done);
}
