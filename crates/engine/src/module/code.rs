// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Machine code and its tables, before it is placed.

use alloc::{boxed::Box, vec::Vec};

use crate::trap::TrapCode;

/// Position-independent machine code but for [`Reloc`]s. It is placed at a page boundary. Offsets are from its start.
///
/// It comes in pieces, so that several threads can write it, and none of it is ever moved to a larger place.
#[derive(Debug, Default)]
pub struct CodeImage {
    /// The code, in the order of its addresses. What lies between pieces is never executed.
    pub pieces: Box<[CodePiece]>,
    /// Defined functions in index order (first is function `imported_functions`).
    pub functions: Box<[FunctionCode]>,
    /// Entry trampolines: (type index, offset), sorted by type index, for every type that a function of the module has.
    pub trampolines: Box<[(u32, u32)]>,
    /// Host thunks: (type index, offset), sorted by type index, for every type that an imported function has.
    pub host_thunks: Box<[(u32, u32)]>,
    /// Fixed entry points.
    pub stubs: Stubs,
    /// Landing pads for faults.
    pub landing: Landing,
}

/// A part of an image that begins at a page boundary, where the part before has ended. Offsets in it are from the image's start.
#[derive(Debug, Default)]
pub struct CodePiece {
    /// Where it begins: a multiple of 4096.
    pub offset: u32,
    /// The bytes. No instruction that is a fault site begins at the last byte of a 4 KiB page, as the kernel's exception table needs
    /// an address per page that no site has.
    pub bytes: Vec<u8>,
    /// Branches to absolute addresses outside.
    pub relocs: Vec<Reloc>,
    /// Trap sites, sorted by offset.
    pub traps: Box<[TrapSite]>,
    /// Clauses of `try_table`s, sorted by landing: inner ones before outer ones, in order within one.
    pub catches: Box<[CatchSite]>,
}

/// [`CatchSite::tag`] of a clause for all exceptions.
pub const ANY_TAG: u32 = u32::MAX;

/// A clause of a `try_table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatchSite {
    /// Where the code of the `try_table` begins. It catches what is thrown by calls that return to behind this…
    pub start: u32,
    /// … and to this at most.
    pub end: u32,
    /// Where the handler begins: with `rsp` at the bottom of the frame.
    pub landing: u32,
    /// Index of the tag, or [`ANY_TAG`].
    pub tag: u32,
    /// Where in the frame the handler wants the exception's values, one slot each.
    pub slots: u32,
    /// Bytes of each slot: 8, or 16 in a function that uses vectors.
    pub stride: u32,
    /// It wants the exception itself behind them.
    pub reference: bool,
}

impl CatchSite {
    /// The same in an image where its piece begins at `base`.
    #[must_use]
    pub const fn moved(self, base: u32) -> Self {
        Self {
            start: self.start.wrapping_add(base),
            end: self.end.wrapping_add(base),
            landing: self.landing.wrapping_add(base),
            ..self
        }
    }
}

impl CodeImage {
    /// Bytes from the start of the first piece to the end of the last.
    pub fn len(&self) -> usize {
        self.pieces
            .last()
            .map_or(0, |last| last.offset as usize + last.bytes.len())
    }

    /// Nothing is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All trap sites, sorted by offset.
    pub fn traps(&self) -> impl Iterator<Item = &TrapSite> {
        self.pieces.iter().flat_map(|piece| piece.traps.iter())
    }

    /// The clauses of `try_table`s of the function whose code begins at `offset` and has `len` bytes.
    pub fn catches_of(&self, offset: u32, len: u32) -> &[CatchSite] {
        let next = self.pieces.partition_point(|piece| piece.offset <= offset);
        let piece = next.checked_sub(1).and_then(|at| self.pieces.get(at));
        let sites = piece.map_or(&[][..], |piece| &piece.catches);
        let end = offset.saturating_add(len);
        let first = sites.partition_point(|site| site.landing < offset);
        let last = sites.partition_point(|site| site.landing < end);
        sites.get(first..last).unwrap_or(&[])
    }

    /// All branches to absolute addresses, sorted by offset.
    pub fn relocs(&self) -> impl Iterator<Item = &Reloc> {
        self.pieces.iter().flat_map(|piece| piece.relocs.iter())
    }

    /// The trap sites of the piece that has `offset`.
    pub fn traps_near(&self, offset: u32) -> &[TrapSite] {
        // A trap's return address may be the end of its piece.
        let next = self.pieces.partition_point(|piece| piece.offset < offset);
        self.pieces
            .get(next.saturating_sub(1))
            .map_or(&[], |piece| &piece.traps)
    }

    /// The image as one array of bytes: pieces in their places, `int3` between them.
    #[cfg(feature = "std")]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len());
        for piece in &self.pieces {
            bytes.resize(piece.offset as usize, 0xcc);
            bytes.extend_from_slice(&piece.bytes);
        }
        bytes
    }
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
    /// First byte.
    pub offset: u32,
    /// Length, bytes, cold stubs included.
    pub len: u32,
    /// Byte offset of the body in the wasm binary.
    pub wasm_offset: u32,
    /// Bytes of the bridge at its beginning, where direct calls go: 0 if there is none. Calls through records and tail calls go behind it.
    pub bridge: u32,
    /// Bytes of the frame behind the bridge: how far below its return address `rsp` is, but for what calls put below.
    pub frame: u32,
}

impl FunctionCode {
    /// First byte behind the bridge.
    pub const fn body(&self) -> u32 {
        self.offset.wrapping_add(self.bridge)
    }
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

    /// The same site in an image where its piece begins at `base`.
    pub(crate) const fn moved(self, base: u32) -> Self {
        Self {
            offset: self.offset.wrapping_add(base),
            ..self
        }
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
