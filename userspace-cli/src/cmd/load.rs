// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl load`: starts a service and waits until it serves.

use std::{
    ffi::OsString,
    io::Read,
    os::unix::process::CommandExt,
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
    let mut child = Command::new(program)
        .args(supervisor_arguments(std::env::args_os().skip(1)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // Out of our process group, so that ^C here does not reach it.
        .process_group(0)
        .spawn()
        .map_err(|error| Problem::io("cannot start the supervisor", &error))?;
    let mut answer = String::new();
    if let Some(mut output) = child.stdout.take() {
        // The supervisor closes its end when it has reported.
        output
            .read_to_string(&mut answer)
            .map_err(|error| Problem::io("supervisor", &error))?;
    }
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

/// Our own arguments with the verb replaced.
fn supervisor_arguments(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut replaced = false;
    args.map(|arg| {
        if !replaced && arg == "load" {
            replaced = true;
            return SUPERVISE.into();
        }
        arg
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_verb_is_replaced() {
        let args = ["--json", "load", "--name", "load", "load.wasm", "load"].map(OsString::from);
        assert_eq!(
            supervisor_arguments(args.into_iter()),
            ["--json", SUPERVISE, "--name", "load", "load.wasm", "load"]
        );
    }
}
