// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Directories: what is granted, and what is opened beneath.

mod support;

use std::{rc::Rc, sync::atomic::Ordering::Relaxed};

use support::tree::{
    errno, guest, open, open_all, path, rights, CREAT, DIRECTORY, EXCL, FOLLOW, OUT, PATH, ROOT,
    TRUNC,
};
use wasmk_abi::{Errno, Grant, Resource, Rights, PATH_MAX};

#[test]
fn preopens_have_their_paths() {
    let (mut guest, root) = guest();
    guest.ok("fd_prestat_get", &[ROOT, OUT]);
    assert_eq!(guest.u64(OUT as usize), 1 << 32);
    guest.memory[0x200..0x203].fill(b'?');
    guest.ok("fd_prestat_dir_name", &[ROOT, 0x200, 3]);
    assert_eq!(&guest.memory[0x200..0x203], b"/??");
    guest.fails(Errno::NameTooLong, "fd_prestat_dir_name", &[ROOT, 0x200, 0]);
    guest.fails(Errno::Fault, "fd_prestat_dir_name", &[ROOT, 0xffff, 2]);
    guest.fails(Errno::Fault, "fd_prestat_get", &[ROOT, 0xfff9]);
    // What was opened is none, and so is nothing.
    let dir = open_all(&mut guest, "dir", 0, DIRECTORY).unwrap();
    guest.fails(Errno::Badf, "fd_prestat_get", &[dir, OUT]);
    guest.fails(Errno::NotDir, "fd_prestat_dir_name", &[dir, 0x200, 3]);
    guest.fails(Errno::Badf, "fd_prestat_get", &[4, OUT]);
    guest.fails(Errno::Badf, "fd_prestat_dir_name", &[4, 0x200, 3]);
    let len = path(&mut guest, b"/");
    guest.ok("grant_find", &[PATH, len, OUT]);
    assert_eq!(u64::from(guest.u32(OUT as usize)), ROOT);
    // Names of grants.
    for (name, wanted) in [
        (vec![b'x'; PATH_MAX], Ok(4)),
        (vec![b'x'; PATH_MAX + 1], Err(Errno::NameTooLong)),
        (vec![], Err(Errno::Inval)),
        (b"a\0b".to_vec(), Err(Errno::Inval)),
    ] {
        let resource = Resource::Directory(guest.cx.os().0.directory(&root));
        let got = guest.cx.grant(Grant {
            resource,
            name: &name,
            number: None,
            rights: None,
            inheriting: None,
        });
        assert_eq!(got, wanted);
    }
}

#[test]
fn paths_are_checked_before_they_are_looked_up() {
    let (mut guest, _) = guest();
    let len = path(&mut guest, b"file");
    let size = guest.memory.len() as u64;
    let long = vec![b'x'; PATH_MAX + 1];
    for (bytes, wanted) in [
        (&b""[..], Errno::NoEnt),
        (b"a\0b", Errno::Inval),
        (b"\0", Errno::Inval),
        (b"a\xff", Errno::Ilseq),
        (b"\xed\xa0\x80", Errno::Ilseq),
        (&long, Errno::NameTooLong),
        (&long[..256], Errno::NameTooLong),
        (&long[..255], Errno::NoEnt),
    ] {
        let len = path(&mut guest, bytes);
        let at = [ROOT, PATH, len];
        let open = [ROOT, 0, PATH, len, 0, 0, 0, 0, OUT];
        guest.fails(wanted, "path_open", &open);
        guest.fails(wanted, "path_filestat_get", &[ROOT, 0, PATH, len, 0x200]);
        guest.fails(wanted, "path_unlink_file", &at);
        guest.fails(wanted, "path_remove_directory", &at);
        let link = [PATH, len, ROOT, PATH, len];
        if bytes.len() != 256 && bytes.len() != 255 {
            guest.fails(wanted, "path_create_directory", &at);
            guest.fails(wanted, "path_symlink", &link);
        }
        let rename = [ROOT, PATH, len, ROOT, PATH, len];
        guest.fails(wanted, "path_rename", &rename);
        let link = [ROOT, 0, PATH, len, ROOT, PATH, len];
        guest.fails(wanted, "path_link", &link);
    }
    let open = |fd, at, len| [fd, 0, at, len, 0, 0, 0, 0, OUT];
    guest.fails(Errno::Badf, "path_open", &open(99, size, 9));
    guest.fails(Errno::Fault, "path_open", &open(ROOT, size - 3, 4));
    guest.fails(Errno::Fault, "path_open", &open(ROOT, u32::MAX.into(), 4));
    guest.fails(
        Errno::Fault,
        "path_open",
        &open(ROOT, PATH, u32::MAX.into()),
    );
    let result = [ROOT, 0, PATH, len, CREAT, 0, 0, 0, size - 3];
    guest.fails(Errno::Fault, "path_open", &result);
    // Flags that do not exist.
    for (at, value) in [(1, 2), (4, 16), (7, 32), (7, 1 << 16)] {
        let mut args = open(ROOT, PATH, len);
        args[at] = value;
        guest.fails(Errno::Inval, "path_open", &args);
    }
    guest.fails(
        Errno::Inval,
        "path_filestat_get",
        &[ROOT, 2, PATH, len, 0x200],
    );
    for flags in [3, 12, 15, 16] {
        let args = [ROOT, 0, PATH, len, 1, 1, flags];
        guest.fails(Errno::Inval, "path_filestat_set_times", &args);
        guest.fails(Errno::Inval, "fd_filestat_set_times", &[ROOT, 1, 1, flags]);
    }
    // A link's source is not followed, and one cannot ask for it.
    let args = [ROOT, FOLLOW, PATH, len, ROOT, PATH, len];
    guest.fails(Errno::Inval, "path_link", &args);
    assert_eq!(guest.cx.descriptors(), 1);
}

#[test]
fn what_is_opened_has_what_was_asked_for_and_may_be_had() {
    let (mut guest, _) = guest();
    let all = Rights::BENEATH;
    let file = open_all(&mut guest, "file", 0, 0).unwrap();
    assert_eq!(rights(&mut guest, file), (Rights::FILE, Rights::empty()));
    let dir = open_all(&mut guest, "dir", 0, 0);
    errno(dir, Errno::IsDir);
    let dir = open_all(&mut guest, "dir", 0, DIRECTORY).unwrap();
    assert_eq!(rights(&mut guest, dir), (Rights::DIRECTORY, all));
    // No more than was asked for.
    let some = Rights::FD_READ | Rights::FD_TELL;
    let none = Rights::empty();
    let file = open(&mut guest, ROOT, "file", (0, 0, 0), (some, all)).unwrap();
    assert_eq!(rights(&mut guest, file), (some, none));
    let file = open(&mut guest, ROOT, "file", (0, 0, 0), (none, none)).unwrap();
    assert_eq!(rights(&mut guest, file), (none, none));
    guest.iovecs(0x10, &[(0x200, 4)]);
    guest.fails(Errno::NotCapable, "fd_read", &[file, 0x10, 1, OUT]);
    // Room and size are a writer's business, also without the right to write; a directory is opened all the same.
    let some = Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE;
    let file = open(&mut guest, ROOT, "file", (0, 0, 0), (some, none)).unwrap();
    assert_eq!(rights(&mut guest, file), (some, none));
    guest.ok("fd_filestat_set_size", &[file, 3]);
    guest.ok("fd_allocate", &[file, 0, 5]);
    let dir = open(&mut guest, ROOT, "dir", (0, 0, 0), (some, none)).unwrap();
    assert_eq!(rights(&mut guest, dir), (none, none));
    // Bits that are no rights.
    let odd = Rights::from_bits_retain(u64::MAX << 31);
    let file = open(&mut guest, ROOT, "file", (0, 0, 0), (odd, odd)).unwrap();
    assert_eq!(rights(&mut guest, file), (none, none));
}

#[test]
fn what_is_opened_has_no_more_than_the_directory_lets_inherit() {
    let (mut guest, _) = guest();
    let ro = Rights::READ_ONLY;
    let wanted = Rights::BENEATH.difference(Rights::FD_WRITE);
    let (base, _) = rights(&mut guest, ROOT);
    let keep = (base & ro).bits();
    guest.ok("fd_fdstat_set_rights", &[ROOT, keep, ro.bits()]);
    let file = open(&mut guest, ROOT, "file", (0, 0, 0), (wanted, wanted)).unwrap();
    assert_eq!(rights(&mut guest, file).0, ro & Rights::FILE);
    let dir = open(&mut guest, ROOT, "dir", (0, 0, 0), (wanted, Rights::all())).unwrap();
    assert_eq!(rights(&mut guest, dir), (ro & Rights::DIRECTORY, ro));
    // Derived of derived.
    let inner = open(&mut guest, dir, "inner", (0, 0, 0), (wanted, wanted)).unwrap();
    assert_eq!(rights(&mut guest, inner).0, ro & Rights::FILE);
    let dot = open(&mut guest, dir, ".", (0, 2, 0), (wanted, wanted)).unwrap();
    assert_eq!(rights(&mut guest, dot), (ro & Rights::DIRECTORY, ro));
    // What decides how a file is opened is not silently left out.
    for fd in [ROOT, dir] {
        let name = if fd == ROOT { "file" } else { "inner" };
        let write = (Rights::FD_WRITE, Rights::empty());
        let got = open(&mut guest, fd, name, (0, 0, 0), write);
        errno(got, Errno::NotCapable);
        let none = (Rights::empty(), Rights::empty());
        for (oflags, fdflags) in [(CREAT, 0), (TRUNC, 0), (0, 2), (0, 8), (0, 16)] {
            let got = open(&mut guest, fd, name, (0, oflags, fdflags), none);
            errno(got, Errno::NotCapable);
        }
    }
    let denials = guest.cx.os().0.denials.borrow();
    let (function, fd, missing, subject) = &denials[0];
    assert_eq!(
        (*function, u64::from(*fd), *missing, subject.as_slice()),
        ("path_open", ROOT, Rights::FD_WRITE, &b"file"[..])
    );
    assert_eq!(denials[1].2, Rights::PATH_CREATE_FILE);
    assert_eq!(denials[2].2, Rights::PATH_FILESTAT_SET_SIZE);
    assert_eq!(denials[3].2, Rights::FD_DATASYNC);
    assert_eq!(denials[4].2, Rights::FD_SYNC);
    assert_eq!(denials[5].2, Rights::FD_SYNC);
    assert_eq!(
        guest.cx.os().0.counters().denied.load(Relaxed),
        denials.len() as u64
    );
}

#[test]
fn flags_of_open() {
    let (mut guest, _) = guest();
    for (name, follow, oflags, wanted) in [
        ("file", 0, CREAT | EXCL, Errno::Exist),
        ("dangling", FOLLOW, CREAT | EXCL, Errno::Exist),
        ("dir", 0, CREAT, Errno::IsDir),
        ("new/", 0, CREAT, Errno::IsDir),
        ("file", 0, DIRECTORY, Errno::NotDir),
        ("file/", 0, 0, Errno::NotDir),
        ("nothing", 0, 0, Errno::NoEnt),
        ("file/x", 0, 0, Errno::NotDir),
        ("dangling", FOLLOW, 0, Errno::NoEnt),
        ("to-file", 0, 0, Errno::Loop),
        ("loop", FOLLOW, 0, Errno::Loop),
        ("loop/x", 0, 0, Errno::Loop),
        ("new", 0, CREAT | DIRECTORY, Errno::Inval),
        ("dir", 0, TRUNC | DIRECTORY, Errno::Inval),
        ("dir", 0, EXCL | DIRECTORY, Errno::Inval),
        ("dir", 0, TRUNC, Errno::IsDir),
        ("socket", 0, 0, Errno::Nxio),
        ("device", 0, 0, Errno::NotCapable),
    ] {
        let none = (Rights::empty(), Rights::empty());
        let got = open(&mut guest, ROOT, name, (follow, oflags, 0), none);
        assert_eq!(
            got,
            Err(wanted.wasi().into()),
            "{name} {follow} {oflags}: {wanted:?}"
        );
    }
    let denials = guest.cx.os().0.denials.borrow_mut().split_off(0);
    let device = (
        "path_open",
        ROOT as u32,
        Rights::empty(),
        b"device".to_vec(),
    );
    assert_eq!(denials, [device]);
    let file = open_all(&mut guest, "new", 0, CREAT | EXCL).unwrap();
    assert_eq!(guest.write(file, b"0123456789"), 10);
    let file = open_all(&mut guest, "dangling", FOLLOW, CREAT).unwrap();
    assert_eq!(guest.write(file, b"x"), 1);
    let file = open_all(&mut guest, "nothing", 0, 0).unwrap();
    assert_eq!(guest.read(file, 9), b"x");
    let file = open_all(&mut guest, "to-file", FOLLOW, TRUNC).unwrap();
    assert_eq!(guest.read(file, 9), b"");
    // Flags of descriptors: how a file is written through stays.
    let all = (Rights::BENEATH, Rights::empty());
    let file = open(&mut guest, ROOT, "new", (0, 0, 1 | 16), all).unwrap();
    guest.ok("fd_fdstat_get", &[file, 0x40]);
    assert_eq!(guest.u16(0x42), 17);
    assert_eq!(guest.write(file, b"end"), 3);
    guest.iovecs(0x10, &[(0x200, 20)]);
    guest.ok("fd_pread", &[file, 0x10, 1, 0, OUT]);
    assert_eq!(&guest.memory[0x200..0x20d], b"0123456789end");
    guest.ok("fd_fdstat_set_flags", &[file, 4]);
    guest.ok("fd_fdstat_get", &[file, 0x40]);
    assert_eq!(guest.u16(0x42), 20);
    guest.ok("fd_fdstat_set_flags", &[file, 16]);
    guest.fails(Errno::Inval, "fd_fdstat_set_flags", &[file, 2]);
    guest.fails(Errno::Inval, "fd_fdstat_set_flags", &[file, 8]);
}

#[test]
fn what_leads_outside_is_told_to_the_embedder_only() {
    let (mut guest, _) = guest();
    for name in [
        "/",
        "/file",
        "..",
        "../file",
        "dir/../../file",
        "absolute/",
        "absolute/x",
        "up/x",
        "up/",
        "./..",
        "dir/..//../",
    ] {
        let len = path(&mut guest, name.as_bytes());
        let args = [ROOT, 0, PATH, len, 0x200];
        guest.fails(Errno::Perm, "path_filestat_get", &args);
        let denials = &guest.cx.os().0.denials;
        let last = denials.borrow_mut().pop().unwrap();
        let wanted = (
            "path_filestat_get",
            ROOT as u32,
            Rights::empty(),
            name.as_bytes().to_vec(),
        );
        assert_eq!(last, wanted);
        guest.fails(
            Errno::Perm,
            "path_open",
            &[ROOT, FOLLOW, PATH, len, 0, 0, 0, 0, OUT],
        );
        assert_eq!(guest.cx.os().0.denials.borrow_mut().drain(..).count(), 1);
    }
    // The place that is outside is the one that is told, whichever it is.
    guest.put(0x300, b"file../x/etc/passwd");
    guest.fails(
        Errno::Perm,
        "path_rename",
        &[ROOT, 0x300, 4, ROOT, 0x304, 4],
    );
    guest.fails(
        Errno::Perm,
        "path_link",
        &[ROOT, 0, 0x304, 4, ROOT, 0x300, 4],
    );
    guest.fails(Errno::Perm, "path_symlink", &[0x308, 11, ROOT, 0x300, 4]);
    let len = path(&mut guest, b"absolute");
    guest.fails(
        Errno::Perm,
        "path_readlink",
        &[ROOT, PATH, len, 0x200, 20, OUT],
    );
    let denials = guest.cx.os().0.denials.borrow_mut().split_off(0);
    let subjects: Vec<_> = denials.iter().map(|d| d.3.as_slice()).collect();
    assert_eq!(
        subjects,
        [&b"../x"[..], b"../x", b"/etc/passwd", b"absolute"]
    );
    // Other things that are not permitted are no denials.
    let before = guest.cx.os().0.counters().denied.load(Relaxed);
    guest.put(0x300, b"dirnew");
    guest.fails(
        Errno::Perm,
        "path_link",
        &[ROOT, 0, 0x300, 3, ROOT, 0x303, 3],
    );
    assert_eq!(guest.cx.os().0.counters().denied.load(Relaxed), before);
    assert!(guest.cx.os().0.denials.borrow().is_empty());
}

#[test]
fn links_are_read_as_far_as_there_is_room() {
    let (mut guest, _) = guest();
    let len = path(&mut guest, b"to-file");
    for (room, wanted) in [
        (0, &b"????"[..]),
        (2, b"fi??"),
        (4, b"file"),
        (100, b"file"),
    ] {
        guest.memory[0x200..0x205].fill(b'?');
        guest.ok("path_readlink", &[ROOT, PATH, len, 0x200, room, OUT]);
        assert_eq!(u64::from(guest.u32(OUT as usize)), room.min(4));
        assert_eq!(&guest.memory[0x200..0x204], wanted);
        assert_eq!(guest.memory[0x204], b'?');
    }
    let len = path(&mut guest, b"file");
    guest.fails(
        Errno::Inval,
        "path_readlink",
        &[ROOT, PATH, len, 0x200, 9, OUT],
    );
}

#[test]
fn directories_are_renumbered_with_all_they_are() {
    let (mut guest, _) = guest();
    let dir = open_all(&mut guest, "dir", 0, DIRECTORY).unwrap();
    let live = guest.cx.os().0.live.get();
    // What was granted, over what was opened: it stays a preopen under its new number.
    guest.ok("fd_renumber", &[ROOT, dir]);
    assert_eq!(guest.cx.os().0.live.get(), live - 1);
    guest.fails(Errno::Badf, "fd_prestat_get", &[ROOT, OUT]);
    guest.ok("fd_prestat_get", &[dir, OUT]);
    let len = path(&mut guest, b"../x");
    guest.fails(Errno::Perm, "path_unlink_file", &[dir, PATH, len]);
    assert_eq!(u64::from(guest.cx.os().0.denials.borrow()[0].1), dir);
    // What was opened, over what was granted.
    let (file, _) = guest.cx.os().0.object(wasmk_abi::FileType::RegularFile);
    let file = guest.grant(Resource::Stream(file), "");
    guest.ok("fd_renumber", &[file, dir]);
    guest.fails(Errno::Badf, "fd_prestat_get", &[dir, OUT]);
    guest.fails(Errno::NotDir, "path_unlink_file", &[dir, PATH, len]);
    guest.fails(Errno::Badf, "fd_renumber", &[dir, 77]);
    guest.fails(Errno::Badf, "fd_renumber", &[77, dir]);
}

#[test]
fn no_number_no_file() {
    let (mut guest, root) = guest();
    while guest.call("queue_create", &[0, OUT]) == 0 {}
    let got = open_all(&mut guest, "new", 0, CREAT);
    errno(got, Errno::Mfile);
    assert!(root.get(b"new").unwrap().is_none());
}

#[test]
fn files_at_their_limits() {
    let (mut guest, _) = guest();
    let file = open_all(&mut guest, "file", 0, 0).unwrap();
    let max = i64::MAX as u64;
    for (args, wanted) in [
        ([file, max + 1, 1], Errno::Inval),
        ([file, 1, max + 1], Errno::Inval),
        ([file, u64::MAX, u64::MAX], Errno::Inval),
        ([file, 0, 0], Errno::Inval),
        ([file, max, 1], Errno::Fbig),
        ([file, 1, max], Errno::Fbig),
    ] {
        guest.fails(wanted, "fd_allocate", &args);
    }
    for size in [max + 1, u64::MAX] {
        guest.fails(Errno::Inval, "fd_filestat_set_size", &[file, size]);
    }
    for args in [
        [file, max + 1, 1, 0],
        [file, 0, max + 1, 0],
        [file, 0, 0, 6],
        [file, 0, 0, u32::MAX.into()],
    ] {
        guest.fails(Errno::Inval, "fd_advise", &args);
    }
    guest.ok("fd_advise", &[file, max, max, 5]);
    for (name, args) in [
        ("fd_seek", &[ROOT, 0, 0, OUT][..]),
        ("fd_tell", &[ROOT, OUT]),
        ("fd_read", &[ROOT, 0x10, 1, OUT]),
        ("fd_pread", &[ROOT, 0x10, 1, 0, OUT]),
        ("fd_write", &[ROOT, 0x10, 1, OUT]),
        ("fd_pwrite", &[ROOT, 0x10, 1, 0, OUT]),
        ("fd_allocate", &[ROOT, 0, 1]),
        ("fd_advise", &[ROOT, 0, 1, 0]),
        ("fd_filestat_set_size", &[ROOT, 0]),
        ("fd_fdstat_set_flags", &[ROOT, 0]),
    ] {
        guest.fails(Errno::NotCapable, name, args);
    }
}

#[test]
fn opened_and_closed_a_hundred_thousand_times() {
    let (mut guest, root) = guest();
    let live = guest.cx.os().0.live.get();
    let nodes = Rc::strong_count(&root);
    for i in 0..50_000 {
        let file = open_all(&mut guest, "dir/inner", 0, 0).unwrap();
        let dir = open_all(&mut guest, "dir", 0, DIRECTORY).unwrap();
        guest.ok("fd_close", &[file]);
        if i % 2 == 0 {
            guest.ok("fd_close", &[dir]);
        } else {
            let other = open_all(&mut guest, "dir", 0, DIRECTORY).unwrap();
            guest.ok("fd_renumber", &[dir, other]);
            guest.ok("fd_close", &[other]);
        }
    }
    assert_eq!(guest.cx.os().0.live.get(), live);
    assert_eq!(guest.cx.descriptors(), 1);
    assert_eq!(Rc::strong_count(&root), nodes);
}
