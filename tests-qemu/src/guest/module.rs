// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The kernel module: loading, unloading, and what it leaves behind.

use std::{collections::BTreeMap, fs, path::Path, process::Command, thread, time::Duration};

use anyhow::{bail, Context, Result};
use libwasmk::{Device, LoadOptions, MemoryModel, Module};

use super::tool::{command, until};

/// Where the guest's image has the module.
const MODULE: &str = "/usr/lib/wasmk/wasmk.ko";

/// Loads the module, with parameters such as `guard_slots=4`.
pub fn insert(parameters: &[&str]) -> Result<()> {
    let answer = command(Command::new("insmod").arg(MODULE).args(parameters), b"")?;
    if answer.status != 0 {
        bail!("insmod: {}", answer.err.trim());
    }
    until("the device node", || {
        Ok(Path::new(libwasmk::uapi::DEVICE).exists().then_some(()))
    })
}

/// Unloads the module; says why not.
pub fn remove() -> Result<()> {
    let answer = command(Command::new("rmmod").arg("wasmk"), b"")?;
    if answer.status != 0 {
        bail!("rmmod: {}", answer.err.trim());
    }
    Ok(())
}

/// Whether the module is loaded.
pub fn is_loaded() -> bool {
    Path::new("/sys/module/wasmk").exists()
}

/// The module's count of users, from `/proc/modules`.
pub fn users() -> Result<u32> {
    let text = fs::read_to_string("/proc/modules")?;
    let line = text
        .lines()
        .find(|line| line.starts_with("wasmk "))
        .context("the module is not loaded")?;
    Ok(line
        .split_whitespace()
        .nth(2)
        .context("unreadable /proc/modules")?
        .parse()?)
}

/// Waits until nothing of a program is left in the kernel: no module, store, instance, descriptor, slot in use, code, memory.
pub fn expect_nothing_left() -> Result<()> {
    let mut last = String::new();
    for _ in 0..100 {
        let stats = Device::open()?.stats()?;
        let counts = [
            u64::from(stats.modules),
            u64::from(stats.stores),
            u64::from(stats.instances),
            u64::from(stats.slots_used),
            stats.descriptors,
            stats.memory_bytes,
            stats.heap_bytes,
        ];
        if counts.iter().all(|&count| count == 0) {
            return Ok(());
        }
        last = format!("{stats:?}");
        // Closed files are let go of a moment later.
        thread::sleep(Duration::from_millis(50));
    }
    bail!("left behind: {last}")
}

/// Memory of the kernel that a leak would show in, in KiB.
#[derive(Clone, Debug)]
pub struct Usage(BTreeMap<String, i64>);

/// What may differ between two measurements without a leak, in KiB.
const TOLERANCE: [(&str, i64); 3] = [
    ("VmallocUsed", 256),
    ("PageTables", 1024),
    ("KernelStack", 512),
];

impl Usage {
    /// Measures, after dropping what is only cached.
    pub fn now() -> Result<Self> {
        fs::write("/proc/sys/vm/drop_caches", "3")?;
        thread::sleep(Duration::from_millis(300));
        let text = fs::read_to_string("/proc/meminfo")?;
        let mut values = BTreeMap::new();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            if let (Some(name), Some(value)) = (words.next(), words.next()) {
                values.insert(name.trim_end_matches(':').to_owned(), value.parse()?);
            }
        }
        Ok(Self(values))
    }

    /// Fails when something has grown since `before` by more than is natural; slabs by more than `slabs` KiB.
    pub fn expect_no_growth_since(&self, before: &Self, slabs: i64) -> Result<()> {
        for (name, tolerance) in TOLERANCE.into_iter().chain([("SUnreclaim", slabs)]) {
            let get = |usage: &Self| {
                usage
                    .0
                    .get(name)
                    .copied()
                    .with_context(|| format!("no {name} in /proc/meminfo"))
            };
            let growth = get(self)? - get(before)?;
            if growth > tolerance {
                bail!("{name} has grown by {growth} KiB (more than {tolerance} is a leak)");
            }
        }
        Ok(())
    }
}

/// Lines of the kernel log that mean a bug in the kernel.
pub fn kernel_complaints(log: &str) -> Vec<&str> {
    const SIGNS: [&str; 16] = [
        "BUG:",
        "BUG ",
        "kernel BUG",
        "WARNING:",
        "Oops",
        "Call Trace",
        "general protection",
        "soft lockup",
        "hard LOCKUP",
        "rcu_sched",
        "rcu_preempt detected",
        "blocked for more than",
        "Unable to handle",
        "scheduling while atomic",
        "possible recursive locking",
        "Kernel panic",
    ];
    log.lines()
        .filter(|line| SIGNS.iter().any(|sign| line.contains(sign)))
        .collect()
}

/// Fails when the kernel log has a complaint in it.
pub fn expect_clean_log() -> Result<()> {
    let answer = command(&mut Command::new("dmesg"), b"")?;
    if answer.status != 0 {
        bail!("dmesg: {}", answer.err);
    }
    let complaints = kernel_complaints(&answer.out);
    if !complaints.is_empty() {
        bail!("{}", complaints.join(" | "));
    }
    Ok(())
}

/// A module whose memory may become 4 GiB, with bounds checks: each of its instances reserves that much of the address space.
pub fn wide(device: &Device) -> Result<Module> {
    let options = LoadOptions {
        memory: MemoryModel::Bounds,
        ..LoadOptions::default()
    };
    let wasm = wat::parse_str("(module (memory 1 65536))")?;
    Ok(device.load(&wasm, &options)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_seen_and_normal_lines_are_not() {
        let log = "[ 1.0] wasmk: ready\n[ 2.0] WARNING: CPU: 0 PID: 1\n[ 3.0] BUG: unable to handle page fault\n[ 4.0] debug: fine";
        assert_eq!(kernel_complaints(log).len(), 2);
        assert_eq!(kernel_complaints("[ 1.0] Linux version 7.3\n").len(), 0);
    }
}
