// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The runner of wasmk's host build: `bench-wasmk [guard|bounds] [two] [fuel] [nospec] [thunks]`.
//!
//! Without more words the code has the kernel's form: epoch checks, polls of floating-point sections, `endbr64`,
//! masks against speculation.
#![deny(unsafe_code)]

mod engine;
mod options;
#[allow(unsafe_code)]
mod sys;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let options = match options::options(&words) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("bench-wasmk: {why}");
            return ExitCode::FAILURE;
        }
    };
    match bench_runner::serve(&mut engine::Wasmk::new(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-wasmk: {why}");
            ExitCode::FAILURE
        }
    }
}
