// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Processes and their CPU time.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use rustix::{
    process::{kill_process, Pid, Signal},
    time::{clock_gettime, ClockId},
};

/// CPU time of a process so far, to the nanosecond: the sum over its threads (`schedstat`, Documentation/scheduler).
pub fn cpu_time(pid: i32) -> Result<Duration> {
    let mut total = Duration::ZERO;
    for entry in fs::read_dir(format!("/proc/{pid}/task")).context("the process is gone")? {
        let text = fs::read_to_string(entry?.path().join("schedstat"))?;
        let nanoseconds: u64 = text
            .split_whitespace()
            .next()
            .context("schedstat is empty")?
            .parse()?;
        total += Duration::from_nanos(nanoseconds);
    }
    Ok(total)
}

/// CPU time of the calling thread.
pub fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// `CLOCK_MONOTONIC` now, in nanoseconds.
pub fn now_ns() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Sends a signal.
pub fn send(pid: i32, signal: Signal) -> Result<()> {
    let pid = Pid::from_raw(pid).context("not a process id")?;
    Ok(kill_process(pid, signal)?)
}

/// State letter of a process ("T" is stopped), from `/proc/PID/stat`.
pub fn state(pid: i32) -> Result<char> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    text.rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next())
        .context("unreadable stat")
}
