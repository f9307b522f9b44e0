// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Somebody changes the tree while a path is resolved.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Result};
use rustix::fs::{mknodat, renameat_with, FileType, Mode, RenameFlags, CWD};

use super::{
    probe::{errno::*, Probe, ALL, DIRECTORY, READ},
    Ground,
};
use crate::{
    check,
    guest::{Cases, Outcome},
};

/// How long each race lasts.
const TIME: Duration = Duration::from_secs(6);

pub fn run(cases: &mut Cases) {
    cases.case(
        "a directory is moved out and in while it is gone through",
        moved_out,
    );
    cases.case("a directory becomes a link that leads out", becomes_link);
    cases.case("a file becomes a device", becomes_device);
    cases.case(
        "a file is made and removed while it is made",
        made_and_removed,
    );
}

/// Runs `disturb` over and over, and `attempt`, until the time is over; how often the latter said true.
fn race(
    disturb: impl Fn() -> Result<()> + Send + Sync,
    mut attempt: impl FnMut() -> Result<bool>,
) -> Result<(u32, u32)> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let disturber = scope.spawn(|| -> Result<u32> {
            let mut count = 0;
            while !over.load(Relaxed) {
                disturb()?;
                count += 1;
            }
            Ok(count)
        });
        let (begin, mut hits, mut tries) = (Instant::now(), 0, 0);
        let outcome = (|| -> Result<()> {
            while begin.elapsed() < TIME {
                hits += u32::from(attempt()?);
                tries += 1;
            }
            Ok(())
        })();
        over.store(true, Relaxed);
        let count = disturber
            .join()
            .map_err(|_| anyhow::anyhow!("panicked"))??;
        outcome?;
        println!("# {tries} attempts, {hits} came through, {count} disturbances");
        Ok((tries, hits))
    })
}

fn swap(a: &Path, b: &Path) -> Result<()> {
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

fn moved_out() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/a/b/c/d"))?;
    fs::write(ground.at("file"), "outside")?;
    fs::write(ground.at("out/file"), "outside")?;
    let (inside, outside) = (ground.at("in/a/b"), ground.at("out/b"));
    let probe = Probe::new(&[ground.at("in")])?;
    let paths: [&[u8]; 3] = [
        b"a/b/c/../../../file",
        b"a/b/c/d/../../../../file",
        b"a/b/c/d/../../../b/../../file",
    ];
    let mut turn = 0;
    let (_, hits) = race(
        || {
            fs::rename(&inside, &outside)?;
            fs::rename(&outside, &inside)?;
            Ok(())
        },
        || {
            turn += 1;
            let path = paths[turn % paths.len()];
            if turn % 4 == 0 {
                let made = probe.open_with(3, b"a/b/c/../../../new", (true, 1, READ, 0))?;
                if let Ok(fd) = made {
                    probe.close(fd)?;
                    if fs::remove_file(ground.at("in/new")).is_err() {
                        bail!("made, but not inside");
                    }
                }
                return Ok(made.is_ok());
            }
            match probe.content(3, path)? {
                Ok(content) if content == b"mine" => Ok(true),
                Ok(content) => bail!("read {:?}", String::from_utf8_lossy(&content)),
                Err(NOENT | PERM) => Ok(false),
                Err(errno) => bail!("errno {errno}"),
            }
        },
    )?;
    check!(hits > 0, "nothing came through");
    check!(!ground.at("new").exists(), "made outside");
    check!(!ground.at("out/new").exists(), "made outside");
    Ok(())
}

fn becomes_link() -> Outcome {
    let ground = Ground::new("mode=755")?;
    fs::create_dir_all(ground.at("in/swap"))?;
    fs::write(ground.at("in/swap/secret"), "mine")?;
    std::os::unix::fs::symlink("../out", ground.at("in/link"))?;
    let (directory, link) = (ground.at("in/swap"), ground.at("in/link"));
    let probe = Probe::new(&[ground.at("in")])?;
    let mut turn = 0u32;
    let (_, hits) = race(
        || swap(&directory, &link),
        || {
            turn += 1;
            match turn % 4 {
                0 => match probe.content(3, b"swap/secret")? {
                    Ok(content) if content == b"mine" => return Ok(true),
                    Ok(content) => bail!("read {:?}", String::from_utf8_lossy(&content)),
                    Err(PERM | NOENT) => {}
                    Err(errno) => bail!("open: errno {errno}"),
                },
                1 => {
                    for path in [b"swap/new", b"link/new"] {
                        probe.mkdir(3, path)?.ok();
                        probe.rmdir(3, path)?.ok();
                    }
                }
                2 => match probe.open_with(3, b"swap", (false, DIRECTORY, ALL, 0))? {
                    Ok(fd) => {
                        if probe.stat(fd, b"secret", true)?.map(|s| s.size) != Ok(4) {
                            bail!("another directory");
                        }
                        probe.close(fd)?;
                    }
                    Err(NOTDIR | LOOP) => {}
                    Err(errno) => bail!("directory: errno {errno}"),
                },
                _ => match probe.rename((3, b"swap/secret"), (3, b"swap/secret"))? {
                    Ok(()) | Err(PERM | NOENT) => {}
                    Err(errno) => bail!("rename: errno {errno}"),
                },
            }
            Ok(false)
        },
    )?;
    check!(hits > 0, "nothing came through");
    check!(
        fs::read_dir(ground.at("out"))?.count() == 1,
        "something was made outside"
    );
    Ok(())
}

fn becomes_device() -> Outcome {
    let ground = Ground::new("mode=755")?;
    mknodat(
        CWD,
        ground.at("in/zero"),
        FileType::CharacterDevice,
        Mode::from_raw_mode(0o666),
        0x105,
    )?;
    let (file, device) = (ground.at("in/file"), ground.at("in/zero"));
    let probe = Probe::new(&[ground.at("in")])?;
    let (_, hits) = race(
        || swap(&file, &device),
        || match probe.open(3, b"file")? {
            Ok(fd) => {
                let stat = probe.stat_of(fd)?;
                let content = probe.read(fd)?;
                probe.close(fd)?;
                if stat.map(|s| s.filetype) != Ok(4) || content != Ok(b"mine".to_vec()) {
                    bail!("opened {stat:?}");
                }
                Ok(true)
            }
            Err(NOTCAPABLE) => Ok(false),
            Err(errno) => bail!("errno {errno}"),
        },
    )?;
    check!(hits > 0, "nothing came through");
    Ok(())
}

fn made_and_removed() -> Outcome {
    let ground = Ground::new("mode=755")?;
    let other = ground.at("in/other");
    std::os::unix::fs::symlink("other", ground.at("in/link"))?;
    let probe = Probe::new(&[ground.at("in")])?;
    let (tries, hits) = race(
        || {
            fs::write(&other, "")?;
            fs::remove_file(&other)?;
            Ok(())
        },
        || match probe.create(3, b"link")? {
            Ok(fd) => {
                probe.close(fd)?;
                Ok(true)
            }
            Err(LOOP) => Ok(false),
            Err(errno) => bail!("errno {errno}"),
        },
    )?;
    check!(hits * 10 > tries * 9, "{hits} of {tries}");
    Ok(())
}
