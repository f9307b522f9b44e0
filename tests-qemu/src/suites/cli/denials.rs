// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a program was refused: `run --denied`, `logs --denied`, `ps`.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::{
        fd::AsFd,
        unix::{fs::MetadataExt, process::CommandExt},
    },
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context;
use libwasmk::{
    uapi::denial::{Denials, DENIALS},
    Device, StoreOptions,
};
use serde_json::Value;

use crate::{
    check, check_eq,
    guest::{
        module,
        tool::{command, instances, number, until, wait, wasmctl},
        Cases, Outcome,
    },
    sys::raw_ioctl,
};

const REFUSED: &str = include_str!("../../../wat/refused.wat");
/// The lines of `refused.wat`, behind time and worker; what would be an escape on a terminal is spelt out.
const OUTSIDE: &str = "path_open fd 3 \"../secret\\u{1b}\" — leads out of its directory: grant the one that it leads to with --dir DIR";
const RIGHT: &str = "path_create_directory fd 3 \"new\" — missing right path_create_directory: grant with --dir DIR:rw, \
                     or add path_create_directory to its rights";

pub(super) fn run(cases: &mut Cases) {
    cases.case(
        "run --denied lists calls, and changes no status",
        after_a_run,
    );
    cases.case(
        "stores that were refused nothing, or are not there",
        of_no_store,
    );
    cases.case("logs --denied of a service, running and ended", service);
    cases.case("logs --denied --follow", follow);
    cases.case("nothing was refused", nothing);
    cases.case("only the owner and root may ask", permissions);
}

fn unpack() -> Outcome {
    fs::create_dir_all("d")?;
    Ok(fs::write("refused.wat", REFUSED)?)
}

fn after_a_run() -> Outcome {
    unpack()?;
    let args = ["run", "--denied", "--dir=d:ro", "refused.wat", "often"];
    let answer = wasmctl(&args)?.expect(0)?;
    let lines: Vec<&str> = answer.err.lines().collect();
    check!(
        lines.len() == 65 && lines[0] == "(138 earlier ones are not kept)",
        "{lines:?}"
    );
    for (line, what) in [(lines[63], OUTSIDE), (lines[64], RIGHT)] {
        check!(
            line.ends_with(&format!("Z refused/0 {what}")),
            "line {line:?}, expected {what:?}"
        );
    }
    check_eq!(
        wasmctl(&["run", "--dir=d:ro", "refused.wat", "often"])?
            .expect(0)?
            .err,
        "",
        "without the flag"
    );
    let json = wasmctl(&[
        "--json",
        "run",
        "--denied",
        "--dir=d:ro",
        "refused.wat",
        "often",
    ])?
    .expect(0)?
    .json()?;
    let last = &json["denied"][63];
    check_eq!(
        last["function"],
        "path_create_directory",
        "function in JSON"
    );
    check_eq!(last["missing"][0], "path_create_directory", "right in JSON");
    check_eq!(last["subject"], "new", "path in JSON");
    check_eq!(json["counters"]["denied"], 202, "counter");
    Ok(())
}

fn of_no_store() -> Outcome {
    let device = Device::open()?;
    let store = device.create_store(&StoreOptions::default())?;
    check!(
        store.denials(0)?.is_empty(),
        "a new store was refused something"
    );
    check!(device.denials(store.id(), 5)?.is_empty(), "and by its id");
    let error = device
        .denials(u64::MAX, 0)
        .err()
        .context("a store that does not exist")?;
    check_eq!(error.errno, libc::ENOENT, "errno for no store");
    for (entry_size, capacity, id, errno) in [
        (0, 1, 0, libc::EINVAL),
        (65537, 1, 0, libc::EINVAL),
        (328, 1, 7, libc::EINVAL),
    ] {
        let mut message = [0; 8192];
        let size = size_of::<Denials>() as u32;
        message[..4].copy_from_slice(&size.to_ne_bytes());
        message[8..16].copy_from_slice(&u64::to_ne_bytes(id));
        message[32..36].copy_from_slice(&u32::to_ne_bytes(capacity));
        message[36..40].copy_from_slice(&u32::to_ne_bytes(entry_size));
        let error = raw_ioctl(store.as_fd(), DENIALS, &mut message)
            .err()
            .and_then(|error| error.raw_os_error());
        check_eq!(error, Some(errno), "records of {entry_size} bytes, id {id}");
    }
    drop(store);
    module::expect_nothing_left()
}

fn load() -> Outcome {
    unpack()?;
    wasmctl(&[
        "load",
        "--workers=2",
        "--name=asks",
        "--dir=d:ro",
        "refused.wat",
    ])?
    .expect(0)?;
    Ok(())
}

fn service() -> Outcome {
    load()?;
    let out = wasmctl(&["logs", "--denied", "asks"])?.expect(0)?.out;
    let lines: Vec<&str> = out.lines().collect();
    check_eq!(lines.len(), 4, "lines of two workers in {out}");
    for (line, what) in lines.iter().zip([
        format!("asks/0 {OUTSIDE}"),
        format!("asks/0 {RIGHT}"),
        format!("asks/1 {OUTSIDE}"),
        format!("asks/1 {RIGHT}"),
    ]) {
        check!(line.ends_with(&what), "line {line:?}, expected {what:?}");
    }
    for found in instances("asks")? {
        check_eq!(found["denied"], 2, "denied in ps");
    }
    check!(
        wasmctl(&["ps"])?.expect(0)?.out.contains("DENIED"),
        "no column in ps"
    );
    let id = number(&instances("asks")?[1], "id")?.to_string();
    let json = wasmctl(&["--json", "logs", "--denied", &id])?
        .expect(0)?
        .json()?;
    check_eq!(
        json["denied"].as_array().map(Vec::len),
        Some(2),
        "denials by id"
    );
    check_eq!(json["denied"][0]["worker"], 1, "worker");
    check_eq!(
        json["denied"][0]["missing"],
        Value::Array(Vec::new()),
        "missing rights of a path that leads out"
    );
    check_eq!(json["lost"], 0, "lost");
    let out = wasmctl(&["logs", "--denied", "asks/0"])?.expect(0)?.out;
    check_eq!(out.lines().count(), 2, "lines of one worker");
    let all = wasmctl(&["logs", "--denied"])?.expect(0)?.out;
    check_eq!(all.lines().count(), 4, "lines of all that runs");
    // What it wrote is another matter.
    let log = wasmctl(&["logs", "asks"])?.expect(0)?.out;
    check!(!log.contains("path_open"), "log: {log}");
    wasmctl(&["kill", "asks"])?.expect(0)?;
    until("the service has ended", || {
        let json = wasmctl(&["--json", "ps"])?.expect(0)?.json()?;
        Ok(json["ended"].to_string().contains("asks").then_some(()))
    })?;
    let out = wasmctl(&["logs", "--denied", "asks"])?.expect(0)?.out;
    check_eq!(out.lines().count(), 4, "lines after the end");
    let kept = fs::metadata("/run/wasmk/asks/denied.json")?;
    check_eq!(kept.mode() & 0o777, 0o600, "who may read them");
    let record = fs::read_to_string("/run/wasmk/asks/service.json")?;
    check!(!record.contains("path_open"), "the record: {record}");
    let out = wasmctl(&["logs", "--denied", "asks/1"])?.expect(0)?.out;
    check_eq!(out.lines().count(), 2, "lines of one worker after the end");
    wasmctl(&["unload", "asks"])?.expect(0)?;
    let answer = wasmctl(&["logs", "--denied", "asks"])?.expect(1)?;
    check!(
        answer.err.contains("`asks`") && answer.err.contains("wasmctl ps"),
        "message: {}",
        answer.err
    );
    module::expect_nothing_left()
}

fn follow() -> Outcome {
    load()?;
    let mut follower = Command::new("wasmctl")
        .args(["--json", "logs", "--denied", "-f", "asks"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(follower.stdout.take().context("no pipe")?).lines();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let line = lines.next().context("no more lines")??;
        seen.push(serde_json::from_str::<Value>(&line)?["number"].clone());
    }
    check_eq!(seen, [0, 1, 0, 1].map(Value::from), "numbers");
    wasmctl(&["unload", "asks"])?.expect(0)?;
    check!(
        wait(&mut follower, Duration::from_secs(30))?.success(),
        "status of the follower"
    );
    check!(lines.next().is_none(), "a line twice");
    Ok(())
}

fn nothing() -> Outcome {
    let answer = wasmctl(&["run", "--denied", "hello.wat"])?.expect(0)?;
    check_eq!(answer.err, "hello, kernel\n", "standard error");
    let answer = wasmctl(&["logs", "--denied"])?.expect(0)?;
    check_eq!(
        (answer.out.as_str(), answer.err.as_str()),
        ("", "wasmctl: nothing was refused\n"),
        "output"
    );
    Ok(())
}

fn permissions() -> Outcome {
    const NOBODY: u32 = 65534;
    load()?;
    let id = number(&instances("asks")?[0], "id")?.to_string();
    // Anybody who may open the device may list; only the owner and root learn more.
    let mode = "/dev/wasmk";
    let before = fs::metadata(mode)?.permissions();
    fs::set_permissions(mode, std::os::unix::fs::PermissionsExt::from_mode(0o666))?;
    let answer = command(
        Command::new("wasmctl")
            .args(["logs", "--denied", &id])
            .uid(NOBODY)
            .gid(NOBODY)
            .current_dir("/"),
        b"",
    );
    fs::set_permissions(mode, before)?;
    let answer = answer?.expect(1)?;
    check!(
        answer.err.contains("Operation not permitted") && answer.err.contains("run as root"),
        "message: {}",
        answer.err
    );
    wasmctl(&["unload", "asks"])?.expect(0)?;
    Ok(())
}
