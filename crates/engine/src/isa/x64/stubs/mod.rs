// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The hand-written code of every module: ways in, ways out, and the bridges between calling conventions.
//!
//! The prelude stands at the start of an image; trampolines, thunks and landing pads follow the functions. The contracts are
//! those of [`crate::vm`] and of ARCHITECTURE.md ("Generated code").

// `dynasm!` writes a conversion around every register number.
#![allow(clippy::useless_conversion)]

mod bulk;
mod exits;
mod landing;
mod params;
mod thunk;
mod trampoline;

pub use landing::emit_landing;
pub use params::{
    is_float, uses_floats, uses_vectors, Assignment, Location, FLOAT_PARAMS, INTEGER_PARAMS,
};
pub use thunk::emit_host_thunk;
pub use trampoline::emit_trampoline;

use super::asm::{Assembler, Label};
use crate::{config::Config, module, trap::TrapCode};

/// Where generated code goes to leave. All are reached by a direct `call`.
#[derive(Clone, Copy, Debug)]
pub struct StubLabels {
    /// The way in; not for generated code. See [`crate::module::Stubs::switch`].
    pub switch: Label,
    /// Leaves with the exit kind already stored; changes every register but `rsp` and `r15`.
    pub exit: Label,
    /// The interruption word was set or the stack limit reached: leaves with `ExitKind::Interrupt`. Keeps all registers, and
    /// the xmm registers if a section is open; changes flags. **After it returns, a prologue makes its check again** (that is
    /// how an interruption is told from an overflow: the word holds the limit by then, and an overflow comes back and traps); a
    /// loop may go on.
    pub interrupt: Label,
    /// Opens a floating-point section: leaves with `ExitKind::FpOpen`. Keeps all integer registers, changes flags and xmm.
    pub fp_open: Label,
    /// A runtime service: `ecx` = [`crate::vm::LibCall`], `rax` = address of its slots (on the wasm stack). Restores `r14`
    /// and `r13`, changes every other register. A [`crate::module::TrapSite`] at the return address tells the offset of a trap in it.
    pub libcall: Label,
    /// `memory.copy` within memory 0: `rax` = destination, `rdx` = source, `rcx` = length. Changes these and `r11` only. A
    /// [`crate::module::TrapSite`] as for `libcall`.
    pub memory_copy: Label,
    /// `memory.fill` of memory 0: `rax` = destination, `rdx` = byte, `rcx` = length. Likewise.
    pub memory_fill: Label,
    /// One per [`TrapCode`], by discriminant: never returns. The return address of the call identifies the site.
    pub traps: [Label; TrapCode::ALL.len()],
    /// Where faults continue, `rax` = address of the faulting instruction. See [`crate::module::Stubs::trap`].
    pub fault: Label,
}

impl StubLabels {
    /// The stub for `code`.
    pub fn trap(&self, code: TrapCode) -> Label {
        self.traps.get(code as usize).copied().unwrap_or(self.fault)
    }

    /// Offsets of what the runtime and the platform need.
    pub fn stubs(&self, asm: &Assembler) -> module::Stubs {
        module::Stubs {
            switch: asm.label_offset(self.switch).unwrap_or(0),
            trap: asm.label_offset(self.fault).unwrap_or(0),
        }
    }
}

/// Writes the stubs that all code of a module shares. Comes first in an image; the labels live as long as the assembler.
pub fn emit_prelude(asm: &mut Assembler, config: &Config) -> StubLabels {
    exits::emit(asm, config)
}
