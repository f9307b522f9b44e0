// SPDX-License-Identifier: GPL-2.0
//! The last host calls that a store was refused, for whoever asks why a program gets an error.
//!
//! The ring's lock is a leaf, held for the copy of one record: nothing waits or allocates under it. Room for the records is made at
//! the first denial, charged to the caller; without memory the denial is counted, but not kept. A program that is refused all the time
//! overwrites its own records and nothing else.

use super::Store;
use crate::{
    device,
    sys::{
        alloc::bounded_flags,
        task::boottime_ns,
        user::{self, Message},
    },
    text,
};
use kernel::{new_mutex, prelude::*, sync::Mutex};
use wasmk_abi::Denial;
use wasmk_uapi::denial::{Denial as Record, Denials, KEPT};

/// Largest record that a caller may know of.
const ENTRY_MAX: u32 = 65536;

/// See the module.
#[pin_data]
pub(crate) struct Ring {
    #[pin]
    state: Mutex<State>,
}

/// Records by their number modulo their count.
struct State {
    records: KVVec<Record>,
    /// The next denial's number.
    next: u64,
}

impl State {
    /// The number of the oldest denial that is kept.
    fn oldest(&self) -> u64 {
        self.next.saturating_sub(KEPT as u64)
    }
}

fn slot(number: u64) -> usize {
    (number % KEPT as u64) as usize
}

impl Ring {
    /// An empty one, without room.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            state <- new_mutex!(State { records: KVVec::new(), next: 0 }),
        })
    }

    /// Keeps a denial, in the place of the oldest if there are [`KEPT`].
    pub(crate) fn push(&self, denial: &Denial<'_>) {
        let room = self.room();
        let time_ns = boottime_ns();
        let mut state = self.state.lock();
        if state.records.is_empty() {
            if let Some(room) = room {
                state.records = room;
            }
        }
        let number = state.next;
        state.next = number.wrapping_add(1);
        // Without memory there are no records.
        if let Some(record) = state.records.get_mut(slot(number)) {
            fill(record, number, time_ns, denial);
        }
    }

    /// Records for the first denial.
    fn room(&self) -> Option<KVVec<Record>> {
        if !self.state.lock().records.is_empty() {
            return None;
        }
        KVVec::from_elem(Record::default(), KEPT, bounded_flags()).ok()
    }

    /// Copies the oldest denial that is kept and has at least this number.
    fn copy(&self, from: u64, into: &mut Record) -> bool {
        let state = self.state.lock();
        let mut number = from.max(state.oldest());
        while number < state.next {
            match state.records.get(slot(number)) {
                // One that happened without memory has left an older record, or none.
                Some(record) if record.number == number && record.time_ns != 0 => {
                    *into = *record;
                    return true;
                }
                _ => number += 1,
            }
        }
        false
    }

    fn next(&self) -> u64 {
        self.state.lock().next
    }
}

fn fill(record: &mut Record, number: u64, time_ns: u64, denial: &Denial<'_>) {
    record.number = number;
    record.time_ns = time_ns;
    record.missing = denial.missing.bits();
    record.fd = denial.fd;
    record.subject_len = u32::try_from(denial.subject.len()).unwrap_or(u32::MAX);
    text::put(&mut record.function, format_args!("{}", denial.function));
    record.subject.fill(0);
    for (to, from) in record.subject.iter_mut().zip(denial.subject) {
        *to = *from;
    }
}

/// Reads the message of either ioctl.
pub(crate) fn request(argument: usize) -> Result<Message<Denials>> {
    let request = device::read::<Denials>(argument, 0, |m| m.header)?;
    let size = request.entry_size;
    if request.reserved != 0 || size > ENTRY_MAX || (size == 0 && request.capacity != 0) {
        return Err(EINVAL);
    }
    Ok(request)
}

impl Store {
    /// Answers a request.
    pub(crate) fn denials(&self, mut request: Message<Denials>) -> Result<isize> {
        let ring = &self.account.denials;
        let mut record = KBox::new(Record::default(), GFP_KERNEL)?;
        let (mut from, mut count) = (request.from, 0);
        let size = request.entry_size as usize;
        // At most as many as there can be at once: a program may be refused faster than its caller takes notes.
        for at in 0..(request.capacity as usize).min(KEPT) {
            if !ring.copy(from, &mut record) {
                break;
            }
            user::write_record(request.entries, (at * size) as u64, &*record, size)?;
            from = record.number.saturating_add(1);
            count += 1;
        }
        request.count = count;
        request.next = ring.next();
        request.write()?;
        Ok(0)
    }

    pub(super) fn denials_ioctl(&self, argument: usize) -> Result<isize> {
        let request = request(argument)?;
        if request.id != 0 {
            return Err(EINVAL);
        }
        self.denials(request)
    }
}
