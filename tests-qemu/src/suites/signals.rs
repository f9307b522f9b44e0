// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Stops, freezes, tracing and handled signals change no result.

use std::{
    fs,
    io::{Read, Write},
    os::fd::AsFd,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::Context;
use libwasmk::{
    uapi::grant::GrantKind, Call, Device, Grant, GrantSource, LoadOptions, Outcome as Ended, Step,
    StoreOptions,
};
use rustix::process::Signal;

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        process::{send, state},
        tool::{until, wait, wasm, wasmctl},
        Cases, Outcome,
    },
    sys::Alarms,
};

pub const SUITE: Suite = Suite {
    name: "signals",
    parameters: &[],
    memory: "1G",
    timeout: 900,
    slabs: 4096,
    run,
};

/// Rounds of the computation: a few seconds in the emulator.
const ROUNDS: &str = "40000000";

fn run(cases: &mut Cases) {
    let expected = match wasmctl(&["invoke", "checksum.wat", "checksum", ROUNDS])
        .and_then(|answer| answer.expect(0))
    {
        Ok(answer) => answer.out,
        Err(why) => {
            return cases.note(
                "the undisturbed computation",
                std::time::Instant::now(),
                Err(why),
            )
        }
    };
    cases.case("SIGSTOP and SIGCONT", || {
        computed(&expected, stop_and_continue)
    });
    cases.case("a cgroup's freeze and thaw", || {
        computed(&expected, freeze_and_thaw)
    });
    cases.case("an strace that attaches and detaches", || {
        computed(&expected, trace)
    });
    cases.case("a handled SIGALRM, a thousand a second", || {
        handled_alarms(&expected)
    });
    cases.case(
        "a blocked read under SIGSTOP and SIGCONT: every byte once",
        || piped(Disturbance::Stop),
    );
    cases.case("a blocked read under strace: every byte once", || {
        piped(Disturbance::Trace)
    });
    cases.case(
        "a parked call that is killed says so once",
        killed_while_parked,
    );
    cases.case(
        "a relative wait is not lengthened by stops",
        wait_is_not_lengthened,
    );
}

/// Runs the computation while `disturb` does its worst.
fn computed(expected: &str, disturb: fn(i32) -> Outcome) -> Outcome {
    let mut child = Command::new("wasmctl")
        .args(["invoke", "checksum.wat", "checksum", ROUNDS])
        .stdout(Stdio::piped())
        .spawn()?;
    thread::sleep(Duration::from_millis(100));
    let disturbed = disturb(child.id() as i32);
    let status = wait(&mut child, Duration::from_secs(120))?;
    disturbed?;
    let mut out = String::new();
    child
        .stdout
        .take()
        .context("no output")?
        .read_to_string(&mut out)?;
    check!(status.success(), "status {status}");
    check_eq!(out, expected, "result");
    Ok(())
}

fn stop_and_continue(pid: i32) -> Outcome {
    for _ in 0..10 {
        send(pid, Signal::STOP)?;
        until("the process is stopped", || {
            Ok((state(pid)? == 'T').then_some(()))
        })?;
        thread::sleep(Duration::from_millis(20));
        send(pid, Signal::CONT)?;
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn freeze_and_thaw(pid: i32) -> Outcome {
    let root = Path::new("/sys/fs/cgroup");
    check!(
        root.join("cgroup.controllers").exists(),
        "no cgroup v2 at {}",
        root.display()
    );
    let group = root.join("wasmk-test");
    fs::create_dir_all(&group)?;
    fs::write(group.join("cgroup.procs"), pid.to_string())?;
    let result = (|| {
        for _ in 0..5 {
            fs::write(group.join("cgroup.freeze"), "1")?;
            until("the cgroup is frozen", || {
                Ok(fs::read_to_string(group.join("cgroup.events"))?
                    .contains("frozen 1")
                    .then_some(()))
            })?;
            thread::sleep(Duration::from_millis(20));
            fs::write(group.join("cgroup.freeze"), "0")?;
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    })();
    let _ = fs::write(root.join("cgroup.procs"), pid.to_string());
    result
}

fn trace(pid: i32) -> Outcome {
    for _ in 0..3 {
        let mut strace = strace(pid)?;
        thread::sleep(Duration::from_millis(300));
        check!(strace.try_wait()?.is_none(), "strace ended early");
        send(strace.id() as i32, Signal::INT)?;
        wait(&mut strace, Duration::from_secs(20))?;
    }
    Ok(())
}

fn strace(pid: i32) -> anyhow::Result<Child> {
    Ok(Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-p", &pid.to_string()])
        .spawn()?)
}

/// The alarms hit this very process while it is inside RUN.
fn handled_alarms(expected: &str) -> Outcome {
    let device = Device::open()?;
    let module = device.load(&wasm("checksum.wat")?, &LoadOptions::default())?;
    let store = device.create_store(&StoreOptions::default())?;
    let instance = store.instantiate(&module, "")?;
    let alarms = Alarms::every(Duration::from_millis(1))?;
    let outcome = store.call(&Call::export(instance, "checksum", &[ROUNDS.parse()?]))?;
    let handled = alarms.handled();
    drop(alarms);
    match outcome {
        Ended::Returned(values) => {
            check_eq!(format!("{}\n", values.bits[0] as i64), expected, "result")
        }
        other => anyhow::bail!("{other:?}"),
    }
    check!(handled > 20, "only {handled} alarms were handled");
    Ok(())
}

/// Killing a parked store frees what it holds; who resumes is told once, and then that the store is dead.
fn killed_while_parked() -> Outcome {
    let device = Device::open()?;
    let module = device.load(&wasm("checksum.wat")?, &LoadOptions::default())?;
    let store = device.create_store(&StoreOptions::default())?;
    let instance = store.instantiate(&module, "")?;
    let (reader, writer) = rustix::pipe::pipe()?;
    store.grant(&Grant {
        name: "",
        number: Some(1),
        source: GrantSource::File(GrantKind::Stream, writer.as_fd()),
    })?;
    drop(writer);
    let args = [2_000_000_000];
    let call = Call::export(instance, "checksum", &args);
    let alarms = Alarms::every(Duration::from_millis(50))?;
    let step = store.begin(&call)?;
    drop(alarms);
    check!(matches!(step, Step::Parked), "{step:?} before the kill");
    let other = store.call(&Call::export(instance, "checksum", &[1]));
    check_eq!(
        other.err().map(|error| error.errno),
        Some(libc::EBUSY),
        "another call while one is parked"
    );
    store.kill()?;
    // Ends only if the store's reference is gone.
    let mut rest = Vec::new();
    fs::File::from(reader).read_to_end(&mut rest)?;
    match store.resume(&call)? {
        Step::Ended(Ended::Killed) => {}
        other => anyhow::bail!("the first RESUME: {other:?}"),
    }
    for (what, result) in [
        ("the second RESUME", store.resume(&call)),
        ("a new call", store.begin(&call)),
    ] {
        check_eq!(
            result.err().map(|error| error.errno),
            Some(libc::ESHUTDOWN),
            "{what}"
        );
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Disturbance {
    Stop,
    Trace,
}

/// Bytes go through a guest that mostly waits for them.
fn piped(how: Disturbance) -> Outcome {
    let mut child = Command::new("wasmctl")
        .args(["run", "cat.wat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let pid = child.id() as i32;
    let mut input = child.stdin.take().context("no input")?;
    let mut output = child.stdout.take().context("no output")?;
    let reader = thread::spawn(move || {
        let mut data = Vec::new();
        output.read_to_end(&mut data).map(|_| data)
    });
    thread::sleep(Duration::from_millis(200));
    let mut sent = Vec::new();
    let mut tracer = match how {
        Disturbance::Trace => Some(strace(pid)?),
        Disturbance::Stop => None,
    };
    for round in 0..20u8 {
        if matches!(how, Disturbance::Stop) {
            send(pid, Signal::STOP)?;
            until("the process is stopped", || {
                Ok((state(pid)? == 'T').then_some(()))
            })?;
        }
        let block = vec![round; 3000 + usize::from(round)];
        input.write_all(&block)?;
        sent.extend(block);
        thread::sleep(Duration::from_millis(10));
        if matches!(how, Disturbance::Stop) {
            send(pid, Signal::CONT)?;
        }
        thread::sleep(Duration::from_millis(10));
    }
    if let Some(tracer) = &mut tracer {
        send(tracer.id() as i32, Signal::INT)?;
        wait(tracer, Duration::from_secs(20))?;
    }
    drop(input);
    let status = wait(&mut child, Duration::from_secs(60))?;
    let received = reader.join().map_err(|_| anyhow::anyhow!("panicked"))??;
    check!(status.success(), "status {status}");
    check!(
        received == sent,
        "{} bytes came through of {}",
        received.len(),
        sent.len()
    );
    Ok(())
}

fn wait_is_not_lengthened() -> Outcome {
    let mut child = Command::new("wasmctl")
        .args(["invoke", "sleep.wat", "sleep", "2000000000"])
        .stdout(Stdio::null())
        .spawn()?;
    let pid = child.id() as i32;
    let begin = std::time::Instant::now();
    thread::sleep(Duration::from_millis(300));
    for _ in 0..10 {
        send(pid, Signal::STOP)?;
        thread::sleep(Duration::from_millis(50));
        send(pid, Signal::CONT)?;
        thread::sleep(Duration::from_millis(50));
    }
    let status = wait(&mut child, Duration::from_secs(30))?;
    let took = begin.elapsed();
    check!(status.success(), "status {status}");
    check!(
        took > Duration::from_millis(1950),
        "it returned after {took:?}"
    );
    check!(
        took < Duration::from_millis(3500),
        "it took {took:?}: every stop began the wait again"
    );
    Ok(())
}
