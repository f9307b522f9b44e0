// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `thread-spawn` of wasi-threads.

use crate::{
    call::{Call, Fault},
    context::Pending,
    Os,
};

/// Asks the embedder for a thread of the same program, then tells its number, or a negative error.
pub(super) fn spawn<O: Os>(call: &mut Call<'_, '_, O>, start_arg: u32) -> Result<(), Fault> {
    Err(match call.cx.pending.take() {
        Some(Pending::Spawned(answer)) => Fault::Answer(answer as u32),
        _ => Fault::Spawn(start_arg),
    })
}
