// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Runs: interruption, parking, host calls, floating-point sections, bulk operations, threads.

mod wasm;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use wasm::{
    call, call_host, config, function, instance, module, trap_code, HostStore, Linker, TestHost,
    MODELS,
};
use wasmk_engine::{
    config::{Config, MemoryModel},
    runtime::{HostOutcome, Interruption, RunExit, Store, StoreLimits},
    sys::host::{run_interrupted, HostPlatform},
    trap::TrapCode,
};

const TICK: Duration = Duration::from_micros(100);

/// Runs to the end while another thread interrupts; the number of times it parked.
fn run_parking(store: &mut HostStore, host: &mut TestHost<'_>) -> (RunExit, u64) {
    let mut parks = 0;
    loop {
        match run_interrupted(store, host, TICK, Some(TICK)) {
            RunExit::Parked => parks += 1,
            exit => return (exit, parks),
        }
    }
}

/// Runs to the end and parks first in a host call, then at every check; the number of times it parked.
///
/// A prologue makes its check again when it is resumed: that one must be passed undisturbed.
fn run_step_by_step(store: &mut HostStore) -> (RunExit, u64) {
    let mut parks = 0;
    loop {
        let mut host = TestHost::new(|_, _, _| match parks {
            0 => HostOutcome::Park,
            _ => HostOutcome::Done,
        });
        host.park_every = parks.min(1);
        match store.run(&mut host) {
            RunExit::Parked => drop(host),
            exit => {
                drop(host);
                return (exit, parks);
            }
        }
        parks += 1;
        store.request_interrupt();
    }
}

/// An integer loop, a float loop with a host call in it, and a float caller of an integer callee.
const LOOPS: &str = r#"(module
    (import "host" "1" (func $host (param f64 i32) (result f64)))
    (func (export "integers") (param i32) (result i64) (local $s i64)
        (loop $l
            (local.set $s (i64.add (i64.mul (local.get $s) (i64.const 31)) (i64.extend_i32_u (local.get 0))))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get $s))
    (func (export "floats") (param i32) (result f64) (local $s f64) (local $x f64)
        (local.set $x (f64.const 0.5))
        (loop $l
            (local.set $s (f64.add (local.get $s) (f64.sqrt (f64.convert_i32_u (local.get 0)))))
            (local.set $x (f64.div (f64.add (local.get $x) (local.get $s)) (f64.const 3)))
            (if (i32.eqz (i32.and (local.get 0) (i32.const 0xffff)))
                (then (local.set $s (call $host (local.get $s) (local.get 0)))))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (f64.add (local.get $s) (local.get $x)))
    (func $count (param i32) (result i32)
        (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0))
    (func (export "mixed") (param f64 i32) (result f64)
        (f64.add (local.get 0) (f64.convert_i32_s (call $count (local.get 1)))))
    (func (export "forever") (loop $l (br $l)))
    (func $deep (export "deep") (param f64 i32) (result f64)
        (if (result f64) (local.get 1)
            (then (f64.add (local.get 0)
                (call $deep (f64.add (local.get 0) (f64.const 1)) (i32.sub (local.get 1) (i32.const 1)))))
            (else (call $host (local.get 0) (i32.const 1))))))"#;

#[test]
fn interruptions_and_parks_change_no_result() {
    for model in MODELS {
        for (name, args) in [
            ("integers", vec![30_000_000]),
            ("floats", vec![10_000_000]),
            ("mixed", vec![2.5f64.to_bits(), 50_000_000]),
            ("deep", vec![1.25f64.to_bits(), 900]),
        ] {
            let mut store = instance(model, LOOPS);
            let mut host = TestHost::new(|_, _, values| {
                values[0] = (f64::from_bits(values[0]) * 0.75).to_bits();
                HostOutcome::Done
            });
            let quiet = call_host(&mut store, 0, name, &args, &mut host).unwrap();
            // As often as a busy machine needs until it was disturbed enough.
            let (mut interruptions, mut parks) = (0, 0);
            while (interruptions < 7 && name != "deep") || parks == 0 {
                let mut calls = 0;
                let mut host = TestHost::new(|_, _, values| {
                    // Parks first, every time: made again with the same arguments.
                    calls += 1;
                    if calls % 2 == 1 {
                        return HostOutcome::Park;
                    }
                    values[0] = (f64::from_bits(values[0]) * 0.75).to_bits();
                    HostOutcome::Done
                });
                host.park_every = 7;
                store.begin(function(&store, 0, name), &args).unwrap();
                let (exit, parked) = run_parking(&mut store, &mut host);
                assert_eq!(exit, RunExit::Returned);
                assert_eq!(store.results(), quiet, "{name}");
                interruptions += host.interruptions;
                parks += parked;
            }
        }
    }
}

#[test]
fn endless_loops_are_ended() {
    let mut store = instance(MemoryModel::Guard, LOOPS);
    for (answer, exit) in [
        (Interruption::Killed, RunExit::Killed),
        (Interruption::Deadline, RunExit::Deadline),
    ] {
        let mut host = TestHost {
            end: Some((1, answer)),
            ..TestHost::default()
        };
        store.begin(function(&store, 0, "forever"), &[]).unwrap();
        let start = Instant::now();
        assert_eq!(
            run_interrupted(&mut store, &mut host, Duration::from_millis(20), None),
            exit
        );
        assert!(start.elapsed() >= Duration::from_millis(20));
        assert_eq!(
            call(&mut store, "integers", &[1]),
            Ok(vec![1]),
            "the store works on"
        );
    }
}

#[test]
fn a_store_can_go_while_parked() {
    let mut store = instance(MemoryModel::Guard, LOOPS);
    let mut host = TestHost {
        park_every: 1,
        ..TestHost::default()
    };
    store.begin(function(&store, 0, "forever"), &[]).unwrap();
    assert_eq!(
        run_interrupted(&mut store, &mut host, TICK, None),
        RunExit::Parked
    );
    assert!(store.is_parked());
    store.cancel();
    assert!(!store.is_busy());
    store.begin(function(&store, 0, "forever"), &[]).unwrap();
    assert_eq!(
        run_interrupted(&mut store, &mut host, TICK, None),
        RunExit::Parked
    );
}

const BULK: &str = r#"(module
    (import "host" "1" (func $pause)) (memory 128 16384)
    (data $d "0123456789abcdef")
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
    (func (export "paused fill") (param i32 i32 i32)
        (call $pause) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "paused copy") (param i32 i32 i32)
        (call $pause) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "endless") (param i32 i32 i32)
        (call $pause) (memory.fill (local.get 0) (local.get 1) (local.get 2))
        (loop $l (memory.fill (local.get 0) (local.get 1) (local.get 2)) (br $l))))"#;

#[test]
fn bulk_operations_park_and_continue() {
    let mut store = instance(MemoryModel::Bounds, BULK);
    let len = 6 << 20;
    let pattern = |at: usize| (at as u32).wrapping_mul(2_654_435_761).rotate_right(11) as u8;
    for (target, source) in [(7, 4096), (4096, 7), (1 << 20, 0), (0, 1 << 20), (5, 5)] {
        let memory = store.memory(0);
        for (at, byte) in memory.iter_mut().enumerate() {
            *byte = pattern(at);
        }
        let mut expected = memory.to_vec();
        expected.copy_within(source..source + len, target);
        store
            .begin(
                function(&store, 0, "paused copy"),
                &[target as u64, source as u64, len as u64],
            )
            .unwrap();
        let (exit, parks) = run_step_by_step(&mut store);
        assert_eq!(exit, RunExit::Returned);
        assert!(parks > len as u64 >> 20, "more than once in a MiB: {parks}");
        assert!(store.memory(0) == expected, "{target} {source}");
    }
    store
        .begin(
            function(&store, 0, "paused fill"),
            &[100, 0x1ab, len as u64],
        )
        .unwrap();
    let (exit, parks) = run_step_by_step(&mut store);
    assert_eq!(exit, RunExit::Returned);
    assert!(parks > len as u64 >> 20, "more than once in a MiB: {parks}");
    let memory = store.memory(0);
    assert!(memory[100..100 + len].iter().all(|&byte| byte == 0xab));
    assert_ne!(memory[99] as u32 + memory[98] as u32, 2 * 0xab);
    assert_eq!(memory[100 + len], pattern(100 + len));
}

#[test]
fn a_gigabyte_fill_in_a_loop_is_killed_at_once() {
    let mut store = instance(MemoryModel::Guard, BULK);
    assert_eq!(call(&mut store, "grow", &[16384 - 128]), Ok(vec![128]));
    store
        .begin(function(&store, 0, "endless"), &[0, 1, 1 << 30])
        .unwrap();
    let mut host = TestHost::new(|_, _, _| HostOutcome::Park);
    assert_eq!(store.run(&mut host), RunExit::Parked);
    store.request_interrupt();
    let mut host = TestHost {
        end: Some((1, Interruption::Killed)),
        ..TestHost::new(|_, _, _| HostOutcome::Done)
    };
    assert_eq!(store.run(&mut host), RunExit::Killed);
    assert_eq!(store.memory(0)[0], 1, "readable after a kill");
    assert_eq!(store.memory(0)[(1 << 30) - 1], 0, "killed in the middle");
}

#[test]
fn bulk_operations_check_before_they_write() {
    for model in MODELS {
        let mut store = instance(model, BULK);
        let end = 128u64 << 16;
        for (name, args) in [
            ("fill", [end - 8, 1, 9]),
            ("fill", [0xffff_ffff, 1, 0xffff_ffff]),
            ("fill", [end + 1, 1, 0]),
            ("copy", [end - 8, 0, 9]),
            ("copy", [0, end - 8, 9]),
            ("copy", [0, 0xffff_fff0, 0x20]),
            ("init", [0, 10, 7]),
            ("init", [end - 4, 0, 5]),
            ("init", [0, 17, 0]),
        ] {
            assert_eq!(
                trap_code(&mut store, name, &args),
                TrapCode::MemoryOutOfBounds,
                "{name} {args:?}"
            );
        }
        assert!(store.memory(0).iter().all(|&byte| byte == 0));
        for (name, args) in [
            ("fill", [end, 1, 0]),
            ("copy", [end, end, 0]),
            ("init", [end - 16, 0, 16]),
            ("init", [end, 16, 0]),
        ] {
            assert_eq!(call(&mut store, name, &args), Ok(vec![]), "{name} {args:?}");
        }
        assert_eq!(&store.memory(0)[end as usize - 16..], b"0123456789abcdef");
    }
}

#[test]
fn host_functions_see_the_callers_memory() {
    for model in MODELS {
        let mut store = instance(
            model,
            r#"(module (import "host" "3" (func $swap (param i32 i64 f32) (result f32 i64 i32)))
                (memory 1) (data (i32.const 8) "hello")
                (func (export "run") (param i32 i64 f32) (result f32 i64 i32)
                    (call $swap (local.get 0) (local.get 1) (local.get 2))))"#,
        );
        let mut seen = Vec::new();
        let mut host = TestHost::new(|number, caller, values| {
            assert_eq!(
                (number, caller.instance, caller.memory.len()),
                (3, 0, 1 << 16)
            );
            caller.memory.write(8, b"J").unwrap();
            seen.extend_from_slice(values);
            values.reverse();
            HostOutcome::Done
        });
        let float = u64::from(1.5f32.to_bits());
        let results = call_host(&mut store, 0, "run", &[7, u64::MAX, float], &mut host).unwrap();
        assert_eq!(results, [float, u64::MAX, 7]);
        drop(host);
        assert_eq!(seen, [7, u64::MAX, float]);
        assert_eq!(&store.memory(0)[8..13], b"Jello");
    }
}

#[test]
fn a_host_cannot_invent_references() {
    let mut store = instance(
        MemoryModel::Guard,
        r#"(module (import "host" "1" (func $f (result funcref)))
            (table 1 funcref)
            (func (export "run") (table.set (i32.const 0) (call $f)) (call_indirect (i32.const 0)))
            (func (export "ok")))"#,
    );
    let mut host = TestHost::new(|_, _, values| {
        values[0] = 0xdead_beef;
        HostOutcome::Done
    });
    let trap = call_host(&mut store, 0, "run", &[], &mut host).unwrap_err();
    assert_eq!(trap.code, TrapCode::HostFailure);
    let reference = store.reference(function(&store, 0, "ok")).unwrap();
    let mut host = TestHost::new(|_, _, values| {
        values[0] = reference;
        HostOutcome::Done
    });
    assert_eq!(call_host(&mut store, 0, "run", &[], &mut host), Ok(vec![]));
}

#[test]
fn integers_need_no_section() {
    let mut store = instance(MemoryModel::Guard, LOOPS);
    let before = HostPlatform::float_sections();
    call(&mut store, "integers", &[1000]).unwrap();
    assert_eq!(HostPlatform::float_sections(), before);
    call(&mut store, "mixed", &[0, 10]).unwrap();
    assert_eq!(HostPlatform::float_sections(), before + 1);
    // What follows a float call begins without one again.
    call(&mut store, "integers", &[1000]).unwrap();
    assert_eq!(HostPlatform::float_sections(), before + 1);
}

#[test]
fn fuel_is_exact() {
    let text = r#"(module (memory 1)
        (func (export "count") (param i32) (result i32)
            (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0)))"#;
    for model in MODELS {
        let config = Config {
            fuel: true,
            ..config(model)
        };
        let module = module(&config, text);
        let mut store: HostStore = Store::new(StoreLimits::default()).unwrap();
        store.instantiate(module, &mut Linker::default()).unwrap();
        let cost = |store: &mut HostStore, n| {
            store.set_fuel(1_000_000);
            call(store, "count", &[n]).unwrap();
            1_000_000 - store.fuel()
        };
        let (ten, eleven) = (cost(&mut store, 10), cost(&mut store, 11));
        assert!(eleven > ten);
        assert_eq!(
            cost(&mut store, 1010),
            ten + 1000 * (eleven - ten),
            "linear"
        );
        store.set_fuel(ten);
        assert_eq!(
            call(&mut store, "count", &[10]),
            Ok(vec![0]),
            "exactly enough"
        );
        assert_eq!(store.fuel(), 0);
        store.set_fuel(ten - 1);
        assert_eq!(trap_code(&mut store, "count", &[10]), TrapCode::OutOfFuel);
    }
}

#[test]
fn runaway_recursion_names_its_function() {
    for model in MODELS {
        let mut store = instance(
            model,
            r#"(module (memory 1)
                (func $f (export "f") (param i64) (result i64)
                    (i64.store (i32.const 0) (local.get 0))
                    (i64.add (call $f (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
                (func $g (export "g") (param f64) (result f64)
                    (f64.add (call $g (f64.add (local.get 0) (f64.const 1))) (local.get 0))))"#,
        );
        for name in ["f", "g", "f"] {
            let trap = call(&mut store, name, &[0]).unwrap_err();
            assert_eq!(trap.code, TrapCode::StackOverflow);
            assert_eq!(trap.function, Some(u32::from(name == "g")));
            assert!(trap.offset.is_some());
        }
        let depth = u64::from_le_bytes(store.memory(0)[..8].try_into().unwrap());
        assert!((1000..40_000).contains(&depth), "{depth} frames on 256 KiB");
    }
}

#[test]
fn every_trap_has_an_offset() {
    for model in MODELS {
        let text = r#"(module (memory 1) (table 2 funcref) (elem (i32.const 0) $v) (func $v)
            (func (export "unreachable") unreachable)
            (func (export "load") (drop (i64.load offset=1 (i32.const 65528))))
            (func (export "store") (i32.store offset=4294967295 (i32.const 0) (i32.const 1)))
            (func (export "div") (drop (i32.div_s (i32.const 1) (i32.const 0))))
            (func (export "rem") (drop (i64.rem_u (i64.const 1) (i64.const 0))))
            (func (export "overflow") (drop (i64.div_s (i64.const -9223372036854775808) (i64.const -1))))
            (func (export "convert") (drop (i32.trunc_f64_s (f64.const nan))))
            (func (export "mismatch") (call_indirect (result i32) (i32.const 0)) drop)
            (func (export "null") (call_indirect (i32.const 1)))
            (func (export "undefined") (call_indirect (i32.const 2)))
            (func (export "table") (drop (table.get (i32.const 2))))
            (func (export "fill") (memory.fill (i32.const 1) (i32.const 1) (i32.const 65536))))"#;
        let wasm = wat::parse_str(text).unwrap();
        let mut store = instance(model, text);
        for (number, (name, code)) in [
            ("unreachable", TrapCode::Unreachable),
            ("load", TrapCode::MemoryOutOfBounds),
            ("store", TrapCode::MemoryOutOfBounds),
            ("div", TrapCode::DivisionByZero),
            ("rem", TrapCode::DivisionByZero),
            ("overflow", TrapCode::IntegerOverflow),
            ("convert", TrapCode::InvalidConversion),
            ("mismatch", TrapCode::IndirectCallTypeMismatch),
            ("null", TrapCode::NullReference),
            ("undefined", TrapCode::UndefinedElement),
            ("table", TrapCode::TableOutOfBounds),
            ("fill", TrapCode::MemoryOutOfBounds),
        ]
        .into_iter()
        .enumerate()
        {
            let trap = call(&mut store, name, &[]).unwrap_err();
            assert_eq!(
                (trap.code, trap.function),
                (code, Some(number as u32 + 1)),
                "{name} {model:?}"
            );
            let opcode = wasm[trap.offset.unwrap() as usize];
            let expected: &[u8] = match name {
                "unreachable" => &[0x00],
                "load" => &[0x29],
                "store" => &[0x36],
                "div" => &[0x6d],
                "rem" => &[0x82],
                "overflow" => &[0x7f],
                "convert" => &[0xaa],
                "mismatch" | "null" | "undefined" => &[0x11],
                "table" => &[0x25],
                _ => &[0xfc],
            };
            assert!(
                expected.contains(&opcode),
                "{name}: offset {:?} is {opcode:#x}",
                trap.offset
            );
            assert_eq!(
                store.module(0).unwrap().function_name(number as u32 + 1),
                Some(name)
            );
        }
    }
}

#[test]
fn threads_share_a_module() {
    let shared = module(&config(MemoryModel::Guard), LOOPS);
    thread::scope(|scope| {
        for _ in 0..4 {
            let shared = Arc::clone(&shared);
            scope.spawn(move || {
                for _ in 0..20 {
                    let mut store: HostStore = Store::new(StoreLimits::default()).unwrap();
                    store
                        .instantiate(Arc::clone(&shared), &mut Linker::default())
                        .unwrap();
                    let mut host = TestHost::new(|_, _, _| HostOutcome::Done);
                    let result = call_host(&mut store, 0, "deep", &[0, 100], &mut host).unwrap();
                    assert_eq!(result, [5050f64.to_bits()]);
                }
            });
        }
    });
}
