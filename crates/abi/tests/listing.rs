// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `fd_readdir`: cookies, buffers, interruptions.

mod support;

use support::{
    sim::Sim,
    sim_tree::Node,
    tree::{guest, OUT, ROOT},
    Guest,
};
use wasmk_abi::{Errno, Outcome, Resource, Stop};

#[test]
fn entries_are_told_once_whatever_the_room() {
    let (mut guest, root) = guest();
    for i in 0..50 {
        let name = "x".repeat(i * 5 + 1);
        root.add(name.as_bytes(), &Node::file(b"")).unwrap();
    }
    let all = guest.entries(ROOT, 0x4000);
    assert_eq!(all.len(), 2 + 10 + 50);
    assert_eq!((all[0].name.as_str(), all[0].kind), (".", 3));
    assert_eq!((all[1].name.as_str(), all[1].kind), ("..", 3));
    guest.ok("fd_filestat_get", &[ROOT, 0x200]);
    let ino = guest.u64(0x208);
    assert_eq!((all[0].ino, all[1].ino), (ino, ino));
    let kinds: Vec<_> = all[2..10].iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [4, 3, 7, 7, 7, 7, 7, 7]);
    for room in (24 + 250..2000).step_by(37) {
        assert_eq!(guest.entries(ROOT, room), all, "{room}");
    }
    // From each on, the rest follows.
    for (i, entry) in all.iter().enumerate() {
        guest.ok("fd_readdir", &[ROOT, 0xa000, 0x4000, entry.next, OUT]);
        let used = guest.u32(OUT as usize) as usize;
        let rest = &all[i + 1..];
        assert_eq!(used, rest.iter().map(|e| 24 + e.name.len()).sum::<usize>());
    }
    // A buffer that is too small is filled to its end, and not beyond it.
    for room in 0..60 {
        guest.memory[0x200..0x300].fill(0xee);
        guest.ok("fd_readdir", &[ROOT, 0x200, room, 0, OUT]);
        assert_eq!(u64::from(guest.u32(OUT as usize)), room);
        assert!(guest.memory[0x200 + room as usize..0x300]
            .iter()
            .all(|b| *b == 0xee));
    }
    // Entries that go or come meanwhile do not disturb the others.
    guest.ok("fd_readdir", &[ROOT, 0xa000, 0x100, all[20].next, OUT]);
    root.take(b"file");
    root.add(b"late", &Node::file(b"")).unwrap();
    guest.ok("fd_readdir", &[ROOT, 0xa000, 0x4000, all[20].next, OUT]);
    let used = guest.u32(OUT as usize) as usize;
    let rest: usize = all[21..].iter().map(|e| 24 + e.name.len()).sum();
    assert_eq!(used, rest + 24 + 4);
    for (args, wanted) in [
        ([ROOT, 0xfff0, 17, 0, OUT], Errno::Fault),
        ([ROOT, 0x200, 17, 0, 0xfffd], Errno::Fault),
        ([ROOT, 0x200, u32::MAX.into(), 0, OUT], Errno::Fault),
    ] {
        guest.fails(wanted, "fd_readdir", &args);
    }
}

#[test]
fn a_long_list_can_be_interrupted() {
    let mut guest = Guest::new(Sim::default());
    guest.memory.resize(1 << 18, 0);
    let root = Node::directory(0);
    for i in 0..5000u32 {
        let name = format!("{i:04}");
        root.add(name.as_bytes(), &Node::file(b"")).unwrap();
    }
    let resource = Resource::Directory(guest.cx.os().0.directory(&root));
    assert_eq!(guest.grant(resource, "/"), ROOT);
    let args = [ROOT, 0x10000, 0x28000, 0, OUT];
    guest.ok("fd_readdir", &args);
    let (used, whole) = (guest.u32(OUT as usize), guest.memory.clone());
    assert_eq!(used, 5000 * 28 + 25 + 26);
    guest.memory[0x10000..].fill(0);
    guest.cx.os().0.breaths.borrow_mut().extend([Stop::Park; 3]);
    for _ in 0..3 {
        assert_eq!(guest.outcome("fd_readdir", &args).0, Outcome::Park);
    }
    guest.ok("fd_readdir", &args);
    assert!(guest.memory == whole);
    guest.cx.os().0.breaths.borrow_mut().push_back(Stop::Killed);
    assert_eq!(guest.outcome("fd_readdir", &args).0, Outcome::Killed);
}
