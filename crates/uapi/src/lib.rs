// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The ioctl interface of `/dev/wasmk`: one definition for the kernel module and for userspace.
//!
//! Three kinds of file descriptor exist, as in KVM:
//!
//! * the *device*, from opening `/dev/wasmk`;
//! * a *module*, from [`device::MODULE_LOAD`]: validated, compiled, immutable, shareable;
//! * a *store*, from [`device::STORE_CREATE`]: instances, grants, accounting, one running thread. A program with several threads
//!   has a store for each ([`store::THREAD`]).
//!
//! # Extensible structures
//!
//! Every structure starts with [`Header`]. `header.size` is the size the caller was compiled with. A kernel that knows
//! a larger structure treats what is missing as zero; one that knows a smaller structure accepts the call only when the
//! rest is zero, and answers `E2BIG` otherwise (the rule of `copy_struct_from_user()`, include/linux/uaccess.h). The
//! number of an ioctl therefore carries no size: it is made with `_IO`. Unknown numbers are `ENOTTY`, unknown flag bits
//! and non-zero reserved fields `EINVAL`, a bad pointer `EFAULT`.
//!
//! Pointers travel as `u64`. All integers are in host byte order.
#![no_std]
#![deny(unsafe_code)]

pub mod channel;
pub mod denial;
pub mod device;
pub mod grant;
pub mod module;
pub mod run;
pub mod store;

/// The version of this interface; [`device::Version`] reports the kernel's.
pub const VERSION: u32 = 1;

/// The type byte of every wasmk ioctl.
pub const MAGIC: u32 = b'w' as u32;

/// The device node.
pub const DEVICE: &str = "/dev/wasmk";

/// `_IO(MAGIC, nr)`: no direction and no size, since structures are extensible.
pub const fn io(nr: u32) -> u32 {
    (MAGIC << 8) | nr
}

/// The first field of every structure.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the whole structure as the caller knows it.
    pub size: u32,
    /// Per-call flag bits; zero unless the call documents some.
    pub flags: u32,
}

/// A plain structure that crosses the boundary: `repr(C)`, starts with [`Header`], every bit pattern valid, no padding.
pub trait Message: Copy + Default {
    /// The ioctl's number, see [`io`].
    const NR: u32;
}

/// A byte string in the caller's memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Address in the caller's address space.
    pub ptr: u64,
    /// Length in bytes.
    pub len: u64,
}

/// Longest service, grant or export name accepted, in bytes.
pub const NAME_MAX: usize = 255;
/// Largest wasm module accepted, in bytes (64 MiB).
pub const MODULE_MAX: u64 = 64 << 20;
/// Most arguments or results of one call (the core specification's implementation limit is 1000).
pub const VALUES_MAX: u32 = 1000;
/// Size of the fixed error-message buffers, in bytes, terminating NUL included.
pub const MESSAGE_MAX: usize = 512;
