// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl run`: a program in the foreground.

use std::{ffi::OsString, os::fd::AsFd};

use libwasmk::{Device, Outcome};
use serde_json::{json, Value};

use super::table;
use crate::{
    cli::RunArgs,
    denials::Refused,
    grants::{Grants, Streams, Usual},
    hint,
    notes::Notes,
    problem::Problem,
    report::Report,
    session::{deadline, load, require_program, Plan, Session},
    wasm::Program,
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
    let streams = Streams::open(
        &args.grants.streams,
        [stdin.as_fd(), output, stderr.as_fd()].map(Usual::ours),
    )?;
    let session = Session::new(&Plan {
        device: &device,
        module: &module,
        file: &program.file,
        label: &name,
        worker: 0,
        limits: &args.limits,
        grants: &grants,
        args: &arguments(args.file(), args.args()),
        streams: &streams,
        notes: Notes::on_stderr(),
    })?;
    let outcome = session.run_program(&description, deadline_ns);
    for path in grants.socket_files() {
        let _ = std::fs::remove_file(path);
    }
    let denials = session.denials(&name, 0);
    if args.denied && !json {
        eprint!("{}", denials.text());
    }
    let ended = Ended {
        file: &program.file,
        hint: hint::failed(&description, &args.grants, args.args(), &denials),
        counters: table::counters(&session.store.info()?),
        denied: if args.denied {
            denials.list
        } else {
            Vec::new()
        },
    };
    ended.report(outcome?)
}

/// A program that has ended.
struct Ended<'a> {
    file: &'a str,
    /// What may be the reason if it failed.
    hint: Option<String>,
    counters: Value,
    denied: Vec<Refused>,
}

impl Ended<'_> {
    fn report(self, outcome: Outcome) -> Result<Report, Problem> {
        let code = match outcome {
            Outcome::Returned(_) => 0,
            Outcome::Exited(code) => code,
            Outcome::Trapped(trap) => {
                let problem = Problem::trap(&trap, self.file);
                let problem = match self.hint {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                };
                return Err(problem.with_denied(self.denied));
            }
            Outcome::Deadline => {
                return Err(Problem::deadline(self.file).with_denied(self.denied));
            }
            Outcome::Killed => return Err(Problem::killed(self.file).with_denied(self.denied)),
        };
        let mut json = json!({ "file": self.file, "exit_code": code, "counters": self.counters });
        let mut notes = String::new();
        if let Some(object) = json.as_object_mut() {
            if !self.denied.is_empty() {
                object.insert("denied".into(), json!(self.denied));
            }
            if let (true, Some(hint)) = (code != 0, self.hint) {
                notes = format!("wasmctl: {}: exit code {code}\nhint: {hint}", self.file);
                object.insert("hint".into(), json!(hint));
            }
        }
        Ok(Report {
            notes,
            json,
            status: (code & 255) as u8,
            ..Report::default()
        })
    }
}

/// The program's arguments: the file's name first.
pub fn arguments(file: &std::path::Path, args: &[OsString]) -> Vec<OsString> {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_owned();
    std::iter::once(name).chain(args.iter().cloned()).collect()
}
