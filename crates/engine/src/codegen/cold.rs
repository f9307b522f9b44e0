// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Code that seldom runs, written behind the function's body.

use super::{
    fail::{push, R},
    function::Compiler,
    value::precision,
};
use crate::{
    isa::x64::{
        asm::Label,
        regs::{Cc, Width, Xmm, R11},
    },
    module::ValType,
    trap::TrapCode,
};

/// A piece of cold code, reached at `at`; `offset` is its operator's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cold {
    /// Traps.
    Trap {
        at: Label,
        code: TrapCode,
        offset: u32,
    },
    /// Leaves for an interruption and continues at `back` (in a prologue: before the check, which also tells an overflow).
    Interrupt { at: Label, back: Label, offset: u32 },
    /// Opens a floating-point section and continues at `back`.
    FpOpen { at: Label, back: Label },
    /// A float that truncates to no integer, or just to the least i64: traps accordingly; goes on at `back` if it is
    /// that least i64 (`None`: it cannot be).
    Truncation {
        at: Label,
        back: Option<Label>,
        from: ValType,
        value: Xmm,
        offset: u32,
    },
}

impl Compiler<'_> {
    /// Puts `cold` off until the body is complete.
    pub(super) fn cold(&mut self, cold: Cold) -> R {
        push(self.cold, cold)
    }

    /// Branches to a trap if `cc`.
    pub(super) fn trap_if(&mut self, cc: Cc, code: TrapCode) -> R {
        let at = self.asm.label();
        self.asm.jcc(cc, at);
        self.cold(Cold::Trap {
            at,
            code,
            offset: self.offset,
        })
    }

    /// Traps here and now.
    pub(super) fn trap_now(&mut self, code: TrapCode) -> R {
        self.asm.call(self.stubs.trap(code));
        self.trap_site(self.asm.offset(), code, false)
    }

    /// Writes all of it.
    pub(super) fn emit_cold(&mut self) -> R {
        for next in 0.. {
            let Some(&cold) = self.cold.get(next) else {
                break;
            };
            match cold {
                Cold::Trap { at, code, offset } => {
                    self.offset = offset;
                    self.asm.bind(at);
                    self.trap_now(code)?;
                }
                Cold::Interrupt { at, back, offset } => {
                    self.offset = offset;
                    self.asm.bind(at);
                    self.asm.call(self.stubs.interrupt);
                    self.trap_site(self.asm.offset(), TrapCode::StackOverflow, false)?;
                    self.asm.jmp(back);
                }
                Cold::FpOpen { at, back } => {
                    self.asm.bind(at);
                    self.asm.call(self.stubs.fp_open);
                    self.asm.jmp(back);
                }
                Cold::Truncation {
                    at,
                    back,
                    from,
                    value,
                    offset,
                } => {
                    self.offset = offset;
                    self.asm.bind(at);
                    self.truncation_failed(from, value, back)?;
                }
            }
        }
        self.cold.clear();
        Ok(())
    }

    fn truncation_failed(&mut self, from: ValType, value: Xmm, back: Option<Label>) -> R {
        let (invalid, precision) = (self.asm.label(), precision(from));
        self.asm.float_compare(precision, value, value);
        self.asm.jcc(Cc::Parity, invalid);
        if let Some(back) = back {
            // -2^63 is the one value in range that gives the same bits as a failure.
            let bits = if from == ValType::F32 {
                u64::from((-9223372036854775808f32).to_bits())
            } else {
                (-9223372036854775808f64).to_bits()
            };
            self.asm.mov_imm(R11, bits);
            let scratch = crate::isa::x64::regs::XMM15;
            self.asm.float_from_bits(Width::W64, scratch, R11);
            self.asm.float_compare(precision, value, scratch);
            self.asm.jcc(Cc::Equal, back);
        }
        self.trap_now(TrapCode::IntegerOverflow)?;
        self.asm.bind(invalid);
        self.trap_now(TrapCode::InvalidConversion)
    }
}
