// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasmctl: loads and runs WebAssembly in the kernel.
//!
//! `cli` is what the user may say, `cmd` one file per verb, `service` what `load` leaves running.
#![deny(unsafe_code)]

mod channels;
mod cli;
mod cmd;
mod denials;
mod grants;
mod hint;
mod notes;
mod problem;
mod report;
mod service;
mod session;
mod value;
mod wasm;

use std::process::ExitCode;

fn main() -> ExitCode {
    let (command, json) = match cli::parse() {
        Ok(parsed) => parsed,
        Err(status) => return ExitCode::from(status),
    };
    let report = cmd::execute(command, json).unwrap_or_else(|problem| problem.into_report());
    report.print(json);
    ExitCode::from(report.status)
}
