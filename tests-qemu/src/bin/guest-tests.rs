// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `guest-tests SUITE [FILTER]`: runs a suite in the guest. Expects to be root, with the module not loaded.
#![deny(unsafe_code)]

use std::{process::ExitCode, time::Instant};

use libwasmk::{Device, LoadOptions, MemoryModel, StoreOptions};
use tests_qemu::{
    guest::{
        module::{self, Usage},
        tool, Cases,
    },
    suites::{self, Suite},
};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let Some(suite) = suites::ALL.iter().find(|suite| suite.name == name) else {
        let names: Vec<&str> = suites::ALL.iter().map(|suite| suite.name).collect();
        eprintln!(
            "usage: guest-tests SUITE [FILTER]; suites: {}",
            names.join(" ")
        );
        return ExitCode::from(2);
    };
    let mut cases = Cases::new(args.next());
    run(suite, &mut cases);
    println!("total {} {}", cases.passed, cases.failed);
    ExitCode::from(u8::from(cases.failed > 0))
}

/// Loads, warms up once (per-CPU caches, page tables that stay), measures, runs, and demands the same again.
fn run(suite: &Suite, cases: &mut Cases) {
    let begin = Instant::now();
    if let Err(why) = warm_up(suite) {
        cases.note("set-up", begin, Err(why));
        return;
    }
    let before = Usage::now();
    let begin = Instant::now();
    let loaded = module::insert(suite.parameters);
    if loaded.is_err() {
        cases.note("insmod", begin, loaded);
        return;
    }
    (suite.run)(cases);
    let leaks = || {
        module::expect_nothing_left()?;
        module::remove()?;
        Usage::now()?.expect_no_growth_since(&before?, suite.slabs)
    };
    let begin = Instant::now();
    cases.note("nothing is left and rmmod works", begin, leaks());
    let begin = Instant::now();
    cases.note("the kernel log is clean", begin, module::expect_clean_log());
}

fn warm_up(suite: &Suite) -> anyhow::Result<()> {
    tool::unpack()?;
    if module::is_loaded() {
        module::remove()?;
    }
    module::insert(suite.parameters)?;
    tool::wasmctl(&["invoke", "math.wat", "add", "1", "2"])?.expect(0)?;
    use_addresses()?;
    module::expect_nothing_left()?;
    module::remove()
}

/// Reservations of 4 GiB that a suite may have besides all guard slots.
const WIDE: usize = 3;

/// The kernel keeps page tables of its vmalloc area for the next user of the same addresses, so memories grow it once.
fn use_addresses() -> anyhow::Result<()> {
    let device = Device::open()?;
    let options = LoadOptions {
        memory: MemoryModel::Guard,
        ..LoadOptions::default()
    };
    let module = device.load(&tool::wasm("memory.wat")?, &options)?;
    let mut stores = Vec::new();
    while device.stats()?.slots_used < device.stats()?.slots_max {
        let store = device.create_store(&StoreOptions::default())?;
        store.instantiate(&module, "")?;
        stores.push(store);
    }
    let wide = module::wide(&device)?;
    for _ in 0..WIDE {
        let store = device.create_store(&StoreOptions {
            max_memory: 4 << 30,
            ..StoreOptions::default()
        })?;
        store.instantiate(&wide, "")?;
        stores.push(store);
    }
    Ok(())
}
