// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `bench-driver OPTIONS`: starts a runner for each row, lets them work in turns, prints tables and writes the report.
//!
//! Started by `scripts/bench`, which prepares what the options name; see bench/README.md.
#![forbid(unsafe_code)]

mod compile;
mod instructions;
mod kernels;
mod micro;
mod options;
mod plot;
mod process;
mod report;
mod rows;
mod stats;
mod summary;
mod table;

use std::process::ExitCode;

use options::{Options, Part};
use report::Report;

fn measure(options: &Options) -> Result<Report, String> {
    let mut report = Report::new(options);
    for part in &options.parts {
        match part {
            Part::Run => report.kernels = kernels::measure(options)?,
            Part::Compile => report.modules = compile::measure(options)?,
            Part::Micro => report.micro = micro::measure(options)?,
            Part::Instructions => report.instructions = instructions::measure(options)?,
        }
        // What is there is kept: a run takes long, and the next part may fail.
        report.summary = summary::of(&report);
        report.load.end();
        if let Some(path) = &options.json {
            report.write(path)?;
        }
    }
    Ok(report)
}

fn main() -> ExitCode {
    let done = Options::parse(std::env::args().skip(1)).and_then(|options| {
        let report = measure(&options)?;
        print!("{}", table::all(&report));
        if let Some(directory) = &options.plots {
            plot::all(&report, directory)?;
        }
        Ok(())
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}
