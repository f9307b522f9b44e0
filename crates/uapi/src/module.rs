// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! ioctls of a module fd.

use crate::{io, Header, Message, NAME_MAX};

/// Reports sizes and the memory model in force. Errors: `EFAULT`, `E2BIG`.
pub const INFO: u32 = io(0x20);

/// Argument of [`INFO`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ModuleInfo {
    /// Size; no flags.
    pub header: Header,
    /// Name given at load, NUL-terminated.
    pub name: [u8; NAME_MAX + 1],
    /// Bytes of wasm.
    pub wasm_bytes: u64,
    /// Bytes of machine code with its tables and padding.
    pub code_bytes: u64,
    /// Nanoseconds spent validating and compiling.
    pub compile_ns: u64,
    /// Functions defined by the module.
    pub functions: u32,
    /// A [`crate::device::MemoryModel`], never `Auto`.
    pub memory_model: u32,
    /// 1 if fuel is compiled in.
    pub fuel: u32,
    /// Zero.
    pub reserved: u32,
}

impl Default for ModuleInfo {
    fn default() -> Self {
        Self {
            header: Header::default(),
            name: [0; NAME_MAX + 1],
            wasm_bytes: 0,
            code_bytes: 0,
            compile_ns: 0,
            functions: 0,
            memory_model: 0,
            fuel: 0,
            reserved: 0,
        }
    }
}

impl Message for ModuleInfo {
    const NR: u32 = INFO;
}
