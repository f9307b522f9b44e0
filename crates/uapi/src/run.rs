// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! RUN: the calling thread becomes the wasm thread, as with `KVM_RUN`.

use crate::{io, Bytes, Header, Message, MESSAGE_MAX, NAME_MAX};

/// Calls a function of an instance, or continues a parked call.
///
/// Returns 0 whenever wasm ran; [`Run::exit`] says how it ended. On [`Exit::Parked`] a signal, stop, freeze or other task
/// work was pending: the caller handles it by returning from the ioctl and calls again with [`RESUME`]. On [`Exit::Spawn`] the
/// program asks for a thread: the caller makes it ([`crate::store::THREAD`]) and calls again with [`RESUME`] and [`ANSWER`].
///
/// The threads of a program end together ([`crate::store::THREAD`]): each RUN then tells how the first of them ended, and
/// [`Run::thread`] which.
///
/// Errors: `EBUSY` another thread is inside RUN, or a call is parked and [`RESUME`] was not given; `EINVAL` wrong number of
/// arguments, [`RESUME`] without a parked call, or [`ANSWER`] where
/// nothing was asked or to something that is no answer; `ENOENT` no such instance or export (`message` says which); `ESHUTDOWN`
/// the store is dead; `EFAULT`; `ENOMEM`; `E2BIG`.
pub const RUN: u32 = io(0x60);

/// [`Run`] flag: continue the parked call; `function` and `args` are ignored.
pub const RESUME: u32 = 1 << 0;
/// [`Run`] flag: run the module's start function instead of an export; a module without one returns at once.
pub const START: u32 = 1 << 1;
/// [`Run`] flag, with [`RESUME`] after [`Exit::Spawn`]: `args` holds one value, what became of the thread: its number, or a negative
/// error number of Linux as i64, which the program sees as WASI's. Without it the program sees `nosys`.
pub const ANSWER: u32 = 1 << 2;

/// The largest number of a thread, by wasi-threads; the smallest is 1, and 0 is the thread that began.
pub const THREAD_MAX: u32 = 0x1fff_ffff;

/// How a RUN ended.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The function returned; `results` are filled.
    Returned = 0,
    /// A trap; `code` is a [`TrapCode`], `message` the text.
    Trapped = 1,
    /// `proc_exit`; `code` is its argument.
    Exited = 2,
    /// Parked; call again with [`RESUME`].
    Parked = 3,
    /// The deadline passed.
    Deadline = 4,
    /// Killed by [`crate::store::KILL`] or [`crate::device::STORE_KILL`].
    Killed = 5,
    /// The program asks for a thread; `code` is the argument of its `wasi_thread_start`. Call again with [`RESUME`] and [`ANSWER`].
    Spawn = 6,
}

/// Names of traps; the order is part of the interface.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapCode {
    /// `unreachable` was executed.
    Unreachable = 0,
    /// Memory access out of bounds.
    MemoryOutOfBounds = 1,
    /// Table access out of bounds.
    TableOutOfBounds = 2,
    /// Indirect call of a null reference.
    NullReference = 3,
    /// Indirect call of a function of another type.
    IndirectCallTypeMismatch = 4,
    /// Integer division by zero.
    DivisionByZero = 5,
    /// Integer overflow in a division.
    IntegerOverflow = 6,
    /// Float too large or NaN in a conversion to integer.
    InvalidConversion = 7,
    /// The wasm stack is used up.
    StackOverflow = 8,
    /// Fuel is used up.
    OutOfFuel = 9,
    /// An indirect call's index is outside the table.
    UndefinedElement = 10,
    /// A host function failed in a way it cannot report to the guest.
    HostFailure = 11,
    /// A reference that must not be null is.
    NullValue = 12,
    /// Call of a null function reference.
    NullFunction = 13,
    /// A null exception was thrown.
    NullException = 14,
    /// Nothing caught an exception.
    UncaughtException = 15,
    /// There is no memory for an exception.
    ExceptionMemory = 16,
    /// The address of an atomic access is no multiple of its width.
    Unaligned = 17,
    /// A wait on a memory that is not shared.
    NotShared = 18,
}

/// Argument of [`RUN`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Size; flags: [`RESUME`], [`START`], [`ANSWER`].
    pub header: Header,
    /// Instance number.
    pub instance: u32,
    /// Entries in `args`.
    pub arg_count: u32,
    /// Export name.
    pub function: Bytes,
    /// Array of `u64`, one per parameter: i32 zero-extended, f32 as its bits in the low half; externref as in
    /// [`ValueType::ExternRef`]; funcref only null (0). A v128 takes two, the low half first.
    pub args: u64,
    /// Array of `u64` for results, as in `args`.
    pub results: u64,
    /// Room in `results`; in entries.
    pub result_capacity: u32,
    /// Out: entries written to `results`.
    pub result_count: u32,
    /// `CLOCK_MONOTONIC` nanoseconds at which the call is ended with [`Exit::Deadline`]; zero for none.
    pub deadline_ns: u64,
    /// Out: an [`Exit`].
    pub exit: u32,
    /// Out: trap code, exit code or argument of a new thread.
    pub code: u32,
    /// Out: function index of a trap, or `u32::MAX`.
    pub trap_function: u32,
    /// Out: one [`ValueType`] per result, for the first 32 results.
    pub result_types: [u8; 32],
    /// Zero.
    pub reserved: u32,
    /// Out: byte offset in the wasm binary of the trapping instruction, or `u64::MAX`.
    pub trap_offset: u64,
    /// Out: NUL-terminated name of the trapping function, or empty.
    pub trap_name: [u8; NAME_MAX + 1],
    /// Out: NUL-terminated description of an error or trap.
    pub message: [u8; MESSAGE_MAX],
    /// Out: number of the thread that ended first and so ended the others; 0 is the one that began.
    pub thread: u32,
    /// Zero.
    pub reserved_2: u32,
}

/// Types of results in [`Run::result_types`].
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// 32-bit integer.
    I32 = 0,
    /// 64-bit integer.
    I64 = 1,
    /// 32-bit float.
    F32 = 2,
    /// 64-bit float.
    F64 = 3,
    /// Function reference: 0 null, 1 not null.
    FuncRef = 4,
    /// External reference: 0 null, else the value plus one.
    ExternRef = 5,
    /// Exception reference: 0 null, 1 not null.
    ExnRef = 6,
    /// 128-bit vector: two entries.
    V128 = 7,
}

impl ValueType {
    /// Entries of [`Run::args`] and [`Run::results`] that a value takes.
    pub const fn entries(self) -> usize {
        match self {
            Self::V128 => 2,
            _ => 1,
        }
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            header: Header::default(),
            instance: 0,
            arg_count: 0,
            function: Bytes::default(),
            args: 0,
            results: 0,
            result_capacity: 0,
            result_count: 0,
            deadline_ns: 0,
            exit: 0,
            code: 0,
            trap_function: u32::MAX,
            result_types: [0; 32],
            reserved: 0,
            trap_offset: u64::MAX,
            trap_name: [0; NAME_MAX + 1],
            message: [0; MESSAGE_MAX],
            thread: 0,
            reserved_2: 0,
        }
    }
}

impl Message for Run {
    const NR: u32 = RUN;
}
