// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `clock_*`.

use crate::{
    call::{Call, Fault},
    Clock, Errno, Os,
};

/// The clock numbered `id`.
///
/// # Errors
///
/// `Inval` when there is none.
pub(super) fn clock(id: u32) -> Result<Clock, Errno> {
    match id {
        0 => Ok(Clock::Realtime),
        1 => Ok(Clock::Monotonic),
        2 => Ok(Clock::ProcessCpu),
        3 => Ok(Clock::ThreadCpu),
        _ => Err(Errno::Inval),
    }
}

pub(super) fn res_get<O: Os>(call: &mut Call<'_, '_, O>, id: u32, out: u32) -> Result<(), Fault> {
    let resolution = call.cx.os.resolution(clock(id)?)?;
    Ok(call.memory.put_u64(out, resolution)?)
}

/// The precision is a hint that no clock here has use for.
pub(super) fn time_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    id: u32,
    _precision: u64,
    out: u32,
) -> Result<(), Fault> {
    let now = call.cx.os.now(clock(id)?)?;
    Ok(call.memory.put_u64(out, now)?)
}
