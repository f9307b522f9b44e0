// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The runner of Wasmer's single-pass compiler, with guard pages (it has no other memories).
#![forbid(unsafe_code)]

mod engine;

use std::process::ExitCode;

fn main() -> ExitCode {
    match bench_runner::serve(&mut engine::Singlepass::new()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-wasmer: {why}");
            ExitCode::FAILURE
        }
    }
}
