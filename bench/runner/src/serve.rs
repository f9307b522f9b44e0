// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The protocol. Each command is answered by `ok VALUES...` or `error WORDS...`; times are nanoseconds.
//!
//! | command | answer |
//! |---|---|
//! | `load FILE` | the module was compiled and instantiated, and replaces the one before |
//! | `run N` | CPU time, wall time, result of the export `run(N)` |
//! | `compile FILE` | CPU time, wall time, bytes of code |
//! | `validate FILE` | CPU time, wall time |
//! | `peak FILE` | bytes by which compilation raised the resident memory (of a fresh process) |
//! | `instances N` | of the module loaded, whose export `run(0)` is called each time: N wall times of create, call, drop |
//! | `call N` | CPU time of N calls of the export `empty` |
//! | `call_out N` | CPU time of a call of `call_out(N)`, which calls the host N times |
//! | `grow N` | CPU time of N calls of `grow`, in a new instance |

use std::{
    fmt::Write as _,
    io::{self, BufRead, Write as _},
    time::Instant,
};

use crate::{clock::timed, memory::peak_of};

/// One engine, configured. Errors are words for the driver's reader.
pub trait Engine {
    /// Compiles and instantiates `wasm`. Imports are functions `() -> ()` that do nothing.
    fn load(&mut self, wasm: &[u8]) -> Result<(), String>;
    /// Calls the export `run` of what is loaded.
    fn run(&mut self, n: u32) -> Result<u32, String>;
    /// Compiles `wasm`, forgets the result, and says how many bytes of code there were, tables and padding counted.
    fn compile(&mut self, wasm: &[u8]) -> Result<u64, String>;
    /// Validates `wasm` only.
    fn validate(&mut self, wasm: &[u8]) -> Result<(), String>;
    /// A new instance of what is loaded: made, its `run(0)` called, dropped.
    fn instance(&mut self) -> Result<(), String>;
    /// Calls the export `empty` so often.
    fn call(&mut self, count: u32) -> Result<(), String>;
    /// Calls the export `call_out` with this argument.
    fn call_out(&mut self, count: u32) -> Result<(), String>;
    /// Makes a new instance, which is the one loaded from now on.
    fn renew(&mut self) -> Result<(), String>;
    /// Calls the export `grow` so often; each must succeed.
    fn grow(&mut self, count: u32) -> Result<(), String>;
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn file(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{path}: {error}"))
}

fn answer(engine: &mut dyn Engine, line: &str) -> Result<String, String> {
    let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
    Ok(match command {
        "load" => {
            engine.load(&file(argument)?)?;
            String::new()
        }
        "run" => {
            let n = number(argument)?;
            let (times, result) = timed(|| engine.run(n));
            format!("{} {} {}", times.cpu, times.wall, result?)
        }
        "compile" => {
            let wasm = file(argument)?;
            let (times, bytes) = timed(|| engine.compile(&wasm));
            format!("{} {} {}", times.cpu, times.wall, bytes?)
        }
        "validate" => {
            let wasm = file(argument)?;
            let (times, result) = timed(|| engine.validate(&wasm));
            result?;
            format!("{} {}", times.cpu, times.wall)
        }
        "peak" => {
            let wasm = file(argument)?;
            let (bytes, result) = peak_of(|| engine.compile(&wasm))?;
            result?;
            bytes.to_string()
        }
        "instances" => {
            let mut times = String::new();
            for _ in 0..number(argument)? {
                let start = Instant::now();
                engine.instance()?;
                let _ = write!(times, "{} ", start.elapsed().as_nanos());
            }
            times
        }
        "call" => {
            let n = number(argument)?;
            let (times, result) = timed(|| engine.call(n));
            result?;
            times.cpu.to_string()
        }
        "call_out" => {
            let n = number(argument)?;
            let (times, result) = timed(|| engine.call_out(n));
            result?;
            times.cpu.to_string()
        }
        "grow" => {
            let n = number(argument)?;
            engine.renew()?;
            let (times, result) = timed(|| engine.grow(n));
            result?;
            times.cpu.to_string()
        }
        _ => return Err(format!("no such command: {command}")),
    })
}

/// Answers commands until the input ends.
pub fn serve(engine: &mut dyn Engine) -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        match answer(engine, &line?) {
            Ok(values) => writeln!(output, "ok {}", values.trim_end())?,
            Err(why) => writeln!(output, "error {}", why.replace('\n', " "))?,
        }
        output.flush()?;
    }
    Ok(())
}
