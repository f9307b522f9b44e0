// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Boots the guest once per suite: `WASMK_QEMU=1 cargo test -p tests-qemu [--test qemu -- SUITE[/CASE]…]`.
//!
//! Without `WASMK_QEMU=1` no guest is booted, and this says so: a plain `cargo test` is about the host. `make test` sets it.
#![deny(unsafe_code)]

use std::{path::Path, process::ExitCode};

use tests_qemu::{
    harness::{run, Setup, Totals},
    suites,
};

fn main() -> ExitCode {
    if std::env::var_os("WASMK_QEMU").is_none_or(|value| value != "1") {
        println!("no suite is run in the guest kernel: set WASMK_QEMU=1, or use `make test`");
        return ExitCode::SUCCESS;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let setup = Setup {
        vm: here.join("../scripts/vm"),
        program: env!("CARGO_BIN_EXE_guest-tests").into(),
        logs: env!("CARGO_TARGET_TMPDIR").into(),
    };
    // Flags are cargo's habit (--nocapture); names choose suites and cases.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let mut all = Totals::default();
    for suite in suites::ALL {
        let chosen = wanted.iter().find_map(|name| {
            let (head, case) = name
                .split_once('/')
                .map_or((name.as_str(), None), |(head, case)| (head, Some(case)));
            (head == suite.name).then_some(case)
        });
        if !wanted.is_empty() && chosen.is_none() {
            continue;
        }
        let totals = run(&setup, suite, chosen.flatten());
        all.passed += totals.passed;
        all.failed += totals.failed;
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    ExitCode::from(u8::from(all.failed > 0 || all.passed == 0))
}
