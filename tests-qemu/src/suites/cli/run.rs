// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `run`: streams, exit statuses, limits.

use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;

use crate::{
    check, check_eq,
    guest::{
        process::send,
        tool::{
            instances, shell_status, start, until, wait, wait_for_state, wasmctl, wasmctl_with,
        },
        Cases, Outcome,
    },
};

pub(super) fn run(cases: &mut Cases) {
    cases.case("run writes to our standard streams", hello);
    cases.case("run --json keeps standard output to one object", hello_json);
    cases.case("exit codes are the guest's & 255", exit_codes);
    cases.case("arguments and environment", arguments);
    cases.case("standard input to standard output", cat);
    cases.case("a signal's status is 128 + its number", signal_status);
    cases.case("a deadline's status is 124", deadline);
    cases.case("--max-memory is a limit", max_memory);
}

fn hello() -> Outcome {
    let answer = wasmctl(&["run", "hello.wat"])?.expect(0)?;
    check_eq!(answer.out, "hello, kernel\n", "standard output");
    check_eq!(answer.err, "hello, kernel\n", "standard error");
    Ok(())
}

fn hello_json() -> Outcome {
    let answer = wasmctl(&["run", "--json", "hello.wat"])?.expect(0)?;
    check_eq!(answer.json()?["exit_code"], 0, "exit code");
    check_eq!(
        answer.err,
        "hello, kernel\nhello, kernel\n",
        "standard error"
    );
    Ok(())
}

fn exit_codes() -> Outcome {
    for (code, status) in [
        ("0", 0),
        ("1", 1),
        ("42", 42),
        ("124", 124),
        ("255", 255),
        ("256", 0),
        ("257", 1),
        ("4294967295", 255),
    ] {
        wasmctl(&["run", "exit.wat", code])?
            .expect(status)
            .with_context(|| format!("exit {code}"))?;
    }
    let answer = wasmctl(&["run", "--json", "exit.wat", "300"])?.expect(44)?;
    check_eq!(answer.json()?["exit_code"], 300, "exit code in JSON");
    Ok(())
}

fn arguments() -> Outcome {
    let answer = wasmctl(&["run", "environ.wat", "--json", "a b", ""])?.expect(0)?;
    check!(
        answer.out.starts_with("environ.wat\0--json\0a b\0\0"),
        "arguments: {:?}",
        answer.out
    );
    let answer = wasmctl(&["run", "--env", "A=1", "--env", "B=x=y", "environ.wat"])?.expect(0)?;
    check!(
        answer.out.starts_with("A=1\0B=x=y\0"),
        "environment: {:?}",
        answer.out
    );
    check!(
        !answer.out.contains("PATH="),
        "our own environment was passed on"
    );
    Ok(())
}

fn cat() -> Outcome {
    let text = "line of text\n".repeat(20_000);
    let answer = wasmctl_with(&["run", "cat.wat"], text.as_bytes())?.expect(0)?;
    check!(
        answer.out == text,
        "{} bytes came back of {}",
        answer.out.len(),
        text.len()
    );
    Ok(())
}

fn signal_status() -> Outcome {
    for (signal, status) in [
        (Signal::INT, 130),
        (Signal::TERM, 143),
        (Signal::KILL, 137),
        (Signal::HUP, 129),
    ] {
        let mut running = start(&["run", "sleep.wat"])?;
        wait_for_state("sleep", "running", 1)?;
        send(running.pid(), signal)?;
        let ended = wait(&mut running.child, Duration::from_secs(10))?;
        check_eq!(shell_status(ended), status, "status after {signal:?}");
        until("the store is gone", || {
            Ok(instances("sleep")?.is_empty().then_some(()))
        })?;
    }
    Ok(())
}

fn deadline() -> Outcome {
    for (file, function) in [("loops.wat", "integer_loop"), ("loops.wat", "float_loop")] {
        let answer =
            wasmctl(&["--json", "invoke", "--timeout", "100ms", file, function])?.expect(124)?;
        check_eq!(answer.json()?["error"]["kind"], "deadline", "kind");
    }
    let answer = wasmctl(&["run", "--timeout", "100ms", "sleep.wat"])?.expect(124)?;
    check!(
        answer.err.contains("sleep.wat") && answer.err.contains("--timeout"),
        "message: {}",
        answer.err
    );
    Ok(())
}

fn max_memory() -> Outcome {
    let answer = wasmctl(&[
        "invoke",
        "--max-memory",
        "128K",
        "memory.wat",
        "grow",
        "1",
        "--then",
        "grow",
        "1",
    ])?
    .expect(0)?;
    check_eq!(
        answer.out,
        "1\n-1\n",
        "memory.grow below and above the limit"
    );
    let answer = wasmctl(&["invoke", "--max-memory", "1M", "big.wat", "sleep"])?.expect(1)?;
    check!(
        answer.err.contains("--max-memory"),
        "message: {}",
        answer.err
    );
    Ok(())
}
