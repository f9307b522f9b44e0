// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl load`: starts a service and waits until it serves.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::{Command, Stdio},
};

use crate::{
    cli::LoadArgs,
    problem::Problem,
    report::Report,
    service::{Ready, Service, SUPERVISE},
};

/// Starts this program again as the service's supervisor, and returns when its workers run.
pub fn load(args: &LoadArgs) -> Result<Report, Problem> {
    let program = std::env::current_exe().map_err(|error| Problem::io("wasmctl", &error))?;
    let failed = |error: io::Error| Problem::io("cannot start the supervisor", &error);
    let (answers, writer) = answer_pipe().map_err(failed)?;
    let [input, output, _] = args.grants.streams.inherited();
    let stream = |ours| {
        if ours {
            Stdio::inherit()
        } else {
            Stdio::null()
        }
    };
    let arguments = std::env::args_os().skip(1);
    let mut child = Command::new(program)
        .args(supervisor_arguments(arguments, writer.as_raw_fd()))
        .stdin(stream(input))
        .stdout(stream(output))
        // Out of our process group, so that ^C here does not reach it.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    drop(writer);
    let mut answer = String::new();
    let mut answers = File::from(answers);
    // The supervisor closes its end when it has reported.
    answers
        .read_to_string(&mut answer)
        .map_err(|error| Problem::io("supervisor", &error))?;
    match serde_json::from_str(&answer) {
        Ok(Ready::Serving { text, record }) => Ok(Report::new(text, record)),
        Ok(Ready::Failed { problem, left }) => {
            let _ = child.wait();
            if let Some(service) = left.and_then(|name| Service::find(&name).ok()) {
                service.unload()?;
            }
            Err(problem)
        }
        Err(_) => {
            let status = child
                .wait()
                .map_or_else(|error| error.to_string(), |status| status.to_string());
            Err(Problem::new(
                "io",
                format!("the supervisor ended before it served ({status})"),
            )
            .about(&args.file().display().to_string()))
        }
    }
}

/// A pipe whose writing end is not closed by execve().
fn answer_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    Ok((reader, rustix::io::dup(&writer)?))
}

/// Our own arguments with the verb replaced, and where the supervisor reports to.
fn supervisor_arguments(args: impl Iterator<Item = OsString>, ready: i32) -> Vec<OsString> {
    let mut out = Vec::new();
    let mut replaced = false;
    for arg in args {
        if !replaced && arg == "load" {
            replaced = true;
            out.extend([SUPERVISE.into(), format!("--ready-fd={ready}").into()]);
        } else {
            out.push(arg);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_verb_is_replaced() {
        let args = ["--json", "load", "--name", "load", "load.wasm", "load"].map(OsString::from);
        assert_eq!(
            supervisor_arguments(args.into_iter(), 7),
            [
                "--json",
                SUPERVISE,
                "--ready-fd=7",
                "--name",
                "load",
                "load.wasm",
                "load"
            ]
        );
    }
}
