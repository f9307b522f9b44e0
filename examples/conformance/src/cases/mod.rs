// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The cases.

mod denied;
mod files;
mod links;
mod listing;
mod memory;
mod open;
mod paths;
mod queues;
mod rights;
mod sockets;
mod standard;
mod time;

/// A case and its name.
type Case = (&'static str, fn());

/// All of them.
pub const ALL: &[Case] = &[
    ("memory-results", memory::results),
    ("memory-buffers", memory::buffers),
    ("memory-overlap", memory::overlap),
    ("closed-descriptors", denied::closed),
    ("wrong-kinds", denied::wrong_kinds),
    ("rights-shrink", denied::rights),
    ("only-granted-addresses", denied::addresses),
    ("forged-senders", denied::forged),
    ("tcp", sockets::tcp),
    ("tcp6", sockets::tcp6),
    ("unix", sockets::unix),
    ("udp", sockets::udp),
    ("peek-waitall", sockets::peek_waitall),
    ("half-close", sockets::half_close),
    ("closed-peer", sockets::closed_peer),
    ("refused", sockets::refused),
    ("backpressure", sockets::backpressure),
    ("many-rounds", sockets::many_rounds),
    ("queue-level-edge", queues::level_and_edge),
    ("queue-close-renumber", queues::close_and_renumber),
    ("queue-hangup", queues::hangup),
    ("queue-connect", queues::connecting),
    ("queue-many", queues::many),
    ("queue-time", queues::time),
    ("clocks", time::clocks),
    ("poll-clock", time::poll_clock),
    ("poll-descriptors", time::poll_descriptors),
    ("random", time::random),
    ("preopens", open::preopens),
    ("open-flags", open::flags),
    ("open-descriptor-flags", open::descriptor_flags),
    ("open-many", open::many),
    ("file-data", files::data),
    ("file-room", files::room),
    ("file-times", files::times),
    ("file-limits", files::limits),
    ("links", links::symbolic),
    ("hard-links", links::hard),
    ("rename", links::renames),
    ("make-remove", links::make_and_remove),
    ("list", listing::entries),
    ("list-many", listing::many),
    ("paths-outside", paths::outside),
    ("paths-links-outside", paths::links_outside),
    ("paths-odd", paths::odd),
    ("paths-memory", paths::memory),
    ("directory-rights", rights::inherited),
    ("read-only", rights::read_only),
    ("directory-renumber", rights::renumbered),
    ("std-files", standard::files),
    ("std-directories", standard::directories),
    ("std-read-only", standard::read_only),
];
