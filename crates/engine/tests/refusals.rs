// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Errors name what is wrong and where.

mod common;

use wasmk_engine::{
    compile::{compile, validate, validate_as, Poll, Stop},
    config::{Config, Edition},
    error::{CompileError, CompileErrorKind},
};

fn refused(wasm: &[u8]) -> CompileError {
    common::compile_all(wasm).expect_err("it was accepted")
}

fn text(text: &str) -> CompileError {
    refused(&wat::parse_str(text).unwrap())
}

#[test]
fn garbage() {
    let error = refused(b"hello, world");
    assert!(
        matches!(error.kind, CompileErrorKind::Invalid(_)),
        "{error:?}"
    );
    assert_eq!(error.offset, Some(0));
    assert_eq!(
        error.to_string(),
        "invalid module: not a WebAssembly binary (at offset 0x0)"
    );
    assert!(refused(b"").to_string().contains("unexpected end"));
}

#[test]
fn an_invalid_body_has_function_and_offset() {
    let wasm =
        wat::parse_str("(module (import \"\" \"\" (func)) (func) (func (i32.add) drop))").unwrap();
    let error = refused(&wasm);
    assert_eq!(error.function, Some(2));
    let offset = error.offset.unwrap();
    assert_eq!(wasm[offset], 0x6a, "the offset is that of i32.add");
    assert!(
        error.to_string().contains("in function 2 (at offset 0x"),
        "{error}"
    );
}

#[test]
fn every_prefix_of_a_module_is_refused_or_valid() {
    let wasm = wat::parse_str(
        r#"(module (type (func (param i32) (result i32))) (memory 1) (table 2 funcref) (global (mut i32) (i32.const 5))
            (func $f (type 0) (if (result i32) (local.get 0) (then (i32.load (local.get 0))) (else (i32.const 1))))
            (elem (i32.const 0) $f) (data (i32.const 9) "abc") (export "f" (func $f)))"#,
    )
    .unwrap();
    common::compile_all(&wasm).unwrap();
    for end in 0..wasm.len() {
        // Only a cut between sections can leave a valid module.
        if let Err(error) = common::compile_all(&wasm[..end]) {
            assert!(
                matches!(error.kind, CompileErrorKind::Invalid(_)),
                "{error:?}"
            );
            assert!(
                error.offset.is_some_and(|offset| offset <= end),
                "{error:?}"
            );
        }
    }
}

#[test]
fn features_outside_the_set_are_named() {
    let cases = [
        ("(module (type (struct)))", "gc"),
        ("(module (type (array i8)))", "gc"),
        ("(module (type (sub (func))))", "gc"),
        ("(module (func (param anyref)))", "gc"),
        ("(module (func (local eqref)))", "gc"),
        (
            "(module (func (drop (block (result i31ref) unreachable))))",
            "gc",
        ),
        ("(module (func (drop (ref.i31 (i32.const 1)))))", "gc"),
        ("(module (func (drop (ref.null any))))", "gc"),
        ("(module (table 1 anyref))", "gc"),
        ("(module (global (ref i31) (ref.i31 (i32.const 1))))", "gc"),
        ("(module (global (ref null i31) (ref.null i31)))", "gc"),
        (
            "(module (global externref (extern.convert_any (ref.i31 (i32.const 0)))))",
            "gc",
        ),
    ];
    for (module, feature) in cases {
        let error = text(module);
        match &error.kind {
            CompileErrorKind::Unsupported(what) => {
                assert!(what.starts_with(feature), "{module}: {what}")
            }
            other => panic!("{module}: {other:?}"),
        }
        assert!(error.offset.is_some(), "{module}");
    }
    let error = text("(module (func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))))");
    assert_eq!(error.function, Some(0));
    assert!(error
        .to_string()
        .starts_with("unsupported feature: wide_arithmetic (wide arithmetic support is not enabled) in function 0"));
}

#[test]
fn what_is_newer_than_two_is_named_there() {
    let cases = [
        ("(module (memory i64 1))", "memory64"),
        ("(module (table i64 1 funcref))", "memory64"),
        ("(module (memory 1) (memory 1))", "multi_memory"),
        (
            "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
            "extended_const",
        ),
    ];
    for (module, feature) in cases {
        let wasm = wat::parse_str(module).unwrap();
        common::compile_all(&wasm).unwrap();
        let config = Config {
            edition: Edition::Two,
            ..Config::default()
        };
        let error = compile(&wasm, &config, &mut ()).unwrap_err();
        assert_eq!(
            validate_as(&wasm, Edition::Two, &mut ()),
            Err(error.clone())
        );
        match &error.kind {
            CompileErrorKind::Unsupported(what) => assert!(what.starts_with(feature), "{what}"),
            other => panic!("{module}: {other:?}"),
        }
    }
}

#[test]
fn limits_are_named() {
    let limit = |error: CompileError| match error.kind {
        CompileErrorKind::Limit(what, most) => (what, most),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        limit(refused(&vec![0; (64 << 20) + 1])),
        ("bytes of a module", 64 << 20)
    );
    // Counts are checked before anything is read for them.
    let head = b"\0asm\x01\0\0\0";
    let huge = b"\xff\xff\xff\x7f";
    let sections: [(u8, &str); 7] = [
        (1, "types"),
        (2, "imports"),
        (3, "functions"),
        (4, "tables"),
        (6, "globals"),
        (7, "exports"),
        (9, "element segments"),
    ];
    for (id, what) in sections {
        let wasm = [&head[..], &[id, huge.len() as u8], huge].concat();
        assert_eq!(limit(refused(&wasm)).0, what);
    }
    // 2001 types of a thousand parameters.
    let mut types = vec![0xd1, 0x0f];
    for _ in 0..2001 {
        types.extend([0x60, 0xe8, 0x07]);
        types.extend([0x7f; 1000]);
        types.push(0);
    }
    let mut wasm = of_section(head, 1, &types);
    assert_eq!(
        limit(refused(&wasm)),
        ("parameters and results of all types", 2_000_000)
    );
    types[0] = 0xd0;
    types.truncate(types.len() - 1004);
    wasm = of_section(head, 1, &types);
    compile(&wasm, &Config::default(), &mut ()).unwrap();
}

/// A module of one section.
fn of_section(head: &[u8], id: u8, section: &[u8]) -> Vec<u8> {
    let len = section.len();
    let size =
        [0, 7, 14, 21].map(|shift| (len >> shift) as u8 & 0x7f | if shift < 21 { 0x80 } else { 0 });
    [head, &[id], &size, section].concat()
}

/// Stops at the nth poll.
struct StopAt(usize);

impl Poll for StopAt {
    fn poll(&mut self) -> Result<(), Stop> {
        self.0 = self.0.checked_sub(1).ok_or(Stop)?;
        Ok(())
    }
}

#[test]
fn compilation_can_be_interrupted_inside_a_body() {
    let wasm = wat::parse_str(format!(
        "(module (func {}))",
        "(drop (i32.const 1))".repeat(50_000)
    ))
    .unwrap();
    let mut counter = common::Deadline::new();
    compile(&wasm, &Config::default(), &mut counter).unwrap();
    assert!(
        counter.polls > 20,
        "100,000 operators in one body, {} polls",
        counter.polls
    );
    for polls in [0, 5, 20] {
        let error = compile(&wasm, &Config::default(), &mut StopAt(polls)).unwrap_err();
        assert_eq!(error.kind, CompileErrorKind::Interrupted);
        let error = validate(&wasm, &mut StopAt(polls)).unwrap_err();
        assert_eq!(error.kind, CompileErrorKind::Interrupted);
    }
}
