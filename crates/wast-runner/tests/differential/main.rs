// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Generated programs do the same in the engine and in wasmi, in every setting: the short run. `make fuzz` makes the long one.

mod reference;

use wasmk_wast_runner::differential::{
    check, features_of, program, settings, Counts, Reference, Trace,
};

use reference::Wasmi;

/// Programs per test.
const PROGRAMS: u64 = 100;

fn run(first: u64) {
    let mut reference = Wasmi::default();
    let features = features_of(reference.features());
    let settings = settings();
    let mut counts = vec![Counts::default(); settings.len()];
    let mut programs = 0;
    for seed in first.. {
        if programs == PROGRAMS {
            break;
        }
        let Some(wasm) = program(seed, features) else {
            continue;
        };
        programs += 1;
        let trace = Trace::record(&mut reference, &wasm, seed)
            .unwrap_or_else(|why| panic!("seed {seed}: {}: {why}", reference.name()));
        for (setting, counts) in settings.iter().zip(&mut counts) {
            match check(&wasm, &trace, setting) {
                Ok(new) => *counts += new,
                Err(difference) => panic!("seed {seed}: {difference}"),
            }
        }
    }
    for (setting, counts) in settings.iter().zip(&counts) {
        println!("{}: {counts}", setting.name);
        assert!(counts.returned > 0 && counts.trapped > 0);
        assert_eq!(counts.parked > 0, setting.interrupted);
    }
}

#[test]
fn first_part() {
    run(0);
}

#[test]
fn second_part() {
    run(1_000_000);
}

#[test]
fn third_part() {
    run(2_000_000);
}

#[test]
fn fourth_part() {
    run(3_000_000);
}
