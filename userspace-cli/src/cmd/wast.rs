// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl wast`: scripts of the core test suite, against the kernel.

use libwasmk::{wast::run, Device};
use serde_json::json;

use crate::{cli::WastArgs, problem::Problem, report::Report};

/// Runs the scripts one after another; every assertion counts, every failure is named. Status 1 if one failed.
pub fn wast(args: &WastArgs, json: bool) -> Result<Report, Problem> {
    let device = Device::open()?;
    let (mut passed, mut failed) = (0, 0);
    let mut scripts = Vec::new();
    for path in &args.files {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Problem::io("cannot read", &error).about(&file))?;
        let report = run(&device, args.memory.into(), args.fuel, &text)
            .map_err(|why| Problem::new("invalid", why).about(&file))?;
        let totals = report.totals;
        // A module or an action that fails outside an assertion fails the script, too.
        passed += totals.passed;
        failed += totals.failed + totals.failed_commands;
        let mut problems = Vec::new();
        for problem in &report.problems {
            if !json {
                println!(
                    "{file}:{}: {}: {}",
                    problem.line, problem.directive, problem.what
                );
            }
            problems.push(json!({ "line": problem.line, "directive": problem.directive, "what": problem.what }));
        }
        if !json {
            println!("{file}: {totals}");
        }
        scripts.push(json!({
            "file": file,
            "passed": totals.passed,
            "failed": totals.failed,
            "commands": totals.commands,
            "failed_commands": totals.failed_commands,
            "problems": problems,
        }));
    }
    let text = format!("{passed} passed, {failed} failed\n");
    let report = Report::new(
        text,
        json!({ "passed": passed, "failed": failed, "scripts": scripts }),
    );
    Ok(report.with_status(u8::from(failed > 0)))
}
