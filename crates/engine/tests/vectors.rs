// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Vectors wherever values go: registers, slots, calls of all kinds, merges, globals, host functions, interruptions. What the operators
//! compute is the official suite's affair.

mod wasm;

use std::{fmt::Write, sync::Arc, time::Duration};

use wasm::{
    call, call_host, call_in, config, function, instance, module, trap_code, HostStore, Linker,
    TestHost, MODELS,
};
use wasmk_engine::{
    compile::{compile, validate},
    config::{Config, CpuFeatures},
    error::CompileErrorKind,
    runtime::{HostOutcome, RunExit, Store, StoreLimits},
    sys::host::{run_interrupted, HostPlatform},
    trap::TrapCode,
};

/// What code may be compiled for.
fn cpus() -> [CpuFeatures; 3] {
    let all = CpuFeatures::all();
    [all, all.difference(CpuFeatures::AVX2), CpuFeatures::SSE41]
}

/// Stores with one instance each, for both memory models and all CPUs.
fn instances(text: &str) -> Vec<HostStore> {
    let mut stores = Vec::new();
    for model in MODELS {
        for cpu in cpus() {
            let config = Config {
                cpu,
                ..config(model)
            };
            let mut store = Store::new(StoreLimits::default()).unwrap();
            store
                .instantiate(module(&config, text), &mut Linker::default())
                .unwrap();
            stores.push(store);
        }
    }
    stores
}

/// The n-th vector.
fn halves(n: u64) -> [u64; 2] {
    [
        0x0102_0304_0506_0708u64.wrapping_mul(n + 1),
        !n.wrapping_mul(0x1111_2222_3333_4444),
    ]
}

/// Parameters and results of types that take turns, some of them vectors: directly, through a table, and from outside.
#[test]
fn wide_calls() {
    const TYPES: [&str; 6] = ["v128", "i32", "v128", "f64", "i64", "f32"];
    for count in [2usize, 6, 20, 60] {
        let list: String = (0..count).map(|n| format!("{} ", TYPES[n % 6])).collect();
        let gets: String = (0..count).map(|n| format!("(local.get {n}) ")).collect();
        let text = format!(
            r#"(module
                (type $t (func (param {list}) (result {list})))
                (table funcref (elem $copy))
                (func $copy (type $t) {gets})
                (func $direct (export "direct") (type $t) {gets} (call $copy))
                (func (export "indirect") (type $t) {gets} (call_indirect (type $t) (i32.const 0)))
                (func (export "twice") (type $t) {gets} (call $direct) (call $copy)))"#
        );
        let args: Vec<u64> = (0..count as u64)
            .flat_map(|n| match n % 6 {
                0 | 2 => halves(n).to_vec(),
                1 => vec![0xffff_ff00 + n % 256],
                3 => vec![(n as f64 + 0.5).to_bits()],
                4 => vec![u64::MAX - n],
                _ => vec![u64::from((n as f32 + 0.25).to_bits())],
            })
            .collect();
        for mut store in instances(&text) {
            for name in ["direct", "indirect", "twice"] {
                let results = call(&mut store, name, &args).unwrap();
                assert_eq!(results, args, "{name} {count}");
            }
        }
    }
}

/// A function whose slots are wide calls functions that know no vectors: slots of 16 bytes meet those of 8.
#[test]
fn calls_between_widths() {
    for count in [1usize, 9, 40] {
        let list = "i64 ".repeat(count);
        let gets: String = (0..count).map(|n| format!("(local.get {n}) ")).collect();
        let text = format!(
            r#"(module
                (type $t (func (param {list}) (result {list})))
                (func $narrow (type $t) {gets})
                (func $wide (export "wide") (type $t) (local $v v128)
                    (local.set $v (i64x2.splat (local.get 0)))
                    {gets} (call $narrow) (call $narrow)
                    (v128.store (i32.const 0) (i64x2.add (local.get $v) (v128.load (i32.const 0)))))
                (func (export "outer") (type $t) {gets} (call $wide) (call $wide))
                (memory (export "memory") 1))"#
        );
        let args: Vec<u64> = (0..count as u64).map(|n| n * n + 3).collect();
        for mut store in instances(&text) {
            assert_eq!(call(&mut store, "wide", &args).unwrap(), args, "{count}");
            assert_eq!(call(&mut store, "outer", &args).unwrap(), args, "{count}");
            assert_eq!(store.memory(0)[..9], [9, 0, 0, 0, 0, 0, 0, 0, 9]);
        }
    }
}

/// Tail calls between functions whose parameters differ in width; their results, which lie above those, do not.
#[test]
fn tail_calls() {
    for count in [1usize, 8, 30] {
        let vectors = "v128 ".repeat(count);
        let numbers = "i64 ".repeat(count);
        let gets: String = (0..count).map(|n| format!("(local.get {n}) ")).collect();
        let splats: String = (0..count)
            .map(|n| format!("(i64x2.splat (local.get {n})) "))
            .collect();
        let lanes: String = (0..count)
            .map(|n| format!("(i64x2.extract_lane 1 (local.get {n})) "))
            .collect();
        let text = format!(
            r#"(module
                (type $results (func (result v128 i64 v128 i64 v128)))
                (func $numbers (param {numbers}) (result i64 v128 i64 v128 i64)
                    (local.get {last}) (i64x2.splat (local.get 0)) (i64.const 3) (i64x2.splat (local.get {last})) (local.get 0))
                (func $vectors (param {vectors}) (result i64 v128 i64 v128 i64)
                    {lanes} (return_call $numbers))
                (func $more (param {numbers}) (result i64 v128 i64 v128 i64)
                    {splats} (return_call $vectors))
                (func $narrow (param {numbers}) (result i64 i64)
                    (local.get 0) (local.get {last}))
                (func $wide (param {vectors}) (result i64 i64) {lanes} (return_call $narrow))
                (func (export "f") (param {numbers}) (result i64 v128 i64 v128 i64) {gets} (call $more))
                (func (export "g") (param {vectors}) (result i64 i64) {gets} (call $wide)))"#,
            last = count - 1,
        );
        let args: Vec<u64> = (0..count as u64).map(|n| n * 11 + 5).collect();
        let (first, last) = (args[0], args[count - 1]);
        let wide: Vec<u64> = args.iter().flat_map(|&n| [7, n]).collect();
        for mut store in instances(&text) {
            let results = call(&mut store, "f", &args).unwrap();
            assert_eq!(
                results,
                [last, first, first, 3, last, last, first],
                "{count}"
            );
            assert_eq!(call(&mut store, "g", &wide).unwrap(), [first, last]);
        }
    }
}

/// Exceptions carry vectors, past calls with vectors on the stack, to handlers in functions that have none but those.
#[test]
fn exceptions() {
    let list = "v128 ".repeat(12);
    let gets: String = (0..12).map(|n| format!("(local.get {n}) ")).collect();
    let text = format!(
        r#"(module
            (tag $t (param i32 v128 i64 v128))
            (tag $n (param i64))
            (func $throw (param {list}) (result v128 v128)
                (throw $t (i32.const 7) (local.get 10) (i64.const 8) (local.get 11)))
            (func $pass (param {list}) (result v128 v128)
                (v128.const i64x2 1 1) (drop) {gets} (call $throw))
            (func $catch (export "catch") (param {list}) (result i32 v128 i64 v128)
                (block $h (result i32 v128 i64 v128)
                    (try_table (result v128 v128) (catch $t $h) {gets} (call $pass))
                    (unreachable))
                )
            (func (export "again") (param {list}) (result i32 v128 i64 v128)
                (local $e exnref)
                (block $h (result i32 v128 i64 v128 exnref)
                    (try_table (result v128 v128) (catch_ref $t $h) {gets} (call $pass))
                    (unreachable))
                (local.set $e)
                (drop) (drop) (drop) (drop)
                (block $h (result i32 v128 i64 v128)
                    (try_table (catch $t $h) (throw_ref (local.get $e)))
                    (unreachable)))
            (func $ignores (param $n i64) (result i64)
                (block $h
                    (block $v (result i32 v128 i64 v128)
                        (try_table (catch $t $v) (catch_all $h)
                            (throw $n (local.get $n)))
                        (unreachable))
                    (drop) (drop) (drop) (return (i64.extend_i32_u)))
                (i64.add (local.get $n) (i64.const 1)))
            (func (export "ignores") (param i64) (result i64) (call $ignores (local.get 0))))"#
    );
    let args: Vec<u64> = (0..12).flat_map(halves).collect();
    let (a, b) = (halves(10), halves(11));
    for mut store in instances(&text) {
        for name in ["catch", "again"] {
            let results = call(&mut store, name, &args).unwrap();
            assert_eq!(results, [7, a[0], a[1], 8, b[0], b[1]], "{name}");
        }
        assert_eq!(call(&mut store, "ignores", &[41]).unwrap(), [42]);
    }
}

/// All are live before the first addition; some are constants, some come from locals in registers and in homes.
#[test]
fn more_vectors_than_registers() {
    let mut body = String::new();
    for n in 0..40 {
        let term = match n % 3 {
            0 => format!("(i64x2.splat (i64.const {n}))"),
            1 => format!(
                "(i64x2.mul (local.get {}) (i64x2.splat (i64.const {n})))",
                n % 12
            ),
            _ => format!(
                "(i64x2.add (local.get {}) (v128.const i64x2 {n} -{n}))",
                n % 12
            ),
        };
        write!(body, "(i64x2.sub {term} ").unwrap();
    }
    body += "(v128.const i64x2 0 0)";
    body += &")".repeat(40);
    let params = "v128 ".repeat(12);
    let text = format!(r#"(module (func (export "f") (param {params}) (result v128) {body}))"#);
    let args: Vec<[u64; 2]> = (0..12).map(halves).collect();
    let expected: Vec<u64> = (0..2)
        .map(|lane| {
            (0..40u64).rev().fold(0u64, |right, n| {
                let arg = args[n as usize % 12][lane];
                let signed = if lane == 0 { n } else { n.wrapping_neg() };
                let term = match n % 3 {
                    0 => n,
                    1 => arg.wrapping_mul(n),
                    _ => arg.wrapping_add(signed),
                };
                term.wrapping_sub(right)
            })
        })
        .collect();
    for mut store in instances(&text) {
        assert_eq!(call(&mut store, "f", &args.concat()).unwrap(), expected);
    }
}

/// A local is read, then written, many times over: each read keeps the value of its time.
#[test]
fn reads_keep_the_value_of_their_time() {
    let mut body = String::new();
    for n in 1..=30 {
        write!(
            body,
            "local.get 0 (local.set 0 (i32x4.add (local.get 0) (i32x4.splat (i32.const {n}))))"
        )
        .unwrap();
    }
    body += "local.get 0";
    body += &" i32x4.sub".repeat(30);
    let text = format!(r#"(module (func (export "f") (param v128) (result v128) {body}))"#);
    let expected = (0..30i32)
        .rev()
        .fold(5 + 465, |right, n| 5 + n * (n + 1) / 2 - right) as u32;
    let lanes = |lane: u32| u64::from(lane) << 32 | u64::from(lane);
    for mut store in instances(&text) {
        let result = call(&mut store, "f", &[lanes(5), lanes(5)]).unwrap();
        assert_eq!(result, [lanes(expected), lanes(expected)]);
    }
}

/// A loop that rotates its parameters, vectors and integers by turns, with a value below them, so that a branch moves them.
#[test]
fn loops_with_parameters() {
    for pairs in [1usize, 2, 5, 12] {
        let types = "v128 i32 ".repeat(pairs);
        let locals: String = (0..pairs)
            .map(|n| format!("(local $v{n} v128) (local $i{n} i32) "))
            .collect();
        let start: String = (0..pairs)
            .map(|n| format!("(i32x4.splat (i32.const {n})) (i32.const {}) ", n * 7))
            .collect();
        let take: String = (0..pairs)
            .rev()
            .map(|n| format!("local.set $i{n} local.set $v{n} "))
            .collect();
        let rotate: String = (0..pairs)
            .map(|n| (n, (n + 1) % pairs))
            .map(|(n, next)| {
                format!("(i32x4.add (local.get $v{next}) (i32x4.splat (local.get $i{n}))) (local.get $i{next}) ")
            })
            .collect();
        let give: String = (0..pairs)
            .map(|n| format!("local.get $v{n} local.get $i{n} "))
            .collect();
        let sum: String = (0..pairs)
            .map(|_| {
                "i32x4.splat i32x4.add local.get $sum i32x4.add (i32x4.splat (i32.const 3)) i32x4.mul local.set $sum "
            })
            .collect();
        let text = format!(
            r#"(module
                (type $t (func (param {types}) (result {types})))
                (func (export "f") (param $n i32) (result v128) (local $sum v128) {locals}
                    {start}
                    loop $l (type $t)
                        {take}
                        (v128.const i32x4 1 2 3 4)
                        {rotate}
                        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))
                        br_if $l
                        {take}
                        drop
                        {give}
                    end
                    {sum}
                    local.get $sum))"#
        );
        let mut vectors: Vec<u32> = (0..pairs as u32).collect();
        let mut numbers: Vec<u32> = (0..pairs as u32).map(|n| n * 7).collect();
        for _ in 0..7 {
            vectors = (0..pairs)
                .map(|n| vectors[(n + 1) % pairs].wrapping_add(numbers[n]))
                .collect();
            numbers.rotate_left(1);
        }
        let expected = vectors
            .iter()
            .zip(&numbers)
            .rev()
            .fold(0u32, |sum, (v, i)| {
                v.wrapping_add(*i).wrapping_add(sum).wrapping_mul(3)
            });
        let lanes = u64::from(expected) << 32 | u64::from(expected);
        for mut store in instances(&text) {
            assert_eq!(
                call(&mut store, "f", &[7]).unwrap(),
                [lanes, lanes],
                "{pairs}"
            );
        }
    }
}

/// Results of blocks and arms, `select`, `local.tee`, branch tables, early returns, values dropped.
#[test]
fn merges() {
    let text = r#"(module
        (func (export "if") (param i32 v128 v128) (result v128)
            (if (result v128) (local.get 0) (then (local.get 1)) (else (i64x2.neg (local.get 2)))))
        (func (export "select") (param i32 v128 v128) (result v128)
            (select (result v128) (local.get 1) (i64x2.neg (local.get 2)) (local.get 0)))
        (func (export "plain") (param i32 v128 v128) (result v128)
            (select (v128.const i64x2 7 8) (local.get 2) (i32.eqz (local.get 0))))
        (func (export "table") (param i32 v128 v128) (result v128)
            (block $b (result v128)
                (block $a (result v128)
                    (v128.const i64x2 1 1) (local.get 1) (br_table $a $b $a (local.get 0)))
                (i64x2.add (local.get 2)))
            (drop (local.get 2)))
        (func (export "tee") (param i32 v128 v128) (result v128) (local $v v128)
            (drop (local.tee $v (local.get 1)))
            (local.set 1 (v128.const i64x2 0 0))
            (v128.or (local.get 1) (local.get $v)))
        (func (export "return") (param i32 v128 v128) (result i32 v128)
            (br_if 0 (i32.const 5) (local.get 1) (local.get 0))
            (drop) (drop)
            (return (i32.const 6) (local.get 2))))"#;
    let negated = |v: [u64; 2]| v.map(|half| half.wrapping_neg());
    let (a, b) = (halves(3), halves(9));
    let sum = [a[0].wrapping_add(b[0]), a[1].wrapping_add(b[1])];
    for mut store in instances(text) {
        for flag in [0u64, 1] {
            let set = flag != 0;
            let args = [flag, a[0], a[1], b[0], b[1]];
            let mut is = |name: &str, expected: &[u64]| {
                assert_eq!(
                    call(&mut store, name, &args).unwrap(),
                    expected,
                    "{name} {flag}"
                );
            };
            is("if", &if set { a } else { negated(b) });
            is("select", &if set { a } else { negated(b) });
            is("plain", &if set { b } else { [7, 8] });
            is("table", &if set { a } else { sum });
            is("tee", &a);
            is(
                "return",
                &if set {
                    [5, a[0], a[1]]
                } else {
                    [6, b[0], b[1]]
                },
            );
        }
    }
}

/// Homes of 16 bytes begin as zero; too many of them are a trap.
#[test]
fn large_frames() {
    for count in [3, 9, 700, 12_000, 30_000] {
        let types = "v128 i32 ".repeat(count / 2);
        let last = (count / 2 - 1) * 2;
        let text = format!(
            r#"(module
                (func (export "dirty") (result v128) (local {types})
                    (local.set {last} (v128.const i64x2 -1 -1))
                    (local.set 0 (v128.const i64x2 -1 -1))
                    (v128.and (local.get {last}) (local.get 0)))
                (func (export "zero") (result v128) (local {types})
                    (v128.or (local.get {last}) (v128.or (local.get 0) (local.get {})))))"#,
            count / 4 * 2,
        );
        for mut store in instances(&text) {
            if count < 13_000 {
                assert_eq!(call(&mut store, "dirty", &[]).unwrap(), [u64::MAX; 2]);
                assert_eq!(call(&mut store, "zero", &[]).unwrap(), [0, 0], "{count}");
            } else {
                assert_eq!(trap_code(&mut store, "zero", &[]), TrapCode::StackOverflow);
            }
        }
    }
}

#[test]
fn recursion_with_wide_calls() {
    let list = "v128 ".repeat(900);
    let gets: String = (0..900).map(|n| format!("(local.get {n}) ")).collect();
    let text = format!(
        r#"(module (func $f (export "f") (param {list}) (result {list}) {gets} (call $f)))"#
    );
    for mut store in instances(&text) {
        let code = trap_code(&mut store, "f", &[1; 1800]);
        assert_eq!(code, TrapCode::StackOverflow);
    }
}

/// Own globals, imported ones, ones that begin as another; read by the runtime too.
#[test]
fn globals() {
    let exporter = r#"(module
        (global (export "fixed") v128 (v128.const i64x2 11 12))
        (global $g (export "changing") (mut v128) (v128.const i64x2 13 14))
        (global (export "number") (mut i64) (i64.const 5))
        (func (export "get") (result v128) (global.get $g)))"#;
    let importer = r#"(module
        (import "a" "fixed" (global $f v128))
        (import "a" "changing" (global $c (mut v128)))
        (global (export "copy") v128 (global.get $f))
        (global $own (export "own") (mut v128) (v128.const i64x2 0 0))
        (func (export "move") (param v128) (result v128)
            (global.set $own (i64x2.add (global.get $c) (global.get $f)))
            (global.set $c (local.get 0))
            (global.get $own)))"#;
    for model in MODELS {
        let mut store = instance(model, exporter);
        let mut linker = Linker::with("a", 0);
        let second = store
            .instantiate(module(&config(model), importer), &mut linker)
            .unwrap();
        let args = halves(4);
        let sums = call_in(&mut store, second, "move", &args).unwrap();
        assert_eq!(sums, [24, 26]);
        assert_eq!(call(&mut store, "get", &[]).unwrap(), args);
        assert_eq!(store.global_vector(0, "changing"), Some(args));
        assert_eq!(store.global_vector(second, "copy"), Some([11, 12]));
        assert_eq!(store.global_vector(second, "own"), Some([24, 26]));
        assert_eq!(store.global_vector(0, "number"), None);
        assert_eq!(store.global(0, "fixed").unwrap().1, 11);
    }
}

const HOST: &str = r#"(module
    (type $t (func (param i32 v128 f32 v128) (result v128 i32 v128)))
    (import "host" "1" (func $host (type $t)))
    (func (export "call") (type $t)
        (local $v v128)
        (local.set $v (local.get 1))
        (call $host (local.get 0) (local.get 1) (local.get 2) (local.get 3))
        (i64x2.sub (local.get $v)))
    (func (export "loop") (param i32 v128) (result v128) (local $s v128) (local $t v128)
        (loop $l
            (local.set $s (i64x2.add (i64x2.mul (local.get $s) (v128.const i64x2 31 37)) (i64x2.splat (i64.extend_i32_u (local.get 0)))))
            (local.set $t (v128.xor (i8x16.shl (local.get $t) (i32.const 1)) (i32x4.add (local.get $s) (local.get 1))))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (v128.xor (local.get $s) (local.get $t))))"#;

#[test]
fn host_functions() {
    for mut store in instances(HOST) {
        let (a, b) = (halves(1), halves(2));
        let mut host = TestHost::new(|_, _, values| {
            assert_eq!(*values, [7, a[0], a[1], 0x3f80_0000, b[0], b[1]][..]);
            values[..5].copy_from_slice(&[b[0], b[1], u64::MAX, a[0], a[1]]);
            HostOutcome::Done
        });
        let args = [7, a[0], a[1], 0x3f80_0000, b[0], b[1]];
        let results = call_host(&mut store, 0, "call", &args, &mut host).unwrap();
        assert_eq!(results, [b[0], b[1], 0xffff_ffff, 0, 0]);
    }
}

/// Interruptions and parks, which end floating-point sections, change no vector.
#[test]
fn interruptions_keep_whole_vectors() {
    const TICK: Duration = Duration::from_micros(100);
    for mut store in instances(HOST) {
        let args = [300_000, 5, 6];
        let expected = call(&mut store, "loop", &args).unwrap();
        let (mut interruptions, mut parks) = (0, 0);
        while interruptions < 5 || parks == 0 {
            let mut host = TestHost {
                park_every: 3,
                ..TestHost::default()
            };
            store.begin(function(&store, 0, "loop"), &args).unwrap();
            let exit = loop {
                match run_interrupted(&mut store, &mut host, TICK, Some(TICK)) {
                    RunExit::Parked => parks += 1,
                    exit => break exit,
                }
            };
            assert_eq!(exit, RunExit::Returned);
            assert_eq!(store.results(), expected);
            interruptions += host.interruptions;
        }
    }
}

/// Every kind of access at the end of the memory, and one byte further; addresses known and not.
#[test]
fn bounds() {
    let loads = [
        ("v128.load", 16u64),
        ("v128.load8x8_u", 8),
        ("v128.load16x4_s", 8),
        ("v128.load32x2_u", 8),
        ("v128.load8_splat", 1),
        ("v128.load16_splat", 2),
        ("v128.load32_splat", 4),
        ("v128.load64_splat", 8),
        ("v128.load32_zero", 4),
        ("v128.load64_zero", 8),
    ];
    let lanes = [(8, 15), (16, 7), (32, 3), (64, 1)];
    let mut text = String::from("(module (memory 1) ");
    let mut all: Vec<(String, u64)> = Vec::new();
    for (name, bytes) in loads {
        write!(
            text,
            r#"(func (export "{name}") (param i32) (drop ({name} (local.get 0))))"#
        )
        .unwrap();
        all.push((name.into(), bytes));
    }
    for (bits, lane) in lanes {
        write!(
            text,
            r#"(func (export "load{bits}") (param i32) (local v128)
                (local.set 1 (v128.load{bits}_lane offset=1 {lane} (local.get 0) (local.get 1))))
               (func (export "store{bits}") (param i32) (local v128)
                (v128.store{bits}_lane offset=1 {lane} (local.get 0) (local.get 1)))"#
        )
        .unwrap();
        all.push((format!("load{bits}"), bits / 8 + 1));
        all.push((format!("store{bits}"), bits / 8 + 1));
    }
    text += r#"(func (export "store") (param i32) (v128.store (local.get 0) (v128.const i64x2 1 2)))
        (func (export "known") (param i32) (v128.store offset=1 (i32.const 65519) (v128.const i64x2 1 2)))
        (func (export "outside") (param i32) (v128.store offset=1 (i32.const 65520) (v128.const i64x2 1 2)))
        (func (export "far") (param i32) (v128.store offset=0xffffffff (local.get 0) (v128.const i64x2 1 2))))"#;
    all.push(("store".into(), 16));
    for mut store in instances(&text) {
        for (name, bytes) in &all {
            let last = 65536 - bytes;
            call(&mut store, name, &[last]).unwrap_or_else(|trap| panic!("{name}: {trap:?}"));
            for outside in [last + 1, 65536, 0xffff_ffff] {
                let code = trap_code(&mut store, name, &[outside]);
                assert_eq!(code, TrapCode::MemoryOutOfBounds, "{name} {outside}");
            }
        }
        call(&mut store, "known", &[0]).unwrap();
        for name in ["outside", "far"] {
            let code = trap_code(&mut store, name, &[0]);
            assert_eq!(code, TrapCode::MemoryOutOfBounds, "{name}");
        }
    }
}

/// Shuffles by every instruction that they may become, with operands in registers, homes, and the same local twice.
#[test]
fn shuffles() {
    let orders: [[u8; 16]; 14] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [
            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        ],
        [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 12, 13, 14, 15],
        [
            20, 21, 22, 23, 16, 17, 18, 19, 28, 29, 30, 31, 28, 29, 30, 31,
        ],
        [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
        [21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4],
        [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23],
        [24, 8, 25, 9, 26, 10, 27, 11, 28, 12, 29, 13, 30, 14, 31, 15],
        [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31],
        [0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 10, 11, 28, 29, 14, 15],
        [4, 5, 6, 7, 4, 5, 6, 7, 28, 29, 30, 31, 16, 17, 18, 19],
        [31, 0, 30, 1, 29, 2, 28, 3, 27, 4, 26, 5, 25, 6, 24, 7],
        [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    let mut text = String::from("(module ");
    for (at, order) in orders.iter().enumerate() {
        let lanes = order.map(|lane| lane.to_string()).join(" ");
        write!(
            text,
            r#"(func (export "a{at}") (param v128 v128) (result v128)
                (i8x16.shuffle {lanes} (local.get 0) (local.get 1)))
               (func (export "b{at}") (param v128 v128) (result v128)
                (local.set 0 (i8x16.shuffle {lanes} (local.get 0) (local.get 1))) (local.get 0))
               (func (export "c{at}") (param v128 v128) (result v128)
                (i8x16.shuffle {lanes} (v128.not (v128.not (local.get 0))) (v128.not (v128.not (local.get 1)))))
               (func (export "same{at}") (param v128 v128) (result v128)
                (i8x16.shuffle {lanes} (local.get 0) (local.get 0)))
               (func $id{at} (param v128 v128) (result v128 v128) (local.get 0) (local.get 1))
               (func (export "slots{at}") (param v128 v128) (result v128)
                (i8x16.shuffle {lanes} (call $id{at} (local.get 0) (local.get 1))))"#
        )
        .unwrap();
    }
    text += ")";
    let bytes: Vec<u8> = (0..32).map(|n| n * 5 + 1).collect();
    let words = |bytes: &[u8]| -> Vec<u64> {
        bytes
            .chunks(8)
            .map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap()))
            .collect()
    };
    let args = words(&bytes);
    for mut store in instances(&text) {
        for (at, order) in orders.iter().enumerate() {
            let picked = |modulus: u8| words(&order.map(|lane| bytes[usize::from(lane % modulus)]));
            for name in ["a", "b", "c", "slots"] {
                let result = call(&mut store, &format!("{name}{at}"), &args).unwrap();
                assert_eq!(result, picked(32), "{name}{at}");
            }
            let result = call(&mut store, &format!("same{at}"), &args).unwrap();
            assert_eq!(result, picked(16), "same{at}");
        }
    }
}

/// A CPU without SSE4.1 is told by name; what uses no vectors runs there.
#[test]
fn old_cpus_refuse_vectors() {
    let old = Config {
        cpu: CpuFeatures::empty(),
        ..Config::default()
    };
    for text in [
        "(module (func (param v128)))",
        "(module (func (local v128)))",
        "(module (func (drop (v128.const i64x2 0 0))))",
        "(module (func $f (result v128) unreachable) (func (drop (call $f))))",
    ] {
        let wasm = wat::parse_str(text).unwrap();
        validate(&wasm, &mut ()).unwrap();
        let error = compile(&wasm, &old, &mut ()).unwrap_err();
        assert!(matches!(error.kind, CompileErrorKind::Cpu(what) if what.contains("SSE4.1")));
        assert_eq!(error.function, Some(0));
    }
    let text = "(module (type (func (param v128))) (func (param i32)))";
    let wasm = wat::parse_str(text).unwrap();
    assert!(compile(&wasm, &old, &mut ()).is_ok());
}

/// A module with vectors is shared by stores on several threads.
#[test]
fn threads() {
    let shared = module(&Config::default(), HOST);
    let threads: Vec<_> = (0..3u64)
        .map(|n| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let mut store = Store::<HostPlatform>::new(StoreLimits::default()).unwrap();
                store.instantiate(shared, &mut Linker::default()).unwrap();
                let first = call(&mut store, "loop", &[1000, n, n]).unwrap();
                assert_eq!(call(&mut store, "loop", &[1000, n, n]).unwrap(), first);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
