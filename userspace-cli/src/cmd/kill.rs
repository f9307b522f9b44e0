// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl kill`: ends instances.

use libwasmk::{uapi::device::StoreEntry, Device};
use serde_json::json;

use super::table::text;
use crate::{cli::KillArgs, problem::Problem, report::Report};

/// Kills the named instances; the first target that means none is an error, after the others were killed.
pub fn kill(args: &KillArgs) -> Result<Report, Problem> {
    let device = Device::open()?;
    let entries = device.list()?;
    let mut killed = Vec::new();
    let mut missing = None;
    for target in &args.targets {
        let matching: Vec<&StoreEntry> = entries
            .iter()
            .filter(|entry| matches(entry, target))
            .collect();
        if matching.is_empty() {
            missing.get_or_insert_with(|| {
                Problem::new("not-found", format!("nothing called `{target}` runs"))
                    .hint("see: wasmctl ps")
            });
        }
        for entry in matching {
            match device.kill_id(entry.id) {
                Ok(_) => killed.push(entry.id),
                // It ended by itself meanwhile.
                Err(error) if error.errno == libc::ENOENT => {}
                Err(error) => return Err(Problem::from(error).about(target)),
            }
        }
    }
    match missing {
        Some(problem) => Err(problem),
        None => Ok(Report::new(String::new(), json!({ "killed": killed }))),
    }
}

/// Whether `target` (an id, a name, or NAME/WORKER) means this store.
pub(super) fn matches(entry: &StoreEntry, target: &str) -> bool {
    if let Ok(id) = target.parse::<u64>() {
        return entry.id == id;
    }
    let label = text(&entry.label);
    if label == target {
        return true;
    }
    match target.rsplit_once('/') {
        Some((name, worker)) => label == name && worker.parse() == Ok(entry.worker),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_ids_names_or_workers() {
        let mut entry = StoreEntry {
            id: 7,
            worker: 2,
            ..StoreEntry::default()
        };
        entry.label[..5].copy_from_slice(b"proxy");
        for good in ["7", "proxy", "proxy/2"] {
            assert!(matches(&entry, good), "{good}");
        }
        for bad in ["2", "prox", "proxy/1", "proxy/", "/2", ""] {
            assert!(!matches(&entry, bad), "{bad}");
        }
    }
}
