// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Readiness queues and descriptors: membership, renumbering, closing. Over memory; the same over sockets is in `host.rs`.

mod support;

use std::{cell::RefCell, rc::Rc};

use support::{
    sim::{Sim, State},
    Guest,
};
use wasmk_abi::{Errno, FileType, Outcome, Resource, Stop};

const READ: u64 = 1;
const WRITE: u64 = 2;
const EDGE: u64 = 0x100;

fn guest() -> (Guest<Sim>, u64, u64, Rc<RefCell<State>>) {
    let sim = Sim::default();
    let (object, state) = sim.0.object(FileType::SocketStream);
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Socket(object), "");
    let queue = guest.queue();
    (guest, queue, fd, state)
}

#[test]
fn add_modify_remove() {
    let (mut guest, queue, fd, state) = guest();
    guest.fails(Errno::NoEnt, "queue_control", &[queue, 2, fd, READ, 1]);
    guest.fails(Errno::NoEnt, "queue_control", &[queue, 3, fd, 0, 0]);
    guest.ok("queue_control", &[queue, 1, fd, READ, 11]);
    guest.fails(Errno::Exist, "queue_control", &[queue, 1, fd, WRITE, 12]);
    assert_eq!(guest.queue_wait(queue, 8, 0), []);
    state.borrow_mut().inbox.push_back(vec![1]);
    assert_eq!(guest.queue_wait(queue, 8, 0), [(11, 1, fd as u32)]);
    assert_eq!(guest.queue_wait(queue, 8, 0), [(11, 1, fd as u32)], "level");
    guest.ok(
        "queue_control",
        &[queue, 2, fd, WRITE | READ | EDGE, u64::MAX],
    );
    assert_eq!(guest.queue_wait(queue, 8, 0), [(u64::MAX, 3, fd as u32)]);
    assert_eq!(guest.queue_wait(queue, 8, 0), [], "edge");
    guest.ok("queue_control", &[queue, 3, fd, 0, 0]);
    guest.fails(Errno::NoEnt, "queue_control", &[queue, 3, fd, 0, 0]);
    for (op, events) in [(0, READ), (4, READ), (1, 4), (1, 0x200), (1, 0x80000000)] {
        guest.fails(Errno::Inval, "queue_control", &[queue, op, fd, events, 0]);
    }
    guest.fails(Errno::Inval, "queue_create", &[1, 0]);
}

#[test]
fn a_descriptor_is_in_sixteen_queues_at_most() {
    let (mut guest, queue, fd, _) = guest();
    guest.ok("queue_control", &[queue, 1, fd, READ, 0]);
    for _ in 1..16 {
        let other = guest.queue();
        guest.ok("queue_control", &[other, 1, fd, READ, 0]);
    }
    let last = guest.queue();
    guest.fails(Errno::NoSpc, "queue_control", &[last, 1, fd, READ, 0]);
    // Leaving one, or closing it, makes room.
    guest.ok("queue_control", &[queue, 3, fd, 0, 0]);
    guest.ok("queue_control", &[last, 1, fd, READ, 0]);
    guest.fails(Errno::NoSpc, "queue_control", &[queue, 1, fd, READ, 0]);
    guest.ok("fd_close", &[last]);
    guest.ok("queue_control", &[queue, 1, fd, READ, 0]);
}

#[test]
fn closing_takes_out_of_queues() {
    let (mut guest, queue, fd, state) = guest();
    state.borrow_mut().inbox.push_back(vec![1]);
    guest.ok("queue_control", &[queue, 1, fd, READ, 1]);
    let second = guest.queue();
    guest.ok("queue_control", &[second, 1, fd, READ, 2]);
    guest.ok("fd_close", &[second]);
    assert_eq!(guest.queue_wait(queue, 8, 0).len(), 1);
    guest.ok("fd_close", &[fd]);
    assert_eq!(guest.queue_wait(queue, 8, 0), []);
    // The number is free, and nobody watches its next owner.
    let (object, next) = guest.cx.os().0.object(FileType::SocketStream);
    next.borrow_mut().inbox.push_back(vec![1]);
    assert_eq!(guest.grant(Resource::Socket(object), ""), fd);
    assert_eq!(guest.queue_wait(queue, 8, 0), []);
    guest.ok("queue_control", &[queue, 1, fd, READ, 3]);
    assert_eq!(guest.queue_wait(queue, 8, 0), [(3, 1, fd as u32)]);
    // A queue under the number of a closed one is another queue.
    guest.ok("fd_close", &[queue]);
    assert_eq!(guest.queue(), queue);
    guest.fails(Errno::NoEnt, "queue_control", &[queue, 3, fd, 0, 0]);
    guest.ok("queue_control", &[queue, 1, fd, READ, 4]);
    assert_eq!(guest.queue_wait(queue, 8, 0), [(4, 1, fd as u32)]);
}

#[test]
fn renumbering_moves_the_watch() {
    let (mut guest, queue, fd, state) = guest();
    let (object, _) = guest.cx.os().0.object(FileType::SocketStream);
    let target = guest.grant(Resource::Socket(object), "");
    guest.ok("queue_control", &[queue, 1, target, WRITE, 5]);
    guest.ok("queue_control", &[queue, 1, fd, READ, 6]);
    guest.ok("fd_renumber", &[fd, target]);
    state.borrow_mut().inbox.push_back(vec![1]);
    assert_eq!(guest.queue_wait(queue, 8, 0), [(6, 1, target as u32)]);
    guest.fails(Errno::Badf, "queue_control", &[queue, 3, fd, 0, 0]);
    guest.ok("queue_control", &[queue, 3, target, 0, 0]);
    // The queue itself may be renumbered.
    guest.ok("queue_control", &[queue, 1, target, READ, 7]);
    let other = guest.queue();
    guest.ok("fd_renumber", &[queue, other]);
    assert_eq!(guest.queue_wait(other, 8, 0), [(7, 1, target as u32)]);
    guest.ok("fd_renumber", &[other, other]);
}

#[test]
fn waits_have_limits() {
    let (mut guest, queue, fd, state) = guest();
    guest.ok("queue_control", &[queue, 1, fd, READ, 1]);
    assert_eq!(guest.queue_wait(queue, 8, 1000), []);
    assert_eq!(guest.cx.os().0.now.get(), 1000);
    guest.fails(Errno::Inval, "queue_wait", &[queue, 0x100, 0, 0, 0]);
    guest.fails(
        Errno::Inval,
        "queue_wait",
        &[queue, 0x100, 1, (-2i64) as u64, 0],
    );
    guest.fails(Errno::Fault, "queue_wait", &[queue, 0xfff8, 1, 0, 0]);
    guest.fails(
        Errno::Fault,
        "queue_wait",
        &[queue, 0x100, u32::MAX.into(), 0, 0xfffe],
    );
    // An edge is not lost when its report cannot be stored.
    guest.ok("queue_control", &[queue, 2, fd, READ | EDGE, 1]);
    state.borrow_mut().inbox.push_back(vec![1]);
    guest.fails(Errno::Fault, "queue_wait", &[queue, 0xfff8, 1, 0, 0]);
    assert_eq!(guest.queue_wait(queue, 8, 0).len(), 1);
    // A long wait that was parked keeps its end.
    state.borrow_mut().inbox.clear();
    guest.cx.os().0.interrupt(Stop::Park);
    let args = [queue, 0x100, 8, 5000, 0x80];
    assert_eq!(guest.outcome("queue_wait", &args).0, Outcome::Park);
    guest.cx.os().0.now.set(4000);
    guest.ok("queue_wait", &args);
    assert_eq!((guest.u32(0x80), guest.cx.os().0.now.get()), (0, 6000));
}

#[test]
fn as_many_reports_as_fit() {
    let (mut guest, queue, _, _) = guest();
    for i in 0..1500u64 {
        let (object, _) = guest.cx.os().0.object(FileType::SocketStream);
        let fd = guest.grant(Resource::Socket(object), "");
        guest.ok("queue_control", &[queue, 1, fd, WRITE, i]);
    }
    assert_eq!(guest.queue_wait(queue, 10, 0).len(), 10);
    assert_eq!(guest.queue_wait(queue, 1024, 0).len(), 1024);
    guest.memory.resize(1 << 20, 0);
    assert_eq!(guest.queue_wait(queue, 5000, 0).len(), 1024);
}
