// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl invoke`: calls of exported functions, with memory written before and read after.

mod steps;

use std::{fs, os::fd::AsFd};

use libwasmk::{Call, Device, Outcome};
use serde_json::{json, Value as Json};

use self::steps::{Operand, Step};
use crate::{
    cli::InvokeArgs,
    grants::{Grants, Streams, Usual},
    hint,
    notes::Notes,
    problem::Problem,
    report::Report,
    service::{self, Target},
    session::{deadline, load, Plan, Session},
    value::Value,
    wasm::{Description, Program},
};

/// Longest `--read`, in bytes.
const READ_MAX: u64 = 64 << 20;
/// Bytes on one line of `--read`.
const READ_LINE: usize = 32;

/// Makes a fresh instance and does the steps.
pub fn invoke(args: &InvokeArgs, json: bool) -> Result<Report, Problem> {
    let deadline_ns = deadline(args.limits.timeout);
    let steps = steps::parse(args)?;
    let target = service::find_target(&args.target)?;
    let program = target.program()?;
    let description = program.describe();
    let device = Device::open()?;
    let module = match &target {
        Target::Service(service) => device
            .open_module(service.name())
            .map_err(|error| Problem::from(error).about(service.name()))?,
        Target::File(path) => load(&device, &program, &Program::stem(path), &args.limits)?,
    };
    let description = description?;
    check(&program.file, &description, &steps)?;
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
        label: &target.label(),
        worker: 0,
        limits: &args.limits,
        grants: &grants,
        args: std::slice::from_ref(&args.target),
        streams: &streams,
        notes: Notes::on_stderr(),
    })?;
    let mut run = Invocation {
        file: &program.file,
        description: &description,
        session: &session,
        deadline_ns,
        results: Vec::new(),
        done: Done::default(),
    };
    let ended = run.all(&steps);
    session.end_threads()?;
    for path in grants.socket_files() {
        let _ = fs::remove_file(path);
    }
    let done = run.done;
    match ended {
        Ok(None) => Ok(done.report()),
        Ok(Some(code)) => Ok(done.report().with_status((code & 255) as u8)),
        Err(problem) => {
            // What was printed before the failure is still worth having.
            if !json {
                done.report().print(false);
            }
            Err(match hint::missing(&description, &args.grants, &[]) {
                Some(hint) if problem.trap.is_some() => problem.hint(hint),
                _ => problem,
            })
        }
    }
}

/// Finds mistakes before anything runs: unknown exports and wrong counts.
fn check(file: &str, description: &Description, steps: &[Step]) -> Result<(), Problem> {
    for step in steps {
        let Step::Call { function, args } = step else {
            continue;
        };
        let Some(ty) = description.signature(function) else {
            let names: Vec<&str> = description.functions().collect();
            let problem = Problem::new("not-found", format!("it exports no function `{function}`"))
                .about(file);
            return Err(if names.is_empty() {
                problem
            } else {
                problem.hint(format!("it exports {}", names.join(", ")))
            });
        };
        if ty.params().len() != args.len() {
            let expected = ty
                .params()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ");
            return Err(Problem::usage(format!(
                "`{function}` takes {} arguments ({expected}), not {}",
                ty.params().len(),
                args.len()
            ))
            .about(file));
        }
    }
    Ok(())
}

/// The steps in progress.
struct Invocation<'a> {
    file: &'a str,
    description: &'a Description,
    session: &'a Session,
    deadline_ns: Option<u64>,
    results: Vec<Value>,
    done: Done,
}

/// What has been done.
#[derive(Default)]
struct Done {
    text: String,
    calls: Vec<Json>,
    reads: Vec<Json>,
    exit_code: Option<u32>,
}

impl Done {
    fn report(self) -> Report {
        let results: Vec<Json> = self
            .calls
            .iter()
            .filter_map(|call| call.get("results")?.as_array())
            .flatten()
            .cloned()
            .collect();
        let mut json = json!({ "results": results, "calls": self.calls, "reads": self.reads });
        if let (Some(object), Some(code)) = (json.as_object_mut(), self.exit_code) {
            object.insert("exit_code".into(), json!(code));
        }
        Report::new(self.text, json)
    }
}

impl Invocation<'_> {
    /// Start function, `_initialize` and the steps; `Some` is the code of a `proc_exit`.
    fn all(&mut self, steps: &[Step]) -> Result<Option<u32>, Problem> {
        if let Some(outcome) = self.session.start(self.deadline_ns)? {
            return self.ended(outcome).map(|_| self.done.exit_code);
        }
        let initialize = "_initialize";
        let explicit = steps
            .iter()
            .any(|step| matches!(step, Step::Call { function, .. } if function == initialize));
        if !explicit
            && self
                .description
                .signature(initialize)
                .is_some_and(|ty| ty.params().is_empty())
        {
            let outcome = self.session.call(
                &Call::export(self.session.instance, initialize, &[]).until(self.deadline_ns),
            )?;
            if self.ended(outcome)?.is_none() {
                return Ok(self.done.exit_code);
            }
        }
        for step in steps {
            match step {
                Step::Call { function, args } => {
                    if !self.call(function, args)? {
                        break;
                    }
                }
                Step::Write { offset, file } => self.write(offset, file)?,
                Step::Read { offset, length } => self.read(offset, length)?,
            }
        }
        Ok(self.done.exit_code)
    }

    /// `None` if the program exited, its code noted.
    fn ended(&mut self, outcome: Outcome) -> Result<Option<Vec<u64>>, Problem> {
        match outcome {
            Outcome::Returned(values) => Ok(Some(values.bits)),
            Outcome::Exited(code) => {
                self.done.exit_code = Some(code);
                Ok(None)
            }
            Outcome::Trapped(trap) => Err(Problem::trap(&trap, self.file)),
            Outcome::Deadline => Err(Problem::deadline(self.file)),
            Outcome::Killed => Err(Problem::killed(self.file)),
        }
    }

    fn call(&mut self, function: &str, args: &[Operand]) -> Result<bool, Problem> {
        let Some(ty) = self.description.signature(function) else {
            return Ok(true);
        };
        let mut bits = Vec::new();
        let mut shown = Vec::new();
        for (index, (arg, &ty)) in args.iter().zip(ty.params()).enumerate() {
            let value = arg.value(ty, &self.results).map_err(|why| {
                Problem::usage(format!("argument {} of `{function}`: {why}", index + 1))
            })?;
            bits.extend(value.entries());
            shown.push(value.json());
        }
        let outcome = self
            .session
            .call(&Call::export(self.session.instance, function, &bits).until(self.deadline_ns))?;
        let Some(bits) = self.ended(outcome)? else {
            return Ok(false);
        };
        let values = Value::from_entries(&bits, ty.results());
        for value in &values {
            self.done.text.push_str(&value.text());
            self.done.text.push('\n');
        }
        let results: Vec<Json> = values.iter().map(|value| value.json()).collect();
        self.done
            .calls
            .push(json!({ "function": function, "args": shown, "results": results }));
        self.results.extend(values);
        Ok(true)
    }

    fn write(&mut self, offset: &Operand, file: &str) -> Result<(), Problem> {
        let offset = offset
            .unsigned(&self.results)
            .map_err(|why| Problem::usage(format!("--write: {why}")))?;
        let data = if file == "-" {
            let mut data = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut data).map(|_| data)
        } else {
            fs::read(file)
        };
        let data = data.map_err(|error| Problem::io(format!("--write: {file}"), &error))?;
        self.session
            .store
            .write_memory(self.session.instance, offset, &data)
            .map_err(|error| self.memory_problem(error, "--write", offset, data.len() as u64))
    }

    fn read(&mut self, offset: &Operand, length: &Operand) -> Result<(), Problem> {
        let usage = |why| Problem::usage(format!("--read: {why}"));
        let offset = offset.unsigned(&self.results).map_err(usage)?;
        let length = length.unsigned(&self.results).map_err(usage)?;
        if length > READ_MAX {
            return Err(usage(format!(
                "{length} bytes are more than can be read at once ({READ_MAX})"
            )));
        }
        let mut data = vec![0; usize::try_from(length).unwrap_or(0)];
        self.session
            .store
            .read_memory(self.session.instance, offset, &mut data)
            .map_err(|error| self.memory_problem(error, "--read", offset, length))?;
        let lines: Vec<String> = data.chunks(READ_LINE).map(hex).collect();
        self.done
            .text
            .extend(lines.iter().flat_map(|line| [line.as_str(), "\n"]));
        self.done
            .reads
            .push(json!({ "offset": offset, "length": length, "hex": lines.concat() }));
        Ok(())
    }

    fn memory_problem(
        &self,
        error: libwasmk::Error,
        flag: &str,
        offset: u64,
        length: u64,
    ) -> Problem {
        let outside = matches!(error.errno, libc::ERANGE | libc::ENOENT);
        let mut problem = Problem::from(error).about(self.file);
        if outside {
            let size = self
                .session
                .store
                .memory_size(self.session.instance)
                .map_or_else(|_| "it has none".into(), |size| format!("{size} bytes"));
            problem.message =
                format!("{flag}: {length} bytes at {offset} are outside of the memory ({size})");
        }
        problem
    }
}

fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}
