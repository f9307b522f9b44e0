// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl run`: a program in the foreground.

use std::{ffi::OsString, os::fd::AsFd};

use libwasmk::{Device, Outcome};
use serde_json::json;

use super::table;
use crate::{
    cli::RunArgs,
    grants::Grants,
    hint,
    problem::Problem,
    report::Report,
    session::{deadline, load, require_program, Plan, Session},
    wasm::{Description, Program},
};

/// Runs a program. With `--json` its standard output goes to standard error, so that ours is one object.
pub fn run(args: &RunArgs, json: bool) -> Result<Report, Problem> {
    let deadline_ns = deadline(args.limits.timeout);
    let program = Program::read(args.file())?;
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| Program::stem(args.file()));
    let device = Device::open()?;
    let module = load(&device, &program, &name, &args.limits)?;
    let description = program.describe()?;
    require_program(&description, &program.file)?;
    let grants = Grants::open(&args.grants)?;
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let output = if json { stderr.as_fd() } else { stdout.as_fd() };
    let session = Session::new(&Plan {
        device: &device,
        module: &module,
        file: &program.file,
        label: &name,
        worker: 0,
        limits: &args.limits,
        grants: &grants,
        args: &arguments(args.file(), args.args()),
        streams: [Some(stdin.as_fd()), Some(output), Some(stderr.as_fd())],
    })?;
    let outcome = session.run_program(&description, deadline_ns);
    for path in grants.socket_files() {
        let _ = std::fs::remove_file(path);
    }
    finish(&program.file, &description, args, &session, outcome?)
}

fn finish(
    file: &str,
    description: &Description,
    args: &RunArgs,
    session: &Session,
    outcome: Outcome,
) -> Result<Report, Problem> {
    let advice = || hint::missing(description, &args.grants, args.args());
    let code = match outcome {
        Outcome::Returned(_) => 0,
        Outcome::Exited(code) => code,
        Outcome::Trapped(trap) => {
            let problem = Problem::trap(&trap, file);
            return Err(match advice() {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
        }
        Outcome::Deadline => return Err(Problem::deadline(file)),
        Outcome::Killed => return Err(Problem::killed(file)),
    };
    let status = (code & 255) as u8;
    let counters = session.store.info()?;
    let mut json =
        json!({ "file": file, "exit_code": code, "counters": table::counters(&counters) });
    let mut notes = String::new();
    if code != 0 {
        if let Some(hint) = advice() {
            notes = format!("wasmctl: {file}: exit code {code}\nhint: {hint}");
            if let Some(object) = json.as_object_mut() {
                object.insert("hint".into(), json!(hint));
            }
        }
    }
    Ok(Report {
        notes,
        json,
        status,
        ..Report::default()
    })
}

/// The program's arguments: the file's name first.
pub fn arguments(file: &std::path::Path, args: &[OsString]) -> Vec<OsString> {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_owned();
    std::iter::once(name).chain(args.iter().cloned()).collect()
}
