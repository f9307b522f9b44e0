// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Peak memory of some work, as the kernel counts it.

use std::fs;

fn field(name: &str) -> Result<u64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.trim().parse::<u64>().ok())
        .map(|kilobytes| kilobytes << 10)
        .ok_or_else(|| format!("/proc/self/status has no {name}"))
}

/// Bytes by which `work` raised the resident memory at its peak. To be asked of a fresh process: memory that was
/// freed before may be used again without being seen here.
pub fn peak_of<T>(work: impl FnOnce() -> T) -> Result<(u64, T), String> {
    // Resets the peak (proc(5), clear_refs).
    fs::write("/proc/self/clear_refs", "5").map_err(|error| error.to_string())?;
    let before = field("VmRSS:")?;
    let result = work();
    Ok((field("VmHWM:")?.saturating_sub(before), result))
}
