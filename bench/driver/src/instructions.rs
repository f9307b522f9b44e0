// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Numbers of instructions instead of times: what a busy machine does not change. They are counted by valgrind, which also
//! sees generated code; processors in virtual machines often count none.
//!
//! Each command is given once and twice, and the difference counts, so that what a process does to start is left out.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command as Process, Stdio},
};

use serde::Serialize;

use crate::{
    compile, kernels,
    options::Options,
    process::Runner,
    rows::{Command, Row, BOUNDS, GUARD},
};

/// What a kernel runs for, nanoseconds without valgrind.
const SAMPLE: u64 = 2_000_000;

/// One thing that was counted.
#[derive(Debug, Serialize)]
pub struct Count {
    /// `compile`, `validate` (of a module), or `run` (of a kernel).
    pub what: &'static str,
    /// The module or kernel.
    pub name: String,
    /// Bytes of wasm, for modules; the argument of `run` for kernels. Instructions are per one of these.
    pub per: u64,
    /// Instructions, by row.
    pub rows: BTreeMap<&'static str, u64>,
}

fn count(options: &Options, row: &Row, input: &str) -> Result<u64, String> {
    let Command::Runner(program, words) = row.command else {
        return Err(format!("{}: only runners can be counted", row.name));
    };
    let mut child = Process::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(options.runners.join(program))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("valgrind: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("a runner without input")?;
    stdin
        .write_all(input.as_bytes())
        .map_err(|error| format!("valgrind: {error}"))?;
    drop(stdin);
    let output = child
        .wait_with_output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let answers = String::from_utf8_lossy(&output.stdout);
    if let Some(error) = answers.lines().find(|line| !line.starts_with("ok")) {
        return Err(format!("{}: {error}", row.name));
    }
    let log = String::from_utf8_lossy(&output.stderr);
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    collected
        .and_then(|(_, number)| number.trim().parse().ok())
        .ok_or_else(|| format!("{}: valgrind counted nothing", row.name))
}

/// Instructions of `command`, after `before`.
fn cost(options: &Options, row: &Row, before: &str, command: &str) -> Result<u64, String> {
    let once = count(options, row, &format!("{before}{command}\n"))?;
    let twice = count(options, row, &format!("{before}{command}\n{command}\n"))?;
    Ok(twice.saturating_sub(once))
}

fn modules(
    options: &Options,
    rows: &[&'static Row],
    counts: &mut Vec<Count>,
) -> Result<(), String> {
    for (bytes, path) in compile::files(options)? {
        // Valgrind takes some fifty times as long.
        if bytes > 2_000_000 {
            continue;
        }
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for what in ["compile", "validate"] {
            eprintln!("bench: instructions, {what} {name}");
            let mut by_row = BTreeMap::new();
            for row in rows {
                let command = format!("{what} {}", path.display());
                by_row.insert(row.name, cost(options, row, "", &command)?);
            }
            counts.push(Count {
                what,
                name: name.clone(),
                per: bytes,
                rows: by_row,
            });
        }
    }
    Ok(())
}

fn runs(options: &Options, rows: &[&'static Row], counts: &mut Vec<Count>) -> Result<(), String> {
    for name in kernels::names(options)? {
        eprintln!("bench: instructions, kernel {name}");
        let load = format!(
            "load {}\n",
            options.kernels.join(format!("{name}.wasm")).display()
        );
        let mut n = None;
        let mut by_row = BTreeMap::new();
        for &row in rows {
            let n = match n {
                Some(n) => n,
                None => {
                    let mut runner = Runner::start(options, row, None)?.ok_or("not built")?;
                    runner.ask(load.trim_end())?;
                    *n.insert(kernels::calibrate(&mut runner, SAMPLE)?)
                }
            };
            by_row.insert(row.name, cost(options, row, &load, &format!("run {n}"))?);
        }
        counts.push(Count {
            what: "run",
            name,
            per: n.unwrap_or(1).into(),
            rows: by_row,
        });
    }
    Ok(())
}

/// Counts for the rows that were asked for by name, else for wasmk's two. With chosen kernels only those are run.
pub fn measure(options: &Options) -> Result<Vec<Count>, String> {
    let countable = |row: &&&'static Row| {
        matches!(row.command, Command::Runner(..))
            && (options.chosen_rows || [GUARD, BOUNDS].contains(&row.name))
    };
    let rows: Vec<&'static Row> = options.rows.iter().filter(countable).copied().collect();
    let mut counts = Vec::new();
    if options.only.is_empty() {
        modules(options, &rows, &mut counts)?;
    }
    runs(options, &rows, &mut counts)?;
    Ok(counts)
}
