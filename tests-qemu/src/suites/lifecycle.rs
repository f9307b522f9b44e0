// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Loading and unloading the module, references, privileges.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Command,
    time::Duration,
};

use libwasmk::{Call, Device, ErrorKind, LoadOptions, Outcome as Ended, StoreOptions};
use rustix::process::Signal;

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        module,
        process::send,
        tool::{command, start, wait_for_state, wasm, wasmctl},
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "lifecycle",
    parameters: &[],
    memory: "1G",
    timeout: 600,
    slabs: 4096,
    run,
};

/// A user without privileges.
const NOBODY: u32 = 65534;

fn run(cases: &mut Cases) {
    cases.case(
        "features names the interface and what is supported",
        features,
    );
    cases.case(
        "rmmod is refused while a store lives",
        refused_while_store_lives,
    );
    cases.case(
        "rmmod is refused while a module lives",
        refused_while_module_lives,
    );
    cases.case(
        "objects outlive the device file",
        objects_outlive_the_device,
    );
    cases.case("rmmod and insmod twenty times", twenty_times);
    cases.case("kill -9 frees everything", kill_nine);
    cases.case("loading needs CAP_SYS_ADMIN", privilege);
    cases.case("allow_group=1 lets the node's mode decide", allow_group);
    cases.case("a second RUN on a busy store is EBUSY", busy);
}

fn features() -> Outcome {
    let json = wasmctl(&["--json", "features"])?.expect(0)?.json()?;
    check_eq!(json["version"], 1, "interface version");
    for feature in [
        "wasm-1.0",
        "sign-extension",
        "saturating-float-to-int",
        "multi-value",
        "bulk-memory",
        "reference-types",
    ] {
        check_eq!(json["wasm"][feature], true, "feature {feature}");
    }
    check!(json["use"]["arena_bytes"].as_u64() > Some(0), "no arena");
    Ok(())
}

fn refused_while_store_lives() -> Outcome {
    let device = Device::open()?;
    let store = device.create_store(&StoreOptions::default())?;
    drop(device);
    check!(module::remove().is_err(), "rmmod worked");
    check!(module::is_loaded(), "the module is gone");
    drop(store);
    module::expect_nothing_left()
}

fn refused_while_module_lives() -> Outcome {
    let loaded = Device::open()?.load(&wasm("math.wat")?, &LoadOptions::default())?;
    check!(module::remove().is_err(), "rmmod worked");
    check_eq!(loaded.info()?.functions, 7, "functions");
    drop(loaded);
    module::expect_nothing_left()
}

fn objects_outlive_the_device() -> Outcome {
    let device = Device::open()?;
    let loaded = device.load(&wasm("math.wat")?, &LoadOptions::default())?;
    let store = device.create_store(&StoreOptions::default())?;
    drop(device);
    let instance = store.instantiate(&loaded, "")?;
    drop(loaded);
    match store.call(&Call::export(instance, "add", &[40, 2]))? {
        Ended::Returned(values) => check_eq!(values.bits, [42], "40 + 2"),
        other => anyhow::bail!("{other:?}"),
    }
    drop(store);
    module::expect_nothing_left()
}

fn twenty_times() -> Outcome {
    for round in 0..20 {
        module::remove()?;
        check!(!module::is_loaded(), "still loaded in round {round}");
        module::insert(&[])?;
        if round % 5 == 0 {
            wasmctl(&["invoke", "math.wat", "add", "1", "2"])?.expect(0)?;
        }
    }
    Ok(())
}

fn kill_nine() -> Outcome {
    let mut running = start(&["run", "steady.wat"])?;
    wait_for_state("steady", "running", 1).or_else(|_| wait_for_state("steady", "idle", 1))?;
    send(running.pid(), Signal::KILL)?;
    running.child.wait()?;
    drop(running);
    module::expect_nothing_left()
}

/// This program's `wasmctl` as an ordinary user.
fn as_nobody(args: &[&str]) -> anyhow::Result<crate::guest::tool::Answer> {
    let mut tool = Command::new("wasmctl");
    tool.args(args).uid(NOBODY).gid(NOBODY);
    command(&mut tool, b"")
}

fn privilege() -> Outcome {
    fs::set_permissions(libwasmk::uapi::DEVICE, fs::Permissions::from_mode(0o666))?;
    let answer = as_nobody(&["--json", "invoke", "math.wat", "add", "1", "2"])?.expect(1)?;
    check_eq!(answer.json()?["error"]["kind"], "denied", "kind of error");
    // Validation keeps nothing and needs no privilege.
    as_nobody(&["validate", "math.wat"])?.expect(0)?;
    fs::set_permissions(libwasmk::uapi::DEVICE, fs::Permissions::from_mode(0o600))?;
    let answer = as_nobody(&["--json", "features"])?.expect(1)?;
    check_eq!(
        answer.json()?["error"]["kind"],
        "denied",
        "kind of error without access to the node"
    );
    Ok(())
}

fn allow_group() -> Outcome {
    module::remove()?;
    module::insert(&["allow_group=1"])?;
    fs::set_permissions(libwasmk::uapi::DEVICE, fs::Permissions::from_mode(0o666))?;
    let answer = as_nobody(&["invoke", "math.wat", "add", "1", "2"])?.expect(0)?;
    check_eq!(answer.out, "3\n", "1 + 2");
    module::remove()?;
    module::insert(&[])
}

fn busy() -> Outcome {
    let device = Device::open()?;
    let loaded = device.load(&wasm("loops.wat")?, &LoadOptions::default())?;
    let store = device.create_store(&StoreOptions::default())?;
    let instance = store.instantiate(&loaded, "")?;
    std::thread::scope(|scope| {
        let first = scope.spawn(|| store.call(&Call::export(instance, "integer_loop", &[])));
        std::thread::sleep(Duration::from_millis(200));
        let second = store.call(&Call::export(instance, "integer_loop", &[]));
        let memory = store.read_memory(instance, 0, &mut [0; 8]);
        store.kill()?;
        let first = first.join().map_err(|_| anyhow::anyhow!("panicked"))??;
        check_eq!(first, Ended::Killed, "the first call");
        check_eq!(
            second.map_err(|error| error.kind()).err(),
            Some(ErrorKind::Busy),
            "the second call"
        );
        check_eq!(
            memory.map_err(|error| error.kind()).err(),
            Some(ErrorKind::Busy),
            "memory access meanwhile"
        );
        let dead = store.call(&Call::export(instance, "integer_loop", &[]));
        check_eq!(
            dead.map_err(|error| error.kind()).err(),
            Some(ErrorKind::Dead),
            "a call after the kill"
        );
        Ok(())
    })
}
