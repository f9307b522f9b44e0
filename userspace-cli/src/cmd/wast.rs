// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl wast`: scripts of the official test format, against the kernel or, with `--host`, the same engine here.

use std::{fmt::Write as _, path::Path};

use libwasmk::{wast, Device};
use serde_json::{json, Value};
use wasmk_engine::config::{Config, Edition, MemoryModel};
use wasmk_wast_runner::{native::Native, run_script, Totals};

use crate::{
    cli::{MemoryOption, WastArgs},
    problem::Problem,
    report::Report,
};

/// What scripts run on.
enum Target {
    Kernel(Device),
    Host(Box<Native>),
}

impl Target {
    fn open(args: &WastArgs) -> Result<Self, Problem> {
        if !args.host {
            return Ok(Self::Kernel(Device::open()?));
        }
        let config = Config {
            edition: if args.edition == 2 {
                Edition::Two
            } else {
                Edition::Three
            },
            memory_model: match args.memory {
                MemoryOption::Bounds => MemoryModel::Bounds,
                MemoryOption::Auto | MemoryOption::Guard => MemoryModel::Guard,
            },
            fuel: args.fuel,
            cpu: wasmk_engine::sys::host::cpu_features(),
            ..Config::default()
        };
        let native = Native::new(config).map_err(|why| Problem::new("failed", why))?;
        Ok(Self::Host(Box::new(native)))
    }

    fn run(&mut self, args: &WastArgs, text: &str) -> Result<wasmk_wast_runner::Report, String> {
        match self {
            Self::Kernel(device) => {
                let memory = args.memory.into();
                wast::run(device, memory, args.fuel, args.edition == 2, text)
            }
            Self::Host(native) => run_script(&mut **native, text),
        }
    }
}

/// Runs the scripts one after another; every failure is named. Status 1 if there was one.
pub fn wast(args: &WastArgs, json: bool) -> Result<Report, Problem> {
    let mut target = Target::open(args)?;
    let mut totals = Totals::default();
    let mut scripts = Vec::new();
    for path in &args.files {
        let (script, counts) = run(&mut target, args, path, json)?;
        totals += counts;
        scripts.push(script);
    }
    // A module or an action that fails outside an assertion fails the script, too.
    let failed = totals.failed + totals.failed_commands;
    let mut text = format!("{} passed, {failed} failed", totals.passed);
    if totals.skipped > 0 {
        let _ = write!(text, ", {} skipped", totals.skipped);
    }
    text.push('\n');
    let mut object = json!({
        "passed": totals.passed,
        "failed": failed,
        "skipped": totals.skipped,
        "scripts": scripts,
    });
    if let Target::Host(native) = &target {
        let sizes = native.sizes();
        object["wasm_bytes"] = sizes.wasm.into();
        object["code_bytes"] = sizes.code.into();
    }
    Ok(Report::new(text, object).with_status(u8::from(failed > 0)))
}

fn run(
    target: &mut Target,
    args: &WastArgs,
    path: &Path,
    json: bool,
) -> Result<(Value, Totals), Problem> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::io("cannot read", &error).about(&file))?;
    // A script that cannot be run as a whole is one failure: the others are run all the same.
    let report = target.run(args, &text).unwrap_or_else(|what| {
        let mut report = wasmk_wast_runner::Report::default();
        report.totals.failed_commands = 1;
        report.problems.push(wasmk_wast_runner::Problem {
            line: 1,
            directive: "script",
            what,
        });
        report
    });
    if !json {
        print(&file, &report, args.verbose);
    }
    let totals = report.totals;
    let problems: Vec<Value> = report
        .problems
        .iter()
        .map(|problem| json!({ "line": problem.line, "directive": problem.directive, "what": problem.what }))
        .collect();
    let script = json!({
        "file": file,
        "passed": totals.passed,
        "failed": totals.failed,
        "commands": totals.commands,
        "failed_commands": totals.failed_commands,
        "skipped": totals.skipped,
        "skips": report.skips,
        "problems": problems,
    });
    Ok((script, totals))
}

/// Failures, or every directive, in order of lines.
fn print(file: &str, report: &wasmk_wast_runner::Report, verbose: bool) {
    let mut lines: Vec<(usize, String)> = report
        .problems
        .iter()
        .map(|problem| {
            (
                problem.line,
                format!("{}: {}", problem.directive, problem.what),
            )
        })
        .collect();
    if verbose {
        let held = report.held.iter();
        lines.extend(held.map(|(line, name)| (*line, format!("{name}: ok"))));
        let skips = report.skips.iter();
        lines.extend(skips.map(|line| (*line, "skipped: needs garbage collection".into())));
        lines.sort_by_key(|(line, _)| *line);
    }
    for (line, what) in lines {
        println!("{file}:{line}: {what}");
    }
    println!("{file}: {}", report.totals);
}
