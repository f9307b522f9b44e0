// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Tail calls: the stack stays as it is, whoever calls whom, and the first caller finds its own instance again.

mod wasm;

use std::fmt::Write;

use wasm::{
    call, call_host, call_in, config, function, instance, module, HostStore, Linker, TestHost,
    MODELS,
};
use wasmk_engine::{
    compile::compile,
    config::{BranchForm, Config, MemoryModel},
    runtime::{HostOutcome, Interruption, RunExit, Store, StoreLimits},
    trap::TrapCode,
};

/// More than any stack would hold.
const MANY: u64 = 10_000_000;

#[test]
fn ten_million_tail_calls_of_each_kind() {
    let text = r#"(module
        (type $step (func (param i64) (result i64)))
        (table funcref (elem $indirect))
        (func (export "direct") (param i64) (result i64)
            (if (i64.eqz (local.get 0)) (then (return (i64.const 42))))
            (return_call 0 (i64.sub (local.get 0) (i64.const 1))))
        (func $indirect (export "indirect") (param i64) (result i64)
            (if (i64.eqz (local.get 0)) (then (return (i64.const 43))))
            (return_call_indirect (type $step) (i64.sub (local.get 0) (i64.const 1)) (i32.const 0)))
        (func $reference (export "reference") (param i64) (result i64)
            (if (i64.eqz (local.get 0)) (then (return (i64.const 44))))
            (return_call_ref $step (i64.sub (local.get 0) (i64.const 1)) (ref.func $reference))))"#;
    for model in MODELS {
        let mut store = instance(model, text);
        assert_eq!(call(&mut store, "direct", &[MANY]), Ok(vec![42]));
        assert_eq!(call(&mut store, "indirect", &[MANY]), Ok(vec![43]));
        assert_eq!(call(&mut store, "reference", &[MANY]), Ok(vec![44]));
    }
}

/// `n` parameters of type `ty` as text.
fn many(what: &str, n: usize) -> String {
    let mut text = String::new();
    for index in 0..n {
        write!(text, "{}", what.replace('N', &index.to_string())).unwrap();
    }
    text
}

/// Functions of few and of many parameters and results tail call each other: arguments come right, results too, and the
/// stack does not grow.
fn ping_pong(store: &mut HostStore, few: usize, much: usize) {
    assert_eq!(
        call(store, "start", &[1_000_000]),
        Ok((0..5).map(|n| n * 1000 + much as u64 - 1).collect()),
        "{few} and {much} parameters"
    );
}

fn ping_pong_text(few: usize, much: usize) -> String {
    let results = many("(i64.add (i64.const N000) (local.get $last)) ", 5);
    format!(
        r#"(module
            (memory 1) (global $seen (mut i64) (i64.const 0))
            (func $few (param i64 {f}) (result i64 i64 i64 i64 i64)
                (return_call $many (local.get 0) {fa}))
            (func $many (param i64 {m}) (result i64 i64 i64 i64 i64) (local $last i64)
                (local.set $last (local.get {much}))
                (if (i64.eqz (local.get 0)) (then (return {results})))
                (return_call $few (i64.sub (local.get 0) (i64.const 1)) {ma}))
            (func (export "start") (param i64) (result i64 i64 i64 i64 i64)
                (call $few (local.get 0) {ma})))"#,
        f = many("i64 ", few),
        m = many("i64 ", much),
        fa = many("(i64.const N) ", much),
        ma = many("(i64.const N) ", few),
    )
}

#[test]
fn callees_with_more_or_fewer_stack_parameters() {
    let thunks = Config {
        returns: BranchForm::Plain,
        ..Config::default()
    };
    for model in MODELS {
        for (few, much) in [(0, 3), (0, 7), (6, 30), (20, 300), (3, 999), (8, 8)] {
            let config = Config {
                memory_model: model,
                ..thunks
            };
            let mut store: HostStore = Store::new(StoreLimits::default()).unwrap();
            let text = ping_pong_text(few, much);
            store
                .instantiate(module(&config, &text), &mut Linker::default())
                .unwrap();
            ping_pong(&mut store, few, much);
        }
    }
}

/// `b` tail calls between two instances that have a memory and a global each; callers in both find their own again.
#[test]
fn every_caller_finds_its_own_instance_again() {
    let a = r#"(module
        (type $f (func (param i32) (result i32)))
        (table (export "t") 4 funcref)
        (memory 1) (global $me i32 (i32.const 100))
        (data (i32.const 0) "\01")
        ;; Called directly by the next one, long before its tail call is seen.
        (func $leave (param i32) (result i32)
            (return_call_indirect (type $f) (local.get 0) (i32.const 1)))
        (func (export "run") (param i32) (result i32)
            (i32.add
                (i32.add (call $leave (local.get 0)) (i32.load8_u (i32.const 0)))
                (global.get $me)))
        (func $back (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.load8_u (i32.const 0)))))
            (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
        (elem (i32.const 0) $back))"#;
    let b = r#"(module
        (type $f (func (param i32) (result i32)))
        (import "a" "t" (table 4 funcref))
        (memory 1) (data (i32.const 0) "\07")
        (func $step (param i32) (result i32)
            (return_call_indirect (type $f) (local.get 0) (i32.const 0)))
        (func $over (param i32) (result i32)
            (i32.store8 (i32.const 1) (i32.const 9))
            (i32.add (call $step (local.get 0)) (i32.load8_u (i32.const 0))))
        (func $go (param i32) (result i32)
            (return_call $over (local.get 0)))
        (elem (i32.const 1) $step $over $go)
        (func (export "from_b") (param i32) (result i32) (call $go (local.get 0))))"#;
    for model in MODELS {
        let mut store = instance(model, a);
        let b = store
            .instantiate(module(&config(model), b), &mut Linker::with("a", 0))
            .unwrap();
        // back's byte, run's byte, run's global.
        assert_eq!(call(&mut store, "run", &[1_000_000]), Ok(vec![102]));
        assert_eq!(call_in(&mut store, b, "from_b", &[1_000_000]), Ok(vec![8]));
        assert_eq!(store.memory(b)[1], 9);
        assert_eq!(store.memory(0)[1], 0);
    }
}

#[test]
fn host_functions_are_tail_callees() {
    let text = r#"(module
        (import "host" "3" (func $host (param i32 i32 i32 i32 i32 i32 i32 f64) (result i64 i64)))
        (memory (export "m") 1) (data (i32.const 0) "\05")
        (func $tail (param i32) (result i64 i64)
            (return_call $host (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
                (i32.const 5) (i32.const 6) (local.get 0) (f64.const 0.5)))
        (func (export "run") (param i32) (result i64 i64 i32)
            (call $tail (local.get 0)) (i32.load8_u (i32.const 0))))"#;
    for model in MODELS {
        let mut store = instance(model, text);
        let mut host = TestHost::new(|number, caller, values| {
            let mut first = [0];
            caller.memory.read(0, &mut first).unwrap();
            assert_eq!((number, caller.instance, first[0]), (3, 0, 5));
            assert_eq!(values[..7], [1, 2, 3, 4, 5, 6, 70]);
            assert_eq!(f64::from_bits(values[7]), 0.5);
            (values[0], values[1]) = (10, 20);
            HostOutcome::Done
        });
        let results = call_host(&mut store, 0, "run", &[70], &mut host);
        assert_eq!(results, Ok(vec![10, 20, 5]));
        // A trap of the host's names the caller.
        let trap = call(&mut store, "run", &[70]).unwrap_err();
        assert_eq!((trap.code, trap.function), (TrapCode::HostFailure, Some(1)));
    }
}

#[test]
fn floats_in_registers_and_on_the_stack() {
    let text = r#"(module
        (func $sum (param f64 f32 f64 f32 f64 f32 f64 f32 f64 f32 i32) (result f64 f32 f64)
            (f64.add (local.get 0) (local.get 8)) (local.get 9) (f64.convert_i32_s (local.get 10)))
        (func $swap (param f64 f32) (result f64 f32 f64)
            (return_call $sum (local.get 0) (local.get 1) (local.get 0) (local.get 1) (local.get 0)
                (local.get 1) (local.get 0) (local.get 1) (f64.const 4) (f32.const 2.5) (i32.const -3)))
        (func (export "run") (result f64 f32 f64)
            (return_call $swap (f64.const 1.5) (f32.const 9))))"#;
    for model in MODELS {
        let mut store = instance(model, text);
        let results = call(&mut store, "run", &[]).unwrap();
        assert_eq!(f64::from_bits(results[0]), 5.5);
        assert_eq!(f32::from_bits(results[1] as u32), 2.5);
        assert_eq!(f64::from_bits(results[2]), -3.0);
    }
}

#[test]
fn an_endless_loop_of_tail_calls_can_be_ended() {
    let text = r#"(module (func $a (export "a") (return_call $b)) (func $b (return_call $a)))"#;
    let mut store = instance(MemoryModel::Guard, text);
    let a = function(&store, 0, "a");
    store.begin(a, &[]).unwrap();
    store.request_interrupt();
    let mut host = TestHost {
        end: Some((1, Interruption::Killed)),
        ..TestHost::default()
    };
    assert_eq!(store.run(&mut host), RunExit::Killed);
}

#[test]
fn fuel_is_charged_for_tail_calls() {
    let config = Config {
        fuel: true,
        ..Config::default()
    };
    let text = r#"(module (func $a (export "a") (return_call $a)))"#;
    let mut store: HostStore = Store::new(StoreLimits::default()).unwrap();
    store
        .instantiate(module(&config, text), &mut Linker::default())
        .unwrap();
    store.set_fuel(1000);
    assert_eq!(
        call(&mut store, "a", &[]).unwrap_err().code,
        TrapCode::OutOfFuel
    );
}

#[test]
fn traps_before_the_call_name_the_caller() {
    let text = r#"(module
        (type $f (func)) (type $g (func (param i32)))
        (table 2 funcref) (elem (i32.const 0) $other)
        (func $other (param i32))
        (func (export "outside") (return_call_indirect (type $f) (i32.const 2)))
        (func (export "null") (return_call_indirect (type $f) (i32.const 1)))
        (func (export "type") (return_call_indirect (type $f) (i32.const 0)))
        (func (export "ref") (return_call_ref $f (ref.null $f))))"#;
    let mut store = instance(MemoryModel::Guard, text);
    for (number, name, code) in [
        (1, "outside", TrapCode::UndefinedElement),
        (2, "null", TrapCode::NullReference),
        (3, "type", TrapCode::IndirectCallTypeMismatch),
        (4, "ref", TrapCode::NullFunction),
    ] {
        let trap = call(&mut store, name, &[]).unwrap_err();
        assert_eq!((trap.code, trap.function), (code, Some(number)));
    }
}

/// Only functions with tail calls pay for them.
#[test]
fn functions_without_tail_calls_are_as_they_were() {
    let sizes = |tail: &str| {
        let text = format!(
            r#"(module (table 1 funcref) (func $f) (func $g call $f call $h call $f) (func $h {tail}))"#
        );
        let wasm = wat::parse_str(text).unwrap();
        let compiled = compile(&wasm, &Config::default(), &mut ()).unwrap();
        let functions = &compiled.code.functions;
        assert!(functions[..2].iter().all(|function| function.bridge == 0));
        (functions[0].len, functions[1].len, functions[2].bridge != 0)
    };
    let (f, g, _) = sizes("call $f");
    assert_eq!(sizes("return_call $f"), (f, g, true));
    assert_eq!(sizes("i32.const 0 return_call_indirect"), (f, g, true));
}
