// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Which WebAssembly is accepted.

use wasmparser::WasmFeatures;

/// WebAssembly 2.0 without SIMD: version 1.0 with floats and mutable globals, plus sign extension, saturating conversions,
/// multiple values, bulk memory and reference types.
pub const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES);
