// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Services: `load`, `ps`, `logs`, `kill`, `unload`.

use std::{fs, path::Path};

use rustix::process::Signal;
use serde_json::Value;

use crate::{
    check, check_eq,
    guest::{
        module,
        process::send,
        tool::{instances, number, until, wasmctl},
        Cases, Outcome,
    },
};

pub(super) fn run(cases: &mut Cases) {
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
