// SPDX-License-Identifier: GPL-2.0
//! Unsafe code of `os`: struct files, sockets, wait queues. What is visible outside is safe to use.
//!
//! **Locks.** Watched files put items on a readiness queue's lock-free list from their wake-up callbacks, under the lock of *their*
//! wait queue, then wake the queue's sleepers. So the order is: the program's lock (`super::lock`, when a watch is dropped under
//! it), lock of a file's wait queue, lock of the readiness queue's wait queue head. The locks of a queue's list and of an item's state
//! are leaves, never taken by callbacks; a file is asked, and let go of, without them. Positions of regular files are moved under `f_pos_lock`, with nothing else held; those of
//! directories, too, then the kernel takes the directory's `i_rwsem` (shared), under which entries are copied to memory of the
//! module's, never the program's. What changes directories takes the kernel's own locks in its order (see `kmod/names.c`), and
//! nothing of wasmk's. Files and directories are closed with no lock held.
#![allow(unsafe_code)]

mod attributes;
mod authority;
mod channel;
mod clock;
mod dialer;
mod directory;
mod ffi;
mod ffi_files;
mod file;
mod iovec;
mod item;
mod listing;
mod path;
mod queue;
mod socket;
mod splice;
mod wait;

pub(super) use attributes::kind;
pub(super) use authority::Acting;
pub(crate) use channel::ChannelEnd;
pub(super) use clock::{cpu_time, random, realtime};
pub(crate) use dialer::Dialer;
pub(crate) use directory::Directory;
pub(crate) use file::Object;
pub(super) use listing::Listing;
pub(super) use path::{Last, Lookup, Parent, Place, Text};
pub(crate) use queue::{Queue, Watch};
pub(super) use socket::{accept, address, connect_status, recv, send, shutdown, SocketTraits};
pub(super) use splice::{splice, SpliceBuffer};
pub(super) use wait::wait;

use wasmk_abi::Errno;

/// The result of a kernel function: negative numbers are errors.
fn check(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| errno(result))
}

/// The result of a kernel function that answers zero or an error.
fn done(result: core::ffi::c_int) -> Result<(), Errno> {
    check(result as isize).map(drop)
}

fn errno(result: isize) -> Errno {
    Errno::from_linux(i32::try_from(-result).unwrap_or(0))
}

/// Poll events of `linux/eventpoll.h`, with the bits of `__poll_t`.
mod events {
    use wasmk_abi::Events;

    const IN: u32 = 0x001;
    const OUT: u32 = 0x004;
    pub(super) const ERR: u32 = 0x008;
    pub(super) const HUP: u32 = 0x010;
    const RDNORM: u32 = 0x040;
    const WRNORM: u32 = 0x100;
    /// The wait queue goes away (`POLLFREE`).
    pub(super) const FREE: u32 = 0x4000;

    /// What to ask a file for.
    pub(super) fn to_poll(events: Events) -> u32 {
        let mut poll = ERR | HUP;
        if events.contains(Events::READ) {
            poll |= IN | RDNORM;
        }
        if events.contains(Events::WRITE) {
            poll |= OUT | WRNORM;
        }
        poll
    }

    /// What a file's answer means to who asked for `wanted`.
    pub(super) fn from_poll(poll: u32, wanted: Events) -> Events {
        let mut events = Events::empty();
        events.set(Events::READ, poll & (IN | RDNORM) != 0);
        events.set(Events::WRITE, poll & (OUT | WRNORM) != 0);
        events &= wanted;
        events.set(Events::HANGUP, poll & HUP != 0);
        events.set(Events::ERROR, poll & ERR != 0);
        events
    }
}
