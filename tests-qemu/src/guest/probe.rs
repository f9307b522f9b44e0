// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A guest whose exports are host functions.

use std::{fs::File, os::fd::BorrowedFd};

use anyhow::{bail, Result};
use libwasmk::{
    uapi::grant::GrantKind, Call, Device, Grant, GrantSource, LoadOptions, Outcome as Ended, Store,
    StoreOptions,
};

use super::tool::wasm;

/// `errno`: see `wasmk_abi::Errno`.
pub const SUCCESS: u64 = 0;
/// `errno`: see `wasmk_abi::Errno`.
pub const AGAIN: u64 = 6;
/// `errno`: see `wasmk_abi::Errno`.
pub const BADF: u64 = 8;
/// `errno`: see `wasmk_abi::Errno`.
pub const FAULT: u64 = 21;
/// `errno`: see `wasmk_abi::Errno`.
pub const NOENT: u64 = 44;
/// `errno`: see `wasmk_abi::Errno`.
pub const SPIPE: u64 = 70;
/// `errno`: see `wasmk_abi::Errno`.
pub const NOTCAPABLE: u64 = 76;
/// Bytes of the probe's memory.
pub const MEMORY: u64 = 65536;

/// An instance of the probe.
#[derive(Debug)]
pub struct Probe {
    /// The store.
    pub store: Store,
    /// Number of the instance in it.
    pub instance: u32,
}

impl Probe {
    /// A store with these grants and nothing else.
    pub fn new(grants: &[Grant<'_>]) -> Result<Self> {
        let device = Device::open()?;
        let module = device.load(&wasm("probe.wat")?, &LoadOptions::default())?;
        let store = device.create_store(&StoreOptions::default())?;
        for grant in grants {
            store.grant(grant)?;
        }
        let instance = store.instantiate(&module, "")?;
        Ok(Self { store, instance })
    }

    /// Calls a host function; its errno.
    pub fn call(&self, function: &str, args: &[i64]) -> Result<u64> {
        match self.ends(function, args, None)? {
            Ended::Returned(values) => Ok(values.bits.first().copied().unwrap_or(0)),
            other => bail!("{function}{args:?}: {other:?}"),
        }
    }

    /// Calls a host function, resuming for as long as it is parked, and tells how that ends.
    pub fn ends(&self, function: &str, args: &[i64], deadline_ns: Option<u64>) -> Result<Ended> {
        let wide = wide(function);
        let args: Vec<u64> = args
            .iter()
            .enumerate()
            .map(|(index, &arg)| {
                if wide.contains(&index) {
                    arg as u64
                } else {
                    u64::from(arg as u32)
                }
            })
            .collect();
        let call = Call::export(self.instance, function, &args).until(deadline_ns);
        Ok(self.store.call(&call)?)
    }

    /// A word of its memory.
    pub fn peek(&self, at: u64) -> Result<u32> {
        let mut bytes = [0; 4];
        self.store.read_memory(self.instance, at, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Stores words in its memory.
    pub fn poke(&self, at: u64, values: &[u32]) -> Result<()> {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        Ok(self.store.write_memory(self.instance, at, &bytes)?)
    }
}

/// Which parameters of a function are i64; the others are i32.
fn wide(function: &str) -> &'static [usize] {
    match function {
        "set_rights" => &[1, 2],
        "fd_seek" | "clock" => &[1],
        "queue_control" => &[4],
        "queue_wait" => &[3],
        "channel_send" => &[2, 3],
        _ => &[],
    }
}

/// A grant of a stream at this number.
pub fn stream(number: u32, file: BorrowedFd<'_>) -> Grant<'_> {
    Grant {
        name: "",
        number: Some(number),
        source: GrantSource::File(GrantKind::Stream, file),
    }
}

/// A pipe: reading and writing end.
pub fn pipe() -> Result<(File, File)> {
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    Ok((reader.into(), writer.into()))
}
