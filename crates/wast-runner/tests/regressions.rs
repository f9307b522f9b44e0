// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a fuzzer found once, minimised: every script in `tests/regressions` holds in every setting.

use std::{fs, path::Path};

use wasmk_wast_runner::{differential::settings, native::Native, run_script};

#[test]
fn regressions() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut scripts = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "wast") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for setting in settings() {
            let mut backend = Native::new(setting.config)
                .and_then(|native| native.with(1 << 20, setting.interrupted))
                .unwrap();
            let report = run_script(&mut backend, &text)
                .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            assert!(
                report.totals.perfect(),
                "{} ({}): {:?}",
                path.display(),
                setting.name,
                report.problems
            );
        }
        scripts += 1;
    }
    println!("{scripts} regressions");
}
