// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl validate`: the kernel's own validation, keeping nothing.

use libwasmk::Device;
use serde_json::json;

use crate::{cli::ValidateArgs, problem::Problem, report::Report, wasm::Program};

/// Validates every file; the first invalid one decides the error, all are named.
pub fn validate(args: &ValidateArgs) -> Result<Report, Problem> {
    let device = Device::open()?;
    let mut text = String::new();
    let mut results = Vec::new();
    let mut status = 0;
    let single = args.files.len() == 1;
    for file in &args.files {
        let result = Program::read(file).and_then(|program| {
            device
                .validate(&program.bytes)
                .map_err(|error| Problem::from(error).about(&program.file))
        });
        let name = file.display();
        match result {
            Ok(()) => {
                text.push_str(&format!("{name}: valid\n"));
                results.push(json!({ "file": name.to_string(), "valid": true }));
            }
            Err(problem) if single => return Err(problem),
            Err(problem) => {
                eprintln!("wasmctl: {problem}");
                status = problem.status;
                results.push(json!({ "file": name.to_string(), "valid": false, "error": problem }));
            }
        }
    }
    let json = match (single, results.pop()) {
        (true, Some(result)) => result,
        (_, last) => {
            results.extend(last);
            json!({ "modules": results })
        }
    };
    Ok(Report::new(text, json).with_status(status))
}
