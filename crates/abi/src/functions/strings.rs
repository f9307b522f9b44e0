// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `args_*` and `environ_*`.

use alloc::vec::Vec;

use crate::{
    call::{Call, Fault},
    group::Strings,
    Errno, Memory, Os,
};

fn args<O: Os>(call: &Call<'_, '_, O>) -> Strings {
    call.cx.group.with(|state| state.args.clone())
}

fn environ<O: Os>(call: &Call<'_, '_, O>) -> Strings {
    call.cx.group.with(|state| state.environ.clone())
}

fn bytes(strings: &Strings) -> &[u8] {
    strings.as_deref().map_or(&[], Vec::as_slice)
}

/// Stores the number of strings and their bytes.
fn sizes(memory: Memory<'_>, strings: &Strings, count: u32, size: u32) -> Result<(), Fault> {
    let strings = bytes(strings);
    let n = strings.iter().filter(|b| **b == 0).count();
    memory.put_u32(count, n as u32)?;
    memory.put_u32(size, strings.len() as u32)?;
    Ok(())
}

/// Stores the strings at `buf` and a pointer to each at `pointers`.
fn get(memory: Memory<'_>, strings: &Strings, pointers: u32, buf: u32) -> Result<(), Fault> {
    let strings = bytes(strings);
    let n = strings.iter().filter(|b| **b == 0).count() as u64;
    memory.check(pointers, n * 4)?;
    memory.put(buf, strings)?;
    let (mut slot, mut address) = (u64::from(pointers), u64::from(buf));
    for string in strings.split_inclusive(|b| *b == 0) {
        let at = u32::try_from(slot).map_err(|_| Errno::Fault)?;
        memory.put_u32(at, u32::try_from(address).map_err(|_| Errno::Fault)?)?;
        slot += 4;
        address += string.len() as u64;
    }
    Ok(())
}

pub(super) fn args_sizes_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    count: u32,
    size: u32,
) -> Result<(), Fault> {
    sizes(call.memory, &args(call), count, size)
}

pub(super) fn args_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    pointers: u32,
    buf: u32,
) -> Result<(), Fault> {
    get(call.memory, &args(call), pointers, buf)
}

pub(super) fn environ_sizes_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    count: u32,
    size: u32,
) -> Result<(), Fault> {
    sizes(call.memory, &environ(call), count, size)
}

pub(super) fn environ_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    pointers: u32,
    buf: u32,
) -> Result<(), Fault> {
    get(call.memory, &environ(call), pointers, buf)
}
