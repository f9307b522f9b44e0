// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `args_*` and `environ_*`.

use crate::{
    call::{Call, Fault},
    Errno, Memory, Os,
};

/// Stores the number of strings and their bytes.
fn sizes(memory: &mut Memory<'_>, strings: &[u8], count: u32, size: u32) -> Result<(), Fault> {
    let n = strings.iter().filter(|b| **b == 0).count();
    memory.put_u32(count, n as u32)?;
    memory.put_u32(size, strings.len() as u32)?;
    Ok(())
}

/// Stores the strings at `buf` and a pointer to each at `pointers`.
fn get(memory: &mut Memory<'_>, strings: &[u8], pointers: u32, buf: u32) -> Result<(), Fault> {
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
    sizes(&mut call.memory, &call.cx.args, count, size)
}

pub(super) fn args_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    pointers: u32,
    buf: u32,
) -> Result<(), Fault> {
    get(&mut call.memory, &call.cx.args, pointers, buf)
}

pub(super) fn environ_sizes_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    count: u32,
    size: u32,
) -> Result<(), Fault> {
    sizes(&mut call.memory, &call.cx.environ, count, size)
}

pub(super) fn environ_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    pointers: u32,
    buf: u32,
) -> Result<(), Fault> {
    get(&mut call.memory, &call.cx.environ, pointers, buf)
}
