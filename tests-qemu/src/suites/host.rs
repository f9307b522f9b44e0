// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Host functions in the kernel: the conformance guest, which is its own peer, and standard streams of every kind.

use std::{
    fs::{self, File, OpenOptions},
    os::fd::OwnedFd,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{anyhow, Result};

use super::Suite;
use crate::{
    check_eq,
    guest::{
        tool::{command, shell_status, wasmctl, wasmctl_with},
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "host",
    parameters: &[],
    memory: "1G",
    timeout: 300,
    slabs: 4096,
    run,
};

const CONFORMANCE: &str = "/usr/share/wasmk/examples/conformance.wasm";
const UCASE: &str = "/usr/share/wasmk/examples/ucase.wasm";

/// As `examples/conformance` wants them; the last port is nobody's.
const GRANTS: [&str; 16] = [
    "--dir",
    "/tmp/conformance::/scratch",
    "--dir",
    "/tmp/conformance::/readonly:ro",
    "--listen",
    "tcp=127.0.0.1:7101",
    "--listen",
    "tcp6=[::1]:7102",
    "--listen",
    "unix=unix:/tmp/conformance.sock",
    "--listen",
    "udp=udp:127.0.0.1:7103",
    "--connect",
    "self=127.0.0.1:7101,[::1]:7102,unix:/tmp/conformance.sock,udp:127.0.0.1:7103",
    "--connect",
    "closed=127.0.0.1:7104",
];

fn run(cases: &mut Cases) {
    for memory in ["guard", "bounds"] {
        let begin = Instant::now();
        if let Err(why) = conformance(cases, memory) {
            cases.note(
                &format!("{memory}: the conformance guest runs"),
                begin,
                Err(why),
            );
        }
    }
    cases.case("3 MB through pipes", pipes);
    cases.case("a regular file as input, another to append to", files);
    cases.case("/dev/null and /dev/full", devices);
    cases.case("a reader that goes away", broken_pipe);
    cases.case("a terminal", terminal);
}

/// Every line of the guest is a case.
fn conformance(cases: &mut Cases, memory: &str) -> Result<()> {
    let _ = fs::remove_file("/tmp/conformance.sock");
    fs::create_dir_all("/tmp/conformance")?;
    let begin = Instant::now();
    let args = [&["run", "--memory", memory], &GRANTS[..], &[CONFORMANCE]].concat();
    let answer = wasmctl(&args)?;
    let (mut count, mut details) = (0, String::new());
    for line in answer.out.lines() {
        let (outcome, name) = if let Some(name) = line.strip_prefix("ok ") {
            (Ok(()), name)
        } else if let Some(name) = line.strip_prefix("FAILED ") {
            (Err(anyhow!("{}", details.trim())), name)
        } else {
            details.push_str(line);
            continue;
        };
        cases.note(&format!("{memory}: {name}"), begin, outcome);
        details.clear();
        count += 1;
    }
    if count == 0 || !details.ends_with(" failed") {
        return Err(anyhow!("it did not come to its end: {answer:?}"));
    }
    check_eq!(fs::read_dir("/tmp/conformance")?.count(), 0, "files left");
    Ok(())
}

fn pipes() -> Outcome {
    let input: Vec<u8> = b"some text\n"
        .iter()
        .copied()
        .cycle()
        .take(3_000_000)
        .collect();
    let answer = wasmctl_with(&["run", UCASE], &input)?.expect(0)?;
    check_eq!(answer.out.len(), input.len(), "length");
    check_eq!(
        answer.out.as_bytes() == input.to_ascii_uppercase(),
        true,
        "content"
    );
    Ok(())
}

fn files() -> Outcome {
    fs::write("in", "abc".repeat(50_000))?;
    fs::write("out", "before")?;
    let status = Command::new("wasmctl")
        .args(["run", UCASE])
        .stdin(File::open("in")?)
        .stdout(OpenOptions::new().append(true).open("out")?)
        .status()?;
    check_eq!(shell_status(status), 0, "status");
    check_eq!(
        fs::read_to_string("out")? == format!("before{}", "ABC".repeat(50_000)),
        true,
        "content"
    );
    Ok(())
}

fn devices() -> Outcome {
    let device = |name: &str| OpenOptions::new().read(true).write(true).open(name);
    let mut run = Command::new("wasmctl");
    let status = run
        .args(["run", UCASE])
        .stdin(device("/dev/null")?)
        .stdout(device("/dev/null")?)
        .status()?;
    check_eq!(shell_status(status), 0, "nothing to nowhere");
    let mut run = Command::new("wasmctl");
    let status = run
        .args(["run", UCASE])
        .stdin(File::open("in")?)
        .stdout(device("/dev/full")?)
        .status()?;
    check_eq!(
        shell_status(status),
        1,
        "the guest sees that the device is full"
    );
    Ok(())
}

/// The guest sees the error; no signal ends it.
fn broken_pipe() -> Outcome {
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn()?;
    let to = reader.stdin.take().ok_or_else(|| anyhow!("no pipe"))?;
    reader.wait()?;
    let mut run = Command::new("wasmctl");
    let run = run
        .args(["run", UCASE])
        .stdin(File::open("in")?)
        .stdout(OwnedFd::from(to));
    check_eq!(shell_status(run.status()?), 1, "status");
    Ok(())
}

/// A line typed at a terminal comes back in upper case; the end of the input ends the guest.
fn terminal() -> Outcome {
    let script = "
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp('wasmctl', ['wasmctl', 'run', sys.argv[1]])
seen = b''
os.write(fd, b'typed\\n')
while b'TYPED' not in seen:
    seen += os.read(fd, 100)
os.write(fd, b'\\x04')
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";
    let answer = command(Command::new("python3").args(["-c", script, UCASE]), b"")?.expect(0)?;
    check_eq!(answer.out.trim(), "0", "status");
    Ok(())
}
