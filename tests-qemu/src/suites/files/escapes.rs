// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Every form of path that has ever led out of a container.

use std::{
    fs,
    os::unix::{fs::symlink, fs::MetadataExt, net::UnixListener},
};

use anyhow::Result;
use rustix::fs::{mknodat, FileType, Mode, CWD};

use super::{
    mount,
    probe::{errno::*, failed, Probe, CREAT, DIRECTORY, EXCL, READ, TRUNC, WRITE},
    text, Ground,
};
use crate::{
    check, check_eq,
    guest::{Cases, Outcome},
};

pub fn run(cases: &mut Cases) {
    cases.case("paths that lead out", leading_out);
    cases.case("links that lead out", links);
    cases.case("links that lead nowhere, and round", dangling);
    cases.case("magic links are neither followed nor read", magic);
    cases.case("what is mounted beneath is beneath", mounts);
    cases.case("only files, directories and named pipes are opened", kinds);
}

/// Everything that takes a path, with this one, answers `errno`.
pub(super) fn all_refused(probe: &Probe, path: &[u8], errno: u64) -> Outcome {
    let shown = String::from_utf8_lossy(&path[..path.len().min(60)]).into_owned();
    for (how, name) in [
        ((true, 0, READ, 0), "open"),
        ((true, DIRECTORY, READ, 0), "open as a directory"),
        ((true, CREAT, WRITE, 0), "create"),
        ((true, CREAT | EXCL, WRITE, 0), "create exclusively"),
        ((true, TRUNC, WRITE, 0), "truncate"),
        ((true, CREAT | TRUNC, WRITE, 0), "create or truncate"),
    ] {
        check_eq!(probe.open_with(3, path, how)?, Err(errno), "{name} {shown}");
    }
    check_eq!(probe.stat(3, path, true)?, Err(errno), "stat {shown}");
    check_eq!(
        probe.set_times(3, path, 1)?,
        Err(errno),
        "set times of {shown}"
    );
    check_eq!(probe.mkdir(3, path)?, Err(errno), "mkdir {shown}");
    check_eq!(probe.rmdir(3, path)?, Err(errno), "rmdir {shown}");
    check_eq!(probe.unlink(3, path)?, Err(errno), "unlink {shown}");
    check_eq!(
        probe.symlink(b"x", 3, path)?,
        Err(errno),
        "symlink at {shown}"
    );
    check_eq!(probe.readlink(3, path)?, Err(errno), "readlink {shown}");
    check_eq!(
        probe.link((3, path), (3, b"new"))?,
        Err(errno),
        "link {shown}"
    );
    check_eq!(
        probe.link((3, b"file"), (3, path))?,
        Err(errno),
        "link to {shown}"
    );
    check_eq!(
        probe.rename((3, path), (3, b"new"))?,
        Err(errno),
        "rename {shown}"
    );
    check_eq!(
        probe.rename((3, b"file"), (3, path))?,
        Err(errno),
        "rename to {shown}"
    );
    Ok(())
}

/// What lies outside is as it was.
fn untouched(ground: &Ground) -> Outcome {
    let mut names: Vec<_> = fs::read_dir(ground.at("out"))?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<_>>()?;
    names.sort();
    check_eq!(names, ["secret"], "files outside");
    check_eq!(
        fs::read(ground.at("out/secret"))?,
        b"secret",
        "their content"
    );
    let mut names: Vec<_> = fs::read_dir(ground.at(""))?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<_>>()?;
    names.sort();
    check_eq!(names, ["in", "out"], "directories");
    Ok(())
}

fn leading_out() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/a/b"))?;
    let probe = Probe::new(&[ground.at("in")])?;
    for path in [
        "../x",
        "../out/secret",
        "../in/file",
        "/",
        "//",
        "/etc/passwd",
        "///etc",
        "a/../../out/secret",
        "a/b/../../../out/x",
        "./../out/x",
        "a//..//..//out/x",
        "a/b/../../../in/file",
        "../../../../../../../../etc/passwd",
        "..//x",
    ] {
        all_refused(&probe, path.as_bytes(), PERM)?;
    }
    // These are outside, too, but some operations have another word for such an end.
    for path in ["..", "../", "a/../..", "a/b/../../../", "../.", "a/../../."] {
        let path = path.as_bytes();
        check_eq!(probe.open(3, path)?, Err(PERM), "open");
        check_eq!(probe.create(3, path)?, Err(PERM), "create");
        check_eq!(probe.mkdir(3, path)?, Err(PERM), "mkdir");
        check_eq!(probe.rmdir(3, path)?, Err(PERM), "rmdir");
        check_eq!(probe.unlink(3, path)?, Err(PERM), "unlink");
        check_eq!(probe.rename((3, path), (3, b"y"))?, Err(PERM), "rename");
        check_eq!(
            probe.rename((3, b"file"), (3, path))?,
            Err(PERM),
            "rename to"
        );
    }
    for path in [
        "a/../file",
        "./file",
        "a/b/../../file",
        "a/./../file",
        "a//b//..//..//file",
    ] {
        let content = probe.content(3, path.as_bytes())?;
        check_eq!(content, Ok(b"mine".to_vec()), "{path}");
    }
    // From a directory that was opened beneath, its own parent is outside.
    let a = probe.open_directory(3, b"a")?.map_err(failed)?;
    check_eq!(
        probe.open(a, b"../file")?,
        Err(PERM),
        "from a directory beneath"
    );
    check_eq!(
        probe.open(a, b"b/../../file")?,
        Err(PERM),
        "from a directory beneath"
    );
    check!(probe.open_directory(a, b"b/..")?.is_ok(), "b/..");
    untouched(&ground)
}

fn links() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/sub"))?;
    let out = ground.at("out");
    let secret = ground.at("out/secret");
    for (target, name) in [
        (text(&secret), "in/absolute"),
        ("/", "in/root"),
        ("../out/secret", "in/relative"),
        ("../out", "in/directory"),
        (text(&out), "in/absolute-directory"),
        ("relative", "in/first"),
        ("first", "in/second"),
        ("..", "in/up"),
        ("sub/../../out/secret", "in/through"),
        ("../../out/secret", "in/sub/deep"),
        ("../out/new", "in/new"),
        ("new", "in/to-new"),
        ("sub/back", "in/inner"),
        ("../file", "in/sub/back"),
        ("/in/file", "in/as-if-root"),
    ] {
        symlink(target, ground.at(name))?;
    }
    let probe = Probe::new(&[ground.at("in")])?;
    for path in [
        "absolute",
        "root",
        "relative",
        "directory",
        "absolute-directory",
        "first",
        "second",
        "up",
        "through",
        "sub/deep",
        "new",
        "to-new",
        "as-if-root",
    ] {
        let path = path.as_bytes();
        let shown = String::from_utf8_lossy(path).into_owned();
        check_eq!(probe.open(3, path)?, Err(PERM), "open {shown}");
        check_eq!(probe.create(3, path)?, Err(PERM), "create {shown}");
        let how = (true, TRUNC, WRITE, 0);
        check_eq!(
            probe.open_with(3, path, how)?,
            Err(PERM),
            "truncate {shown}"
        );
        let how = (true, CREAT | EXCL, WRITE, 0);
        check_eq!(
            probe.open_with(3, path, how)?,
            Err(EXIST),
            "exclusively {shown}"
        );
        let how = (false, 0, READ, 0);
        check_eq!(
            probe.open_with(3, path, how)?,
            Err(LOOP),
            "not followed {shown}"
        );
        let how = (false, CREAT, WRITE, 0);
        check_eq!(
            probe.open_with(3, path, how)?,
            Err(LOOP),
            "made, not followed {shown}"
        );
        check_eq!(probe.stat(3, path, true)?, Err(PERM), "stat {shown}");
        check_eq!(
            probe.stat(3, path, false)?.map(|s| s.filetype),
            Ok(7),
            "lstat {shown}"
        );
        check_eq!(probe.set_times(3, path, 1)?, Err(PERM), "times {shown}");
        check_eq!(probe.mkdir(3, path)?, Err(EXIST), "mkdir {shown}");
    }
    for path in [
        "directory/secret",
        "root/etc/passwd",
        "up/out/secret",
        "second/x",
        "up/in/file",
    ] {
        all_refused(&probe, path.as_bytes(), PERM)?;
    }
    check_eq!(
        probe.content(3, b"inner")?,
        Ok(b"mine".to_vec()),
        "a link that stays inside"
    );
    // The link itself may be had: only what it leads to may not.
    check_eq!(
        probe.readlink(3, b"relative")?,
        Ok(b"../out/secret".to_vec()),
        "readlink"
    );
    check_eq!(
        probe.readlink(3, b"absolute")?,
        Err(PERM),
        "readlink of an absolute one"
    );
    check_eq!(
        probe.rename((3, b"relative"), (3, b"sub/moved"))?,
        Ok(()),
        "rename a link"
    );
    check_eq!(
        probe.open(3, b"sub/moved")?,
        Err(NOENT),
        "which leads elsewhere now"
    );
    check_eq!(
        probe.link((3, b"first"), (3, b"sub/linked"))?,
        Ok(()),
        "link a link"
    );
    check_eq!(probe.unlink(3, b"up")?, Ok(()), "unlink a link");
    check_eq!(
        probe.unlink(3, b"directory/")?,
        Err(NOTDIR),
        "unlink through one"
    );
    check_eq!(
        probe.symlink(b"/etc", 3, b"mine")?,
        Err(PERM),
        "an absolute link"
    );
    check_eq!(
        probe.symlink(b"../out/secret", 3, b"mine")?,
        Ok(()),
        "a link that leads out"
    );
    check_eq!(probe.open(3, b"mine")?, Err(PERM), "is no way out");
    untouched(&ground)
}

fn dangling() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/sub"))?;
    symlink("loop", ground.at("in/loop"))?;
    symlink("b", ground.at("in/a"))?;
    symlink("a", ground.at("in/b"))?;
    symlink("sub/made", ground.at("in/dangling"))?;
    symlink("../sub/../deep", ground.at("in/sub/dangling"))?;
    symlink("nowhere/made", ground.at("in/no-parent"))?;
    symlink("made-directory/", ground.at("in/slash"))?;
    // 40 links may be followed; the 41st may not.
    symlink("end", ground.at("in/l40"))?;
    for n in (0..40).rev() {
        symlink(format!("l{}", n + 1), ground.at(&format!("in/l{n}")))?;
    }
    let probe = Probe::new(&[ground.at("in")])?;
    for path in ["loop", "a", "b", "l0"] {
        let path = path.as_bytes();
        check_eq!(probe.open(3, path)?, Err(LOOP), "open");
        check_eq!(probe.create(3, path)?, Err(LOOP), "create");
        check_eq!(probe.stat(3, path, true)?, Err(LOOP), "stat");
        check_eq!(probe.mkdir(3, path)?, Err(EXIST), "mkdir");
    }
    check_eq!(probe.open(3, b"dangling")?, Err(NOENT), "a dangling link");
    let how = (true, CREAT | EXCL, WRITE, 0);
    check_eq!(
        probe.open_with(3, b"dangling", how)?,
        Err(EXIST),
        "exclusively"
    );
    check_eq!(probe.mkdir(3, b"dangling")?, Err(EXIST), "mkdir");
    check!(
        probe.create(3, b"dangling")?.is_ok(),
        "what it names is made"
    );
    check!(ground.at("in/sub/made").is_file(), "where it names it");
    check!(
        probe.create(3, b"sub/dangling")?.is_ok(),
        "relative to the link"
    );
    check!(ground.at("in/deep").is_file(), "where it names it");
    check_eq!(
        probe.create(3, b"no-parent")?,
        Err(NOENT),
        "without a parent"
    );
    check_eq!(
        probe.create(3, b"slash")?,
        Err(ISDIR),
        "a name that must be a directory's"
    );
    check!(probe.create(3, b"l1")?.is_ok(), "through forty links");
    check!(ground.at("in/end").is_file(), "is made");
    check!(probe.open(3, b"l1")?.is_ok(), "through forty links");
    untouched(&ground)
}

fn magic() -> Outcome {
    let probe = Probe::new(&["/proc/self", "/proc/self/fd", "/proc/self/ns", "/proc"])?;
    for path in [
        "cwd",
        "root",
        "exe",
        "fd/0",
        "fd/1",
        "ns/net",
        "cwd/x",
        "root/etc/passwd",
    ] {
        check_eq!(probe.open(3, path.as_bytes())?, Err(LOOP), "{path}");
        check_eq!(probe.stat(3, path.as_bytes(), true)?, Err(LOOP), "{path}");
    }
    for path in ["cwd", "root", "exe", "fd/0", "ns/net"] {
        check_eq!(
            probe.readlink(3, path.as_bytes())?,
            Err(PERM),
            "readlink {path}"
        );
    }
    check_eq!(probe.open(4, b"0")?, Err(LOOP), "fd/0");
    check_eq!(probe.readlink(4, b"0")?, Err(PERM), "readlink fd/0");
    check_eq!(probe.open(5, b"mnt")?, Err(LOOP), "ns/mnt");
    check_eq!(
        probe.open(6, b"self/root/etc/passwd")?,
        Err(LOOP),
        "/proc/self/root"
    );
    check!(
        probe.readlink(6, b"self")?.is_ok(),
        "an ordinary link of /proc"
    );
    check!(probe.stat(6, b"self", true)?.is_ok(), "is followed");
    Ok(())
}

fn mounts() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/bind/below"))?;
    fs::create_dir_all(ground.at("in/other"))?;
    fs::create_dir_all(ground.at("out/tree/sub"))?;
    fs::write(ground.at("out/tree/sub/file"), "bound")?;
    mount(&[
        "--bind",
        text(&ground.at("out/tree/sub")),
        text(&ground.at("in/bind")),
    ])?;
    mount(&["-t", "tmpfs", "other", text(&ground.at("in/other"))])?;
    let probe = Probe::new(&[ground.at("in")])?;
    {
        check_eq!(
            probe.content(3, b"bind/file")?,
            Ok(b"bound".to_vec()),
            "beneath a mount"
        );
        check_eq!(
            probe.content(3, b"bind/../file")?,
            Ok(b"mine".to_vec()),
            "back over the mount"
        );
        check_eq!(
            probe.open(3, b"bind/../../out/secret")?,
            Err(PERM),
            "and on"
        );
        let bind = probe.open_directory(3, b"bind")?.map_err(failed)?;
        check_eq!(
            probe.open(bind, b"..")?,
            Err(PERM),
            "out of the mount's root"
        );
        check_eq!(
            probe.open(bind, b"../file")?,
            Err(PERM),
            "out of the mount's root"
        );
        // What is mounted loses its place in the tree it came from.
        fs::rename(ground.at("out/tree/sub"), ground.at("out/moved"))?;
        check_eq!(
            probe.content(3, b"bind/file")?,
            Ok(b"bound".to_vec()),
            "moved"
        );
        check_eq!(
            probe.open(bind, b"../secret")?,
            Err(PERM),
            "out of what was moved"
        );
        // Mounts are no way out, nor a place to move things over.
        check_eq!(
            probe.rename((3, b"file"), (3, b"other/file"))?,
            Err(XDEV),
            "rename across mounts"
        );
        check_eq!(
            probe.rename((3, b"file"), (3, b"bind/other"))?,
            Err(XDEV),
            "rename across mounts"
        );
        check_eq!(
            probe.link((3, b"file"), (3, b"bind/other"))?,
            Err(XDEV),
            "link across mounts"
        );
        check_eq!(
            probe.rename((3, b"file"), (3, b"../file"))?,
            Err(PERM),
            "rename to outside"
        );
        check_eq!(probe.rmdir(3, b"other")?, Err(BUSY), "remove a mount point");
        check_eq!(
            probe.rename((3, b"other"), (3, b"x"))?,
            Err(BUSY),
            "rename a mount point"
        );
    }
    Ok(())
}

fn kinds() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let node = |name: &str, kind, device| {
        mknodat(
            CWD,
            ground.at(name),
            kind,
            Mode::from_raw_mode(0o666),
            device,
        )
    };
    node("in/null", FileType::CharacterDevice, 0x103)?;
    node("in/disk", FileType::BlockDevice, 0xfe00)?;
    node("in/pipe", FileType::Fifo, 0)?;
    let minor = fs::metadata("/dev/wasmk")?.rdev();
    node("in/wasmk", FileType::CharacterDevice, minor)?;
    let _socket = UnixListener::bind(ground.at("in/socket"))?;
    let probe = Probe::new(&[ground.at("in"), "/dev".into()])?;
    for (how, name) in [
        ((true, 0, READ, 0), "read"),
        ((true, CREAT, WRITE, 0), "write"),
    ] {
        for path in ["null", "disk", "wasmk"] {
            let answer = probe.open_with(3, path.as_bytes(), how)?;
            check_eq!(answer, Err(NOTCAPABLE), "{name} {path}");
        }
        check_eq!(
            probe.open_with(4, b"wasmk", how)?,
            Err(NOTCAPABLE),
            "{name} the device"
        );
        check_eq!(
            probe.open_with(3, b"socket", how)?,
            Err(NXIO),
            "{name} a socket"
        );
    }
    check_eq!(
        probe.open_with(3, b"pipe", (true, 0, WRITE & !(1 << 22), 0))?,
        Err(NXIO),
        "write to nobody"
    );
    check!(probe.open(3, b"pipe")?.is_ok(), "read from nobody");
    check_eq!(
        probe.open_with(3, b"pipe", (true, DIRECTORY, READ, 0))?,
        Err(NOTDIR),
        "as a directory"
    );
    for path in ["null", "pipe", "socket"] {
        check_eq!(probe.unlink(3, path.as_bytes())?, Ok(()), "unlink {path}");
    }
    Ok(())
}
