// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a guest was not given it cannot do; what it points at is checked.

mod descriptors;
mod memory;
mod sockets;

use super::Suite;
use crate::guest::Cases;

pub const SUITE: Suite = Suite {
    name: "caps",
    parameters: &[],
    memory: "1G",
    timeout: 600,
    slabs: 4096,
    run,
};

fn run(cases: &mut Cases) {
    cases.case(
        "no grants: no descriptor can be used",
        descriptors::nothing_granted,
    );
    cases.case(
        "a closed descriptor is gone, a renumbered one has moved",
        descriptors::closed,
    );
    cases.case("pointers and lengths at the edges", memory::edges);
    cases.case(
        "reading and writing memory by ioctl stays inside",
        memory::memory_ioctl,
    );
    cases.case(
        "a stream has no socket rights, a listener no data",
        sockets::wrong_kind,
    );
    cases.case("a dialer reaches its addresses only", sockets::dialer);
    cases.case(
        "a dialer's path is the one in the grantor's root",
        sockets::other_root,
    );
    cases.case(
        "a listener accepts on its own socket only",
        sockets::listener,
    );
    cases.case(
        "rights that are given up stay given up",
        descriptors::rights,
    );
    cases.case("only terminals look like terminals", descriptors::devices);
    cases.case(
        "grants of forbidden files are refused",
        descriptors::forbidden_files,
    );
    cases.case(
        "accepted sockets carry data both ways, and are closed with the store",
        sockets::accepted,
    );
    cases.case("a queue knows only live descriptors", descriptors::queue);
    cases.case("descriptors run out with an error", descriptors::exhaustion);
    cases.case(
        "address space of bounds memories is limited",
        memory::reservations,
    );
    cases.case(
        "the counter of refusals counts",
        descriptors::denied_counter,
    );
}
