// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wast-runner [--bounds] [--fuel] [--baseline-cpu] [--not-hardened] [--verbose] [FILE…]`: runs scripts, or the whole core suite, on
//! the engine in this process. `--baseline-cpu` compiles for SSE4.1 at most, `--not-hardened` without masks and `endbr64`.
//!
//! `wast-runner export DIRECTORY`: writes the scripts of all published suites to files.
//!
//! Exit status: 0 if every directive held, 1 if not, 2 for a usage error.
#![deny(unsafe_code)]

use std::process::ExitCode;

use wasmk_engine::config::{Config, CpuFeatures, MemoryModel};
use wasmk_wast_runner::{conformance, native::Native, run_script, suite, Totals};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("wast-runner: {why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "export") {
        let directory = arguments.next().ok_or("export where?")?;
        return conformance::export(directory.as_ref())
            .map(|()| true)
            .map_err(|e| e.to_string());
    }
    let mut config = Config::default();
    let mut files = Vec::new();
    let mut verbose = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--bounds" => config.memory_model = MemoryModel::Bounds,
            "--fuel" => config.fuel = true,
            "--baseline-cpu" => config.cpu = CpuFeatures::SSE41,
            "--not-hardened" => (config.speculation_safe, config.endbr) = (false, false),
            "--verbose" => verbose = true,
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => files.push(argument),
        }
    }
    let mut scripts = Vec::new();
    for file in &files {
        scripts.push((
            file.clone(),
            std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?,
        ));
    }
    if files.is_empty() {
        let all = suite::core().into_iter().chain(suite::more());
        scripts.extend(all.map(|script| {
            (
                format!("{}/{}", script.set, script.name),
                script.text.to_owned(),
            )
        }));
    }

    let mut backend = Native::new(config)?;
    let mut totals = Totals::default();
    let mut unreadable = 0;
    for (name, text) in &scripts {
        if verbose {
            eprintln!("{name}");
        }
        match run_script(&mut backend, text) {
            Ok(report) => {
                println!("{name}: {}", report.totals);
                for problem in &report.problems {
                    println!(
                        "{name}:{}: {}: {}",
                        problem.line, problem.directive, problem.what
                    );
                }
                totals += report.totals;
            }
            Err(why) => {
                println!("{name}: {why}");
                unreadable += 1;
            }
        }
    }
    if files.is_empty() {
        for old in suite::SUPERSEDED {
            println!("not run: {}/{}: {}", old.set, old.name, old.reason);
        }
        for out in suite::excluded() {
            println!(
                "not run: {} scripts of {}: {}",
                out.scripts, out.proposal, out.reason
            );
        }
    }
    println!(
        "total ({:?}, fuel {}): {totals}; {unreadable} scripts unreadable",
        config.memory_model, config.fuel
    );
    Ok(totals.perfect() && unreadable == 0)
}
