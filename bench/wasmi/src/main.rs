// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The runner of wasmi, an interpreter with a register machine of its own.
#![forbid(unsafe_code)]

mod engine;

use std::process::ExitCode;

fn main() -> ExitCode {
    match bench_runner::serve(&mut engine::Wasmi::new()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-wasmi: {why}");
            ExitCode::FAILURE
        }
    }
}
