// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! ioctls of a store fd, but for RUN (see [`crate::run`]).

use crate::{device::StoreEntry, io, Bytes, Header, Message, MESSAGE_MAX};

/// Adds a descriptor ([`crate::grant::Grant`]).
///
/// Errors: `EBADF`; `EINVAL` a file of another kind than said, or one of wasmk's own, or an epoll file; `EEXIST` the number
/// is taken; `EMFILE` too many descriptors; `EBUSY` the store runs; `ENOTSOCK`; `EAFNOSUPPORT`; `ENOMEM`; `EFAULT`.
pub const GRANT: u32 = io(0x40);
/// Sets arguments or environment ([`Strings`]). Errors: `E2BIG` above 1 MiB; `EINVAL`; `EBUSY`; `ENOMEM`; `EFAULT`.
pub const STRINGS: u32 = io(0x41);
/// Makes an instance of a module ([`Instantiate`]); does not run the start function (RUN does, see [`crate::run`]).
///
/// Errors: `EBADF` not a module fd; `EINVAL` an import cannot be resolved or has another type, or a segment is out of
/// bounds (`message` says which); `ENOMEM`; `EDQUOT` above the store's memory limit; `ENOSPC` no guard slot; `EBUSY`.
pub const INSTANTIATE: u32 = io(0x42);
/// Copies out of or into linear memory ([`MemoryAccess`]). Errors: `ERANGE` outside the memory; `ENOENT`; `EBUSY`; `EFAULT`.
pub const MEMORY: u32 = io(0x43);
/// Ends what runs in the store, and in those of its program's other threads: it traps with `Killed` at its next check or blocking call ([`Kill`]).
pub const KILL: u32 = io(0x44);
/// Reports one store ([`Info`]).
pub const INFO: u32 = io(0x45);
/// Sets the fuel left ([`Fuel`]). Errors: `EOPNOTSUPP` when no instance was compiled with fuel; `EBUSY`.
pub const FUEL: u32 = io(0x46);

/// Reads an exported global ([`Global`]). Errors: `ENOENT`; `EBUSY`; `EFAULT`.
pub const GLOBAL: u32 = io(0x47);
/// Makes an instance importable under a (further) name ([`Register`]); a name that was taken now means this instance.
/// Errors: `ENOENT` no such instance; `EINVAL` a name that is empty, too long or not UTF-8; `EBUSY`; `ENOMEM`; `EFAULT`.
pub const REGISTER: u32 = io(0x48);

/// Makes the thread that the parked call asks for (see [`Thread`]): a further store, in which the caller runs it.
///
/// It has an instance of the module that asks, with the same shared memories and the same descriptors, arguments and environment; a
/// stack of its own, and half of the fuel that is left here. The caller has a task of its own RUN the module's start function and
/// then `wasi_thread_start(number, argument)` in it, and answers this call's number by RUN. The thread's number is free again when
/// its fd is closed.
///
/// The stores of a program are a group. One that exits, traps, is killed, or runs past its deadline while there are others ends all
/// of them; and so does the closing of the fd of the first one. Only the first is listed, and it is accounted for all.
///
/// Errors: `EINVAL` no call asks for a thread, or the module is none that can have any (`message` says why); `EAGAIN` there are
/// [`crate::device::StoreCreate::max_threads`]; `ESHUTDOWN` the program has ended; `ENOMEM`; `EDQUOT`; `ENOSPC`; `EMFILE`; `EBUSY`;
/// `EFAULT`.
pub const THREAD: u32 = io(0x4a);

/// Most threads of a program unless its store says otherwise, the first included.
pub const THREADS_DEFAULT: u32 = 64;
/// Most that a store may say.
pub const THREADS_MAX: u32 = 1024;

/// What [`STRINGS`] sets.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringsKind {
    /// Program arguments, the program's name first.
    Args = 0,
    /// Environment, each `NAME=VALUE`.
    Environ = 1,
}

/// Argument of [`STRINGS`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Strings {
    /// Size; no flags.
    pub header: Header,
    /// A [`StringsKind`].
    pub kind: u32,
    /// Number of strings.
    pub count: u32,
    /// The strings one after another, each NUL-terminated.
    pub data: Bytes,
}

/// Argument of [`INSTANTIATE`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Instantiate {
    /// Size; no flags.
    pub header: Header,
    /// The module fd.
    pub module_fd: i32,
    /// Out: the instance's number in the store.
    pub instance: u32,
    /// Out: the [`crate::run::TrapCode`] when a segment did not fit, else `u32::MAX`.
    pub trap: u32,
    /// Zero.
    pub reserved: u32,
    /// Name under which later modules of the store may import this instance's exports; may be empty.
    pub name: Bytes,
    /// Out: NUL-terminated description of a failure.
    pub message: [u8; MESSAGE_MAX],
}

impl Default for Instantiate {
    fn default() -> Self {
        Self {
            header: Header::default(),
            module_fd: -1,
            instance: 0,
            trap: u32::MAX,
            reserved: 0,
            name: Bytes::default(),
            message: [0; MESSAGE_MAX],
        }
    }
}

/// [`MemoryAccess`] flag: copy into linear memory (else out of it).
pub const MEMORY_WRITE: u32 = 1 << 0;

/// Argument of [`MEMORY`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryAccess {
    /// Size; flags: [`MEMORY_WRITE`].
    pub header: Header,
    /// Instance number.
    pub instance: u32,
    /// Zero.
    pub reserved: u32,
    /// Offset in memory 0, bytes.
    pub offset: u64,
    /// The caller's buffer.
    pub data: Bytes,
    /// Out: size of the memory, bytes.
    pub memory_size: u64,
}

/// Argument of [`KILL`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Kill {
    /// Size; no flags.
    pub header: Header,
}

/// Argument of [`INFO`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Info {
    /// Size; no flags.
    pub header: Header,
    /// Out: the store's record.
    pub entry: StoreEntry,
}

/// Argument of [`FUEL`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Fuel {
    /// Size; no flags.
    pub header: Header,
    /// In: fuel to set; out: fuel that was left.
    pub fuel: u64,
}

/// Argument of [`GLOBAL`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Global {
    /// Size; no flags.
    pub header: Header,
    /// Instance number.
    pub instance: u32,
    /// Out: a [`crate::run::ValueType`].
    pub value_type: u32,
    /// Export name.
    pub name: Bytes,
    /// Out: the value, encoded as in [`crate::run::Run::args`]; of a v128 the low half.
    pub value: u64,
    /// Out: the high half of a v128, else zero.
    pub high: u64,
}

/// Argument of [`REGISTER`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Register {
    /// Size; no flags.
    pub header: Header,
    /// Instance number.
    pub instance: u32,
    /// Zero.
    pub reserved: u32,
    /// The module name that later modules of the store import from.
    pub name: Bytes,
}

/// Argument of [`THREAD`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Thread {
    /// Size; no flags.
    pub header: Header,
    /// Out: the store fd of the thread (close-on-exec).
    pub fd: i32,
    /// Out: the thread's number, from 1 to [`crate::run::THREAD_MAX`].
    pub number: u32,
    /// Out: number of its instance.
    pub instance: u32,
    /// Out: the argument of `wasi_thread_start`, as in [`crate::run::Exit::Spawn`].
    pub argument: u32,
    /// Out: the store's id.
    pub id: u64,
    /// Out: NUL-terminated description of a failure.
    pub message: [u8; MESSAGE_MAX],
}

impl Default for Thread {
    fn default() -> Self {
        Self {
            header: Header::default(),
            fd: -1,
            number: 0,
            instance: 0,
            argument: 0,
            id: 0,
            message: [0; MESSAGE_MAX],
        }
    }
}

macro_rules! message {
    ($($t:ty => $nr:expr),* $(,)?) => { $(impl Message for $t { const NR: u32 = $nr; })* };
}
message! {
    Strings => STRINGS,
    Instantiate => INSTANTIATE,
    MemoryAccess => MEMORY,
    Kill => KILL,
    Info => INFO,
    Fuel => FUEL,
    Global => GLOBAL,
    Register => REGISTER,
    Thread => THREAD,
}
