// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! ioctls of the device file `/dev/wasmk`.

use crate::{io, Bytes, Header, Message, MESSAGE_MAX, NAME_MAX};

/// Reports the interface version and what the module and the CPU support. Errors: `EFAULT`, `E2BIG`.
pub const VERSION: u32 = io(0x00);
/// Validates and compiles a module; returns a module fd in [`ModuleLoad::fd`].
///
/// Errors: `EPERM` the caller may not load; `EFBIG` above [`crate::MODULE_MAX`]; `EINVAL` invalid wasm or flags
/// (`message` says what and where); `EOPNOTSUPP` a feature that is off (`message` names it); `ENOMEM`; `ENOSPC` the code
/// arena is full (`message` gives needed and free bytes); `EINTR` a fatal signal; `EBUSY` with [`LOAD_JOINABLE`], another such
/// load is in progress on this open file; `EFAULT`; `EMFILE`.
pub const MODULE_LOAD: u32 = io(0x01);
/// Validates a module without keeping anything. Uses [`ModuleLoad`] (`fd` stays -1). Any opener may call it. Errors: as [`MODULE_LOAD`].
pub const MODULE_VALIDATE: u32 = io(0x02);
/// Creates an empty store; returns a store fd in [`StoreCreate::fd`].
/// Errors: `EINVAL`, `ENOMEM`, `EMFILE`, `EPERM` as for [`MODULE_LOAD`].
pub const STORE_CREATE: u32 = io(0x03);
/// Lists the stores that carry a label, see [`StoreList`]. Errors: `EFAULT`, `ENOMEM`.
pub const STORE_LIST: u32 = io(0x04);
/// Opens the module that a labelled store was last instantiated from. Errors: `ENOENT`, `EPERM`, `EMFILE`.
pub const MODULE_OPEN: u32 = io(0x05);
/// Kills labelled stores by service name or id. Errors: `ENOENT`, `EPERM` (neither the owner nor CAP_SYS_ADMIN), `EINVAL`.
pub const STORE_KILL: u32 = io(0x06);
/// Reports memory and slot use of the whole module. Errors: `EFAULT`.
pub const STATS: u32 = io(0x07);

/// Takes part in a load that another thread of the caller's process began on this open file with [`LOAD_JOINABLE`]: compiles function
/// bodies until there are none left. See [`LoadJoin`]. How the load ended is told to whoever began it.
///
/// Errors: `ENOENT` no such load is in progress ([`LoadJoin::load`] is 0); `EPERM` it is another process's; `EINTR` a signal before the
/// load began, or a fatal one, which ends the load; `ENOMEM` memory did not suffice, which fails the load too; `EINVAL`; `EFAULT`.
pub const MODULE_LOAD_JOIN: u32 = io(0x09);

/// Argument of [`VERSION`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Version {
    /// Size; no flags.
    pub header: Header,
    /// Out: [`crate::VERSION`] of the kernel module.
    pub version: u32,
    /// Out: bits of [`feature`].
    pub wasm_features: u32,
    /// Out: bits of [`cpu`].
    pub cpu_features: u32,
    /// Out: bits of [`mitigation`].
    pub mitigations: u32,
}

/// Bits of [`Version::wasm_features`].
pub mod feature {
    /// WebAssembly 1.0.
    pub const WASM1: u32 = 1 << 0;
    /// Sign-extension operators.
    pub const SIGN_EXTENSION: u32 = 1 << 1;
    /// Non-trapping float-to-int conversions.
    pub const SATURATING_FLOAT_TO_INT: u32 = 1 << 2;
    /// Multi-value blocks and functions.
    pub const MULTI_VALUE: u32 = 1 << 3;
    /// Bulk memory operations.
    pub const BULK_MEMORY: u32 = 1 << 4;
    /// Reference types.
    pub const REFERENCE_TYPES: u32 = 1 << 5;
    /// Fixed-width SIMD.
    pub const SIMD: u32 = 1 << 6;
    /// Relaxed SIMD.
    pub const RELAXED_SIMD: u32 = 1 << 7;
    /// Extended constant expressions.
    pub const EXTENDED_CONST: u32 = 1 << 8;
    /// Tail calls.
    pub const TAIL_CALL: u32 = 1 << 9;
    /// Several memories.
    pub const MULTI_MEMORY: u32 = 1 << 10;
    /// Memories and tables with 64-bit indices.
    pub const MEMORY64: u32 = 1 << 11;
    /// Typed function references.
    pub const FUNCTION_REFERENCES: u32 = 1 << 12;
    /// Exception handling.
    pub const EXCEPTIONS: u32 = 1 << 13;
    /// Shared memories and atomics.
    pub const THREADS: u32 = 1 << 14;
}

/// Bits of [`Version::cpu_features`]: what generated code uses.
pub mod cpu {
    /// SSE4.1 (`roundss`, `roundsd`, vectors).
    pub const SSE41: u32 = 1 << 0;
    /// `popcnt`.
    pub const POPCNT: u32 = 1 << 1;
    /// `lzcnt`.
    pub const LZCNT: u32 = 1 << 2;
    /// BMI1 (`tzcnt`).
    pub const BMI1: u32 = 1 << 3;
    /// AVX, for vectors.
    pub const AVX: u32 = 1 << 4;
    /// AVX2, for vectors.
    pub const AVX2: u32 = 1 << 5;
}

/// Bits of [`Version::mitigations`].
pub mod mitigation {
    /// Returns go through the kernel's return thunk.
    pub const RETURN_THUNK: u32 = 1 << 0;
    /// Indirect branches go through the kernel's retpoline.
    pub const RETPOLINE: u32 = 1 << 1;
    /// Indirect-branch tracking is on.
    pub const IBT: u32 = 1 << 2;
}

/// How linear memories of a module's instances are contained.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryModel {
    /// Guard if a slot is free at load, else bounds.
    Auto = 0,
    /// A reservation of 8 GiB: an access is one instruction and cannot leave it.
    Guard = 1,
    /// Compare, branch and mask on every access.
    Bounds = 2,
}

/// [`ModuleLoad`] flag: compile fuel accounting in.
pub const LOAD_FUEL: u32 = 1 << 0;

/// [`ModuleLoad`] flag: other threads of the caller's process may take part ([`MODULE_LOAD_JOIN`]). Not with [`MODULE_VALIDATE`].
pub const LOAD_JOINABLE: u32 = 1 << 1;

/// [`ModuleLoad`] flag: accept WebAssembly 2.0 and nothing newer.
pub const LOAD_EDITION_2: u32 = 1 << 2;

/// Argument of [`MODULE_LOAD`] and [`MODULE_VALIDATE`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ModuleLoad {
    /// Size; flags: [`LOAD_FUEL`], [`LOAD_JOINABLE`], [`LOAD_EDITION_2`].
    pub header: Header,
    /// The wasm binary.
    pub wasm: Bytes,
    /// A name for listings and traps, at most [`NAME_MAX`] bytes of UTF-8.
    pub name: Bytes,
    /// A [`MemoryModel`].
    pub memory_model: u32,
    /// Out: the module fd (close-on-exec), or -1.
    pub fd: i32,
    /// Out: byte offset in the wasm binary that `message` is about, or `u64::MAX`.
    pub error_offset: u64,
    /// Out: NUL-terminated description of a failure.
    pub message: [u8; MESSAGE_MAX],
}

impl Default for ModuleLoad {
    fn default() -> Self {
        Self {
            header: Header::default(),
            wasm: Bytes::default(),
            name: Bytes::default(),
            memory_model: 0,
            fd: -1,
            error_offset: u64::MAX,
            message: [0; MESSAGE_MAX],
        }
    }
}

/// Argument of [`MODULE_LOAD_JOIN`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadJoin {
    /// Size; no flags.
    pub header: Header,
    /// Which load: they are counted from 1 on each open file, those that failed early included, but for `EBUSY`. The call waits
    /// until this one has begun; if it is over already, there is nothing to do. 0: the one in progress, without waiting.
    pub load: u64,
    /// Out: how many batches of bodies this thread compiled.
    pub batches: u32,
    /// Zero.
    pub reserved: u32,
}

/// Argument of [`STORE_CREATE`]. Zero in a limit means the default.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreCreate {
    /// Size; no flags.
    pub header: Header,
    /// Label: the service name shown by [`STORE_LIST`]; may be empty (then the store is unlisted).
    pub label: Bytes,
    /// Worker number within the service.
    pub worker: u32,
    /// Out: the store fd (close-on-exec).
    pub fd: i32,
    /// Most bytes of linear memory of all instances together.
    pub max_memory: u64,
    /// Bytes of wasm stack (rounded up to pages; 16 KiB of reserve are added).
    pub stack_size: u64,
    /// Out: the store's id, unique until the module is unloaded.
    pub id: u64,
    /// Most threads of its program at a time, the first included: at most [`crate::store::THREADS_MAX`].
    pub max_threads: u32,
    /// Zero.
    pub reserved: u32,
}

/// Argument of [`STORE_LIST`]: fills an array of [`StoreEntry`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreList {
    /// Size; no flags.
    pub header: Header,
    /// Where [`StoreEntry`] records go.
    pub entries: u64,
    /// Room in `entries`, in records.
    pub capacity: u32,
    /// Out: how many stores there are (may exceed `capacity`).
    pub count: u32,
    /// Bytes of one record as the caller knows it.
    pub entry_size: u32,
    /// Zero.
    pub reserved: u32,
}

/// One store, in [`STORE_LIST`] and [`crate::store::INFO`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StoreEntry {
    /// The store's id.
    pub id: u64,
    /// Service name, NUL-terminated.
    pub label: [u8; NAME_MAX + 1],
    /// Module name of the newest instance, NUL-terminated.
    pub module: [u8; NAME_MAX + 1],
    /// Worker number.
    pub worker: u32,
    /// Thread-group id of the process that created the store.
    pub pid: u32,
    /// A [`StoreState`].
    pub state: u32,
    /// Effective user id of the creator.
    pub uid: u32,
    /// A [`MemoryModel`] (the one in force, never `Auto`).
    pub memory_model: u32,
    /// Open descriptors.
    pub descriptors: u32,
    /// Bytes of linear memory in use.
    pub memory_bytes: u64,
    /// Bytes of machine code of its modules.
    pub code_bytes: u64,
    /// Nanoseconds of wall time spent inside RUN.
    pub run_ns: u64,
    /// Host calls made.
    pub host_calls: u64,
    /// Traps taken.
    pub traps: u64,
    /// Connections accepted.
    pub accepted: u64,
    /// Connections opened by a dialer.
    pub connected: u64,
    /// Bytes received from sockets and files.
    pub bytes_in: u64,
    /// Bytes sent to sockets and files.
    pub bytes_out: u64,
    /// Fuel consumed; zero when compiled without fuel.
    pub fuel: u64,
    /// `CLOCK_BOOTTIME` of the creation, nanoseconds.
    pub created_ns: u64,
    /// Host calls refused for want of a right.
    pub denied: u64,
    /// Threads of the program, the first included. Counters are of all of them.
    pub threads: u32,
    /// Zero.
    pub reserved: u32,
}

impl Default for StoreEntry {
    fn default() -> Self {
        Self {
            id: 0,
            label: [0; NAME_MAX + 1],
            module: [0; NAME_MAX + 1],
            worker: 0,
            pid: 0,
            state: 0,
            uid: 0,
            memory_model: 0,
            descriptors: 0,
            memory_bytes: 0,
            code_bytes: 0,
            run_ns: 0,
            host_calls: 0,
            traps: 0,
            accepted: 0,
            connected: 0,
            bytes_in: 0,
            bytes_out: 0,
            fuel: 0,
            created_ns: 0,
            denied: 0,
            threads: 0,
            reserved: 0,
        }
    }
}

/// What a store is doing.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreState {
    /// No call is in progress.
    Idle = 0,
    /// A thread is inside RUN.
    Running = 1,
    /// A call is parked: RUN with [`crate::run::RESUME`] continues it.
    Parked = 2,
    /// Ended by an exit, a kill or a deadline: descriptors are closed, memory can be read, RUN is refused. (A trap ends only the call.)
    Dead = 3,
}

/// Argument of [`MODULE_OPEN`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ModuleOpen {
    /// Size; no flags.
    pub header: Header,
    /// Service name.
    pub label: Bytes,
    /// Out: a module fd.
    pub fd: i32,
    /// Zero.
    pub reserved: u32,
}

/// Argument of [`STORE_KILL`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreKill {
    /// Size; no flags.
    pub header: Header,
    /// Service name, or empty to kill by `id`.
    pub label: Bytes,
    /// Store id; ignored when `label` is not empty.
    pub id: u64,
    /// Out: how many stores were killed.
    pub killed: u32,
    /// Zero.
    pub reserved: u32,
}

/// Argument of [`STATS`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// Size; no flags.
    pub header: Header,
    /// Live modules.
    pub modules: u32,
    /// Live stores, labelled or not.
    pub stores: u32,
    /// Live instances.
    pub instances: u32,
    /// Guard slots in use.
    pub slots_used: u32,
    /// Guard slots made so far (page tables allocated).
    pub slots_made: u32,
    /// Most guard slots (module parameter `guard_slots`).
    pub slots_max: u32,
    /// Bytes of the code arena.
    pub arena_bytes: u64,
    /// Bytes of the code arena in use.
    pub arena_used: u64,
    /// Bytes of linear memory in use.
    pub memory_bytes: u64,
    /// Bytes of page tables held by guard slots.
    pub slot_table_bytes: u64,
    /// Bytes of pooled and live wasm stacks.
    pub stack_bytes: u64,
    /// Bytes of heap held by modules and stores.
    pub heap_bytes: u64,
    /// Open descriptors of all stores.
    pub descriptors: u64,
}

macro_rules! message {
    ($($t:ty => $nr:expr),* $(,)?) => { $(impl Message for $t { const NR: u32 = $nr; })* };
}
message! {
    Version => VERSION,
    ModuleLoad => MODULE_LOAD,
    LoadJoin => MODULE_LOAD_JOIN,
    StoreCreate => STORE_CREATE,
    StoreList => STORE_LIST,
    ModuleOpen => MODULE_OPEN,
    StoreKill => STORE_KILL,
    Stats => STATS,
}
