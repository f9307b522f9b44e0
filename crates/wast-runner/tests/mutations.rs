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

/// What is damaged: every module of the core suite; and, if the variable `WASMK_EXAMPLES` names a directory, the compiled
/// programs (`*.wasm`) in it.
fn modules() -> Vec<Vec<u8>> {
    let mut modules = suite::modules();
    println!("{} modules of the suite", modules.len());
    assert!(modules.len() > 300);
    if let Some(directory) = env::var_os("WASMK_EXAMPLES") {
        let before = modules.len();
        for entry in fs::read_dir(&directory).expect("WASMK_EXAMPLES names a directory") {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "wasm")
            {
                modules.push(fs::read(path).unwrap());
            }
        }
        println!("{} example programs", modules.len() - before);
        assert!(
            modules.len() > before,
            "no programs in {}",
            directory.to_string_lossy()
        );
    }
    modules
}

fn run(memory_model: MemoryModel, seed: u64) {
    let modules = modules();
    let config = Config {
        memory_model,
        ..Config::default()
    };
    for module in &modules {
        compile(module, &config, &mut ()).expect("the undamaged module compiles");
    }
    let mut mutator = Mutator::new(seed);
    let (mut valid, mut refused) = (0, 0);
    for number in 0..MUTATIONS {
        let wasm = mutator.mutate(&modules);
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
    println!("{memory_model:?}: {MUTATIONS} mutations: {valid} valid, {refused} refused, 0 panics");
    // Both outcomes must be there, or the mutations are of no use.
    assert!(valid > MUTATIONS / 100 && refused > MUTATIONS / 4);
}

#[test]
fn mutations_with_guard_memories() {
    run(MemoryModel::Guard, 1);
}

#[test]
fn mutations_with_bounds_checks() {
    run(MemoryModel::Bounds, 2);
}
