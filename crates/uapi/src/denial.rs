// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Denials: host calls that a store was refused because it lacks a capability. A program sees the errno; whoever loaded it sees here
//! which call, on what, and which right was missing.
//!
//! A store keeps the last [`KEPT`] of them. Each has a number, from 0 in the order in which they happened, so that a reader can go
//! on where it left off, and can tell how many it has missed.

use crate::{io, Header, Message};

/// Copies denials of any store out, by the store's id ([`Denials`]). An ioctl of the device.
///
/// Errors: `ENOENT` no such store; `EPERM` neither its owner nor CAP_SYS_ADMIN (as for [`crate::device::STORE_KILL`]); `EINVAL` room
/// for records of no size or of more than 64 KiB, unknown flags, a reserved field; `ENOMEM`; `EFAULT`.
pub const STORE_DENIALS: u32 = io(0x08);

/// The same of the store whose fd this is; [`Denials::id`] is zero. An ioctl of a store fd, which may run meanwhile. Errors: `EINVAL`,
/// `ENOMEM`, `EFAULT` as above.
pub const DENIALS: u32 = io(0x49);

/// How many denials a store keeps.
pub const KEPT: usize = 64;

/// Longest name of a host function, with its terminating NUL.
pub const FUNCTION_MAX: usize = 40;

/// Most bytes that are kept of what a denial is about.
pub const SUBJECT_MAX: usize = 256;

/// Argument of [`STORE_DENIALS`] and [`DENIALS`]: fills an array of [`Denial`], the oldest first.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Denials {
    /// Size; no flags.
    pub header: Header,
    /// The store's id; zero for [`DENIALS`].
    pub id: u64,
    /// The number of the first denial that is wanted. Those that are not kept any more are left out.
    pub from: u64,
    /// Where [`Denial`] records go.
    pub entries: u64,
    /// Room in `entries`, in records.
    pub capacity: u32,
    /// Bytes of one record as the caller knows it.
    pub entry_size: u32,
    /// Out: how many records were stored.
    pub count: u32,
    /// Zero.
    pub reserved: u32,
    /// Out: the number that the next denial will have: how many there have been.
    pub next: u64,
}

/// One refused call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Denial {
    /// Its number.
    pub number: u64,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub time_ns: u64,
    /// The WASI rights (and wasmk's) that were missing; zero when none would have helped: the path leads out of its directory.
    pub missing: u64,
    /// The descriptor that the call was about.
    pub fd: u32,
    /// Length of the subject in bytes, of a path at most 4095; what is beyond [`SUBJECT_MAX`] is cut off.
    pub subject_len: u32,
    /// Name of the host function without its module, NUL-terminated.
    pub function: [u8; FUNCTION_MAX],
    /// A path or an address, as the program gave it (any bytes); may be empty.
    pub subject: [u8; SUBJECT_MAX],
}

impl Default for Denial {
    fn default() -> Self {
        Self {
            number: 0,
            time_ns: 0,
            missing: 0,
            fd: 0,
            subject_len: 0,
            function: [0; FUNCTION_MAX],
            subject: [0; SUBJECT_MAX],
        }
    }
}

impl Message for Denials {
    const NR: u32 = STORE_DENIALS;
}
