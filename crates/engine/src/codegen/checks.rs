// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What running code checks by itself: the stack limit and the interruption word, and fuel.
//!
//! # Fuel
//!
//! Every operator costs one unit, except `block`, `loop`, `else`, `end` and `nop`. A straight-line stretch is charged when it
//! is entered: at the start of a function, of a loop, of both arms of an `if`, where paths meet, and after a conditional branch. So the
//! sum along each path is exact whenever control leaves a stretch; an operator that traps has paid for the whole stretch.
//! A stretch that the remaining fuel does not cover traps before its first operator.

use core::mem::offset_of;

use super::{cold::Cold, fail::R, function::Compiler};
use crate::{
    isa::x64::{
        int::Alu,
        operand::mem,
        regs::{Cc, Width, R15, RSP},
    },
    trap::TrapCode,
    vm::StoreCtx,
};

/// Bytes of code after which a check is due, at the next operator or between the moves of one. The promise is 16 KiB.
const STRAIGHT_LINE: u32 = 8 << 10;

/// The stretch being compiled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fuel {
    /// Offset of the immediate that charges for it.
    charge_at: Option<u32>,
    /// What it costs so far; a body is far too short for an overflow.
    pub(super) operators: u32,
}

impl Compiler<'_> {
    /// Exits if the interruption word is set. Nothing is live in the flags.
    pub(super) fn check_interrupt(&mut self) -> R {
        let (slow, back) = (self.asm.label(), self.asm.label());
        self.asm.alu(
            Alu::Cmp,
            Width::W64,
            RSP,
            mem(R15, offset_of!(StoreCtx, interrupt) as i32),
        );
        self.asm.jcc(Cc::Below, slow);
        self.asm.bind(back);
        self.checked_at = self.asm.offset();
        self.cold(Cold::Interrupt {
            at: slow,
            back,
            offset: self.offset,
        })
    }

    /// Whether the last check is long ago.
    #[inline]
    pub(super) fn straight_line_is_long(&self) -> bool {
        self.asm.offset().wrapping_sub(self.checked_at) > STRAIGHT_LINE
    }

    /// Checks if the last check is long ago and the flags are free.
    pub(super) fn check_if_due(&mut self) -> R {
        if self.straight_line_is_long() && !self.flags_live {
            self.check_interrupt()?;
        }
        Ok(())
    }

    /// Begins a stretch. Changes the flags.
    pub(super) fn begin_stretch(&mut self) -> R {
        if !self.config.fuel {
            return Ok(());
        }
        self.end_stretch();
        let slow = self.asm.label();
        // An immediate that does not fit one byte, so that there is room for any.
        self.asm.alu_imm(
            Alu::Sub,
            Width::W64,
            mem(R15, offset_of!(StoreCtx, fuel) as i32),
            i32::MAX,
        );
        self.fuel.charge_at = Some(self.asm.offset().wrapping_sub(4));
        self.asm.jcc(Cc::Sign, slow);
        self.cold(Cold::Trap {
            at: slow,
            code: TrapCode::OutOfFuel,
            offset: self.offset,
        })
    }

    /// Fills in what the stretch costs.
    pub(super) fn end_stretch(&mut self) {
        if let Some(at) = self.fuel.charge_at.take() {
            self.asm.patch(at, &self.fuel.operators.to_le_bytes());
        }
        self.fuel.operators = 0;
    }
}
