// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `make fuzz` with wasmi: `fuzz SECONDS SEED DIRECTORY [THREADS]`. See [`command`].

#[path = "../tests/differential/reference.rs"]
mod reference;

use std::process::ExitCode;

use wasmk_wast_runner::differential::command;

fn main() -> ExitCode {
    command(reference::Wasmi::default)
}
