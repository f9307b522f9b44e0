// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl`: every verb, exit statuses, JSON.

use std::{fs, path::Path, time::Duration};

use anyhow::Context;
use rustix::process::Signal;
use serde_json::Value;

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        module,
        process::send,
        tool::{
            instances, number, shell_status, start, until, wait, wait_for_state, wasm, wasmctl,
            wasmctl_with,
        },
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "cli",
    parameters: &[],
    memory: "1G",
    timeout: 900,
    slabs: 4096,
    run,
};

fn run(cases: &mut Cases) {
    cases.case("run writes to our standard streams", hello);
    cases.case("run --json keeps standard output to one object", hello_json);
    cases.case("exit codes are the guest's & 255", exit_codes);
    cases.case("arguments and environment", arguments);
    cases.case("standard input to standard output", cat);
    cases.case("a signal's status is 128 + its number", signal_status);
    cases.case("a deadline's status is 124", deadline);
    cases.case("usage mistakes are 2, also in JSON", usage);
    cases.case("invalid modules: file, offset, reason", invalid);
    cases.case("an unknown import is named", unknown_import);
    cases.case(
        "a missing capability is named with its flag",
        missing_capability,
    );
    cases.case("invoke: types, several results, references", invoke);
    cases.case("invoke: memory, --then and earlier results", invoke_memory);
    cases.case("invoke: mistakes", invoke_mistakes);
    cases.case("validate", validate);
    cases.case("inspect", inspect);
    cases.case("load, ps, logs, inspect, invoke, kill, unload", service);
    cases.case("workers share a service", workers);
    cases.case("a name is taken once", name_clash);
    cases.case("a listener that cannot be bound names the flag", bind_clash);
    cases.case("a program that fails at once fails the load", failing_load);
    cases.case("the supervisor has no privileges left", privileges);
    cases.case(
        "a supervisor that is killed leaves nothing running",
        supervisor_killed,
    );
    cases.case("--max-memory is a limit", max_memory);
    cases.case("examples from the talk", examples);
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

fn usage() -> Outcome {
    for args in [
        &["run"][..],
        &["frobnicate"],
        &["run", "--listen", "nonsense", "hello.wat"],
        &["invoke", "math.wat", "add", "1"],
    ] {
        let answer = wasmctl(args)?.expect(2)?;
        check!(!answer.err.is_empty(), "no message for {args:?}");
        let mut json = vec!["--json"];
        json.extend(args);
        check_eq!(
            wasmctl(&json)?.expect(2)?.json()?["error"]["kind"],
            "usage",
            "kind for {args:?}"
        );
    }
    Ok(())
}

fn invalid() -> Outcome {
    let mut bytes = wasm("math.wat")?;
    let at = bytes
        .windows(2)
        .position(|pair| pair == [0x6a, 0x0b])
        .context("no i32.add in math.wat")?;
    // i32.add becomes i64.add.
    bytes[at] = 0x7c;
    fs::write("bad.wasm", &bytes)?;
    for verb in ["validate", "run", "load"] {
        let error = wasmctl(&["--json", verb, "bad.wasm"])?.expect(1)?.json()?["error"].clone();
        check_eq!(error["kind"], "invalid", "kind for {verb}");
        check_eq!(error["file"], "bad.wasm", "file for {verb}");
        check_eq!(error["offset"], at as u64, "offset for {verb}");
        check!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.contains("type mismatch")),
            "reason for {verb}: {error}"
        );
    }
    let answer = wasmctl(&["validate", "bad.wasm"])?.expect(1)?;
    check!(
        answer.err.contains("bad.wasm") && answer.err.contains(&format!("{at:#x}")),
        "message: {}",
        answer.err
    );
    fs::write("bad.wat", "(module\n  (func (result i32)))\n(")?;
    let answer = wasmctl(&["run", "bad.wat"])?.expect(1)?;
    check!(answer.err.contains("bad.wat:3"), "message: {}", answer.err);
    fs::write("short.wasm", b"\0asm")?;
    wasmctl(&["run", "short.wasm"])?.expect(1)?;
    fs::write("empty.wasm", b"")?;
    wasmctl(&["run", "empty.wasm"])?.expect(1)?;
    let error = wasmctl(&["--json", "run", "no-such-file.wasm"])?
        .expect(1)?
        .json()?["error"]
        .clone();
    check_eq!(error["kind"], "not-found", "kind for a missing file");
    Ok(())
}

fn unknown_import() -> Outcome {
    fs::write(
        "unknown.wat",
        r#"(module (import "env" "secret" (func)) (func (export "_start")))"#,
    )?;
    let error = wasmctl(&["--json", "run", "unknown.wat"])?
        .expect(1)?
        .json()?["error"]
        .clone();
    let message = error["message"].as_str().unwrap_or_default();
    check!(
        message.contains("env") && message.contains("secret"),
        "message: {message}"
    );
    Ok(())
}

fn missing_capability() -> Outcome {
    let program = r#"(module
        (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasmk" "sock_connect" (func $connect (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start") (call $exit (call $accept (i32.const 3) (i32.const 0) (i32.const 0)))))"#;
    fs::write("needy.wat", program)?;
    let answer = wasmctl(&["run", "needy.wat"])?.expect(8)?;
    check!(
        answer.err.contains("--listen") && answer.err.contains("--connect"),
        "message: {}",
        answer.err
    );
    let answer = wasmctl(&["--json", "run", "needy.wat"])?.expect(8)?;
    check!(
        answer.json()?["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("--listen")),
        "no hint in {}",
        answer.out
    );
    let answer = wasmctl(&["load", "needy.wat"])?.expect(8)?;
    check!(answer.err.contains("--listen"), "message: {}", answer.err);
    Ok(())
}

fn invoke() -> Outcome {
    for (call, expected) in [
        (&["add", "2", "40"][..], "42\n"),
        (&["add", "-1", "0xffffffff"], "-2\n"),
        (&["mul64", "-3", "0x100000000"], "-12884901888\n"),
        (&["hypot", "3", "4"], "5\n"),
        (&["hypot", "0x1.8p1", "4e0"], "5\n"),
        (&["half", "0.1"], "0.05\n"),
        (&["half", "inf"], "inf\n"),
        (&["divmod", "17", "5"], "3\n2\n"),
        (&["same", "7"], "7\n"),
        (&["same", "null"], "null\n"),
        (&["fib", "15"], "610\n"),
    ] {
        let mut args = vec!["invoke", "math.wat"];
        args.extend(call);
        check_eq!(wasmctl(&args)?.expect(0)?.out, expected, "{call:?}");
    }
    let json = wasmctl(&["--json", "invoke", "math.wat", "divmod", "17", "5"])?
        .expect(0)?
        .json()?;
    check_eq!(
        json["results"].to_string(),
        r#"[{"type":"i32","value":3},{"type":"i32","value":2}]"#,
        "results in JSON"
    );
    Ok(())
}

fn invoke_memory() -> Outcome {
    fs::write("a.bin", [1, 2, 3, 4])?;
    let args = [
        "invoke",
        "memory.wat",
        "malloc",
        "16",
        "--then",
        "sum",
        "$1",
        "4",
        "--write",
        "$1=a.bin",
    ];
    check_eq!(
        wasmctl(&args)?.expect(0)?.out,
        "1024\n10\n",
        "malloc, write, sum"
    );
    let args = [
        "invoke",
        "memory.wat",
        "malloc",
        "16",
        "--then",
        "double",
        "$1",
        "4",
        "--write",
        "$1=a.bin",
        "--read",
        "$1+1:2",
    ];
    check_eq!(
        wasmctl(&args)?.expect(0)?.out,
        "1024\n0406\n",
        "malloc, write, double, read"
    );
    let args = [
        "--json",
        "invoke",
        "memory.wat",
        "sum",
        "0",
        "4",
        "--write",
        "0=-",
        "--read",
        "0:4",
    ];
    let json = wasmctl_with(&args, &[9, 9, 9, 9])?.expect(0)?.json()?;
    check_eq!(json["results"][0]["value"], 36, "sum of standard input");
    check_eq!(json["reads"][0]["hex"], "09090909", "read in JSON");
    let args = [
        "invoke",
        "memory.wat",
        "grow",
        "3",
        "--then",
        "grow",
        "1",
        "--then",
        "sum",
        "262140",
        "4",
    ];
    check_eq!(
        wasmctl(&args)?.expect(0)?.out,
        "1\n-1\n0\n",
        "memory.grow up to the maximum"
    );
    Ok(())
}

fn invoke_mistakes() -> Outcome {
    let answer = wasmctl(&["invoke", "math.wat", "nothing"])?.expect(1)?;
    check!(
        answer.err.contains("nothing") && answer.err.contains("hypot"),
        "message: {}",
        answer.err
    );
    wasmctl(&["invoke", "math.wat", "add", "1", "x"])?.expect(2)?;
    wasmctl(&["invoke", "math.wat", "add", "1", "$1"])?.expect(2)?;
    let answer = wasmctl(&[
        "invoke",
        "memory.wat",
        "sum",
        "0",
        "0",
        "--read",
        "65530:10",
    ])?
    .expect(1)?;
    check!(answer.err.contains("outside"), "message: {}", answer.err);
    wasmctl(&["invoke", "math.wat", "add", "1", "2", "--read", "0:1"])?.expect(1)?;
    wasmctl(&["run", "math.wat"])?.expect(1)?;
    Ok(())
}

fn validate() -> Outcome {
    check_eq!(
        wasmctl(&["validate", "hello.wat"])?.expect(0)?.out,
        "hello.wat: valid\n",
        "text"
    );
    let json = wasmctl(&["--json", "validate", "hello.wat", "math.wat"])?
        .expect(0)?
        .json()?;
    check_eq!(json["modules"][1]["valid"], true, "JSON");
    module::expect_nothing_left()
}

fn inspect() -> Outcome {
    let json = wasmctl(&["--json", "inspect", "probe.wat"])?
        .expect(0)?
        .json()?;
    let grant = |name: &str| -> Value {
        let imports = json["imports"].as_array().cloned().unwrap_or_default();
        imports
            .into_iter()
            .find(|import| import["name"] == name)
            .map_or(Value::Null, |import| import["grant"].clone())
    };
    check_eq!(grant("sock_accept"), "--listen", "grant of sock_accept");
    check_eq!(grant("sock_connect"), "--connect", "grant of sock_connect");
    check_eq!(grant("random_get"), Value::Null, "grant of random_get");
    let answer = wasmctl(&["inspect", "probe.wat"])?.expect(0)?;
    check!(
        answer.out.contains("--listen") && answer.out.contains("memory: 1 pages"),
        "text: {}",
        answer.out
    );
    Ok(())
}

fn service() -> Outcome {
    let answer = wasmctl(&["load", "--name", "first", "steady.wat"])?.expect(0)?;
    check!(
        answer.out.contains("first: 1 worker"),
        "load says {}",
        answer.out
    );
    let found = instances("first")?;
    check_eq!(found.len(), 1, "instances");
    check_eq!(found[0]["module"], "first", "module in ps");
    check!(
        number(&found[0], "memory_bytes")? == 65536,
        "memory in ps: {}",
        found[0]
    );
    check!(Path::new("/run/wasmk/first/pid").exists(), "no pid file");
    let text = wasmctl(&["ps"])?.expect(0)?.out;
    check!(
        text.starts_with("NAME") && text.contains("first"),
        "ps: {text}"
    );
    let json = wasmctl(&["--json", "inspect", "first"])?
        .expect(0)?
        .json()?;
    check_eq!(json["service"]["state"], "running", "state of the service");
    check!(
        json["machine_code_bytes"].as_u64() > Some(0),
        "no machine code"
    );
    wasmctl(&["load", "--name", "memory", "sleep.wat"])?.expect(0)?;
    let json = wasmctl(&["--json", "invoke", "memory", "sleep", "1000000"])?
        .expect(0)?
        .json()?;
    check_eq!(
        json["results"][0]["value"],
        0,
        "invoke of a service's module"
    );
    let id = number(&found[0], "id")?.to_string();
    wasmctl(&["kill", &id])?.expect(0)?;
    until("the instance is gone", || {
        Ok(instances("first")?.is_empty().then_some(()))
    })?;
    until("the service has ended", || {
        let json = wasmctl(&["--json", "ps"])?.expect(0)?.json()?;
        Ok(json["ended"]
            .as_array()
            .is_some_and(|ended| ended.iter().any(|name| name == "first"))
            .then_some(()))
    })?;
    let log = wasmctl(&["logs", "first"])?.expect(0)?.out;
    check!(log.contains("worker 0: killed"), "log: {log}");
    let log = wasmctl(&["logs", "-f", "first"])?.expect(0)?.out;
    check!(log.contains("worker 0: killed"), "followed log: {log}");
    wasmctl(&["unload", "first", "memory"])?.expect(0)?;
    check!(
        !Path::new("/run/wasmk/first").exists(),
        "the directory is still there"
    );
    wasmctl(&["unload", "first"])?.expect(1)?;
    wasmctl(&["kill", "first"])?.expect(1)?;
    wasmctl(&["logs", "first"])?.expect(1)?;
    module::expect_nothing_left()
}

fn workers() -> Outcome {
    wasmctl(&["load", "--workers", "3", "--name", "three", "steady.wat"])?.expect(0)?;
    check_eq!(instances("three")?.len(), 3, "workers");
    wasmctl(&["kill", "three/1"])?.expect(0)?;
    until("worker 1 is gone", || {
        let left: Vec<Value> = instances("three")?
            .into_iter()
            .filter(|i| i["state"] != "dead")
            .collect();
        Ok((left.len() == 2 && left.iter().all(|instance| instance["worker"] != 1)).then_some(()))
    })?;
    wasmctl(&["kill", "three/1"])?;
    wasmctl(&["unload", "three"])?.expect(0)?;
    module::expect_nothing_left()
}

fn name_clash() -> Outcome {
    wasmctl(&["load", "steady.wat"])?.expect(0)?;
    let error = wasmctl(&["--json", "load", "steady.wat"])?
        .expect(1)?
        .json()?["error"]
        .clone();
    check_eq!(error["kind"], "busy", "kind");
    check!(
        error["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("--name")),
        "no hint in {error}"
    );
    check_eq!(instances("steady")?.len(), 1, "instances after the clash");
    wasmctl(&["unload", "steady"])?.expect(0)?;
    wasmctl(&["load", "steady.wat"])?.expect(0)?;
    wasmctl(&["unload", "steady"])?.expect(0)?;
    Ok(())
}

fn bind_clash() -> Outcome {
    let holder = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = holder.local_addr()?.to_string();
    for verb in ["run", "load"] {
        let error = wasmctl(&["--json", verb, "--listen", &address, "steady.wat"])?
            .expect(1)?
            .json()?["error"]
            .clone();
        let message = error["message"].as_str().unwrap_or_default();
        check!(
            message.contains(&format!("--listen {address}")),
            "{verb}: {message}"
        );
    }
    check!(
        !Path::new("/run/wasmk/steady").exists(),
        "a failed load left its directory"
    );
    let answer =
        wasmctl(&["load", "--connect", "no-such-host.invalid:80", "steady.wat"])?.expect(1)?;
    check!(
        answer.err.contains("--connect no-such-host.invalid:80"),
        "message: {}",
        answer.err
    );
    Ok(())
}

fn failing_load() -> Outcome {
    let answer = wasmctl(&["load", "exit.wat", "3"])?.expect(3)?;
    check!(
        answer.err.contains("exit code 3"),
        "message: {}",
        answer.err
    );
    fs::write(
        "trap.wat",
        r#"(module (func (export "_start") unreachable))"#,
    )?;
    let error = wasmctl(&["--json", "load", "trap.wat"])?
        .expect(134)?
        .json()?["error"]
        .clone();
    check_eq!(error["trap"], "unreachable", "trap");
    check!(error["offset"].is_u64(), "no offset in {error}");
    check!(
        !Path::new("/run/wasmk/trap").exists(),
        "a failed load left its directory"
    );
    module::expect_nothing_left()
}

fn privileges() -> Outcome {
    wasmctl(&["load", "steady.wat"])?.expect(0)?;
    let pid = number(&instances("steady")?[0], "pid")?;
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    for line in [
        "Uid:\t65534\t65534\t65534\t65534",
        "CapEff:\t0000000000000000",
        "CapPrm:\t0000000000000000",
        "NoNewPrivs:\t1",
    ] {
        check!(status.contains(line), "no {line:?} in {status}");
    }
    check!(
        status.lines().any(|line| line.trim_end() == "Groups:"),
        "supplementary groups in {status}"
    );
    check_eq!(
        fs::read_link(format!("/proc/{pid}/cwd"))?,
        Path::new("/"),
        "working directory"
    );
    wasmctl(&["unload", "steady"])?.expect(0)?;
    Ok(())
}

fn supervisor_killed() -> Outcome {
    wasmctl(&["load", "--workers", "2", "steady.wat"])?.expect(0)?;
    let pid = number(&instances("steady")?[0], "pid")?;
    send(pid as i32, Signal::KILL)?;
    until("the stores are gone", || {
        Ok(instances("steady")?.is_empty().then_some(()))
    })?;
    module::expect_nothing_left()?;
    wasmctl(&["load", "steady.wat"])?.expect(0)?;
    wasmctl(&["unload", "steady"])?.expect(0)?;
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

fn examples() -> Outcome {
    let directory = Path::new("/usr/share/wasmk/examples");
    let file = directory.join("pythagorus.wasm");
    let answer =
        wasmctl(&["invoke", &file.to_string_lossy(), "pythagorus", "3", "4"])?.expect(0)?;
    check_eq!(answer.out, "5\n", "pythagorus 3 4");
    let vector = |values: [f64; 3]| {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    fs::write("a.vec", vector([1.0, 2.0, 3.0]))?;
    fs::write("b.vec", vector([4.0, 6.0, 15.0]))?;
    let file = directory.join("vec_distance.wasm");
    let file = file.to_string_lossy();
    let args = [
        "--json",
        "invoke",
        &file,
        "malloc",
        "24",
        "--then",
        "malloc",
        "24",
        "--then",
        "vec_distance",
        "$1",
        "$2",
        "3",
        "--write",
        "$1=a.vec",
        "--write",
        "$2=b.vec",
    ];
    let json = wasmctl(&args)?.expect(0)?.json()?;
    check_eq!(json["results"][2]["value"], 13.0, "vec_distance");
    Ok(())
}
