// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Names at their limits, in one directory, in two, and in lists.

use std::{
    fs,
    os::unix::{fs::symlink, fs::MetadataExt},
    process::Command,
};

use anyhow::Result;

use super::{
    escapes::all_refused,
    probe::{errno::*, failed, Probe, CREAT, EXCL, WRITE},
    Ground,
};
use crate::{
    check, check_eq,
    guest::{tool::command, Cases, Outcome},
};

pub fn run(cases: &mut Cases) {
    cases.case("paths that are none, and the longest ones", bytes);
    cases.case("last components that are no names", dots);
    cases.case("two directories: links and renames across", across);
    cases.case("a directory's entry for its parent tells nothing", listing);
}

fn bytes() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let probe = Probe::new(&[ground.at("in")])?;
    all_refused(&probe, b"", NOENT)?;
    all_refused(&probe, b"a\0b", INVAL)?;
    all_refused(&probe, b"file\0", INVAL)?;
    all_refused(&probe, b"\xff\xfe", ILSEQ)?;
    all_refused(&probe, b"../\xc0\xaf", ILSEQ)?;
    all_refused(&probe, &[b'a'; 256], NAMETOOLONG)?;
    all_refused(&probe, &[b'/'; 4095], PERM)?;
    all_refused(&probe, &b"./".repeat(2048), NAMETOOLONG)?;
    let mut longest = b"./".repeat(2045);
    longest.extend_from_slice(b".file");
    check_eq!(longest.len(), 4095, "length");
    check_eq!(probe.open(3, &longest)?, Err(NOENT), "the longest path");
    let path = [&b"./".repeat(2045)[..], b"/file"].concat();
    check_eq!(
        probe.content(3, &path)?,
        Ok(b"mine".to_vec()),
        "the longest path"
    );
    let deep = b"../".repeat(1365);
    check_eq!(
        probe.open(3, &deep)?,
        Err(PERM),
        "as far out as can be said"
    );
    Ok(())
}

fn dots() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/a/b"))?;
    symlink("a", ground.at("in/to-a"))?;
    let probe = Probe::new(&[ground.at("in")])?;
    for (path, rmdir) in [
        (&b"."[..], INVAL),
        (b"a/.", INVAL),
        (b"a/..", NOTEMPTY),
        (b"a/b/..", NOTEMPTY),
    ] {
        check!(probe.open_directory(3, path)?.is_ok(), "open");
        check_eq!(probe.create(3, path)?, Err(ISDIR), "create");
        let how = (true, CREAT | EXCL, WRITE, 0);
        check_eq!(
            probe.open_with(3, path, how)?,
            Err(EXIST),
            "create exclusively"
        );
        check_eq!(probe.mkdir(3, path)?, Err(EXIST), "mkdir");
        check_eq!(probe.symlink(b"x", 3, path)?, Err(EXIST), "symlink");
        check_eq!(probe.link((3, b"file"), (3, path))?, Err(EXIST), "link to");
        check_eq!(probe.unlink(3, path)?, Err(ISDIR), "unlink");
        check_eq!(probe.rmdir(3, path)?, Err(rmdir), "rmdir");
        check_eq!(probe.rename((3, path), (3, b"x"))?, Err(BUSY), "rename");
        check_eq!(
            probe.rename((3, b"file"), (3, path))?,
            Err(BUSY),
            "rename to"
        );
    }
    check_eq!(
        probe.open(3, b"file/")?,
        Err(NOTDIR),
        "a file is no directory"
    );
    check_eq!(
        probe.open(3, b"file/.")?,
        Err(NOTDIR),
        "a file is no directory"
    );
    check_eq!(
        probe.open(3, b"file/..")?,
        Err(NOTDIR),
        "a file has no parent"
    );
    check_eq!(
        probe.create(3, b"new/")?,
        Err(ISDIR),
        "a file's name has no slash"
    );
    check_eq!(
        probe.create(3, b"file/")?,
        Err(ISDIR),
        "a file's name has no slash"
    );
    check_eq!(
        probe.symlink(b"x", 3, b"new/")?,
        Err(NOENT),
        "a link's name has no slash"
    );
    check_eq!(
        probe.link((3, b"file"), (3, b"new/"))?,
        Err(NOENT),
        "a link's name has no slash"
    );
    check_eq!(probe.mkdir(3, b"new/")?, Ok(()), "a directory's name may");
    check_eq!(
        probe.unlink(3, b"file/")?,
        Err(NOTDIR),
        "unlink with a slash"
    );
    check_eq!(probe.unlink(3, b"new/")?, Err(ISDIR), "unlink with a slash");
    check_eq!(
        probe.rename((3, b"file"), (3, b"x/"))?,
        Err(NOTDIR),
        "rename to a slash"
    );
    check_eq!(
        probe.rename((3, b"new/"), (3, b"newer/"))?,
        Ok(()),
        "rename a directory"
    );
    check_eq!(probe.rmdir(3, b"newer/")?, Ok(()), "rmdir with a slash");
    check_eq!(probe.rmdir(3, b"to-a/")?, Err(NOTDIR), "rmdir of a link");
    check_eq!(
        probe.rmdir(3, b"a")?,
        Err(NOTEMPTY),
        "rmdir of what is not empty"
    );
    check_eq!(
        probe.rename((3, b"a"), (3, b"a/b/c"))?,
        Err(INVAL),
        "rename into itself"
    );
    Ok(())
}

fn across() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir(ground.at("in/sub"))?;
    fs::create_dir(ground.at("second"))?;
    let probe = Probe::new(&[ground.at("in"), ground.at("second")])?;
    check_eq!(probe.link((3, b"file"), (4, b"linked"))?, Ok(()), "link");
    check_eq!(probe.rename((3, b"file"), (4, b"moved"))?, Ok(()), "rename");
    check_eq!(probe.content(4, b"moved")?, Ok(b"mine".to_vec()), "content");
    check_eq!(
        probe.rename((4, b"moved"), (3, b"../moved"))?,
        Err(PERM),
        "rename to outside"
    );
    check_eq!(
        probe.rename((4, b"../out/secret"), (3, b"x"))?,
        Err(PERM),
        "rename from outside"
    );
    check_eq!(
        probe.rename((4, b"../in/sub"), (3, b"x"))?,
        Err(PERM),
        "though it is in the other"
    );
    check_eq!(
        probe.link((4, b"../out/secret"), (3, b"x"))?,
        Err(PERM),
        "link from outside"
    );
    check_eq!(
        probe.link((3, b"sub"), (4, b"x"))?,
        Err(PERM),
        "link a directory"
    );
    let stop = command(Command::new("ls").arg(ground.at("second")), b"")?.expect(0)?;
    check_eq!(stop.out, "linked\nmoved\n", "names");
    Ok(())
}

fn listing() -> Outcome {
    let ground = Ground::new("mode=755")?;
    for n in 0..700 {
        fs::write(ground.at(&format!("in/some-longer-name-of-number-{n}")), "")?;
    }
    let probe = Probe::new(&[ground.at("in")])?;
    let own = fs::metadata(ground.at("in"))?.ino();
    let mut expected: Vec<String> = fs::read_dir(ground.at("in"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    expected.extend([".".into(), "..".into()]);
    expected.sort();
    for room in [300, 4096, 32768] {
        let entries = probe.list(3, room)?.map_err(failed)?;
        for entry in &entries {
            if entry.name.starts_with(".") {
                check_eq!(entry.ino, own, "inode of {}", entry.name);
            }
            check!(entry.next != 0, "a cookie of 0");
        }
        let mut names: Vec<String> = entries.into_iter().map(|entry| entry.name).collect();
        names.sort();
        check!(names == expected, "other names, {room} bytes at a time");
    }
    Ok(())
}
