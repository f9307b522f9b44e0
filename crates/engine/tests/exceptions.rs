// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Exceptions: which handler, with which values, in which instance; and that those nobody holds are reclaimed.

mod wasm;

use wasm::{
    call, call_host, call_in, config, function, instance, module, trap_code, HostStore, Linker,
    TestHost, MODELS,
};
use wasmk_engine::{
    config::MemoryModel,
    runtime::{HostOutcome, RunExit, Store, StoreLimits},
    trap::TrapCode,
};

/// More than memory would hold: each exception counts for 80 bytes at least, and 16 MiB is the most.
const MANY: u64 = if cfg!(debug_assertions) {
    1_000_000
} else {
    10_000_000
};

#[test]
fn millions_of_throws_in_constant_memory() {
    let text = r#"(module
        (tag $e (param i64 i64))
        (table $t 100 exnref) (global $g (mut exnref) (ref.null exn))
        (func $throw (param i64) (throw $e (local.get 0) (i64.const 7)))
        ;; Keeps the newest in a global, a hundred in a table and one in a local; the sum of what is caught.
        (func (export "run") (param i64) (result i64) (local $sum i64) (local $x exnref)
            (loop $again
                (block $done
                    (block $caught (result i64 i64 exnref)
                        (try_table (catch_ref $e $caught)
                            (call $throw (local.get 0)))
                        (unreachable))
                    (local.tee $x)
                    (global.set $g)
                    (table.set $t
                        (i32.wrap_i64 (i64.rem_u (local.get 0) (i64.const 100))) (local.get $x))
                    (i64.add) (i64.add (local.get $sum)) (local.set $sum)
                    (local.set 0 (i64.sub (local.get 0) (i64.const 1)))
                    (br_if $again (i64.ne (local.get 0) (i64.const 0)))))
            (local.get $sum))
        (func $value (param exnref) (result i64)
            (block $caught (result i64 i64)
                (try_table (catch $e $caught) (throw_ref (local.get 0)))
                (unreachable))
            (drop))
        (func (export "global") (result i64) (call $value (global.get $g)))
        (func (export "table") (param i32) (result i64) (call $value (table.get $t (local.get 0)))))"#;
    let mut store = instance(MemoryModel::Guard, text);
    let sum = MANY * (MANY + 1) / 2 + 7 * MANY;
    assert_eq!(call(&mut store, "run", &[MANY]), Ok(vec![sum]));
    assert_eq!(call(&mut store, "global", &[]), Ok(vec![1]));
    for index in 1..100 {
        assert_eq!(call(&mut store, "table", &[index]), Ok(vec![index]));
    }
    assert_eq!(call(&mut store, "table", &[0]), Ok(vec![100]));
}

#[test]
fn exceptions_hold_what_they_refer_to() {
    // Each exception holds the one before: none can go, until memory ends.
    let text = r#"(module
        (tag $e (param exnref))
        (func (export "chain") (param i32) (local $x exnref)
            (loop $again
                (block $caught (result exnref exnref)
                    (try_table (catch_ref $e $caught) (throw $e (local.get $x)))
                    (unreachable))
                (local.set $x) (drop)
                (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                (br_if $again (local.get 0)))
            ;; Back through all of them.
            (loop $back
                (block $caught (result exnref)
                    (try_table (catch $e $caught) (throw_ref (local.get $x)))
                    (unreachable))
                (local.tee $x)
                (br_if $back (i32.eqz (ref.is_null))))))"#;
    let mut store = instance(MemoryModel::Guard, text);
    assert_eq!(call(&mut store, "chain", &[50_000]), Ok(vec![]));
    assert_eq!(
        trap_code(&mut store, "chain", &[1_000_000]),
        TrapCode::ExceptionMemory
    );
    // What was held is free again.
    assert_eq!(call(&mut store, "chain", &[50_000]), Ok(vec![]));
}

#[test]
fn garbage_does_not_stretch_what_exceptions_may_take() {
    // As above, behind some that nobody holds: what is collected first moves when it is looked again.
    let text = r#"(module
        (tag $none) (tag $e (param exnref))
        (func (export "chain") (param $waste i32) (param $keep i32) (local $x exnref)
            (loop $again
                (block $caught (try_table (catch $none $caught) (throw $none)))
                (local.set $waste (i32.sub (local.get $waste) (i32.const 1)))
                (br_if $again (local.get $waste)))
            (loop $again
                (block $caught (result exnref exnref)
                    (try_table (catch_ref $e $caught) (throw $e (local.get $x)))
                    (unreachable))
                (local.set $x) (drop)
                (local.set $keep (i32.sub (local.get $keep) (i32.const 1)))
                (br_if $again (local.get $keep)))))"#;
    // Bytes of one that is kept: 72. The most is 16 MiB, or what the store has left.
    for (max_memory, fit, too_many) in [(1 << 30, 200_000, 240_000), (1 << 20, 12_000, 15_000)] {
        let mut store: HostStore = Store::new(StoreLimits {
            max_memory,
            ..StoreLimits::default()
        })
        .unwrap();
        let module = module(&config(MemoryModel::Guard), text);
        store.instantiate(module, &mut Linker::default()).unwrap();
        assert_eq!(call(&mut store, "chain", &[500, fit]), Ok(vec![]));
        let code = trap_code(&mut store, "chain", &[500, too_many]);
        assert_eq!(code, TrapCode::ExceptionMemory);
    }
}

#[test]
fn the_innermost_handler_that_fits_is_chosen() {
    let text = r#"(module
        (tag $a (param i32)) (tag $b (param f64 i32)) (tag $c)
        (func $throw (param i32)
            (if (i32.eq (local.get 0) (i32.const 0)) (then (throw $a (i32.const 10))))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $b (f64.const 2.5) (i32.const 20))))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $c))))
        (func (export "run") (param i32) (result i32) (local $f f64) (local $keep i32)
            (local.set $keep (i32.const 1000))
            (block $all
                (block $b (result f64 i32)
                    (block $a (result i32)
                        (i32.const 5)
                        (try_table (param i32) (result i32) (catch $a $a) (catch_all $all)
                            (try_table (param i32) (result i32) (catch $b $b)
                                (local.set $keep (i32.const 2000))
                                (call $throw (local.get 0)))
                            (i32.add (i32.const 1)))
                        (return (i32.add (local.get $keep))))
                    (return (i32.add (local.get $keep))))
                (local.set $keep (i32.add (local.get $keep)))
                (local.set $f)
                (return (i32.add (local.get $keep) (i32.trunc_f64_s (local.get $f)))))
            (i32.add (local.get $keep) (i32.const 3))))"#;
    for model in MODELS {
        let mut store = instance(model, text);
        for (what, result) in [(0, 2010), (1, 2022), (2, 2003), (3, 2006)] {
            assert_eq!(call(&mut store, "run", &[what]), Ok(vec![result]));
        }
    }
}

const THROWER: &str = r#"(module
    (tag $e (export "e") (param i32)) (tag $other (param i32))
    (memory 1) (data (i32.const 0) "\05")
    (func (export "throw") (param i32 i32 i32 i32 i32 i32 i32 i32)
        (throw $e (i32.add (local.get 7) (i32.load8_u (i32.const 0)))))
    (func (export "other") (throw $other (i32.const 1)))
    (func $deep (export "deep") (param i32)
        (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (throw $e (local.get 0)))
    (func $tail (export "tail") (param i32) (return_call $deep (local.get 0)))
    (func (export "over_a_bridge") (param i32) (call $tail (local.get 0))))"#;

const CATCHER: &str = r#"(module
    (import "a" "e" (tag $e (param i32)))
    (import "a" "throw" (func $throw (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "a" "other" (func $other))
    (import "a" "deep" (func $deep (param i32)))
    (import "a" "over_a_bridge" (func $over (param i32)))
    (memory 1) (data (i32.const 0) "\09") (global $me i32 (i32.const 100))
    (func $between (call $throw (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
        (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8)))
    (func (export "run") (result i32)
        (block $caught (result i32)
            (try_table (catch $e $caught) (call $between))
            (unreachable))
        (i32.add (i32.load8_u (i32.const 0)))
        (i32.add (global.get $me)))
    (func (export "deep") (param i32) (result i32)
        (block $caught (result i32)
            (try_table (catch $e $caught) (call $deep (local.get 0)))
            (unreachable))
        (i32.add (global.get $me)))
    (func (export "over") (param i32) (result i32)
        (block $caught (result i32)
            (try_table (catch $e $caught) (call $over (local.get 0)))
            (unreachable))
        (i32.add (global.get $me)))
    (func (export "not_mine")
        (block $caught (result i32)
            (try_table (catch $e $caught) (call $other))
            (unreachable))
        (drop)))"#;

#[test]
fn handlers_are_found_across_instances() {
    for model in MODELS {
        let mut store = instance(model, THROWER);
        // A second instance of the same module: its tag is another.
        store
            .instantiate(module(&config(model), THROWER), &mut Linker::default())
            .unwrap();
        let catcher = module(&config(model), CATCHER);
        let b = store
            .instantiate(catcher, &mut Linker::with("a", 0))
            .unwrap();
        assert_eq!(
            call_in(&mut store, b, "run", &[]),
            Ok(vec![8 + 5 + 9 + 100])
        );
        assert_eq!(call_in(&mut store, b, "deep", &[3000]), Ok(vec![100]));
        assert_eq!(call_in(&mut store, b, "over", &[30]), Ok(vec![100]));
        let trap = call_in(&mut store, b, "not_mine", &[]).unwrap_err();
        assert_eq!(trap.code, TrapCode::UncaughtException);
        assert_eq!((trap.instance, trap.function), (Some(0), Some(1)));
    }
}

#[test]
fn uncaught_and_null() {
    let text = r#"(module
        (import "host" "1" (func $host))
        (tag $e)
        (func (export "throw") (throw $e))
        (func (export "null") (try_table (catch_all 0) (throw_ref (ref.null exn))))
        ;; Traps are no exceptions.
        (func (export "trap") (try_table (catch_all 0) (unreachable)))
        (func $forever (call $forever))
        (func (export "overflow") (try_table (catch_all 0) (call $forever)))
        (func (export "host") (result i32)
            (block $b (try_table (catch_all $b) (call $host) (throw $e)))
            (i32.const 1)))"#;
    let mut store = instance(MemoryModel::Guard, text);
    for (name, code) in [
        ("throw", TrapCode::UncaughtException),
        ("null", TrapCode::NullException),
        ("trap", TrapCode::Unreachable),
        ("overflow", TrapCode::StackOverflow),
        ("host", TrapCode::HostFailure),
    ] {
        assert_eq!(trap_code(&mut store, name, &[]), code, "{name}");
    }
    let mut host = TestHost::new(|_, _, _| HostOutcome::Done);
    assert_eq!(
        call_host(&mut store, 0, "host", &[], &mut host),
        Ok(vec![1])
    );
}

#[test]
fn the_search_for_a_handler_can_be_parked() {
    let mut store: HostStore = Store::new(StoreLimits {
        stack_size: 4 << 20,
        ..StoreLimits::default()
    })
    .unwrap();
    let model = MemoryModel::Guard;
    store
        .instantiate(module(&config(model), THROWER), &mut Linker::default())
        .unwrap();
    let b = store
        .instantiate(module(&config(model), CATCHER), &mut Linker::with("a", 0))
        .unwrap();
    let deep = function(&store, b, "deep");
    store.begin(deep, &[50_000]).unwrap();
    // Asked at each check: also during the walk, which begins anew then.
    let mut host = TestHost {
        park_every: 3,
        ..TestHost::default()
    };
    let mut parks = 0;
    loop {
        store.request_interrupt();
        match store.run(&mut host) {
            RunExit::Parked => parks += 1,
            RunExit::Returned => break,
            exit => panic!("{exit:?}"),
        }
        if parks > 10 {
            host.park_every = 0;
        }
    }
    assert_eq!(store.results(), [100]);
}
