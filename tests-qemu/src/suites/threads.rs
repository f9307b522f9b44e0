// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs with threads: they run, share what they should, and end together.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use libwasmk::{
    Call, Device, ErrorKind, LoadOptions, MemoryModel, Outcome as Ended, Step, Store, StoreOptions,
};
use rustix::process::Signal;

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        module,
        process::{send, state},
        tool::{
            instances, number, shell_status, until, wait, wait_for_state, wasm, wasmctl, Answer,
            Running,
        },
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "threads",
    parameters: &[],
    memory: "2G",
    timeout: 900,
    slabs: 4096,
    run,
};

/// Jobs of the guest's threads.
const WAIT: &str = "3";
const END: &str = "4";
const TRAP: &str = "5";
const LOOP: &str = "6";
const INPUT: &str = "8";

fn run(cases: &mut Cases) {
    for memory in ["guard", "bounds"] {
        cases.case(
            &format!("eight threads run and are joined: {memory}"),
            || several(memory),
        );
        cases.case(
            &format!("a contended mutex counts exactly: {memory}"),
            || printed(&["--memory", memory], "counted", &["8", "2000"], "18000\n"),
        );
        cases.case(
            &format!("all threads see a memory that one grows: {memory}"),
            || printed(&["--memory", memory], "grown", &[], "1\n3\n4660\n"),
        );
    }
    cases.case("a thread makes a thread, which makes a thread", || {
        printed(&["--threads", "9"], "chain", &["8"], "8\n36\n")
    });
    cases.case("a module with a memory of its own gets none", own_memory);
    cases.case("two hundred threads, one after another", || {
        printed(&["--threads", "3"], "turns", &["200"], "200\n")
    });
    cases.case(
        "one thread too many is refused, and a later one is not",
        || {
            // Seven and the first are eight. The number of the later one is any.
            let answer = invoke(&["--threads", "8"], "too_many", &["8"])?.expect(0)?;
            let values: Vec<i32> = answer.out.lines().flat_map(str::parse).collect();
            // WASI's `again`, negative.
            check_eq!(values.first(), Some(&-6), "the answer to the eighth");
            check!(values.get(1) > Some(&0), "later: {values:?}");
            check!(
                answer.err.contains("there are 8 threads already"),
                "stderr {:?}",
                answer.err
            );
            Ok(())
        },
    );
    cases.case("a module without an entry for threads gets none", no_entry);
    cases.case(
        "a module without a shared memory gets none",
        no_shared_memory,
    );
    cases.case(
        "who does not serve threads has the program told so",
        not_served,
    );
    cases.case("threads by hand: numbers, answers, mistakes", by_hand);
    cases.case("proc_exit in a thread ends all", || {
        invoke(&[], "with", &["1", END])?.expect(7)?;
        invoke(&[], "busy_with", &["1", END])?.expect(7).map(drop)
    });
    cases.case("a trap in a thread ends all, and says so", trapped);
    cases.case("the end of _start ends all", || {
        wasmctl(&["run", "threads.wat"])?.expect(0)?;
        module::expect_nothing_left()
    });
    for job in [WAIT, LOOP, INPUT] {
        cases.case(&format!("kill -9, job {job}"), || {
            by_signal(job, Signal::KILL, 137)
        });
        cases.case(&format!("^C, job {job}"), || {
            by_signal(job, Signal::INT, 130)
        });
        cases.case(&format!("wasmctl kill, job {job}"), || by_tool(job));
        cases.case(&format!("--timeout, job {job}"), || by_timeout(job));
    }
    cases.case("wasmctl kill, growth that fails late", || {
        growth(&[], 137, |_| {
            wasmctl(&["kill", "growers"])?.expect(0).map(drop)
        })
    });
    cases.case("^C, growth that fails late", || {
        growth(&[], 130, |pid| send(pid, Signal::INT))
    });
    cases.case("--timeout, growth that fails late", || {
        growth(&["--timeout", &format!("{}s", LATE + 2)], 124, |_| Ok(()))
    });
    cases.case("a stop, growth that fails late", growth_is_stopped);
    cases.case(
        "a service with threads is listed once, and unloaded",
        service,
    );
    cases.case("a stop does not lengthen a wait", wait_is_not_lengthened);
    cases.case("a descriptor is all threads'", descriptors);
    cases.case("closing the first one's descriptor ends the others", closed);
    cases.case("what a thread does is told to who comes late", late);
}

fn invoke(options: &[&str], function: &str, args: &[&str]) -> anyhow::Result<Answer> {
    let all = [&["invoke"], options, &["threads.wat", function], args].concat();
    wasmctl(&all)
}

/// The function prints this, and leaves nothing.
fn printed(options: &[&str], function: &str, args: &[&str], out: &str) -> Outcome {
    let answer = invoke(options, function, args)?.expect(0)?;
    check_eq!(answer.out, out, "results");
    module::expect_nothing_left()
}

fn several(memory: &str) -> Outcome {
    // 1 + 2 + … + 8.
    printed(&["--memory", memory], "several", &["8"], "8\n36\n")
}

fn no_entry() -> Outcome {
    let answer = wasmctl(&["invoke", "lonely.wat", "one"])?.expect(0)?;
    // WASI's `inval`, negative.
    check_eq!(answer.out, "-28\n", "the answer");
    check!(
        answer.err.contains("wasi_thread_start"),
        "stderr {:?}",
        answer.err
    );
    Ok(())
}

fn own_memory() -> Outcome {
    let answer = wasmctl(&["invoke", "hoarder.wat", "one"])?.expect(0)?;
    check_eq!(answer.out, "-28\n", "the answer");
    check!(
        answer.err.contains("memory of its own"),
        "stderr {:?}",
        answer.err
    );
    Ok(())
}

/// Who asked for a thread and got none is a program of one thread: a trap ends its call, not its store.
fn no_shared_memory() -> Outcome {
    let device = Device::open()?;
    let module = device.load(&wasm("private.wat")?, &LoadOptions::default())?;
    let store = device.create_store(&StoreOptions {
        max_threads: 3,
        ..StoreOptions::default()
    })?;
    let instance = store.instantiate(&module, "")?;
    // WASI's `inval`, negative.
    let inval = -28i32 as u32;
    let asks = |function| -> anyhow::Result<Step> {
        let call = Call::export(instance, function, &[]);
        check_eq!(store.begin(&call)?, Step::Spawn, "the call");
        let refused = store.thread().err().map(|error| error.errno);
        check_eq!(refused, Some(libc::EINVAL), "the thread");
        Ok(store.answer(&call, Err(libc::EINVAL))?)
    };
    check!(
        matches!(asks("trap")?, Step::Ended(Ended::Trapped(_))),
        "a trap afterwards"
    );
    match asks("one")? {
        Step::Ended(Ended::Returned(values)) => {
            check_eq!(values.bits, [u64::from(inval)], "the answer");
        }
        other => anyhow::bail!("{other:?}"),
    }
    Ok(())
}

/// A store with an instance of the guest.
fn store(device: &Device) -> anyhow::Result<(Store, u32)> {
    let module = device.load(
        &wasm("threads.wat")?,
        &LoadOptions {
            memory: MemoryModel::Bounds,
            ..LoadOptions::default()
        },
    )?;
    let store = device.create_store(&StoreOptions {
        max_threads: 3,
        ..StoreOptions::default()
    })?;
    let instance = store.instantiate(&module, "")?;
    Ok((store, instance))
}

fn not_served() -> Outcome {
    let device = Device::open()?;
    let (store, instance) = store(&device)?;
    match store.call(&Call::export(instance, "one", &[0]))? {
        // WASI's `nosys`, negative.
        Ended::Returned(values) => check_eq!(values.bits, [u64::from(-52i32 as u32)], "answer"),
        other => anyhow::bail!("{other:?}"),
    }
    // A client that knows nothing of threads just resumes.
    let call = Call::export(instance, "one", &[0]);
    check_eq!(store.begin(&call)?, Step::Spawn, "the call");
    match store.resume(&call)? {
        Step::Ended(Ended::Returned(values)) => {
            check_eq!(values.bits, [u64::from(-52i32 as u32)], "answer");
        }
        other => anyhow::bail!("{other:?}"),
    }
    Ok(())
}

fn by_hand() -> Outcome {
    let device = Device::open()?;
    let (store, instance) = store(&device)?;
    let kind = |error: libwasmk::Error| error.kind();
    check_eq!(
        store.thread().map_err(kind).err(),
        Some(ErrorKind::Invalid),
        "a thread that nobody asked for"
    );
    let call = Call::export(instance, "one", &[0]);
    let errno = |result: Result<Step, libwasmk::Error>| result.err().map(|error| error.errno);
    check_eq!(store.begin(&call)?, Step::Spawn, "the call");
    for wrong in [Ok(0), Ok(0x2000_0000), Ok(u32::MAX), Err(0), Err(4096)] {
        check_eq!(
            errno(store.answer(&call, wrong)),
            Some(libc::EINVAL),
            "the answer {wrong:?}"
        );
    }
    let first = store.thread()?;
    let second = store.thread()?;
    check_eq!((first.number, second.number), (1, 2), "numbers");
    check_eq!(store.info()?.threads, 3, "threads");
    let full = store.thread().err().map(|error| error.errno);
    check_eq!(full, Some(libc::EAGAIN), "one too many");
    drop(first);
    let third = until("the first one's place is free", || match store.thread() {
        Ok(thread) => Ok(Some(thread)),
        Err(error) if error.errno == libc::EAGAIN => Ok(None),
        Err(error) => Err(error.into()),
    })?;
    check_eq!(third.number, 3, "the next number");
    match store.answer(&call, Ok(77))? {
        Step::Ended(Ended::Returned(values)) => check_eq!(values.bits, [77], "the answer"),
        other => anyhow::bail!("{other:?}"),
    }
    check_eq!(
        errno(store.answer(&call, Ok(1))),
        Some(libc::EINVAL),
        "an answer to nothing"
    );
    // A thread's number names it in traps, and its end is that of all.
    let args = [2, 5];
    let entry = Call::export(second.instance, "wasi_thread_start", &args);
    match second.store.call(&entry)? {
        Ended::Trapped(trap) => check_eq!(trap.thread, 2, "the thread"),
        other => anyhow::bail!("{other:?}"),
    }
    for (who, dead) in [("second", &second.store), ("third", &third.store)] {
        let again = dead.call(&Call::start(0)).err().map(|error| error.errno);
        check_eq!(again, Some(libc::ESHUTDOWN), "the {who} afterwards");
    }
    Ok(())
}

fn trapped() -> Outcome {
    for function in ["with", "busy_with"] {
        let all = ["--json", "invoke", "threads.wat", function, "1", TRAP];
        let answer = wasmctl(&all)?.expect(134)?.json()?;
        check_eq!(answer["error"]["trap"], "unreachable", "trap");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        check!(message.contains("(thread 1)"), "message {message:?}");
    }
    module::expect_nothing_left()
}

/// A program with three threads that do `job`, in a process of its own.
fn program(job: &str) -> anyhow::Result<Running> {
    let child = Command::new("wasmctl")
        .args(["invoke", "threads.wat", "with", "3", job])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    until("four threads", || {
        let found = instances("threads")?;
        let all = found.first().map(|it| number(it, "threads")).transpose()?;
        Ok((all == Some(4)).then_some(()))
    })?;
    thread::sleep(Duration::from_millis(100));
    Ok(Running { child })
}

fn by_signal(job: &str, signal: Signal, status: i32) -> Outcome {
    let mut running = program(job)?;
    send(running.pid(), signal)?;
    let ended = wait(&mut running.child, Duration::from_secs(10))?;
    check_eq!(shell_status(ended), status, "status");
    drop(running);
    module::expect_nothing_left()
}

fn by_tool(job: &str) -> Outcome {
    let mut running = program(job)?;
    wasmctl(&["kill", "threads"])?.expect(0)?;
    let ended = wait(&mut running.child, Duration::from_secs(10))?;
    check_eq!(shell_status(ended), 137, "status");
    drop(running);
    module::expect_nothing_left()
}

fn by_timeout(job: &str) -> Outcome {
    let begin = Instant::now();
    let all = [
        "invoke",
        "--timeout",
        "700ms",
        "threads.wat",
        "with",
        "3",
        job,
    ];
    // Standard input is a pipe that has ended, so reading it is done at once; the first thread waits all the same.
    wasmctl(&all)?.expect(124)?;
    check!(begin.elapsed() >= Duration::from_millis(700), "too soon");
    module::expect_nothing_left()
}

/// Threads that grow one memory at the same time.
const GROWERS: &str = "50";
/// Seconds after which they are in the middle of that.
const LATE: u64 = 6;
/// Until all have ended: a few attempts, not one of each thread.
const SOON: Duration = Duration::from_secs(15);
const GROUP: &str = "/sys/fs/cgroup/wasmk-growers";

/// Growers in a cgroup that lets none of them have what it wants, and ends each attempt late.
fn growers(options: &[&str]) -> anyhow::Result<Running> {
    fs::write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")?;
    fs::create_dir_all(GROUP)?;
    fs::write(format!("{GROUP}/memory.max"), "700M")?;
    let options = options.join(" ");
    let tool = format!("wasmctl invoke --max-memory 1G {options} growers.wat grow {GROWERS}");
    let child = Command::new("sh")
        .args(["-c", &format!("echo $$ >{GROUP}/cgroup.procs; exec {tool}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Running { child })
}

fn growth(options: &[&str], status: i32, end: impl Fn(i32) -> Outcome) -> Outcome {
    let mut running = growers(options)?;
    thread::sleep(Duration::from_secs(LATE));
    check!(running.child.try_wait()?.is_none(), "it ended early");
    let begin = Instant::now();
    end(running.pid())?;
    let ended = wait(&mut running.child, 10 * SOON)?;
    let took = begin.elapsed();
    check_eq!(shell_status(ended), status, "status");
    check!(took < SOON, "it took {took:?}");
    drop(running);
    module::expect_nothing_left()?;
    Ok(fs::remove_dir(GROUP)?)
}

/// A growth that has begun goes on; those that wait for it do not begin.
fn growth_is_stopped() -> Outcome {
    let mut running = growers(&[])?;
    let pid = running.pid();
    thread::sleep(Duration::from_secs(LATE));
    for _ in 0..3 {
        let begin = Instant::now();
        send(pid, Signal::STOP)?;
        until("the process is stopped", || {
            Ok((all_stopped(pid)?).then_some(()))
        })?;
        let took = begin.elapsed();
        check!(took < SOON, "it took {took:?}");
        send(pid, Signal::CONT)?;
        thread::sleep(Duration::from_millis(100));
    }
    send(pid, Signal::KILL)?;
    wait(&mut running.child, SOON)?;
    drop(running);
    module::expect_nothing_left()?;
    Ok(fs::remove_dir(GROUP)?)
}

fn all_stopped(pid: i32) -> anyhow::Result<bool> {
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let stat = fs::read_to_string(task?.path().join("stat"))?;
        let state = stat.rsplit_once(") ").map(|(_, rest)| rest);
        if !state.is_some_and(|state| state.starts_with('T')) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn service() -> Outcome {
    // `_start` of the guest returns at once; what is wanted here waits.
    let text = String::from_utf8(fs::read("threads.wat")?)?;
    let text = text.replace(
        r#"(func (export "_start") (drop (call $spawn (i32.const 3))))"#,
        r#"(func (export "_start") (drop (call $spawn_all (i32.const 3) (i32.const 3))) (call $forever))"#,
    );
    fs::write("waiting.wat", text)?;
    wasmctl(&["load", "--workers", "2", "--threads", "4", "waiting.wat"])?.expect(0)?;
    let listed = until("two workers with four threads", || {
        let found = wait_for_state("waiting", "running", 2)?;
        let threads = found.iter().map(|it| number(it, "threads"));
        let threads = threads.collect::<anyhow::Result<Vec<u64>>>()?;
        Ok((threads == [4, 4]).then_some(found.len()))
    })?;
    check_eq!(listed, 2, "listed stores");
    wasmctl(&["unload", "waiting"])?.expect(0)?;
    module::expect_nothing_left()
}

fn wait_is_not_lengthened() -> Outcome {
    let mut child = Command::new("wasmctl")
        .args(["invoke", "threads.wat", "nap", "2000000000"])
        .stdout(Stdio::piped())
        .spawn()?;
    let pid = child.id() as i32;
    let begin = Instant::now();
    thread::sleep(Duration::from_millis(300));
    for _ in 0..10 {
        send(pid, Signal::STOP)?;
        until("the process is stopped", || {
            Ok((state(pid)? == 'T').then_some(()))
        })?;
        send(pid, Signal::CONT)?;
        thread::sleep(Duration::from_millis(50));
    }
    let status = wait(&mut child, Duration::from_secs(30))?;
    let took = begin.elapsed();
    check!(status.success(), "status {status}");
    let mut out = String::new();
    let output = child.stdout.as_mut().context("no output")?;
    std::io::Read::read_to_string(output, &mut out)?;
    check_eq!(out, "2\n", "the wait's answer");
    check!(
        took > Duration::from_millis(1950) && took < Duration::from_millis(3500),
        "it took {took:?}"
    );
    module::expect_nothing_left()
}

fn descriptors() -> Outcome {
    fs::create_dir_all("room")?;
    let _ = fs::remove_file("room/file");
    let all = ["invoke", "--dir", "room::/:rw", "threads.wat", "passed_on"];
    let answer = wasmctl(&all)?.expect(0)?;
    // The last is WASI's `badf`.
    check_eq!(answer.out, "0\n0\n0\n8\n", "errors");
    check_eq!(fs::read_to_string("room/file")?, "file", "the file");
    module::expect_nothing_left()
}

fn closed() -> Outcome {
    let device = Device::open()?;
    let (store, instance) = store(&device)?;
    let call = Call::export(instance, "one", &[3]);
    check_eq!(store.begin(&call)?, Step::Spawn, "the call");
    let made = store.thread()?;
    let args = [made.number.into(), made.argument.into()];
    let entry = Call::export(made.instance, "wasi_thread_start", &args);
    thread::scope(|scope| {
        let running = scope.spawn(|| made.store.call(&entry));
        thread::sleep(Duration::from_millis(200));
        drop(store);
        let ended = running.join().map_err(|_| anyhow::anyhow!("panicked"))??;
        check_eq!(ended, Ended::Killed, "the thread");
        Ok(())
    })
}

/// The first thread is in no RUN when another one ends the program: its next call says how.
fn late() -> Outcome {
    let device = Device::open()?;
    let (store, instance) = store(&device)?;
    let call = Call::export(instance, "one", &[4]);
    check_eq!(store.begin(&call)?, Step::Spawn, "the call");
    let made = store.thread()?;
    store.answer(&call, Ok(made.number))?;
    let args = [made.number.into(), made.argument.into()];
    let entry = Call::export(made.instance, "wasi_thread_start", &args);
    check_eq!(made.store.call(&entry)?, Ended::Exited(7), "the thread");
    let next = Call::export(instance, "several", &[0]);
    check_eq!(store.call(&next)?, Ended::Exited(7), "the next call");
    let later = store.call(&next).err().map(|error| error.kind());
    check_eq!(later, Some(ErrorKind::Dead), "the one after that");
    Ok(())
}
