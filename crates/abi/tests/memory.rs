// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Pointers and lengths at the edges: nothing outside the memory is touched, nothing wraps.

mod support;

use proptest::prelude::*;
use support::{sim::Sim, sim_tree::Node, Guest};
use wasmk_abi::{lookup, Errno, FileType, Memory, Resource, IOV_MAX};

fn guest_with_file() -> (Guest<Sim>, u64) {
    let sim = Sim::default();
    let (file, state) = sim.0.object(FileType::RegularFile);
    state.borrow_mut().data = (0..=255).cycle().take(100_000).collect();
    let mut guest = Guest::new(sim);
    let fd = guest.grant(Resource::Stream(file), "");
    (guest, fd)
}

#[test]
fn results_at_the_edge() {
    let (mut guest, _) = guest_with_file();
    let size = guest.memory.len() as u64;
    guest.ok("clock_time_get", &[1, 0, size - 8]);
    for at in [
        size - 7,
        size,
        size + 1,
        u32::MAX.into(),
        u32::MAX as u64 - 7,
        1 << 31,
    ] {
        guest.fails(Errno::Fault, "clock_time_get", &[1, 0, at]);
    }
}

#[test]
fn buffers_at_the_edge() {
    let (mut guest, fd) = guest_with_file();
    let size = guest.memory.len() as u32;
    for (buffers, errno) in [
        (vec![(size - 1, 1)], 0),
        (vec![(size, 0)], 0),
        (vec![(size - 1, 2)], Errno::Fault.wasi()),
        (vec![(size + 1, 0)], Errno::Fault.wasi()),
        (vec![(u32::MAX, 1)], Errno::Fault.wasi()),
        (vec![(u32::MAX, u32::MAX)], Errno::Fault.wasi()),
        (vec![(1, u32::MAX)], Errno::Fault.wasi()),
        (vec![(0, 16), (u32::MAX - 15, 32)], Errno::Fault.wasi()),
    ] {
        guest.iovecs(0x100, &buffers);
        let got = guest.call("fd_read", &[fd, 0x100, buffers.len() as u64, 0x80]);
        assert_eq!(got, errno.into(), "{buffers:?}");
    }
    // The array itself.
    guest.fails(Errno::Fault, "fd_read", &[fd, (size - 7).into(), 1, 0x80]);
    guest.fails(Errno::Fault, "fd_read", &[fd, u32::MAX.into(), 1, 0x80]);
    guest.fails(
        Errno::Inval,
        "fd_read",
        &[fd, 0, u64::from(IOV_MAX) + 1, 0x80],
    );
    guest.fails(Errno::Inval, "fd_read", &[fd, 0, u32::MAX.into(), 0x80]);
    // A result that cannot be stored: nothing is read.
    guest.iovecs(0x100, &[(0x200, 16)]);
    guest.ok("fd_seek", &[fd, 0, 0, 0x80]);
    guest.fails(Errno::Fault, "fd_read", &[fd, 0x100, 1, (size - 3).into()]);
    guest.ok("fd_tell", &[fd, 0x80]);
    assert_eq!(guest.u64(0x80), 0);
}

#[test]
fn a_total_of_four_gibibytes_is_refused() {
    let len = 8u32 << 20;
    let memory = &mut vec![0; len as usize];
    for i in 0..1024 {
        memory[i * 8 + 4..i * 8 + 8].copy_from_slice(&len.to_le_bytes());
    }
    let memory = Memory::new(memory);
    let mut spans = Vec::new();
    // 511 times 8 MiB fit in 32 bits, 512 times are 2^32.
    assert_eq!(memory.iovecs(0, 511, &mut spans), Ok(()));
    assert_eq!(memory.iovecs(0, 512, &mut spans), Err(Errno::Inval));
    assert_eq!(memory.iovecs(0, 1024, &mut spans), Err(Errno::Inval));
}

#[test]
fn overlapping_buffers_are_filled_in_order() {
    let (mut guest, fd) = guest_with_file();
    // The array lies in what is filled: it was read before.
    guest.iovecs(0x100, &[(0x100, 8), (0x104, 8), (0x100, 2)]);
    guest.ok("fd_read", &[fd, 0x100, 3, 0x80]);
    assert_eq!(guest.u32(0x80), 18);
    assert_eq!(
        guest.memory[0x100..0x10c],
        [16, 17, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15]
    );
}

proptest! {
    /// Whatever the array of buffers says, the spans lie in memory and are what the array says.
    #[test]
    fn iovecs_are_what_they_say(
        size in 0usize..5000,
        array in 0u32..6000,
        raw in proptest::collection::vec((any::<u32>(), any::<u32>(), 0u8..4), 0..20),
    ) {
        let mut bytes = vec![0u8; size];
        let mut wanted = Vec::new();
        let mut fits = true;
        for (i, (a, b, how)) in raw.iter().enumerate() {
            // Most are near the edge.
            let (pointer, len) = match how {
                0 => (*a, *b),
                1 => (a % 6000, b % 100),
                2 => (size as u32, b % 3),
                _ => (a % (size as u32 + 1), b % 6000),
            };
            let at = array as usize + i * 8;
            if let Some(slot) = bytes.get_mut(at..at + 8) {
                slot[..4].copy_from_slice(&pointer.to_le_bytes());
                slot[4..].copy_from_slice(&len.to_le_bytes());
            }
            fits &= at + 8 <= size && u64::from(pointer) + u64::from(len) <= size as u64;
            if len > 0 {
                wanted.push((pointer as usize, len as usize));
            }
        }
        if raw.is_empty() {
            fits = array as usize <= size;
        }
        let mut spans = Vec::new();
        let result = Memory::new(&mut bytes).iovecs(array, raw.len() as u32, &mut spans);
        prop_assert_eq!(result.is_ok(), fits);
        if fits {
            let got: Vec<_> = spans.iter().map(|s| (s.offset(), s.len())).collect();
            prop_assert_eq!(got, wanted);
        }
    }

    /// No arguments whatever make a call fail in any other way than by an errno, or touch memory that is not there.
    #[test]
    fn any_arguments(
        number in 0..wasmk_abi::FUNCTION_COUNT,
        args in proptest::collection::vec(prop_oneof![
            any::<u64>(),
            0u64..8,
            Just(65536),
            Just(65535),
            0xff00u64..0x10010,
            (u32::MAX as u64 - 64)..=(u32::MAX as u64),
        ], 9),
    ) {
        let sim = Sim::default();
        let (file, _) = sim.0.object(FileType::RegularFile);
        let (stream, state) = sim.0.object(FileType::SocketStream);
        state.borrow_mut().eof = true;
        let (listener, state) = sim.0.object(FileType::SocketStream);
        state.borrow_mut().backlog.push_back(sim.0.object(FileType::SocketStream).0);
        let mut guest = Guest::new(sim);
        guest.grant(Resource::Stream(file), "a");
        guest.grant(Resource::Socket(stream), "b");
        guest.grant(Resource::Listener(listener), "c");
        let root = Node::directory(0);
        root.add(b"a", &Node::directory(0)).unwrap();
        root.add(b"b", &Node::file(b"content")).unwrap();
        let resource = Resource::Directory(guest.cx.os().0.directory(&root));
        guest.grant(resource, "/");
        guest.put(0, b"a/../b/..");
        guest.put(0xfff0, b"../a/b/../../a/b");
        let queue = guest.queue();
        guest.ok("queue_control", &[queue, 1, 3, 1, 0]);
        // Waits end: nothing sleeps for ever.
        for _ in 0..4 {
            guest.cx.os().0.interrupt(wasmk_abi::Stop::Killed);
        }
        let mut values = args;
        let outcome = guest
            .cx
            .call(number, Memory::new(&mut guest.memory), &mut values);
        prop_assert_ne!(outcome, wasmk_abi::Outcome::Unknown);
        prop_assert_ne!(outcome, wasmk_abi::Outcome::Park);
    }
}

#[test]
fn an_unknown_number_is_no_function() {
    let mut guest = Guest::new(Sim::default());
    let outcome = guest
        .cx
        .call(wasmk_abi::FUNCTION_COUNT, Memory::new(&mut []), &mut [0; 9]);
    assert_eq!(outcome, wasmk_abi::Outcome::Unknown);
    // Too few slots: the embedder's mistake, no panic.
    let function = lookup("wasmk", "queue_wait").unwrap();
    assert_eq!(
        guest
            .cx
            .call(function.number, Memory::new(&mut []), &mut [0; 2]),
        wasmk_abi::Outcome::Unknown
    );
}

#[test]
fn a_module_without_memory() {
    let mut guest = Guest::new(Sim::default());
    guest.memory.clear();
    guest.fails(Errno::Fault, "clock_time_get", &[1, 0, 0]);
    guest.fails(Errno::Fault, "random_get", &[0, 1]);
    guest.ok("random_get", &[0, 0]);
}
