// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Properties of compilation over generated inputs.

mod common;

use proptest::prelude::*;
use wasm_smith::{Config, Module};
use wasmk_engine::error::CompileErrorKind;

/// wasm-smith, restricted to the accepted features.
fn smith() -> Config {
    Config {
        exceptions_enabled: false,
        gc_enabled: false,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: false,
        extended_const_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: true,
        simd_enabled: true,
        shared_everything_threads_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        reference_types_enabled: true,
        bulk_memory_enabled: true,
        multi_value_enabled: true,
        max_memories: 1,
        max_tables: 4,
        generate_custom_sections: true,
        max_instructions: 400,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A generated module is valid, so it compiles.
    #[test]
    fn generated_modules_compile(seed in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let mut source = arbitrary::Unstructured::new(&seed);
        if let Ok(module) = Module::new(smith(), &mut source) {
            let wasm = module.to_bytes();
            if let Err(error) = common::compile_all(&wasm) {
                // A generated table may be larger than we like.
                prop_assert!(matches!(error.kind, CompileErrorKind::Limit(..)), "{}", error);
            }
        }
    }

    /// Anything may follow the header.
    #[test]
    fn arbitrary_bytes_are_refused_or_compile(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let wasm = [b"\0asm\x01\0\0\0", &bytes[..]].concat();
        let _ = common::compile_all(&wasm);
        let _ = common::compile_all(&bytes);
    }

    /// Any bytes as a function body: the operators' decoding is where most of the input's freedom is.
    #[test]
    fn arbitrary_bodies_are_refused_or_compile(
        locals in 0u8..100,
        operators in proptest::collection::vec(operator(), 0..60),
    ) {
        let mut body = vec![1, locals, 0x7f];
        body.extend(operators.into_iter().flatten());
        body.push(0x0b);
        let mut section = vec![1];
        leb(body.len(), &mut section);
        section.extend(&body);
        let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x04\x04\x01\x70\0\x01\x05\x03\x01\0\x01\x0a".to_vec();
        leb(section.len(), &mut wasm);
        wasm.extend(section);
        let _ = common::compile_all(&wasm);
    }
}

/// An operator: an opcode, often of a family that leaves code reachable, with operands that are often small.
fn operator() -> impl Strategy<Value = Vec<u8>> {
    let operand = prop_oneof![4 => 0u8..4, 1 => any::<u8>()];
    let pick = |opcodes: &'static [u8]| proptest::sample::select(opcodes);
    prop_oneof![
        // Constants and locals.
        3 => (pick(&[0x41, 0x42, 0x20, 0x21, 0x22]), operand.clone()).prop_map(|(op, n)| vec![op, n & 0x7f]),
        // i32 arithmetic and comparisons.
        3 => (0x45u8..0x79).prop_map(|op| vec![op]),
        2 => pick(&[0x1a, 0x1b, 0x00, 0x01, 0x0f, 0x0b, 0x05]).prop_map(|op| vec![op]),
        2 => pick(&[0x02, 0x03, 0x04]).prop_map(|op| vec![op, 0x40]),
        1 => (pick(&[0x0c, 0x0d, 0x10, 0x23, 0x3f, 0x40]), operand.clone()).prop_map(|(op, n)| vec![op, n]),
        1 => (0x28u8..0x3f, 0u8..4, operand.clone()).prop_map(|(op, align, offset)| vec![op, align, offset]),
        1 => (0u8..18, operand.clone(), operand.clone()).prop_map(|(op, a, b)| vec![0xfc, op, a, b]),
        1 => proptest::collection::vec(any::<u8>(), 1..4),
    ]
}

/// Appends an unsigned LEB128 number.
fn leb(mut n: usize, to: &mut Vec<u8>) {
    while n >= 0x80 {
        to.push(n as u8 | 0x80);
        n >>= 7;
    }
    to.push(n as u8);
}
