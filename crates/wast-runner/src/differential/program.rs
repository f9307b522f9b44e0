// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Programs from seeds.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};
use wasmk_engine::features::Features;
use wasmparser::{Operator, Parser, Payload, WasmFeatures};

use super::{accesses, typed::with_references};
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
        min_funcs: 3,
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
        // What these may do differs between engines: the references leave them out.
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

/// One program of so many is about accesses.
const ACCESSES: u64 = 4;

/// A program that ends, from a seed. `None` if the seed gives none.
pub fn program(seed: u64, features: WasmFeatures) -> Option<Vec<u8>> {
    if seed % ACCESSES == 1 {
        return accesses::program(seed, features.contains(WasmFeatures::MULTI_MEMORY));
    }
    let mut random = Mutator::new(seed);
    let len = 2_000 + (seed % 8) as usize * 1_500;
    let bytes: Vec<u8> = (0..len / 8 + 1)
        .flat_map(|_| random.number().to_le_bytes())
        .collect();
    let mut module = Module::new(config(seed, features), &mut Unstructured::new(&bytes)).ok()?;
    module.ensure_termination(FUEL).ok()?;
    let mut wasm = module.to_bytes();
    if seed % 4 == 3 && features.contains(WasmFeatures::FUNCTION_REFERENCES) {
        wasm = with_references(&wasm, seed)?;
    }
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
