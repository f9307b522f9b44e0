// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Generated programs do the same in the engine and in wasmi: results, traps, globals and memory after every call.
//!
//! `WASMK_FUZZ_SECONDS` makes it go on for so long; `WASMK_FUZZ_SEED` begins elsewhere.

mod reference;

use std::{
    env,
    time::{Duration, Instant},
};

use arbitrary::Unstructured;
use wasm_smith::{Config as Smith, Module};
use wasmk_engine::config::{BranchForm, Config, CpuFeatures, MemoryModel};
use wasmk_wast_runner::{mutate::Mutator, native::Native, Backend, Failure, InstanceId, Value};

use reference::{Item, Reference};

/// Programs per run, if no time is given.
const PROGRAMS: u64 = 500;

/// What the program of a seed may contain: the accepted features, no imports, small memories and tables with a maximum (so that growth does
/// not depend on the engine), and NaNs made equal.
fn smith(seed: u64) -> Smith {
    Smith {
        export_everything: true,
        canonicalize_nans: true,
        max_imports: 0,
        max_memories: 1,
        max_memory32_bytes: 16 << 20,
        memory_max_size_required: true,
        max_tables: 3,
        max_table_elements: 2_000,
        table_max_size_required: true,
        min_funcs: 3,
        max_data_segments: 1,
        max_element_segments: 2,
        allow_start_export: seed % 8 == 0,
        disallow_traps: seed % 2 == 0,
        max_instructions: 300,
        reference_types_enabled: true,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        extended_const_enabled: true,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Smith::default()
    }
}

/// A program that ends, from a seed.
fn program(seed: u64) -> Option<Vec<u8>> {
    let mut random = Mutator::new(seed);
    let bytes: Vec<u8> = (0..4096)
        .flat_map(|_| random.number().to_le_bytes())
        .take(2_000 + random_len(seed))
        .collect();
    let mut module = Module::new(smith(seed), &mut Unstructured::new(&bytes)).ok()?;
    module.ensure_termination(2_000).ok()?;
    Some(module.to_bytes())
}

fn random_len(seed: u64) -> usize {
    (seed % 8) as usize * 1_500
}

/// A value of that type, often from an edge.
fn value(like: Value, random: &mut Mutator) -> Value {
    const EDGES: [u64; 12] = [
        0,
        1,
        2,
        31,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000,
        u64::MAX,
        0x3ff0_0000_3f80_0000,
        0x7ff0_0000_7f80_0000,
    ];
    let bits = match random.below(3) {
        0 => random.number(),
        1 => random.number() % 70_000,
        _ => EDGES[random.below(EDGES.len())],
    };
    match like {
        Value::I32(_) => Value::I32(bits as u32),
        Value::I64(_) => Value::I64(bits),
        Value::F32(_) if f32::from_bits(bits as u32).is_nan() => Value::F32(0x7fc0_0000),
        Value::F32(_) => Value::F32(bits as u32),
        Value::F64(_) if f64::from_bits(bits).is_nan() => Value::F64(0x7ff8_0000_0000_0000),
        Value::F64(_) => Value::F64(bits),
        null => null,
    }
}

/// wasmi does not tell an index outside a table in an indirect call from one in an access.
fn plain(outcome: Result<Vec<Value>, Failure>) -> Result<Vec<Value>, Failure> {
    match outcome {
        Err(Failure::Trap(why)) if why == "undefined element" => {
            Err(Failure::Trap("out of bounds table access".into()))
        }
        other => other,
    }
}

fn exhausted<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::Trap(why)) if why == "call stack exhausted")
}

#[derive(Debug, Default)]
struct Counts {
    programs: u64,
    calls: u64,
    returned: u64,
    trapped: u64,
    exhausted: u64,
}

/// A new instance in both, or `None` if neither can be made or a stack ran out.
fn instantiate(
    seed: u64,
    (reference, theirs): (&mut Reference, &wasmi::Module),
    (native, ours): (&mut Native, &<Native as Backend>::Module),
) -> Option<(InstanceId, InstanceId)> {
    let (theirs, ours) = (reference.instantiate(theirs), native.instantiate(ours));
    if exhausted(&theirs) || exhausted(&ours) {
        return None;
    }
    match (theirs, ours) {
        (Ok(theirs), Ok(ours)) => Some((theirs, ours)),
        (Err(theirs), Err(ours)) => {
            assert_eq!(
                plain(Err(theirs)),
                plain(Err(ours)),
                "seed {seed}: instantiation"
            );
            None
        }
        (theirs, ours) => panic!("seed {seed}: instantiation: wasmi {theirs:?}, we {ours:?}"),
    }
}

/// Runs every export of one program on both.
fn compare(seed: u64, wasm: &[u8], native: &mut Native, counts: &mut Counts) {
    let mut reference = Reference::default();
    reference.reset().unwrap();
    native.reset().unwrap();
    let their_module = reference
        .compile(wasm)
        .unwrap_or_else(|e| panic!("seed {seed}: wasmi: {e}"));
    let our_module = native
        .compile(wasm)
        .unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    counts.programs += 1;
    let fresh = |reference: &mut Reference, native: &mut Native| {
        instantiate(seed, (reference, &their_module), (native, &our_module))
    };
    let Some((mut theirs, mut ours)) = fresh(&mut reference, native) else {
        return;
    };
    let mut random = Mutator::new(!seed);
    let items = reference.items(theirs);
    for round in 0..3 {
        for item in &items {
            let Item::Function { name, parameters } = item else {
                continue;
            };
            let arguments: Vec<Value> = parameters
                .iter()
                .map(|like| value(*like, &mut random))
                .collect();
            let expected = reference.invoke(theirs, name, &arguments);
            let got = native.invoke(ours, name, &arguments);
            counts.calls += 1;
            let what = format!("seed {seed}, round {round}: {name}({arguments:?})");
            let differ = exhausted(&expected) || exhausted(&got);
            // A program out of its fuel traps so for ever; and if a stack ran out, which differs in size, so may all that follows.
            let spent = differ || got == Err(Failure::Trap("unreachable".into()));
            counts.exhausted += u64::from(differ);
            counts.returned += u64::from(got.is_ok());
            counts.trapped += u64::from(got.is_err());
            if !differ {
                assert_eq!(plain(expected), plain(got), "{what}");
                for item in &items {
                    let Item::Global { name: global } = item else {
                        continue;
                    };
                    let (expected, got) = (
                        reference.global(theirs, global),
                        native.global(ours, global),
                    );
                    assert_eq!(expected, got, "{what}: global {global}");
                }
                assert!(
                    reference.memory(theirs) == native.memory(ours),
                    "{what}: memories differ"
                );
            }
            if spent {
                match fresh(&mut reference, native) {
                    Some(pair) => (theirs, ours) = pair,
                    None => return,
                }
            }
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    Some(
        env::var(variable)
            .ok()?
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is not a number")),
    )
}

fn run(what: &str, config: Config, first: u64) {
    let end =
        number("WASMK_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let first = number("WASMK_FUZZ_SEED").unwrap_or(first);
    let mut native = Native::new(config).unwrap();
    let mut counts = Counts::default();
    for seed in first.. {
        if end.map_or(counts.programs >= PROGRAMS, |end| Instant::now() >= end) {
            break;
        }
        if let Some(wasm) = program(seed) {
            compare(seed, &wasm, &mut native, &mut counts);
        }
    }
    println!("{what}: {counts:?}");
    assert!(counts.returned > 0 && counts.trapped > 0);
}

#[test]
fn guard_memories() {
    run("guard", Config::default(), 0);
}

#[test]
fn bounds_checks() {
    run(
        "bounds",
        Config {
            memory_model: MemoryModel::Bounds,
            ..Config::default()
        },
        1_000_000,
    );
}

#[test]
fn fuel_without_hardening() {
    let config = Config {
        fuel: true,
        speculation_safe: false,
        endbr: false,
        ..Config::default()
    };
    run("guard, fuel, not hardened", config, 2_000_000);
    let config = Config {
        memory_model: MemoryModel::Bounds,
        ..config
    };
    run("bounds, fuel, not hardened", config, 3_000_000);
}

#[test]
fn baseline_cpu() {
    let config = Config {
        cpu: CpuFeatures::SSE41,
        indirect: BranchForm::Lfence,
        ..Config::default()
    };
    run("guard, SSE4.1 at most, lfence", config, 4_000_000);
}
