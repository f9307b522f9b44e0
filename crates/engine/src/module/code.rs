// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Machine code and its tables, before it is placed.

use alloc::{boxed::Box, vec::Vec};

use crate::trap::TrapCode;

/// Position-independent machine code but for [`Reloc`]s. It is placed at a page boundary. Offsets are from its start.
#[derive(Debug, Default)]
pub struct CodeImage {
    /// The bytes. The last byte of every 4 KiB page is filler (never part of an instruction that is a fault site), as the
    /// kernel's exception table needs an address per page that no site has.
    pub bytes: Vec<u8>,
    /// Branches to absolute addresses outside.
    pub relocs: Vec<Reloc>,
    /// Defined functions in index order (first is function `imported_functions`).
    pub functions: Box<[FunctionCode]>,
    /// Entry trampolines: (type index, offset), sorted by type index, for every type that a function of the module has.
    pub trampolines: Box<[(u32, u32)]>,
    /// Host thunks: (type index, offset), sorted by type index, for every type that an imported function has.
    pub host_thunks: Box<[(u32, u32)]>,
    /// Fixed entry points.
    pub stubs: Stubs,
    /// Trap sites, sorted by offset.
    pub traps: Box<[TrapSite]>,
    /// Landing pads for faults.
    pub landing: Landing,
}

/// A `rel32` field to be pointed at an absolute address once the code's own address is known:
/// `field = target - (base + offset + 4)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reloc {
    /// Offset of the 4-byte field.
    pub offset: u32,
    /// Absolute target.
    pub target: u64,
}

/// Where a function's code is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionCode {
    /// First byte (`endbr64` if configured).
    pub offset: u32,
    /// Length, bytes, cold stubs included.
    pub len: u32,
    /// Byte offset of the body in the wasm binary.
    pub wasm_offset: u32,
}

/// Entry points of the stubs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stubs {
    /// `extern "sysv64" fn(*mut StoreCtx)`: enters or continues wasm (see [`crate::vm`]); starts with `endbr64`.
    pub switch: u32,
    /// Where a fault handler that knows the faulting address continues: with it in `rax` (and `r15` untouched). Stores
    /// `trap_pc` and exits with `ExitKind::Trap`.
    pub trap: u32,
}

/// One place that may trap: eight bytes, as there may be as many of them as there are operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrapSite {
    /// For faults: offset of the faulting instruction. For explicit traps: the return address of the call into the trap stub.
    pub offset: u32,
    /// From the low bit up: offset of the operator in the wasm binary (26 bits: binaries have at most 64 MiB), code (5 bits),
    /// whether it is a fault.
    detail: u32,
}

const CODE_SHIFT: u32 = 26;
const FAULT_SHIFT: u32 = 31;

impl TrapSite {
    /// A site of the operator at byte `wasm_offset` of the binary that traps for `code`. `fault`: the CPU faults there (#PF,
    /// #DE), so the site needs an exception-table entry.
    pub const fn new(offset: u32, wasm_offset: u32, code: TrapCode, fault: bool) -> Self {
        Self {
            offset,
            detail: wasm_offset & ((1 << CODE_SHIFT) - 1)
                | (code as u32) << CODE_SHIFT
                | (fault as u32) << FAULT_SHIFT,
        }
    }

    /// Byte offset of the operator in the wasm binary.
    pub const fn wasm_offset(&self) -> u32 {
        self.detail & ((1 << CODE_SHIFT) - 1)
    }

    /// What it means.
    pub fn code(&self) -> TrapCode {
        let code = self.detail >> CODE_SHIFT & ((1 << (FAULT_SHIFT - CODE_SHIFT)) - 1);
        TrapCode::from_u32(code).unwrap_or(TrapCode::HostFailure)
    }

    /// True if the CPU faults there.
    pub const fn fault(&self) -> bool {
        self.detail >> FAULT_SHIFT != 0
    }
}

const _: () = {
    assert!(TrapCode::ALL.len() <= 1 << (FAULT_SHIFT - CODE_SHIFT));
    assert!(super::parse::limits::MODULE_BYTES <= 1 << CODE_SHIFT);
};

/// Landing pads of the kernel's exception table: one for each 4 KiB page of the image that holds fault sites.
///
/// The entry of a site in page `p` is of type `EX_TYPE_IMM_REG` (arch/x86/include/asm/extable_fixup_types.h): it puts
/// the site's offset in its page into `rdx` and continues at `offset + p * stride`, where the pad computes
/// `rax = page address + (rdx & 0xfff)` and jumps to the trap stub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Landing {
    /// Offset of the pad of page 0.
    pub offset: u32,
    /// Distance between pads, bytes.
    pub stride: u32,
    /// Number of pads.
    pub count: u32,
}
