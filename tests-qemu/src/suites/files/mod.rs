// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Directories: nothing leads out of them, and what is done beneath is done as their grantor would.

mod authority;
mod escapes;
mod limits;
mod names;
mod probe;
mod races;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::Suite;
use crate::guest::{
    tool::{command, Answer},
    Cases,
};

pub const SUITE: Suite = Suite {
    name: "files",
    parameters: &[],
    memory: "1G",
    timeout: 900,
    slabs: 8192,
    run,
};

fn run(cases: &mut Cases) {
    escapes::run(cases);
    names::run(cases);
    authority::run(cases);
    limits::run(cases);
    races::run(cases);
}

/// A tmpfs of its own, with `in` to grant and `out` beside it. Unmounted when dropped.
struct Ground {
    root: PathBuf,
}

impl Ground {
    fn new(options: &str) -> Result<Self> {
        let root = PathBuf::from("/tmp/ground");
        fs::create_dir_all(&root)?;
        mount(&["-t", "tmpfs", "-o", options, "ground", "/tmp/ground"])?;
        let ground = Self { root };
        fs::create_dir(ground.root.join("in"))?;
        fs::create_dir(ground.root.join("out"))?;
        fs::write(ground.root.join("out/secret"), "secret")?;
        fs::write(ground.root.join("in/file"), "mine")?;
        Ok(ground)
    }

    /// A path in the ground.
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _ = command(
            Command::new("umount").args(["-R", "-l"]).arg(&self.root),
            b"",
        );
    }
}

fn mount(args: &[&str]) -> Result<Answer> {
    command(Command::new("mount").args(args), b"")?.expect(0)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
