// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The runner of Wasmtime: `bench-wasmtime cranelift|winch [bounds] [epoch] [fuel] [pooling]`.
#![deny(unsafe_code)]

mod engine;
mod options;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let served = options::config(&words)
        .and_then(|options| engine::Wasmtime::new(&options))
        .and_then(|mut engine| bench_runner::serve(&mut engine).map_err(|error| error.to_string()));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-wasmtime: {why}");
            ExitCode::FAILURE
        }
    }
}
