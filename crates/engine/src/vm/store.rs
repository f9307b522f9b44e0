// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The per-store context in `r15`.

use core::sync::atomic::AtomicU64;

use super::{FuncRecord, InstanceCtx};

/// What the interruption word holds when an interruption is wanted: no stack pointer is above it.
pub const INTERRUPT: u64 = u64::MAX;

/// [`StoreCtx::exit_code`] of a trap that the CPU found: the site tells what it means.
pub const FAULT: u32 = u32::MAX;

/// Bytes below the stack limit that generated code, its stubs and interrupts may use without a check (feasibility §6).
pub const STACK_RESERVE: usize = 16 << 10;

/// The store's run state; `r15` points here while its wasm runs. Generated code uses fixed offsets: `core::mem::offset_of!`.
#[repr(C)]
#[derive(Debug)]
pub struct StoreCtx {
    /// The one word that every function entry and loop back-edge compares `rsp` with (`cmp rsp,[r15]; jb slow`): the
    /// lowest allowed `rsp`, or [`INTERRUPT`]. Set by timers and other CPUs, reset by the run loop.
    pub interrupt: AtomicU64,
    /// The lowest allowed `rsp`: start of the stack plus [`STACK_RESERVE`].
    pub stack_limit: u64,
    /// The host's `rsp` inside `switch`.
    pub host_rsp: u64,
    /// Wasm's `rsp` while outside.
    pub wasm_rsp: u64,
    /// An [`ExitKind`].
    pub exit_kind: u32,
    /// Its detail: the host function's index in the function space of `caller`; a [`LibCall`]; a trap code or [`FAULT`].
    pub exit_code: u32,
    /// Address of the faulting instruction. For other exits but returns, the return address of the call that led there: into the
    /// stub of a trap, interruption or library call, or into a host thunk.
    pub trap_pc: u64,
    /// Argument and result slots of the entry, host call or library call in progress.
    pub values: *mut u64,
    /// `r14` at the last exit.
    pub caller: *mut InstanceCtx,
    /// The function that an entry trampoline calls.
    pub entry: *const FuncRecord,
    /// Fuel left; code compiled with fuel traps when it would become negative.
    pub fuel: i64,
    /// 1 while a floating-point section is open. Float-using functions exit with [`ExitKind::FpOpen`] when it is 0; only
    /// the run loop writes it.
    pub fp_open: u32,
    /// Zero.
    pub reserved: u32,
}

/// Why generated code left.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    /// The entry trampoline finished; results are in `values`.
    Return = 0,
    /// A trap: `trap_pc` names the site; the wasm stack is dead.
    Trap = 1,
    /// The interruption word was set, or the stack limit reached (the word still holds the limit). All registers, and the xmm registers if
    /// `fp_open`, are on the wasm stack; `switch` continues.
    Interrupt = 2,
    /// A call of the host function that `exit_code` tells; arguments in `values`, results go there too.
    HostCall = 3,
    /// A runtime service, see [`LibCall`]; arguments and results in `values`.
    LibCall = 4,
    /// A function that uses floating point begins and no section is open. All registers but xmm0–15 are kept by the
    /// stub; no xmm is live then. The run loop opens a section, sets `fp_open` and switches back.
    FpOpen = 5,
}

impl ExitKind {
    /// All kinds, indexed by discriminant.
    pub const ALL: [Self; 6] = [
        Self::Return,
        Self::Trap,
        Self::Interrupt,
        Self::HostCall,
        Self::LibCall,
        Self::FpOpen,
    ];
}

/// Runtime services that generated code asks for. Slots of `values` in order; numbers of memories, tables and segments, and
/// what those of 32 bits are told, are `u32`. Indices are of the calling instance (`caller`). Results go to slot 0. A service that traps does not return.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibCall {
    /// memory, delta pages -> old pages or -1.
    MemoryGrow = 0,
    /// memory, dst, byte, len.
    MemoryFill = 1,
    /// dst memory, src memory, dst, src, len.
    MemoryCopy = 2,
    /// memory, data segment, dst, src, len.
    MemoryInit = 3,
    /// data segment.
    DataDrop = 4,
    /// table, init value (u64), delta -> old size or -1.
    TableGrow = 5,
    /// table, dst, value (u64), len.
    TableFill = 6,
    /// dst table, src table, dst, src, len.
    TableCopy = 7,
    /// table, element segment, dst, src, len.
    TableInit = 8,
    /// element segment.
    ElemDrop = 9,
    /// tag, the values of its type: if one of them is a vector, each has two slots. Continues at a handler, or traps.
    Throw = 10,
    /// exception (u64). Likewise.
    ThrowRef = 11,
    /// memory, low and high half of the offset (u32 each), index, count -> how many were woken.
    AtomicNotify = 12,
    /// memory, low and high half of the offset (u32 each), index, expected value, timeout (i64, ns; negative for none) -> 0 woken, 1 not
    /// equal, 2 timed out.
    AtomicWait32 = 13,
    /// Likewise, for 64 bits.
    AtomicWait64 = 14,
}

impl LibCall {
    /// All services, indexed by discriminant.
    pub const ALL: [Self; 15] = [
        Self::MemoryGrow,
        Self::MemoryFill,
        Self::MemoryCopy,
        Self::MemoryInit,
        Self::DataDrop,
        Self::TableGrow,
        Self::TableFill,
        Self::TableCopy,
        Self::TableInit,
        Self::ElemDrop,
        Self::Throw,
        Self::ThrowRef,
        Self::AtomicNotify,
        Self::AtomicWait32,
        Self::AtomicWait64,
    ];

    /// How many slots of `values` the service uses.
    pub const fn slots(self) -> usize {
        match self {
            // `Throw` has as many more as its tag has values.
            Self::DataDrop | Self::ElemDrop | Self::Throw | Self::ThrowRef => 1,
            Self::MemoryGrow => 2,
            Self::TableGrow => 3,
            Self::MemoryFill | Self::TableFill => 4,
            Self::MemoryCopy
            | Self::MemoryInit
            | Self::TableCopy
            | Self::TableInit
            | Self::AtomicNotify => 5,
            Self::AtomicWait32 | Self::AtomicWait64 => 6,
        }
    }
}
