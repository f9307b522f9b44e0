// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Calling `wasmctl`, and the test guests.

use std::{
    fs,
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

/// Longest that a call of the tool may take; the emulator is slow.
const LIMIT: Duration = Duration::from_secs(120);

/// Test guests, by file name.
const GUESTS: &[(&str, &str)] = &[
    ("hello.wat", include_str!("../../wat/hello.wat")),
    ("exit.wat", include_str!("../../wat/exit.wat")),
    ("environ.wat", include_str!("../../wat/environ.wat")),
    ("math.wat", include_str!("../../wat/math.wat")),
    ("memory.wat", include_str!("../../wat/memory.wat")),
    ("traps.wat", include_str!("../../wat/traps.wat")),
    ("loops.wat", include_str!("../../wat/loops.wat")),
    ("big.wat", include_str!("../../wat/big.wat")),
    ("sleep.wat", include_str!("../../wat/sleep.wat")),
    ("checksum.wat", include_str!("../../wat/checksum.wat")),
    ("cat.wat", include_str!("../../wat/cat.wat")),
    ("probe.wat", include_str!("../../wat/probe.wat")),
    ("splice.wat", include_str!("../../wat/splice.wat")),
    ("steady.wat", include_str!("../../wat/steady.wat")),
    ("paths.wat", include_str!("../../wat/paths.wat")),
    ("threads.wat", include_str!("../../wat/threads.wat")),
    ("lonely.wat", include_str!("../../wat/lonely.wat")),
    ("growers.wat", include_str!("../../wat/growers.wat")),
    ("hoarder.wat", include_str!("../../wat/hoarder.wat")),
    ("private.wat", include_str!("../../wat/private.wat")),
];

/// Writes the test guests to the current directory.
pub fn unpack() -> Result<()> {
    for (name, text) in GUESTS {
        fs::write(name, text)?;
    }
    Ok(())
}

/// The binary of a test guest.
pub fn wasm(name: &str) -> Result<Vec<u8>> {
    let (_, text) = GUESTS
        .iter()
        .find(|(file, _)| *file == name)
        .with_context(|| format!("no guest {name}"))?;
    Ok(wat::parse_str(text)?)
}

/// What a call of the tool came to.
#[derive(Debug)]
pub struct Answer {
    /// Exit status, 128 + signal for a signal.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// Fails unless the status is as expected.
    pub fn expect(self, status: i32) -> Result<Self> {
        if self.status != status {
            bail!(
                "exit status {}, expected {status}; stdout {:?}, stderr {:?}",
                self.status,
                self.out,
                self.err
            );
        }
        Ok(self)
    }

    /// Standard output as one JSON object.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.out).with_context(|| {
            format!(
                "not one JSON object: {:?} (stderr {:?})",
                self.out, self.err
            )
        })
    }
}

/// The status a shell would show.
pub fn shell_status(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Calls `wasmctl`.
pub fn wasmctl(args: &[&str]) -> Result<Answer> {
    wasmctl_with(args, b"")
}

/// Calls `wasmctl` with this on standard input.
pub fn wasmctl_with(args: &[&str], input: &[u8]) -> Result<Answer> {
    command(Command::new("wasmctl").args(args), input)
        .with_context(|| format!("wasmctl {}", args.join(" ")))
}

/// Runs a command to its end, killing it when it takes too long.
pub fn command(command: &mut Command, input: &[u8]) -> Result<Answer> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let input = input.to_vec();
    let stdin = child.stdin.take();
    thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let out = reader(child.stdout.take());
    let err = reader(child.stderr.take());
    let status = wait(&mut child, LIMIT)?;
    let text = |handle: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&handle.join().unwrap_or_default()).into_owned()
    };
    Ok(Answer {
        status: shell_status(status),
        out: text(out),
        err: text(err),
    })
}

fn reader(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut data = Vec::new();
        if let Some(mut from) = from {
            let _ = from.read_to_end(&mut data);
        }
        data
    })
}

/// Waits for a child, and kills it when it takes longer than `limit`.
pub fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begin.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            bail!("did not end within {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Starts `wasmctl` in the background, its output thrown away.
pub fn start(args: &[&str]) -> Result<Running> {
    let child = Command::new("wasmctl")
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Running { child })
}

/// A `wasmctl` in the background; killed when dropped.
#[derive(Debug)]
pub struct Running {
    /// The process.
    pub child: Child,
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Instances that `ps` lists under `name`.
pub fn instances(name: &str) -> Result<Vec<Value>> {
    let list = wasmctl(&["--json", "ps"])?.expect(0)?.json()?;
    let all = list
        .get("instances")
        .and_then(Value::as_array)
        .cloned()
        .context("no instances in ps")?;
    Ok(all
        .into_iter()
        .filter(|instance| instance.get("name").and_then(Value::as_str) == Some(name))
        .collect())
}

/// A number in a JSON object.
pub fn number(object: &Value, key: &str) -> Result<u64> {
    object
        .get(key)
        .and_then(Value::as_u64)
        .with_context(|| format!("no number {key} in {object}"))
}

/// Waits until `ps` shows `count` instances of `name` in `state`.
pub fn wait_for_state(name: &str, state: &str, count: usize) -> Result<Vec<Value>> {
    until(&format!("{count} instances of {name} {state}"), || {
        let found: Vec<Value> = instances(name)?
            .into_iter()
            .filter(|instance| instance.get("state").and_then(Value::as_str) == Some(state))
            .collect();
        Ok((found.len() == count).then_some(found))
    })
}

/// Tries until there is a value, for at most 60 seconds.
pub fn until<T>(what: &str, mut attempt: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let begin = Instant::now();
    loop {
        if let Some(value) = attempt()? {
            return Ok(value);
        }
        if begin.elapsed() > Duration::from_secs(60) {
            bail!("not within 60 s: {what}");
        }
        thread::sleep(Duration::from_millis(20));
    }
}
