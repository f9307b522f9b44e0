// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! One host call: its outcome, its arguments, and waiting within it.

use crate::{
    context::Context, Clock, Errno, Events, Interest, Memory, Os, Refusal, Stop, WaitError,
};

/// How a host call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The results are in the values.
    Done,
    /// To be repeated with the same arguments when the run is resumed.
    Park,
    /// The program ends with this code.
    Exit(u32),
    /// The program asks for a further thread (`thread-spawn` of wasi-threads), whose `wasi_thread_start` gets `start_arg`. The same
    /// call is to be made again, with the same arguments, after [`Context::spawned`] has said what became of it.
    Spawn {
        /// The program's word for its thread.
        start_arg: u32,
    },
    /// No such function: the embedder and this crate disagree.
    Unknown,
    /// The run is over: killed.
    Killed,
    /// The run is over: its deadline passed.
    Deadline,
}

/// Why a host function stops before it has a plain answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The guest sees this error.
    Errno(Errno),
    /// The guest sees the error of this, and the embedder the rest.
    Refused(Refusal),
    /// The run stops.
    Stop(Stop),
    /// The program ends.
    Exit(u32),
    /// The embedder makes a thread with this argument.
    Spawn(u32),
    /// The guest sees this, which is no error number.
    Answer(u32),
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        match errno {
            // A signal is handled outside; the guest never sees it.
            Errno::Intr => Self::Stop(Stop::Park),
            errno => Self::Errno(errno),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<WaitError> for Fault {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Stop(stop) => stop.into(),
            WaitError::Errno(errno) => errno.into(),
        }
    }
}

impl From<alloc::collections::TryReserveError> for Fault {
    fn from(error: alloc::collections::TryReserveError) -> Self {
        Errno::from(error).into()
    }
}

/// A host call in progress.
pub(crate) struct Call<'c, 'm, O: Os> {
    /// The store's context.
    pub(crate) cx: &'c mut Context<O>,
    /// Memory of the calling instance.
    pub(crate) memory: Memory<'m>,
}

/// Vain attempts in a row after which there is a pause before each further one.
const VAIN_MAX: u32 = 2;

/// Nanoseconds of such a pause.
const PAUSE: u64 = 1_000_000;

/// The waits between attempts of one operation.
///
/// An object may say that it is ready while the operation on it cannot go on, and that for good: a datagram socket with room
/// whose peer has none, an error that stays. So whether to stop is asked after each vain attempt, as the wait does not.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// The last wait said that the object was ready.
    ready: bool,
    /// How often in a row it was not.
    vain: u32,
}

impl Attempts {
    /// The operation could not go on: waits until `events` are so on `object` (or it hung up, or has an error).
    pub(crate) fn wait<O: Os>(
        &mut self,
        os: &mut O,
        object: &O::Object,
        events: Events,
    ) -> Result<(), Fault> {
        let mut interests = [Interest {
            object,
            events,
            ready: Events::empty(),
        }];
        self.wait_any(os, &mut interests)
    }

    /// As [`Attempts::wait`], for one of several objects.
    pub(crate) fn wait_any<O: Os>(
        &mut self,
        os: &mut O,
        interests: &mut [Interest<'_, O::Object>],
    ) -> Result<(), Fault> {
        if self.ready {
            os.breathe()?;
            if self.vain >= VAIN_MAX {
                let end = os.now(Clock::Monotonic)?.saturating_add(PAUSE);
                os.wait(&mut [], Some(end))?;
            }
            self.vain = self.vain.saturating_add(1);
        }
        os.wait(interests, None)?;
        self.ready = true;
        Ok(())
    }
}

/// Repeats `operation` until it does not answer `Again`, waiting for `events` in between, unless `nonblocking`.
pub(crate) fn until_ready<O: Os, T>(
    os: &mut O,
    object: &O::Object,
    nonblocking: bool,
    events: Events,
    mut operation: impl FnMut(&mut O) -> Result<T, Errno>,
) -> Result<T, Fault> {
    let mut attempts = Attempts::default();
    loop {
        match operation(os) {
            Err(Errno::Again) if !nonblocking => attempts.wait(os, object, events)?,
            result => return result.map_err(Fault::from),
        }
    }
}

/// An argument of a host function.
pub(crate) trait Argument {
    /// From its slot.
    fn from_slot(slot: u64) -> Self;
}

impl Argument for u32 {
    fn from_slot(slot: u64) -> Self {
        slot as u32
    }
}

impl Argument for u64 {
    fn from_slot(slot: u64) -> Self {
        slot
    }
}
