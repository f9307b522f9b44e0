// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl logs --denied`: which host calls were refused.

use std::{collections::HashMap, io::Write, thread, time::Duration};

use libwasmk::{
    uapi::device::{StoreEntry, StoreState},
    Device,
};
use serde_json::json;

use super::{kill::matches, table::text};
use crate::{
    denials::{Denials, Owner, Refused},
    problem::Problem,
    report::Report,
    service::Service,
};

/// How often what is followed is looked at.
const POLL: Duration = Duration::from_millis(100);

/// Shows what `target` (a service, an id, NAME/WORKER; nothing for all that runs) was refused.
pub fn denied(target: Option<&str>, follow: bool, json: bool) -> Result<Report, Problem> {
    if follow {
        return follow_all(target, json);
    }
    let device = Device::open()?;
    let (mut shown, mut lost) = (String::new(), 0);
    let mut list = Vec::new();
    let entries = wanted(&device, target)?;
    for entry in &entries {
        if let Some(denials) = ask(&device, entry, 0)? {
            shown.push_str(&denials.text());
            lost += denials.lost;
            list.extend(denials.list);
        }
    }
    if entries.is_empty() {
        list = left_behind(target)?;
        for refused in &list {
            shown.push_str(&format!("{}\n", refused.line()));
        }
    }
    let mut report = Report::new(shown, json!({ "denied": list, "lost": lost }));
    if list.is_empty() {
        report.notes = "wasmctl: nothing was refused".into();
    }
    Ok(report)
}

/// Stores that `target` means.
fn wanted(device: &Device, target: Option<&str>) -> Result<Vec<StoreEntry>, Problem> {
    let all = device.list()?;
    let wanted = |entry: &StoreEntry| target.is_none_or(|target| matches(entry, target));
    Ok(all.into_iter().filter(wanted).collect())
}

/// What a store was refused from denial `from` on; `None` if it has ended meanwhile.
fn ask(device: &Device, entry: &StoreEntry, from: u64) -> Result<Option<Denials>, Problem> {
    let name = text(&entry.label);
    let owner = Owner {
        name: &name,
        worker: entry.worker,
        id: entry.id,
    };
    match Denials::new(owner, from, device.denials(entry.id, from)) {
        Ok(denials) => Ok(Some(denials)),
        Err(error) if error.errno == libc::ENOENT => Ok(None),
        Err(error) => Err(Problem::from(error).about(&name)),
    }
}

/// What an ended service has left, for who may read it.
fn left_behind(target: Option<&str>) -> Result<Vec<Refused>, Problem> {
    let Some(target) = target else {
        return Ok(Vec::new());
    };
    let name = target.split_once('/').map_or(target, |(name, _)| name);
    let service = Service::find(name).map_err(|_| {
        Problem::new(
            "not-found",
            format!("nothing called `{target}` runs, and there is no such service"),
        )
        .hint("see: wasmctl ps")
    })?;
    let list: Vec<Refused> = serde_json::from_value(service.denied()?).unwrap_or_default();
    let worker = |refused: &Refused| format!("{}/{}", refused.name, refused.worker);
    Ok(list
        .into_iter()
        .filter(|refused| name == target || worker(refused) == target)
        .collect())
}

/// Prints what there is and what comes, until nothing that is meant lives any more.
fn follow_all(target: Option<&str>, json: bool) -> Result<Report, Problem> {
    let device = Device::open()?;
    let mut printer = Printer {
        next: HashMap::new(),
        json,
    };
    let mut entries = wanted(&device, target)?;
    if entries.is_empty() {
        printer.print(&left_behind(target)?);
        return Ok(Report::default());
    }
    loop {
        // Asked before reading: what was refused before the end is read after it.
        let over = |entry: &StoreEntry| entry.state == StoreState::Dead as u32;
        let ended = entries.iter().all(over);
        for entry in &entries {
            let from = printer.next.get(&entry.id).copied().unwrap_or(0);
            if let Some(denials) = ask(&device, entry, from)? {
                if !printer.print(&denials.list) {
                    return Ok(Report::default());
                }
            }
        }
        if ended {
            break;
        }
        thread::sleep(POLL);
        entries = wanted(&device, target)?;
    }
    // The end of a service may have come between two looks; its record has all.
    printer.print(&left_behind(target).unwrap_or_default());
    Ok(Report::default())
}

/// Prints each denial once.
struct Printer {
    /// The next number of each store.
    next: HashMap<u64, u64>,
    json: bool,
}

impl Printer {
    /// False when nobody reads any more.
    fn print(&mut self, list: &[Refused]) -> bool {
        let mut out = std::io::stdout().lock();
        for refused in list {
            let next = self.next.entry(refused.id).or_insert(0);
            if refused.number < *next {
                continue;
            }
            *next = refused.number.saturating_add(1);
            let written = if self.json {
                writeln!(out, "{}", json!(refused))
            } else {
                writeln!(out, "{}", refused.line())
            };
            if written.is_err() {
                return false;
            }
        }
        out.flush().is_ok()
    }
}
