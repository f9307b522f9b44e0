// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl logs`: what a service's guests wrote to their standard output and error.

use std::{
    fs::File,
    io::{IsTerminal, Read, Write},
    thread,
    time::Duration,
};

use serde_json::json;

use super::{denied::denied, terminal};
use crate::{cli::LogsArgs, problem::Problem, report::Report, service::Service};

/// How often a followed log is looked at.
const POLL: Duration = Duration::from_millis(100);

/// Prints the log; with `--follow` until the service has ended and everything is printed.
pub fn logs(args: &LogsArgs, json: bool) -> Result<Report, Problem> {
    if args.denied {
        return denied(args.name.as_deref(), args.follow, json);
    }
    // clap sees to it that there is one.
    let name = args.name.as_deref().unwrap_or_default();
    let service = Service::find(name)?;
    let path = service.log_path();
    let mut log = File::open(&path).map_err(|error| Problem::io(path.display(), &error))?;
    let mut data = Vec::new();
    let mut read = |data: &mut Vec<u8>| {
        log.read_to_end(data)
            .map_err(|error| Problem::io(path.display(), &error))
    };
    if !args.follow {
        read(&mut data)?;
        let text = String::from_utf8_lossy(&data);
        let lines: Vec<&str> = text.lines().collect();
        let lines = json!({ "name": name, "lines": lines });
        let text = if std::io::stdout().is_terminal() {
            terminal::harmless(&text)
        } else {
            text.into_owned()
        };
        return Ok(Report::new(text, lines));
    }
    loop {
        // Asked before reading: what was written before the end is read after it.
        let alive = service.is_alive();
        read(&mut data)?;
        if print(&mut data, json, alive).is_err() || !alive {
            // Nobody reads any more, or nobody writes any more.
            return Ok(Report::default());
        }
        thread::sleep(POLL);
    }
}

/// Prints what there is, as JSON one object a line; keeps an incomplete line while more may come.
fn print(data: &mut Vec<u8>, json: bool, more: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if !json {
        if out.is_terminal() {
            let rest = data.split_off(data.len() - terminal::incomplete(data, more));
            out.write_all(terminal::harmless(&String::from_utf8_lossy(data)).as_bytes())?;
            *data = rest;
        } else {
            out.write_all(data)?;
            data.clear();
        }
        return out.flush();
    }
    let complete = if more {
        data.iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1)
    } else {
        data.len()
    };
    let rest = data.split_off(complete);
    for line in String::from_utf8_lossy(data).lines() {
        writeln!(out, "{}", json!({ "line": line }))?;
    }
    *data = rest;
    out.flush()
}
