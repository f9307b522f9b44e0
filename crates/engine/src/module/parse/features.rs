// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Which WebAssembly is accepted.

use wasmparser::WasmFeatures;

use crate::config::Edition;

/// WebAssembly 2.0: version 1.0 with floats and mutable globals, plus sign extension, saturating conversions, multiple
/// values, bulk memory, reference types and fixed-width SIMD.
const TWO: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::SIMD);

/// What has been added since.
const THREE: WasmFeatures = TWO
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::THREADS);

/// The features of an edition: what function bodies may use.
pub const fn features(edition: Edition) -> WasmFeatures {
    match edition {
        Edition::Two => TWO,
        Edition::Three => THREE,
    }
}

/// What the validator is told outside of function bodies: 3.0 lets constant expressions read any earlier immutable global, and types
/// refer to each other, which the validator counts to garbage collection. Types of that proposal are refused when they are read.
pub const fn outside_bodies(edition: Edition) -> WasmFeatures {
    match edition {
        Edition::Two => TWO,
        Edition::Three => THREE.union(WasmFeatures::GC),
    }
}
