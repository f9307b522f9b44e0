// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Files, standard streams and the environment; mistakes in flags; completions and manual pages.

use std::{fs, path::Path, process::Command};

use anyhow::Context;

use crate::{
    check, check_eq,
    guest::{
        tool::{command, wasmctl, wasmctl_with},
        Cases, Outcome,
    },
};

const FILES: &str = include_str!("../../../wat/files.wat");

pub(super) fn run(cases: &mut Cases) {
    cases.case("--file gives an open file by name and number", file);
    cases.case("--file opens as its rights need", file_rights);
    cases.case("--stdin, --stdout and --stderr", streams);
    cases.case("null and none are words", null_and_none);
    cases.case("load --inherit-stdout passes our own on", inherited_output);
    cases.case(
        "load --stdout writes to the file, not to the log",
        service_output,
    );
    cases.case("--inherit-env and --env", environment);
    cases.case(
        "what cannot be granted is named with flag and reason",
        mistakes,
    );
    cases.case("completions and manual pages know the flags", pages);
}

/// Calls functions of `files.wat` with `path` at 0, and returns the lines printed.
pub(super) fn files(flags: &[&str], steps: &[&str], path: &str) -> anyhow::Result<Vec<String>> {
    fs::write("files.wat", FILES)?;
    let mut args = vec!["invoke", "--write", "0=-"];
    args.extend(flags);
    args.push("files.wat");
    args.extend(steps);
    let answer = wasmctl_with(&args, path.as_bytes())?.expect(0)?;
    Ok(answer.out.lines().map(Into::into).collect())
}

fn file() -> Outcome {
    fs::write("given", "text")?;
    let flags = ["--file", "first=given", "--file=./given:ro"];
    let out = files(&flags, &["find", "0", "5"], "first")?;
    check_eq!(out, ["0", "3"], "descriptor by name");
    let out = files(&flags, &["read", "4", "64", "9", "--read", "64:4"], "")?;
    check_eq!(out, ["0", "4", "74657874"], "read of the second");
    let out = files(&flags, &["write", "3", "0", "2"], "NE")?;
    check_eq!(out, ["0", "2"], "write to the first");
    check_eq!(fs::read_to_string("given")?, "NExt", "the file");
    Ok(())
}

fn file_rights() -> Outcome {
    fs::write("given", "text")?;
    let out = files(&["--file=given:ro"], &["write", "3", "0", "1"], "x")?;
    check_eq!(out[0], "76", "errno of a write to a file given for reading");
    let out = files(&["--file=given:fd_write"], &["read", "3", "0", "1"], "")?;
    check_eq!(
        out[0],
        "76",
        "errno of a read from a file given for writing"
    );
    let flags = ["--file=given:FD_READ,right_fd_filestat_get"];
    let out = files(&flags, &["rights", "3"], "")?;
    check_eq!(
        out,
        ["0", &(1u64 << 1 | 1 << 21).to_string(), "0"],
        "rights"
    );
    check_eq!(fs::read_to_string("given")?, "text", "the file");
    Ok(())
}

fn streams() -> Outcome {
    fs::write("in", "from a file\n")?;
    fs::write("out", "old and longer than what will be written")?;
    let args = ["run", "--stdin=in", "--stdout", "out", "cat.wat"];
    let answer = wasmctl_with(&args, b"not this")?.expect(0)?;
    check_eq!(answer.out, "", "standard output");
    check_eq!(fs::read_to_string("out")?, "from a file\n", "the file");
    wasmctl(&["run", "--stdout=both", "--stderr=both", "hello.wat"])?.expect(0)?;
    check_eq!(
        fs::read_to_string("both")?,
        "hello, kernel\nhello, kernel\n",
        "both streams in one file"
    );
    Ok(())
}

fn null_and_none() -> Outcome {
    let _ = fs::remove_file("null");
    let answer = wasmctl(&["run", "--stdout=null", "hello.wat"])?.expect(0)?;
    check_eq!(answer.out, "", "standard output");
    check!(!Path::new("null").exists(), "a file called null was made");
    let answer = wasmctl_with(&["run", "--stdin=null", "cat.wat"], b"x")?.expect(0)?;
    check_eq!(answer.out, "", "cat of null");
    let out = files(&["--stderr=none"], &["write", "2", "0", "1"], "x")?;
    check_eq!(
        out[0],
        "8",
        "errno of a write to a stream that is not there"
    );
    Ok(())
}

fn inherited_output() -> Outcome {
    let answer = wasmctl(&["load", "--inherit-stdout", "--name=mine", "hello.wat"])?.expect(0)?;
    check!(
        answer.out.contains("hello, kernel\n") && answer.out.contains("mine: 1 worker"),
        "standard output: {}",
        answer.out
    );
    let log = wasmctl(&["logs", "mine"])?.expect(0)?.out;
    check_eq!(
        log.matches("hello, kernel").count(),
        1,
        "lines of standard error in {log:?}"
    );
    wasmctl(&["unload", "mine"])?.expect(0)?;
    Ok(())
}

fn service_output() -> Outcome {
    wasmctl(&["load", "--stdout=service.out", "--name=mine", "hello.wat"])?.expect(0)?;
    check_eq!(
        fs::read_to_string("service.out")?,
        "hello, kernel\n",
        "the file"
    );
    wasmctl(&["unload", "mine"])?.expect(0)?;
    Ok(())
}

fn environment() -> Outcome {
    let mut tool = Command::new("wasmctl");
    tool.env_clear()
        .env("PATH", std::env::var_os("PATH").context("no PATH")?);
    tool.env("A", "ours").env("B", "ours");
    tool.args([
        "run",
        "--inherit-env",
        "--env=A=given",
        "--env=B",
        "environ.wat",
    ]);
    let out = command(&mut tool, b"")?.expect(0)?.out;
    let mut entries: Vec<&str> = out
        .split_terminator('\0')
        .filter(|e| !e.starts_with("PATH="))
        .collect();
    entries.retain(|entry| !entry.is_empty());
    check_eq!(entries, ["A=given", "B=ours"], "environment");
    Ok(())
}

fn mistakes() -> Outcome {
    fs::write("plain", "")?;
    for (flags, status, parts) in [
        (
            &["--dir=none"][..],
            1,
            &["--dir none: cannot open: No such file or directory"][..],
        ),
        (
            &["--dir=plain"],
            1,
            &["--dir plain: cannot open: Not a directory", "--file plain"],
        ),
        (
            &["--dir=.:r0"],
            1,
            &["`r0` is not a right", "did you mean `ro`?"],
        ),
        (&["--dir=.:fd_raed"], 1, &["did you mean `fd_read`?"]),
        (
            &["--mapdir=/tmp:.:ro"],
            1,
            &["--mapdir .:ro", "only --dir and --file take rights"],
        ),
        (&["--mapdir=/tmp"], 2, &["--mapdir", "expected GUEST:HOST"]),
        (&["--dir="], 2, &["--dir", "HOST[::GUEST][:RIGHTS]"]),
        (
            &["--file=none"],
            1,
            &["--file none: cannot open: No such file"],
        ),
        (
            &["--file=."],
            1,
            &["--file .: cannot open: Is a directory", "--dir ."],
        ),
        (
            &["--file=plain:path_open"],
            2,
            &["`path_open` is a right of directories"],
        ),
        (&["--stdin=none/x"], 1, &["--stdin none/x: cannot open"]),
        (&["--stdout=."], 1, &["--stdout .: cannot open"]),
        (
            &["--stdin=x", "--inherit-stdin"],
            2,
            &["cannot be used with"],
        ),
    ] {
        for verb in ["run", "load"] {
            let mut args = vec![verb];
            args.extend(flags);
            args.push("hello.wat");
            let answer = wasmctl(&args)?
                .expect(status)
                .with_context(|| args.join(" "))?;
            for part in parts {
                check!(
                    answer.err.contains(part),
                    "{verb} {flags:?}: no {part:?} in {}",
                    answer.err
                );
            }
        }
    }
    let error = wasmctl(&["--json", "run", "--dir=none", "hello.wat"])?
        .expect(1)?
        .json()?["error"]
        .clone();
    check_eq!(error["kind"], "not-found", "kind in JSON");
    check!(
        !Path::new("/run/wasmk/hello").exists(),
        "a failed load left its directory"
    );
    Ok(())
}

fn pages() -> Outcome {
    let script = wasmctl(&["completions", "bash"])?.expect(0)?.out;
    check!(
        script.contains("--mapdir") && script.contains("--denied"),
        "completions"
    );
    wasmctl(&["man", "pages"])?.expect(0)?;
    let page = fs::read_to_string("pages/wasmctl-run.1")?;
    check!(
        page.contains("HOST[::GUEST][:RIGHTS]"),
        "no --dir in wasmctl-run(1)"
    );
    check!(
        !fs::read_to_string("pages/wasmctl-load.1")?.contains("ready"),
        "a hidden flag is shown"
    );
    let help = wasmctl(&["help", "run"])?.expect(0)?.out;
    check!(help.contains("`::` separates first"), "help: {help}");
    Ok(())
}
