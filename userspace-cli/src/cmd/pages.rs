// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Shell completions and manual pages, made from the command line's own description.

use std::path::Path;

use serde_json::json;

use crate::{cli, problem::Problem, report::Report};

/// Prints completions for `shell`.
pub fn completions(shell: clap_complete::Shell) -> Result<Report, Problem> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut cli::description(), "wasmctl", &mut out);
    let text = String::from_utf8_lossy(&out).into_owned();
    let json = json!({ "shell": shell.to_string(), "script": text });
    Ok(Report::new(text, json))
}

/// Writes `wasmctl.1` and one page per verb.
pub fn manual(directory: &Path) -> Result<Report, Problem> {
    let failed = |error: &std::io::Error| Problem::io(directory.display(), error);
    std::fs::create_dir_all(directory).map_err(|error| failed(&error))?;
    clap_mangen::generate_to(cli::description(), directory).map_err(|error| failed(&error))?;
    Ok(Report::new(
        String::new(),
        json!({ "directory": directory.display().to_string() }),
    ))
}
