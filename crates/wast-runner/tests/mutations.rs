// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Damaged modules are refused with a clear error or compile; nothing panics, and the compiler never contradicts itself.

use std::{env, fs};

use wasmk_engine::{
    compile::{compile, validate},
    config::{Config, MemoryModel},
    error::CompileErrorKind,
};
use wasmk_wast_runner::{mutate::Mutator, suite};

/// Damaged modules per memory model.
const MUTATIONS: usize = 15_000;
/// Damaged example programs per memory model.
const EXAMPLE_MUTATIONS: usize = 2_000;

/// The modules of the core suite.
fn small() -> Vec<Vec<u8>> {
    let modules = suite::modules();
    println!("{} modules of the suite", modules.len());
    assert!(modules.len() > 300);
    modules
}

/// The compiled programs (`*.wasm`) in the directory that the variable `WASMK_EXAMPLES` names; `None` if it is not set.
fn examples() -> Option<Vec<Vec<u8>>> {
    let Some(directory) = env::var_os("WASMK_EXAMPLES") else {
        println!("no example programs: WASMK_EXAMPLES is not set");
        return None;
    };
    let mut modules = Vec::new();
    for entry in fs::read_dir(&directory).expect("WASMK_EXAMPLES names a directory") {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            modules.push(fs::read(path).unwrap());
        }
    }
    println!("{} example programs", modules.len());
    assert!(
        !modules.is_empty(),
        "no programs in {}",
        directory.to_string_lossy()
    );
    Some(modules)
}

fn run(what: &str, modules: &[Vec<u8>], mutations: usize, memory_model: MemoryModel, seed: u64) {
    let config = Config {
        memory_model,
        ..Config::default()
    };
    for module in modules {
        compile(module, &config, &mut ()).expect("the undamaged module compiles");
    }
    let mut mutator = Mutator::new(seed);
    let (mut valid, mut refused) = (0, 0);
    for number in 0..mutations {
        let wasm = mutator.mutate(modules);
        let (validated, compiled) = (validate(&wasm, &mut ()), compile(&wasm, &config, &mut ()));
        match (validated, compiled) {
            (Ok(()), Ok(_)) => valid += 1,
            (Err(one), Err(other)) => {
                assert_eq!(
                    one, other,
                    "mutation {number}: validation and compilation differ"
                );
                let clear = matches!(
                    one.kind,
                    CompileErrorKind::Invalid(_)
                        | CompileErrorKind::Unsupported(_)
                        | CompileErrorKind::Limit(..)
                );
                assert!(
                    clear && !one.to_string().is_empty(),
                    "mutation {number}: {one:?}"
                );
                refused += 1;
            }
            (validated, compiled) => {
                panic!(
                    "mutation {number}: validation {validated:?}, compilation {:?}",
                    compiled.err()
                )
            }
        }
    }
    println!("{what}, {memory_model:?}: {mutations} mutations: {valid} valid, {refused} refused, 0 panics");
    // Both outcomes must be there, or the mutations are of no use.
    assert!(valid > mutations / 100 && refused > mutations / 4);
}

#[test]
fn mutations_with_guard_memories() {
    run("suite", &small(), MUTATIONS, MemoryModel::Guard, 1);
}

#[test]
fn mutations_with_bounds_checks() {
    run("suite", &small(), MUTATIONS, MemoryModel::Bounds, 2);
}

#[test]
fn mutations_of_example_programs() {
    if let Some(programs) = examples() {
        run(
            "examples",
            &programs,
            EXAMPLE_MUTATIONS,
            MemoryModel::Guard,
            3,
        );
        run(
            "examples",
            &programs,
            EXAMPLE_MUTATIONS,
            MemoryModel::Bounds,
            4,
        );
    }
}
