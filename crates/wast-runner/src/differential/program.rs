// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs from seeds.

use arbitrary::Unstructured;
use wasm_smith::{Config, InstructionKind, InstructionKinds, Module};
use wasmk_engine::features::Features;
use wasmparser::{Operator, Parser, Payload, WasmFeatures};

use super::{accesses, control, relaxed::without_relaxed_min_and_max, typed::with_references};
use crate::mutate::Mutator;

/// Instructions and rounds of loops that a program may use in all before it traps.
const FUEL: u32 = 2_000;

/// What the program of a seed may contain: `features`, no imports, small memories and tables with a maximum (so that growth does
/// not depend on the engine), and NaNs made equal.
fn config(seed: u64, features: WasmFeatures) -> Config {
    let on = |feature| features.contains(feature);
    // Most programs have small memories: comparing them is what takes the time.
    let bytes = if seed % 16 == 0 { 4 << 20 } else { 256 << 10 };
    Config {
        export_everything: true,
        canonicalize_nans: true,
        max_imports: 0,
        max_memories: if on(WasmFeatures::MULTI_MEMORY) { 3 } else { 1 },
        max_memory32_bytes: bytes,
        max_memory64_bytes: u128::from(bytes),
        memory_max_size_required: true,
        max_tables: 3,
        max_table_elements: 2_000,
        table_max_size_required: true,
        // Without a least number of types half of the programs had no function.
        min_types: 4,
        min_funcs: 4,
        min_tags: 2,
        min_globals: 2,
        max_data_segments: 2,
        max_element_segments: 2,
        allow_start_export: seed % 8 == 0,
        disallow_traps: seed % 2 == 0,
        max_instructions: 300,
        bulk_memory_enabled: on(WasmFeatures::BULK_MEMORY),
        reference_types_enabled: on(WasmFeatures::REFERENCE_TYPES),
        multi_value_enabled: on(WasmFeatures::MULTI_VALUE),
        saturating_float_to_int_enabled: on(WasmFeatures::SATURATING_FLOAT_TO_INT),
        sign_extension_ops_enabled: on(WasmFeatures::SIGN_EXTENSION),
        simd_enabled: on(WasmFeatures::SIMD),
        relaxed_simd_enabled: on(WasmFeatures::RELAXED_SIMD),
        tail_call_enabled: on(WasmFeatures::TAIL_CALL),
        exceptions_enabled: on(WasmFeatures::EXCEPTIONS),
        extended_const_enabled: on(WasmFeatures::EXTENDED_CONST),
        memory64_enabled: on(WasmFeatures::MEMORY64),
        threads_enabled: on(WasmFeatures::THREADS),
        gc_enabled: false,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: false,
        shared_everything_threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    }
}

/// Ways to make programs, by the rest of a seed: straight code, in which no branch or call is in the way of operators.
const WAYS: u64 = 8;
const ACCESSES: [u64; 2] = [1, 5];
const CONTROL: [u64; 2] = [3, 6];
const STRAIGHT: [(u64, &[InstructionKind]); 2] = [
    (
        2,
        &[
            InstructionKind::Numeric,
            InstructionKind::Reference,
            InstructionKind::Parametric,
            InstructionKind::Variable,
            InstructionKind::Table,
            InstructionKind::Memory,
        ],
    ),
    (
        4,
        &[
            InstructionKind::Vector,
            InstructionKind::Parametric,
            InstructionKind::Variable,
        ],
    ),
];
/// Calls are made by references.
const REFERENCES: [u64; 1] = [7];

/// A program that ends, from a seed. `None` if the seed gives none.
pub fn program(seed: u64, features: WasmFeatures) -> Option<Vec<u8>> {
    let way = seed % WAYS;
    if ACCESSES.contains(&way) {
        return accesses::program(seed, features);
    }
    if CONTROL.contains(&way) {
        return control::program(seed, features);
    }
    let mut random = Mutator::new(seed);
    let len = 2_000 + (seed % 8) as usize * 1_500;
    let bytes: Vec<u8> = (0..len / 8 + 1)
        .flat_map(|_| random.number().to_le_bytes())
        .collect();
    let mut config = config(seed, features);
    if let Some((_, kinds)) = STRAIGHT.iter().find(|straight| straight.0 == way) {
        config.allowed_instructions = InstructionKinds::new(kinds);
        // The generator leaves vectors out if nothing may trap; but without accesses nothing does.
        config.disallow_traps = !kinds.contains(&InstructionKind::Vector);
    }
    let mut module = Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    module.ensure_termination(FUEL).ok()?;
    let mut wasm = module.to_bytes();
    if REFERENCES.contains(&way) && features.contains(WasmFeatures::FUNCTION_REFERENCES) {
        wasm = with_references(&wasm, seed)?;
    }
    without_relaxed_min_and_max(&mut wasm).ok()?;
    (!may_block(&wasm)).then_some(wasm)
}

/// Whether a program might wait for another thread, of which there is none.
fn may_block(wasm: &[u8]) -> bool {
    let bodies = Parser::new(0)
        .parse_all(wasm)
        .filter_map(|payload| match payload {
            Ok(Payload::CodeSectionEntry(body)) => body.get_operators_reader().ok(),
            _ => None,
        });
    bodies.into_iter().flatten().any(|operator| {
        matches!(
            operator,
            Ok(Operator::MemoryAtomicWait32 { .. } | Operator::MemoryAtomicWait64 { .. })
        )
    })
}

/// The engine's features that a reference has, too.
pub fn features_of(reference: WasmFeatures) -> WasmFeatures {
    Features::accepted().flags().intersection(reference)
}
