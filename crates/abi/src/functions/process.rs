// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `proc_*`, `sched_yield`, `random_get`.

use crate::{
    call::{Call, Fault},
    context::Pending,
    Errno, Os, Stop,
};

/// Bytes that `random_get` fills between two looks at whether to stop.
const RANDOM_CHUNK: u32 = 64 << 10;

/// Bytes that are made at once.
const RANDOM_PIECE: usize = 256;

pub(super) fn exit<O: Os>(_call: &mut Call<'_, '_, O>, code: u32) -> Result<(), Fault> {
    Err(Fault::Exit(code))
}

/// What a signal does to a program that cannot handle it.
enum Action {
    Nothing,
    /// Ends the program; the number of the signal on Linux.
    End(u32),
    Unsupported,
}

/// The default action of WASI's signal `n` (`signal` in its witx).
fn default_action(n: u32) -> Result<Action, Errno> {
    Ok(match n {
        // None, chld, cont, urg, winch.
        0 | 16 | 17 | 22 | 27 => Action::Nothing,
        // Hup to kill, usr1, segv, usr2, pipe, alrm, term: numbered as on Linux.
        1..=15 => Action::End(n),
        // Stop, tstp, ttin, ttou: a program cannot stop itself.
        18..=21 => Action::Unsupported,
        // Xcpu, xfsz, vtalrm, prof.
        23..=26 => Action::End(n + 1),
        // Poll, pwr, sys.
        28..=30 => Action::End(n + 1),
        _ => return Err(Errno::Inval),
    })
}

/// Raises a signal, to its default action: as programs have no handlers here, most signals end them with 128 and the number.
pub(super) fn raise<O: Os>(_call: &mut Call<'_, '_, O>, signal: u32) -> Result<(), Fault> {
    match default_action(signal)? {
        Action::Nothing => Ok(()),
        Action::End(n) => Err(Fault::Exit(128 + n)),
        Action::Unsupported => Err(Errno::NotSup.into()),
    }
}

pub(super) fn sched_yield<O: Os>(call: &mut Call<'_, '_, O>) -> Result<(), Fault> {
    match call.cx.os.breathe() {
        // Nothing to repeat: the run parks at its next check.
        Ok(()) | Err(Stop::Park) => Ok(()),
        Err(stop) => Err(stop.into()),
    }
}

pub(super) fn random_get<O: Os>(
    call: &mut Call<'_, '_, O>,
    buf: u32,
    len: u32,
) -> Result<(), Fault> {
    call.memory.check(buf, len.into())?;
    let mut done = match call.cx.pending.take() {
        Some(Pending::Progress(done)) => done,
        _ => 0,
    };
    let mut bytes = [0; RANDOM_PIECE];
    loop {
        let end = len.min(done.saturating_add(RANDOM_CHUNK));
        while done < end {
            let n = RANDOM_PIECE.min((end - done) as usize);
            let piece = bytes.get_mut(..n).ok_or(Errno::Fault)?;
            call.cx.os.random(piece)?;
            // Cannot overflow: the sum is below an address that exists.
            call.memory.put(buf.wrapping_add(done), piece)?;
            done += n as u32;
        }
        if done >= len {
            return Ok(());
        }
        if let Err(stop) = call.cx.os.breathe() {
            call.cx.pending = Some(Pending::Progress(done));
            return Err(stop.into());
        }
    }
}
