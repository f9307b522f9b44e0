// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The official test suite on the engine in this process: every assertion of every script, in both memory models.

use wasmk_engine::config::{Config, CpuFeatures, Edition, MemoryModel};
use wasmk_wast_runner::{
    native::Native,
    run_script,
    suite::{self, Script},
    Totals,
};

/// Runs scripts; lists every failure, prints the totals, and demands that nothing failed.
fn run(what: &str, scripts: &[Script], config: Config) -> Totals {
    let mut backend = Native::new(config).unwrap();
    let mut totals = Totals::default();
    for script in scripts {
        let report = run_script(&mut backend, script.text)
            .unwrap_or_else(|why| panic!("{}/{}: {why}", script.set, script.name));
        for problem in &report.problems {
            println!(
                "{}/{}:{}: {}: {}",
                script.set, script.name, problem.line, problem.directive, problem.what
            );
        }
        totals += report.totals;
    }
    println!(
        "{what} ({:?}, fuel {}): {} scripts, {totals}",
        config.memory_model,
        config.fuel,
        scripts.len()
    );
    assert!(totals.perfect(), "{what}: {totals}");
    totals
}

fn config(memory_model: MemoryModel, fuel: bool) -> Config {
    Config {
        edition: Edition::Two,
        memory_model,
        fuel,
        ..Config::default()
    }
}

/// Assertions in [`suite::core`], counted by another program: a runner that loses some must not pass.
const CORE_ASSERTIONS: usize = 26_583;
/// Likewise in [`suite::simd`].
const SIMD_ASSERTIONS: usize = 25_506;
/// Likewise in [`suite::relaxed_simd`].
const RELAXED_SIMD_ASSERTIONS: usize = 85;

#[test]
fn core_suite_with_guard_memories() {
    let totals = run(
        "core suite",
        &suite::core(),
        config(MemoryModel::Guard, false),
    );
    assert_eq!(totals.passed, CORE_ASSERTIONS);
}

#[test]
fn core_suite_with_bounds_checks() {
    let totals = run(
        "core suite",
        &suite::core(),
        config(MemoryModel::Bounds, false),
    );
    assert_eq!(totals.passed, CORE_ASSERTIONS);
}

#[test]
fn core_suite_with_fuel() {
    let totals = run(
        "core suite",
        &suite::core(),
        config(MemoryModel::Guard, true),
    );
    assert_eq!(totals.passed, CORE_ASSERTIONS);
}

/// In both memory models, with every set of vector instructions, and with fuel.
#[test]
fn simd() {
    let scripts = suite::simd();
    for config in vector_configs() {
        let totals = run(&format!("SIMD, {:?}", config.cpu), &scripts, config);
        assert_eq!(totals.passed, SIMD_ASSERTIONS);
    }
}

#[test]
fn relaxed_simd() {
    let scripts = suite::relaxed_simd();
    for config in vector_configs() {
        let totals = run(&format!("relaxed SIMD, {:?}", config.cpu), &scripts, config);
        assert_eq!(totals.passed, RELAXED_SIMD_ASSERTIONS);
    }
}

fn vector_configs() -> [Config; 4] {
    let guard = config(MemoryModel::Guard, false);
    let bounds = config(MemoryModel::Bounds, true);
    let without_avx2 = CpuFeatures::all().difference(CpuFeatures::AVX2);
    let with = |config, cpu| Config {
        cpu,
        edition: Edition::Three,
        ..config
    };
    [
        with(guard, CpuFeatures::all()),
        with(bounds, without_avx2),
        with(guard, CpuFeatures::SSE41),
        with(bounds, CpuFeatures::SSE41),
    ]
}

#[test]
fn other_versions_and_proposals() {
    run(
        "versions 1.0 and later, proposals",
        &suite::more(),
        config(MemoryModel::Guard, false),
    );
    run(
        "versions 1.0 and later, proposals",
        &suite::more(),
        config(MemoryModel::Bounds, true),
    );
}

#[test]
fn newer_than_two() {
    for memory_model in [MemoryModel::Guard, MemoryModel::Bounds] {
        let config = Config {
            edition: Edition::Three,
            ..config(memory_model, memory_model == MemoryModel::Bounds)
        };
        run("version 3.0 and proposals", &suite::newer(), config);
    }
}

#[test]
fn what_is_left_out_is_named() {
    for old in suite::SUPERSEDED {
        println!("not run: {}/{}: {}", old.set, old.name, old.reason);
    }
    let mut scripts = 0;
    for out in suite::excluded() {
        println!(
            "not run: {} scripts of {}: {}",
            out.scripts, out.proposal, out.reason
        );
        assert!(out.scripts > 0, "{} is empty", out.proposal);
        scripts += out.scripts;
    }
    println!(
        "not run: {} scripts of proposals outside the feature set",
        scripts
    );
    assert_eq!(suite::core().len(), 89);
}
