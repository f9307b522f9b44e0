// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `compile FILE.wasm…`: how fast the compiler is on a file, and how much code it makes. The least of several times counts, as
//! other work on the machine only adds.

use std::{process::ExitCode, time::Instant};

use wasmk_engine::{
    compile::{compile, validate},
    config::{Config, MemoryModel},
};

const ROUNDS: u32 = 30;

fn main() -> ExitCode {
    for path in std::env::args().skip(1) {
        let wasm = match std::fs::read(&path) {
            Ok(wasm) => wasm,
            Err(why) => {
                eprintln!("{path}: {why}");
                return ExitCode::FAILURE;
            }
        };
        let best = |mut work: Box<dyn FnMut() + '_>| {
            let times = (0..ROUNDS).map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            });
            times.min().unwrap_or_default().as_secs_f64() * 1e3
        };
        let megabytes = wasm.len() as f64 / 1e6;
        let validation = best(Box::new(|| drop(validate(&wasm, &mut ()))));
        println!(
            "{path}: {} bytes, validation {:.1} ms per MB",
            wasm.len(),
            validation / megabytes
        );
        for memory_model in [MemoryModel::Guard, MemoryModel::Bounds] {
            let config = Config {
                memory_model,
                ..Config::default()
            };
            let image = match compile(&wasm, &config, &mut ()) {
                Ok(module) => module.code,
                Err(why) => {
                    eprintln!("{path}: {why}");
                    return ExitCode::FAILURE;
                }
            };
            let time = best(Box::new(|| drop(compile(&wasm, &config, &mut ()))));
            let body: u32 = image.functions.iter().map(|function| function.len).sum();
            println!(
                "  {memory_model:?}: {:.1} ms per MB, {} bytes of code ({:.2} per byte of wasm; functions alone {body}), {} trap sites",
                time / megabytes,
                image.len(),
                image.len() as f64 / wasm.len() as f64,
                image.traps().count(),
            );
        }
    }
    ExitCode::SUCCESS
}
