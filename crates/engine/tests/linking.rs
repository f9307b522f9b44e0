// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Instances in one store: imports, shared entities, segments, limits.

mod wasm;

use std::sync::Arc;
use wasm::{call, call_in, config, function, instance, module, Linker, MODELS};
use wasmk_engine::{
    config::MemoryModel,
    platform::PlatformError,
    runtime::{InstantiateError, RuntimeError, Store, StoreLimits},
    trap::TrapCode,
};

fn refused(exporter: &str, importer: &str) -> Option<InstantiateError> {
    let mut store = instance(MemoryModel::Guard, exporter);
    let importer = module(&config(MemoryModel::Guard), importer);
    store.instantiate(importer, &mut Linker::with("a", 0)).err()
}

#[test]
fn import_matching() {
    let exporter = r#"(module
        (func (export "f") (param i32) (result i64) i64.const 0)
        (table (export "t") 2 4 funcref)
        (table (export "open") 2 funcref)
        (memory (export "m") 1 3)
        (global (export "g") i32 (i32.const 7))
        (global (export "v") (mut i64) (i64.const 7)))"#;
    let fits = [
        r#"(import "a" "f" (func (param i32) (result i64)))"#,
        r#"(import "a" "t" (table 1 4 funcref))"#,
        r#"(import "a" "t" (table 2 5 funcref))"#,
        r#"(import "a" "open" (table 2 funcref))"#,
        r#"(import "a" "m" (memory 0))"#,
        r#"(import "a" "m" (memory 1 3))"#,
        r#"(import "a" "g" (global i32))"#,
        r#"(import "a" "v" (global (mut i64)))"#,
    ];
    for import in fits {
        assert_eq!(
            refused(exporter, &format!("(module {import})")),
            None,
            "{import}"
        );
    }
    let wrong = [
        r#"(import "a" "f" (func (param i64) (result i64)))"#,
        r#"(import "a" "f" (func (param i32)))"#,
        r#"(import "a" "f" (memory 0))"#,
        r#"(import "a" "t" (table 3 4 funcref))"#,
        r#"(import "a" "t" (table 2 3 funcref))"#,
        r#"(import "a" "t" (table 2 4 externref))"#,
        r#"(import "a" "open" (table 2 100 funcref))"#,
        r#"(import "a" "m" (memory 2))"#,
        r#"(import "a" "m" (memory 1 2))"#,
        r#"(import "a" "g" (global i64))"#,
        r#"(import "a" "g" (global (mut i32)))"#,
        r#"(import "a" "v" (global i64))"#,
    ];
    for import in wrong {
        let error = refused(exporter, &format!("(module {import})"));
        assert_eq!(
            error,
            Some(InstantiateError::IncompatibleImport { import: 0 }),
            "{import}"
        );
    }
    let error = refused(
        exporter,
        r#"(module (import "a" "g" (global i32)) (import "a" "none" (func)))"#,
    );
    assert_eq!(error, Some(InstantiateError::UnknownImport { import: 1 }));
}

#[test]
fn guard_code_needs_a_guard_memory() {
    let memory = r#"(module (memory (export "m") 1))"#;
    let user = r#"(module (import "a" "m" (memory 1)) (func (export "f") (result i32) (i32.load (i32.const 0))))"#;
    let mut store = instance(MemoryModel::Bounds, memory);
    let guard = module(&config(MemoryModel::Guard), user);
    let error = store
        .instantiate(guard, &mut Linker::with("a", 0))
        .unwrap_err();
    assert_eq!(error, InstantiateError::MemoryModel { import: 0 });
    // The other way round is fine.
    let mut store = instance(MemoryModel::Guard, memory);
    let bounds = module(&config(MemoryModel::Bounds), user);
    let user = store
        .instantiate(bounds, &mut Linker::with("a", 0))
        .unwrap();
    store.memory(0)[0] = 9;
    assert_eq!(call_in(&mut store, user, "f", &[]), Ok(vec![9]));
}

#[test]
fn shared_memory_grows_everywhere() {
    for model in MODELS {
        let mut store = instance(
            model,
            r#"(module (memory (export "m") 1 5)
                (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
                (func (export "size") (result i32) memory.size)
                (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))"#,
        );
        let other = r#"(module (import "a" "m" (memory 1))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "size") (result i32) memory.size)
            (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1))))"#;
        let other = module(&config(model), other);
        let b = store.instantiate(other, &mut Linker::with("a", 0)).unwrap();
        let last = (2 << 16) - 1;
        assert_eq!(
            call_in(&mut store, b, "store", &[last, 5])
                .unwrap_err()
                .code,
            TrapCode::MemoryOutOfBounds
        );
        assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![1]));
        assert_eq!(call_in(&mut store, b, "size", &[]), Ok(vec![2]));
        assert_eq!(call_in(&mut store, b, "store", &[last, 5]), Ok(vec![]));
        assert_eq!(call_in(&mut store, b, "grow", &[3]), Ok(vec![2]));
        assert_eq!(call(&mut store, "size", &[]), Ok(vec![5]));
        assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![0xffff_ffff]));
        assert_eq!(call(&mut store, "load", &[last]), Ok(vec![5]));
        assert_eq!(store.memory_bytes(), 5 << 16);
        assert_eq!(store.memory(b).len(), 5 << 16);
    }
}

#[test]
fn shared_table_and_globals() {
    for model in MODELS {
        let mut store = instance(
            model,
            r#"(module
                (type $pair (func (param i32 i32) (result i32)))
                (table (export "t") 4 funcref)
                (global $g (export "g") (mut i32) (i32.const 1))
                (func (export "get") (result i32) (global.get $g))
                (func (export "call") (param i32) (result i32)
                    (call_indirect (type $pair) (i32.const 30) (i32.const 12) (local.get 0))))"#,
        );
        // The same types in another order and number.
        let other = r#"(module
            (type $x (func)) (type $y (func (result f64))) (type $pair (func (param i32 i32) (result i32)))
            (import "a" "t" (table 4 funcref))
            (import "a" "g" (global $g (mut i32)))
            (memory 1)
            (elem (i32.const 0) $sub $void $grow)
            (func $sub (type $pair) (global.set $g (i32.const 99)) (i32.sub (local.get 0) (local.get 1)))
            (func $void (type $x))
            (func $grow (type $pair) (drop (memory.grow (i32.const 1))) unreachable))"#;
        let b = store
            .instantiate(module(&config(model), other), &mut Linker::with("a", 0))
            .unwrap();
        assert_eq!(call(&mut store, "call", &[0]), Ok(vec![18]));
        assert_eq!(
            call(&mut store, "get", &[]),
            Ok(vec![99]),
            "the callee's own global is the caller's"
        );
        assert_eq!(
            call(&mut store, "call", &[1]).unwrap_err().code,
            TrapCode::IndirectCallTypeMismatch
        );
        assert_eq!(
            call(&mut store, "call", &[3]).unwrap_err().code,
            TrapCode::NullReference
        );
        assert_eq!(
            call(&mut store, "call", &[4]).unwrap_err().code,
            TrapCode::UndefinedElement
        );
        let trap = call(&mut store, "call", &[2]).unwrap_err();
        assert_eq!(
            (trap.code, trap.instance, trap.function),
            (TrapCode::Unreachable, Some(b), Some(2))
        );
        assert_eq!(store.memory(b).len(), 2 << 16);
        assert_eq!(store.memory(0).len(), 0);
    }
}

#[test]
fn a_failing_segment_leaves_what_was_written() {
    let mut store = instance(
        MemoryModel::Guard,
        r#"(module
            (table (export "t") 2 funcref) (memory (export "m") 1)
            (func (export "call") (result i32) (call_indirect (result i32) (i32.const 1))))"#,
    );
    let bad = r#"(module
        (import "a" "t" (table 2 funcref)) (import "a" "m" (memory 1))
        (elem (i32.const 1) $f)
        (data (i32.const 3) "abc")
        (data (i32.const 65535) "xy")
        (data (i32.const 10) "never")
        (func $f (result i32) (i32.const 4711)) (func (export "f")))"#;
    let bad = module(&config(MemoryModel::Guard), bad);
    let before = Arc::strong_count(&bad);
    let error = store
        .instantiate(Arc::clone(&bad), &mut Linker::with("a", 0))
        .unwrap_err();
    assert_eq!(error, InstantiateError::Trap(TrapCode::MemoryOutOfBounds));
    assert_eq!(&store.memory(0)[3..6], b"abc");
    assert_eq!(
        store.memory(0)[65535],
        0,
        "a segment is written whole or not at all"
    );
    assert_eq!(store.memory(0)[10], 0);
    assert_eq!(call(&mut store, "call", &[]), Ok(vec![4711]));
    assert_eq!(store.export(1, "f"), None);
    assert!(
        Arc::strong_count(&bad) > before,
        "the table refers to its code"
    );
    drop(store);
    assert_eq!(Arc::strong_count(&bad), before);
}

#[test]
fn quotas() {
    for model in MODELS {
        let limits = StoreLimits {
            max_memory: 5 << 16,
            ..StoreLimits::default()
        };
        let mut store = Store::new(limits).unwrap();
        let text = r#"(module (memory 2) (table 1 funcref)
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
        let small = module(&config(model), text);
        store
            .instantiate(Arc::clone(&small), &mut Linker::default())
            .unwrap();
        store
            .instantiate(Arc::clone(&small), &mut Linker::default())
            .unwrap();
        let used = store.memory_bytes();
        assert_eq!(used, (4 << 16) + 16);
        let error = store
            .instantiate(small, &mut Linker::default())
            .unwrap_err();
        assert_eq!(error, InstantiateError::Platform(PlatformError::Quota));
        assert_eq!(store.memory_bytes(), used, "a failure takes nothing");
        assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![0xffff_ffff]));
        assert_eq!(call(&mut store, "table", &[8191]), Ok(vec![0xffff_ffff]));
        assert_eq!(
            call(&mut store, "table", &[8190]),
            Ok(vec![1]),
            "to the last slot"
        );
        assert_eq!(call(&mut store, "table", &[1]), Ok(vec![0xffff_ffff]));
        assert_eq!(store.memory_bytes(), 5 << 16);
    }
    let tiny = StoreLimits {
        stack_size: 4096,
        ..StoreLimits::default()
    };
    let error = Store::<wasmk_engine::sys::host::HostPlatform>::new(tiny).unwrap_err();
    assert!(matches!(error, RuntimeError::StackTooSmall(_)));
}

#[test]
fn a_thousand_instances_of_a_thousand_types() {
    let mut text = String::from("(module ");
    for n in 0..1000 {
        // Distinct parameter lists: n in base 3.
        let digits = (0..7).map(|d| ["i32", "i64", "f32"][n / 3usize.pow(d) % 3]);
        let params: Vec<&str> = digits.collect();
        text += &format!("(type (func (param {})))", params.join(" "));
    }
    text += r#"(global (export "g") (mut i32) (i32.const 0))
        (func (export "count") (result i32)
            (global.set 0 (i32.add (global.get 0) (i32.const 1))) (global.get 0)))"#;
    let counter = module(&config(MemoryModel::Guard), &text);
    let mut store = Store::new(StoreLimits::default()).unwrap();
    for n in 0..1000 {
        let instance = store
            .instantiate(Arc::clone(&counter), &mut Linker::default())
            .unwrap();
        assert_eq!(instance, n);
    }
    for n in [0, 1, 999, 0] {
        let before = store.global(n, "g").unwrap().1;
        assert_eq!(call_in(&mut store, n, "count", &[]), Ok(vec![before + 1]));
    }
    assert_eq!(store.global(0, "g").unwrap().1, 2);
    assert_eq!(store.global(999, "g").unwrap().1, 1);
}

#[test]
fn references_stay_in_their_store() {
    let mut store = instance(
        MemoryModel::Bounds,
        r#"(module
            (func $f (export "f") (result i32) (i32.const 5))
            (table (export "t") 1 funcref)
            (elem declare func $f)
            (global (export "null") funcref (ref.null func))
            (global (export "f_ref") funcref (ref.func $f))
            (func (export "give") (param i32) (result funcref externref)
                (if (result funcref) (local.get 0) (then (ref.func $f)) (else (ref.null func)))
                (ref.null extern))
            (func (export "take") (param funcref) (result i32)
                (table.set (i32.const 0) (local.get 0))
                (call_indirect (result i32) (i32.const 0)))
            (func (export "same") (param externref) (result externref) (local.get 0)))"#,
    );
    assert_eq!(call(&mut store, "give", &[0]), Ok(vec![0, 0]));
    assert_eq!(store.result_function(0), None);
    assert_eq!(
        call(&mut store, "give", &[1]),
        Ok(vec![1, 0]),
        "an address is never shown"
    );
    let f = function(&store, 0, "f");
    assert_eq!(store.result_function(0), Some(f));
    assert_eq!(store.result_function(1), None);
    let reference = store.reference(f).unwrap();
    assert_eq!(call(&mut store, "take", &[reference]), Ok(vec![5]));
    assert_eq!(
        call(&mut store, "take", &[0]).unwrap_err().code,
        TrapCode::NullReference
    );
    let take = function(&store, 0, "take");
    for bad in [1, reference + 8, reference - 40 * 8, u64::MAX] {
        assert_eq!(
            store.begin(take, &[bad]),
            Err(RuntimeError::BadReference),
            "{bad:#x}"
        );
    }
    assert_eq!(store.begin(take, &[]), Err(RuntimeError::ArgumentCount(1)));
    assert_eq!(call(&mut store, "same", &[u64::MAX]), Ok(vec![u64::MAX]));
    assert_eq!(store.global(0, "null").unwrap().1, 0);
    assert_eq!(store.global(0, "f_ref").unwrap().1, 1);
    assert_eq!(store.global_function(0, "f_ref"), Some(f));
    assert_eq!(store.global_function(0, "null"), None);
}
