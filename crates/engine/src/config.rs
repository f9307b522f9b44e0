// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What to compile for.

/// How linear memory is contained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryModel {
    /// The memory lies in a reservation of [`GUARD_RESERVATION`] bytes: any 32-bit index plus any 32-bit offset stays inside, and
    /// what is not mapped faults. Code needs no check.
    Guard,
    /// Every access compares with the current length, branches, and masks the index against speculation.
    Bounds,
}

/// Bytes reserved for a guard memory: 2^32 (index) + 2^32 (offset) + 64 KiB (widest access, and slack).
pub const GUARD_RESERVATION: u64 = (8 << 30) + (64 << 10);

bitflags::bitflags! {
    /// Instructions that generated code may use beyond x86-64's baseline (SSE2).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CpuFeatures: u32 {
        /// SSE4.1 (and SSSE3, which every CPU with SSE4.1 has). Required by modules that round floats or use vectors.
        const SSE41 = 1 << 0;
        /// `popcnt`.
        const POPCNT = 1 << 1;
        /// `lzcnt`.
        const LZCNT = 1 << 2;
        /// BMI1: `tzcnt`.
        const BMI1 = 1 << 3;
        /// AVX, of which vectors use the forms of three operands, and SSE4.2. The operating system must save its state.
        const AVX = 1 << 4;
        /// AVX2: broadcasts.
        const AVX2 = 1 << 5;
    }
}

/// How a return, or an indirect branch through `r11`, is written. Addresses are the running kernel's own thunks, within
/// 2 GiB of where the code will be; they become [`crate::module::Reloc`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchForm {
    /// `ret`, `call r11`, `jmp r11`.
    Plain,
    /// `lfence` before the plain form (indirect branches only).
    Lfence,
    /// `jmp rel32` / `call rel32` to a thunk at this address. `call` and `jmp` through `r11` may have different thunks.
    Thunk {
        /// For returns: the return thunk. For indirect branches: the call thunk of `r11`.
        call: u64,
        /// For indirect branches: the jump thunk of `r11`; unused for returns.
        jump: u64,
    },
}

/// Which WebAssembly is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// WebAssembly 2.0, nothing newer: modules that use more are refused by the name of the feature.
    Two,
    /// All that this engine has of WebAssembly 3.0 and of finished proposals.
    Three,
}

/// Everything that is compiled for.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// What is accepted.
    pub edition: Edition,
    /// How linear memory is contained.
    pub memory_model: MemoryModel,
    /// Count fuel.
    pub fuel: bool,
    /// Mask indices (memory in bounds mode, tables, `br_table`) against speculation.
    pub speculation_safe: bool,
    /// Write `endbr64` where indirect branches land.
    pub endbr: bool,
    /// Form of returns.
    pub returns: BranchForm,
    /// Form of indirect calls and jumps through `r11`.
    pub indirect: BranchForm,
    /// Instructions that may be used.
    pub cpu: CpuFeatures,
}

impl Default for Config {
    /// The kernel's form without thunks: all features, guard memory, no fuel, speculation-safe, `endbr64`, all instructions.
    fn default() -> Self {
        Self {
            edition: Edition::Three,
            memory_model: MemoryModel::Guard,
            fuel: false,
            speculation_safe: true,
            endbr: true,
            returns: BranchForm::Plain,
            indirect: BranchForm::Plain,
            cpu: CpuFeatures::all(),
        }
    }
}
