// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! In whose name: a directory carries its grantor's credentials and umask, whoever runs the program.

use std::{
    fs,
    os::unix::fs::{chown, MetadataExt, PermissionsExt},
};

use anyhow::Result;
use rustix::{
    fs::{ioctl_setflags, IFlags},
    process::{umask, Uid},
    thread::set_thread_res_uid,
};

use super::{
    probe::{errno::*, failed, Probe, CREAT, EXCL, READ, WRITE},
    Ground,
};
use crate::{
    check, check_eq,
    guest::{Cases, Outcome},
};

pub fn run(cases: &mut Cases) {
    cases.case("root runs what an ordinary user granted", granted_by_user);
    cases.case("an ordinary user runs what root granted", granted_by_root);
    cases.case("the grantor's umask holds, not the runner's", umasks);
    cases.case("two grantors: nothing is moved between them", two_grantors);
    cases.case(
        "set-user-id files are read as they are, and written as by anybody",
        set_user_id,
    );
    cases.case("a file that may only be appended to", append_only);
}

const USER: u32 = 1000;

/// Does something with this thread's effective user (and with it, capabilities and file access) changed.
fn as_user<T>(action: impl FnOnce() -> Result<T>) -> Result<T> {
    let root = Uid::ROOT;
    set_thread_res_uid(root, Uid::from_raw(USER), root)?;
    let result = action();
    set_thread_res_uid(root, root, root)?;
    result
}

/// `in` belongs to the user but for some of its files.
fn ground() -> Result<Ground> {
    let ground = Ground::new("mode=755")?;
    chown(ground.at("in"), Some(USER), Some(USER))?;
    for (name, mode) in [("roots", 0o600), ("readable", 0o644), ("writable", 0o666)] {
        let path = ground.at("in").join(name);
        fs::write(&path, name)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
    }
    fs::create_dir(ground.at("in/closed"))?;
    fs::write(ground.at("in/closed/file"), "closed")?;
    fs::set_permissions(ground.at("in/closed"), fs::Permissions::from_mode(0o700))?;
    fs::create_dir(ground.at("in/sticky"))?;
    fs::set_permissions(ground.at("in/sticky"), fs::Permissions::from_mode(0o1777))?;
    fs::write(ground.at("in/sticky/others"), "")?;
    fs::set_permissions(
        ground.at("in/sticky/others"),
        fs::Permissions::from_mode(0o666),
    )?;
    chown(ground.at("in/sticky/others"), Some(USER + 1), None)?;
    Ok(ground)
}

fn granted_by_user() -> Outcome {
    let ground = ground()?;
    let none: [&str; 0] = [];
    let probe = Probe::new(&none)?;
    as_user(|| probe.grant(&ground.at("in")))?;
    check_eq!(probe.open(3, b"roots")?, Err(ACCES), "read root's");
    check_eq!(
        probe.content(3, b"readable")?,
        Ok(b"readable".to_vec()),
        "read"
    );
    check_eq!(
        probe.create(3, b"readable")?,
        Err(ACCES),
        "write what is only readable"
    );
    check!(probe.create(3, b"writable")?.is_ok(), "write");
    for path in [&b"closed/file"[..], b"closed/new", b"closed/../file"] {
        check_eq!(probe.open(3, path)?, Err(ACCES), "go through root's");
        check_eq!(probe.create(3, path)?, Err(ACCES), "make in root's");
        check_eq!(probe.unlink(3, path)?, Err(ACCES), "unlink in root's");
        check_eq!(probe.mkdir(3, path)?, Err(ACCES), "mkdir in root's");
    }
    check_eq!(
        probe.open_directory(3, b"closed")?,
        Err(ACCES),
        "open root's"
    );
    check_eq!(
        probe.set_times(3, b"readable", 5)?,
        Err(PERM),
        "times of root's"
    );
    check_eq!(
        probe.link((3, b"roots"), (3, b"x"))?,
        Err(PERM),
        "link root's"
    );
    check_eq!(
        probe.unlink(3, b"sticky/others")?,
        Err(PERM),
        "unlink another's in a sticky one"
    );
    check_eq!(
        probe.create(3, b"sticky/others")?,
        Err(ACCES),
        "another's in a sticky one, where it was to be made"
    );
    let how = (true, 0, WRITE, 0);
    check!(
        probe.open_with(3, b"sticky/others", how)?.is_ok(),
        "another's in a sticky one, where it was expected"
    );
    check_eq!(
        probe.create(3, b"sticky/mine")?.is_ok(),
        true,
        "make in a sticky one"
    );
    let new = probe.create(3, b"new")?.map_err(failed)?;
    check_eq!(probe.mkdir(3, b"made")?, Ok(()), "mkdir");
    check_eq!(probe.symlink(b"x", 3, b"linked")?, Ok(()), "symlink");
    check_eq!(probe.write(new, b"text")?, Ok(4), "write");
    for name in ["in/new", "in/made", "in/linked"] {
        let owner = fs::symlink_metadata(ground.at(name))?.uid();
        check_eq!(owner, USER, "owner of {name}");
    }
    // The same for what is opened beneath.
    let made = probe.open_directory(3, b"made")?.map_err(failed)?;
    check!(probe.create(made, b"deep")?.is_ok(), "make deeper");
    check_eq!(
        fs::metadata(ground.at("in/made/deep"))?.uid(),
        USER,
        "owner"
    );
    // A file keeps what it was opened with, and its maker may open it whatever its mode.
    fs::set_permissions(ground.at("in/new"), fs::Permissions::from_mode(0o0))?;
    check_eq!(
        probe.call("fd_filestat_set_size", &[new, 2])?,
        Ok(()),
        "shorten"
    );
    check_eq!(
        probe.call("fd_filestat_set_times", &[new, 7, 7, 5])?,
        Ok(()),
        "times"
    );
    check_eq!(probe.open(3, b"new")?, Err(ACCES), "open again");
    Ok(())
}

fn granted_by_root() -> Outcome {
    let ground = ground()?;
    let probe = Probe::new(&[ground.at("in")])?;
    as_user(|| {
        check_eq!(
            probe.content(3, b"roots")?,
            Ok(b"roots".to_vec()),
            "read root's"
        );
        check_eq!(
            probe.content(3, b"closed/file")?,
            Ok(b"closed".to_vec()),
            "in root's"
        );
        check!(probe.create(3, b"closed/new")?.is_ok(), "make in root's");
        check_eq!(probe.mkdir(3, b"closed/made")?, Ok(()), "mkdir");
        check_eq!(
            probe.rename((3, b"closed/made"), (3, b"closed/moved"))?,
            Ok(()),
            "rename"
        );
        let names = probe.open_directory(3, b"closed")?.map_err(failed)?;
        check_eq!(probe.list(names, 4096)?.map(|l| l.len()), Ok(5), "entries");
        let roots = probe.create(3, b"roots")?.map_err(failed)?;
        check_eq!(
            probe.call("fd_filestat_set_times", &[roots, 7, 7, 5])?,
            Ok(()),
            "times"
        );
        check_eq!(
            probe.call("fd_allocate", &[roots, 0, 100])?,
            Ok(()),
            "allocate"
        );
        check!(
            fs::read(ground.at("in/roots")).is_err(),
            "the runner may not itself"
        );
        Ok(())
    })?;
    check_eq!(fs::metadata(ground.at("in/closed/new"))?.uid(), 0, "owner");
    Ok(())
}

fn umasks() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let mode = |name: &str| -> Result<u32> { Ok(fs::metadata(ground.at(name))?.mode() & 0o7777) };
    let before = umask(0o027.into());
    let outcome = (|| {
        let probe = Probe::new(&[ground.at("in")])?;
        umask(0.into());
        check!(probe.create(3, b"strict")?.is_ok(), "make");
        check_eq!(probe.mkdir(3, b"strict-directory")?, Ok(()), "mkdir");
        check_eq!(mode("in/strict")?, 0o640, "mode of a file");
        check_eq!(mode("in/strict-directory")?, 0o750, "mode of a directory");
        let probe = Probe::new(&[ground.at("in")])?;
        umask(0o777.into());
        check!(probe.create(3, b"open")?.is_ok(), "make");
        check_eq!(probe.mkdir(3, b"open-directory")?, Ok(()), "mkdir");
        check_eq!(mode("in/open")?, 0o666, "mode of a file");
        check_eq!(mode("in/open-directory")?, 0o777, "mode of a directory");
        let still = umask(0.into());
        check_eq!(still.bits(), 0o777, "the runner's umask afterwards");
        Ok(())
    })();
    umask(before);
    outcome
}

fn two_grantors() -> Outcome {
    let ground = ground()?;
    let probe = Probe::new(&[ground.at("in")])?;
    as_user(|| probe.grant(&ground.at("in")))?;
    check_eq!(
        probe.rename((3, b"file"), (4, b"moved"))?,
        Err(XDEV),
        "rename"
    );
    check_eq!(
        probe.link((3, b"roots"), (4, b"linked"))?,
        Err(XDEV),
        "link"
    );
    check_eq!(
        probe.rename((4, b"readable"), (3, b"moved"))?,
        Err(XDEV),
        "rename back"
    );
    check_eq!(
        probe.rename((4, b"readable"), (4, b"moved"))?,
        Ok(()),
        "within one"
    );
    Ok(())
}

fn set_user_id() -> Outcome {
    let ground = ground()?;
    let path = ground.at("in/writable");
    let mode = || -> Result<u32> { Ok(fs::metadata(&path)?.mode() & 0o7777) };
    let set = || fs::set_permissions(&path, fs::Permissions::from_mode(0o4777));
    let none: [&str; 0] = [];
    let probe = Probe::new(&none)?;
    as_user(|| probe.grant(&ground.at("in")))?;
    set()?;
    check_eq!(
        probe.content(3, b"writable")?,
        Ok(b"writable".to_vec()),
        "read"
    );
    let file = probe
        .open_with(3, b"writable", (true, 0, WRITE, 0))?
        .map_err(failed)?;
    check_eq!(mode()?, 0o4777, "mode when it was read and opened");
    check_eq!(probe.write(file, b"w")?, Ok(1), "write");
    check_eq!(mode()?, 0o777, "mode when it was written");
    set()?;
    check_eq!(
        probe.call("fd_filestat_set_size", &[file, 2])?,
        Ok(()),
        "shorten"
    );
    check_eq!(mode()?, 0o777, "mode when it was cut short");
    set()?;
    check!(
        probe
            .open_with(3, b"writable", (true, 8, WRITE, 0))?
            .is_ok(),
        "empty"
    );
    check_eq!(mode()?, 0o777, "mode when it was made empty");
    Ok(())
}

fn append_only() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let probe = Probe::new(&[ground.at("in")])?;
    let set_append_only = |on: bool| -> Result<()> {
        let flags = if on { IFlags::APPEND } else { IFlags::empty() };
        Ok(ioctl_setflags(
            fs::File::open(ground.at("in/file"))?,
            flags,
        )?)
    };
    set_append_only(true)?;
    let outcome = (|| {
        check_eq!(
            probe.open_with(3, b"file", (true, 0, WRITE, 0))?,
            Err(PERM),
            "write"
        );
        check_eq!(
            probe.open_with(3, b"file", (true, 8, WRITE, 1))?,
            Err(PERM),
            "empty"
        );
        let file = probe
            .open_with(3, b"file", (true, 0, WRITE, 1))?
            .map_err(failed)?;
        check_eq!(
            probe.call("fd_filestat_set_size", &[file, 1])?,
            Err(PERM),
            "shorten"
        );
        check_eq!(probe.write(file, b"!")?, Ok(1), "append");
        check_eq!(probe.unlink(3, b"file")?, Err(PERM), "unlink");
        check_eq!(probe.rename((3, b"file"), (3, b"x"))?, Err(PERM), "rename");
        check_eq!(
            probe.open_with(3, b"file", (true, CREAT | EXCL, READ, 0))?,
            Err(EXIST),
            "make"
        );
        check_eq!(fs::read(ground.at("in/file"))?, b"mine!", "content");
        Ok(())
    })();
    set_append_only(false)?;
    outcome
}
