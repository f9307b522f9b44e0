// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! x86-64: the assembler, branches in the kernel's form, and the stubs that every module's code begins with.

pub mod asm;
mod atomic;
pub mod branch;
pub(crate) mod float;
pub(crate) mod flow;
pub(crate) mod int;
pub(crate) mod operand;
pub(crate) mod regs;
pub mod stubs;
pub(crate) mod vector;
