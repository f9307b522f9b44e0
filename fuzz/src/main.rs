// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `make fuzz` with Wasmtime: `wasmk-fuzz SECONDS SEED DIRECTORY [THREADS]`. See `wasmk_wast_runner::differential::command`.
#![deny(unsafe_code)]

mod reference;
mod sys;

use std::process::ExitCode;

use wasmk_wast_runner::differential::command;

fn main() -> ExitCode {
    command(reference::Wasmtime::new)
}
