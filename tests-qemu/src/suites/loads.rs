// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Loads that several threads take part in: the result, whoever joins, kills, charges.

use std::{
    fs,
    io::Read,
    os::fd::AsFd,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use libwasmk::{Call, Device, LoadOptions, Outcome as Ended, StoreOptions};
use rustix::{io::FdFlags, process::Signal};

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        module,
        process::send,
        tool::{start, until, wait},
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "loads",
    parameters: &[],
    memory: "2G",
    timeout: 600,
    slabs: 4096,
    run,
};

/// Functions of the large module, each of which calls the next.
const FUNCTIONS: u32 = 2500;
/// Additions of the function's number in each.
const ADDITIONS: u32 = 100;
/// Its file.
const FILE: &str = "large.wasm";

fn run(cases: &mut Cases) {
    cases.case("two threads join a load", || joined(2));
    cases.case("sixteen threads join a load", || joined(16));
    cases.case(
        "a load that is over, or is not there, cannot be joined",
        nothing_to_join,
    );
    cases.case(
        "a thread waits for a load that fails before it begins",
        failed,
    );
    cases.case("an invalid module is refused with the same words", refused);
    cases.case("another process's load cannot be joined", foreign);
    cases.case("a signal ends the wait for a load", interrupted);
    cases.case("kill -9 in the middle of a load that others joined", killed);
    cases.case("what a load takes is charged, and given back", charged);
    cases.case("a load beyond its cgroup's limit fails alone", limited);
}

/// Appends an unsigned LEB128 number.
fn leb(mut number: u32, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn section(id: u8, content: &[u8], to: &mut Vec<u8>) {
    to.push(id);
    leb(content.len() as u32, to);
    to.extend(content);
}

/// A module of some 1.3 MB, whose export "run" adds [`ADDITIONS`] times the number of each function. `last` ends the last body.
fn large(last: &[u8]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    section(1, &[1, 0x60, 1, 0x7f, 1, 0x7f], &mut wasm);
    let mut types = Vec::new();
    leb(FUNCTIONS, &mut types);
    types.resize(types.len() + FUNCTIONS as usize, 0);
    section(3, &types, &mut wasm);
    section(7, &[1, 3, b'r', b'u', b'n', 0, 0], &mut wasm);
    let mut code = Vec::new();
    leb(FUNCTIONS, &mut code);
    for index in 0..FUNCTIONS {
        let mut body = vec![0, 0x20, 0];
        for _ in 0..ADDITIONS {
            // Two bytes that sign-extend to nothing, whatever the number.
            body.extend([0x41, index as u8 | 0x80, (index >> 7) as u8 | 0x80, 0, 0x6a]);
        }
        if index + 1 < FUNCTIONS {
            body.push(0x10);
            leb(index + 1, &mut body);
        } else {
            body.extend(last);
        }
        body.push(0x0b);
        leb(body.len() as u32, &mut code);
        code.extend(body);
    }
    section(10, &code, &mut wasm);
    wasm
}

/// What "run" answers to 0.
const SUM: u64 = (FUNCTIONS * (FUNCTIONS - 1) / 2 * ADDITIONS) as u64;

fn joined(joiners: usize) -> Outcome {
    let device = Device::open()?;
    let wasm = large(&[]);
    // Both CPUs may be taken away from the guest: that nobody came in time once proves nothing.
    let mut batches = 0;
    for number in 1..=3 {
        let module = thread::scope(|scope| -> anyhow::Result<_> {
            let others: Vec<_> = (0..joiners)
                .map(|_| scope.spawn(|| device.join_load(number)))
                .collect();
            let module = device.load_joinable(&wasm, &LoadOptions::default())?;
            for other in others {
                batches += other.join().expect("no panic")?;
            }
            Ok(module)
        })?;
        let store = device.create_store(&StoreOptions::default())?;
        let instance = store.instantiate(&module, "")?;
        let ended = store.call(&Call::export(instance, "run", &[0]))?;
        check!(
            matches!(&ended, Ended::Returned(values) if values.bits == [SUM]),
            "{ended:?}"
        );
    }
    check!(batches > 0, "nobody helped in three loads");
    drop(device);
    module::expect_nothing_left()
}

fn errno(result: Result<u32, libwasmk::Error>) -> i32 {
    result.map_or_else(|error| error.errno, |_| 0)
}

fn nothing_to_join() -> Outcome {
    let device = Device::open()?;
    check_eq!(errno(device.join_load(0)), libc::ENOENT, "none yet");
    device.load_joinable(&large(&[]), &LoadOptions::default())?;
    check_eq!(errno(device.join_load(0)), libc::ENOENT, "none any more");
    check_eq!(device.join_load(1)?, 0, "batches of a load that is over");
    let other = Device::open()?;
    check_eq!(errno(other.join_load(0)), libc::ENOENT, "another open file");
    Ok(())
}

fn failed() -> Outcome {
    let device = Device::open()?;
    thread::scope(|scope| {
        let other = scope.spawn(|| device.join_load(1));
        let answer = device.load_joinable(b"\0asm", &LoadOptions::default());
        check!(answer.is_err(), "half a header is a module");
        check_eq!(other.join().expect("no panic")?, 0, "batches");
        Ok(())
    })
}

fn refused() -> Outcome {
    let device = Device::open()?;
    let wasm = large(&[0x1a]);
    let options = LoadOptions::default();
    let alone = device.load(&wasm, &options).err();
    let together = device.load_together(&wasm, &options, 3).err();
    let words = |error: Option<libwasmk::Error>| {
        error.map(|error| (error.errno, error.message, error.offset))
    };
    let (alone, together) = (words(alone), words(together));
    check!(alone.is_some(), "it is invalid");
    check_eq!(together, alone, "the refusal");
    drop(device);
    module::expect_nothing_left()
}

/// Waits for load 1 of descriptor 3, in a process of its own, and tells the error number.
const JOIN: &str = "
import fcntl, struct
try:
    fcntl.ioctl(3, 0x7709, bytearray(struct.pack('IIQII', 24, 0, 1, 0, 0)))
    print(0)
except OSError as e:
    print(e.errno)
";

fn foreign() -> Outcome {
    let device = Device::open()?;
    let fd = rustix::io::dup(device.as_fd())?;
    rustix::io::fcntl_setfd(&fd, FdFlags::empty())?;
    let shell = format!(
        "exec python3 -c \"$JOIN\" 3<&{0}",
        std::os::fd::AsRawFd::as_raw_fd(&fd)
    );
    let mut child = Command::new("sh")
        .args(["-c", &shell])
        .env("JOIN", JOIN)
        .stdout(Stdio::piped())
        .spawn()?;
    thread::sleep(Duration::from_millis(1500));
    device.load_joinable(&large(&[]), &LoadOptions::default())?;
    wait(&mut child, Duration::from_secs(60))?;
    let mut answer = String::new();
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut answer)?;
    check_eq!(
        answer.trim(),
        libc::EPERM.to_string(),
        "the other process's errno"
    );
    Ok(())
}

fn interrupted() -> Outcome {
    let device = Device::open()?;
    let fd = rustix::io::dup(device.as_fd())?;
    rustix::io::fcntl_setfd(&fd, FdFlags::empty())?;
    let shell = format!(
        "exec timeout -s INT 1 python3 -c \"$JOIN\" 3<&{0}",
        std::os::fd::AsRawFd::as_raw_fd(&fd)
    );
    let begin = Instant::now();
    let status = Command::new("sh")
        .args(["-c", &shell])
        .env("JOIN", JOIN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    check!(!status.success(), "it ended by itself");
    check!(
        begin.elapsed() < Duration::from_secs(30),
        "{:?}",
        begin.elapsed()
    );
    Ok(())
}

fn killed() -> Outcome {
    fs::write(FILE, large(&[]))?;
    for wait_ms in [50, 100, 150, 200, 300, 400, 600] {
        let mut running = start(&["invoke", "--jobs", "3", FILE, "run", "0"])?;
        thread::sleep(Duration::from_millis(wait_ms));
        // It may have ended.
        let _ = send(running.pid(), Signal::KILL);
        wait(&mut running.child, Duration::from_secs(60))?;
        until("everything is given back", || {
            Ok(module::expect_nothing_left().is_ok().then_some(()))
        })?;
    }
    Ok(())
}

const CGROUP: &str = "/sys/fs/cgroup/wasmk-loads";

/// Runs the tool in a cgroup of its own; its exit status, and the most that `memory.stat` said of the kernel's memory.
fn in_cgroup(limit: &str) -> anyhow::Result<(Option<i32>, u64)> {
    fs::write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")?;
    let group = Path::new(CGROUP);
    fs::create_dir_all(group)?;
    fs::write(group.join("memory.max"), limit)?;
    fs::write(FILE, large(&[]))?;
    let shell =
        format!("echo $$ >{CGROUP}/cgroup.procs; exec wasmctl invoke --jobs 3 {FILE} run 0");
    let mut child = Command::new("sh")
        .args(["-c", &shell])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut most = 0;
    let status = loop {
        most = most.max(kernel_memory(group)?);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(2));
    };
    Ok((status.code(), most))
}

fn kernel_memory(group: &Path) -> anyhow::Result<u64> {
    let stat = fs::read_to_string(group.join("memory.stat"))?;
    let line = stat.lines().find_map(|line| line.strip_prefix("kernel "));
    Ok(line.unwrap_or("0").parse()?)
}

fn charged() -> Outcome {
    let (status, most) = in_cgroup("max")?;
    check_eq!(status, Some(0), "exit status");
    // The binary and its code are held at the same time; the code is longer.
    let len = fs::metadata(FILE)?.len();
    check!(
        most > 2 * len,
        "{most} bytes of the kernel's for {len} bytes of wasm"
    );
    until("it is given back", || {
        Ok((kernel_memory(Path::new(CGROUP))? < len / 2).then_some(()))
    })?;
    fs::remove_dir(CGROUP)?;
    Ok(())
}

fn limited() -> Outcome {
    // Room for the tool, and the binary, but not for its code.
    let (status, _) = in_cgroup("6M")?;
    check!(status != Some(0), "6 MB were enough");
    until("everything is given back", || {
        Ok(module::expect_nothing_left().is_ok().then_some(()))
    })?;
    fs::remove_dir(CGROUP)?;
    Ok(())
}
