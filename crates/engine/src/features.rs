// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Features of WebAssembly by name, and which of them are accepted.

use wasmparser::WasmFeatures;

use crate::{config::Edition, module::parse::features};

bitflags::bitflags! {
    /// Features beyond (and including) WebAssembly 1.0. The bits are part of the interface to the kernel.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Features: u32 {
        /// WebAssembly 1.0.
        const WASM1 = 1 << 0;
        /// Sign-extension operators.
        const SIGN_EXTENSION = 1 << 1;
        /// Non-trapping float-to-int conversions.
        const SATURATING_FLOAT_TO_INT = 1 << 2;
        /// Multi-value blocks and functions.
        const MULTI_VALUE = 1 << 3;
        /// Bulk memory operations.
        const BULK_MEMORY = 1 << 4;
        /// Reference types.
        const REFERENCE_TYPES = 1 << 5;
        /// Fixed-width SIMD.
        const SIMD = 1 << 6;
        /// Relaxed SIMD.
        const RELAXED_SIMD = 1 << 7;
        /// Extended constant expressions.
        const EXTENDED_CONST = 1 << 8;
        /// Tail calls.
        const TAIL_CALL = 1 << 9;
        /// Several memories.
        const MULTI_MEMORY = 1 << 10;
        /// Memories and tables with 64-bit indices.
        const MEMORY64 = 1 << 11;
        /// Typed function references.
        const FUNCTION_REFERENCES = 1 << 12;
        /// Exception handling.
        const EXCEPTIONS = 1 << 13;
        /// Shared memories and atomics.
        const THREADS = 1 << 14;
    }
}

/// A feature's name and the validator's flag.
const TABLE: [(Features, &str, WasmFeatures); 15] = [
    (Features::WASM1, "wasm-1.0", WasmFeatures::WASM1),
    (
        Features::SIGN_EXTENSION,
        "sign-extension",
        WasmFeatures::SIGN_EXTENSION,
    ),
    (
        Features::SATURATING_FLOAT_TO_INT,
        "saturating-float-to-int",
        WasmFeatures::SATURATING_FLOAT_TO_INT,
    ),
    (
        Features::MULTI_VALUE,
        "multi-value",
        WasmFeatures::MULTI_VALUE,
    ),
    (
        Features::BULK_MEMORY,
        "bulk-memory",
        WasmFeatures::BULK_MEMORY,
    ),
    (
        Features::REFERENCE_TYPES,
        "reference-types",
        WasmFeatures::REFERENCE_TYPES,
    ),
    (Features::SIMD, "simd", WasmFeatures::SIMD),
    (
        Features::RELAXED_SIMD,
        "relaxed-simd",
        WasmFeatures::RELAXED_SIMD,
    ),
    (
        Features::EXTENDED_CONST,
        "extended-const",
        WasmFeatures::EXTENDED_CONST,
    ),
    (Features::TAIL_CALL, "tail-call", WasmFeatures::TAIL_CALL),
    (
        Features::MULTI_MEMORY,
        "multi-memory",
        WasmFeatures::MULTI_MEMORY,
    ),
    (Features::MEMORY64, "memory64", WasmFeatures::MEMORY64),
    (
        Features::FUNCTION_REFERENCES,
        "function-references",
        WasmFeatures::FUNCTION_REFERENCES,
    ),
    (
        Features::EXCEPTIONS,
        "exception-handling",
        WasmFeatures::EXCEPTIONS,
    ),
    (Features::THREADS, "threads", WasmFeatures::THREADS),
];

impl Features {
    /// All that the engine accepts, in its newest edition.
    pub fn accepted() -> Self {
        TABLE
            .iter()
            .filter(|(_, _, flag)| features(Edition::Three).contains(*flag))
            .fold(Self::empty(), |all, (feature, _, _)| all | *feature)
    }

    /// Names of single features, in the order of their bits.
    pub fn names() -> impl Iterator<Item = (Self, &'static str)> {
        TABLE.iter().map(|(feature, name, _)| (*feature, *name))
    }

    /// The validator's flags for these.
    pub fn flags(self) -> WasmFeatures {
        TABLE
            .iter()
            .filter(|(feature, _, _)| self.contains(*feature))
            .fold(WasmFeatures::empty(), |all, (_, _, flag)| all | *flag)
    }
}
