// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl ps`: what runs, with its counters.

use std::time::Duration;

use libwasmk::{uapi::device::StoreEntry, Device};
use rustix::time::{clock_gettime, ClockId};
use serde_json::{json, Value};

use super::table::{self, counters, finish, model, size, state, text};
use crate::{problem::Problem, report::Report, service};

const HEADER: [&str; 16] = [
    "NAME",
    "WORKER",
    "ID",
    "PID",
    "STATE",
    "THREADS",
    "MEMORY",
    "MODEL",
    "FDS",
    "ACCEPTED",
    "CONNECTED",
    "HOSTCALLS",
    "DENIED",
    "IN",
    "OUT",
    "UPTIME",
];

/// Lists labelled stores, and services that have ended but were not unloaded.
pub fn ps() -> Result<Report, Problem> {
    let entries = Device::open()?.list()?;
    let now = boot_time();
    let mut table = table::table(&HEADER);
    for entry in &entries {
        table.add_row(row(entry, now));
    }
    let ended = service::ended();
    let mut out = finish(table, &[1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15]);
    for name in &ended {
        out.push_str(&format!(
            "{name}: ended; see `wasmctl logs {name}`, remove with `wasmctl unload {name}`\n"
        ));
    }
    let instances: Vec<Value> = entries.iter().map(|entry| object(entry, now)).collect();
    Ok(Report::new(
        out,
        json!({ "instances": instances, "ended": ended }),
    ))
}

fn row(entry: &StoreEntry, now: Duration) -> Vec<String> {
    vec![
        text(&entry.label),
        entry.worker.to_string(),
        entry.id.to_string(),
        entry.pid.to_string(),
        state(entry.state).into(),
        entry.threads.to_string(),
        size(entry.memory_bytes),
        model(entry.memory_model).into(),
        entry.descriptors.to_string(),
        entry.accepted.to_string(),
        entry.connected.to_string(),
        entry.host_calls.to_string(),
        entry.denied.to_string(),
        size(entry.bytes_in),
        size(entry.bytes_out),
        uptime(entry, now),
    ]
}

fn object(entry: &StoreEntry, now: Duration) -> Value {
    let mut object = json!({
        "name": text(&entry.label),
        "module": text(&entry.module),
        "worker": entry.worker,
        "id": entry.id,
        "pid": entry.pid,
        "uid": entry.uid,
        "state": state(entry.state),
        "uptime_ns": now.saturating_sub(Duration::from_nanos(entry.created_ns)).as_nanos() as u64,
    });
    if let (Some(object), Value::Object(counters)) = (object.as_object_mut(), counters(entry)) {
        object.extend(counters);
    }
    object
}

fn uptime(entry: &StoreEntry, now: Duration) -> String {
    let seconds = now
        .saturating_sub(Duration::from_nanos(entry.created_ns))
        .as_secs();
    humantime::format_duration(Duration::from_secs(seconds))
        .to_string()
        .replace(' ', "")
}

fn boot_time() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).unwrap_or(0),
    )
}
