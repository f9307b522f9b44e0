// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `memory.copy` and `memory.fill` of all lengths, against Rust's; registers are kept across them. And accesses whose checks are
//! left out because of earlier ones.

mod wasm;

use wasm::{call, config, instance, trap_code, HostStore, MODELS};
use wasmk_engine::{compile::compile, trap::TrapCode};

const PAGE: u64 = 1 << 16;

/// Each function keeps an integer and a float across the operator and returns their sum.
const BULK: &str = r#"(module
    (memory 2)
    (func (export "copy") (param $to i32) (param $from i32) (param $n i32) (param $x f64) (result f64)
        (f64.add (local.get $x) (f64.const 1))
        (memory.copy (local.get $to) (local.get $from) (local.get $n))
        (f64.add (local.get $x))
        (f64.add (f64.convert_i32_u (i32.add (local.get $to) (i32.add (local.get $from) (local.get $n))))))
    (func (export "fill") (param $to i32) (param $byte i32) (param $n i32) (param $x f64) (result f64)
        (f64.add (local.get $x) (f64.const 1))
        (memory.fill (local.get $to) (local.get $byte) (local.get $n))
        (f64.add (local.get $x))
        (f64.add (f64.convert_i32_u (i32.add (local.get $to) (i32.add (local.get $byte) (local.get $n))))))
    ;; No float is used, so no section is open.
    (func (export "integers") (param $to i32) (param $from i32) (param $n i32) (param $x i32) (result i32)
        (i32.mul (local.get $x) (i32.const 3))
        (memory.copy (local.get $to) (local.get $from) (local.get $n))
        (i32.add (i32.mul (local.get $to) (i32.sub (local.get $from) (local.get $n))))))"#;

fn fresh(store: &mut HostStore) -> Vec<u8> {
    let memory = store.memory(0);
    for (at, byte) in memory.iter_mut().enumerate() {
        *byte = (at * 7 + at / 251) as u8;
    }
    memory.to_vec()
}

fn lengths() -> Vec<u64> {
    let mut lengths: Vec<u64> = (0..70).collect();
    lengths.extend([
        71, 79, 80, 81, 127, 128, 129, 136, 143, 144, 145, 193, 240, 255, 256, 257, 1023, 1024,
        1025, 4095, 16383, 16384, 16385, 16392, 40000, PAGE,
    ]);
    lengths
}

#[test]
fn copies_of_all_lengths_and_overlaps() {
    for model in MODELS {
        let mut store = instance(model, BULK);
        for n in lengths() {
            for (to, from) in [
                (1000, 70_000 - n),
                (60_000, 59_999),
                (59_999, 60_000),
                (60_000, 60_000),
                (60_000, 59_950),
                (2 * PAGE - n, 0),
                (0, 2 * PAGE - n),
            ] {
                let mut expected = fresh(&mut store);
                let sum = (2.5 + 1.0 + 2.5 + (to + from + n) as f64).to_bits();
                expected.copy_within(from as usize..(from + n) as usize, to as usize);
                let got = call(&mut store, "copy", &[to, from, n, 2.5f64.to_bits()]).unwrap();
                assert_eq!(got, [sum], "{n} bytes from {from} to {to}");
                assert!(store.memory(0) == expected, "{n} {from} {to}");
                let product = to.wrapping_mul(from.wrapping_sub(n)).wrapping_add(33);
                let got = call(&mut store, "integers", &[to, from, n, 11]).unwrap();
                assert_eq!(got, [product & 0xffff_ffff], "{n} {from} {to}");
            }
        }
    }
}

#[test]
fn fills_of_all_lengths() {
    for model in MODELS {
        let mut store = instance(model, BULK);
        for n in lengths() {
            for to in [0, 1000, 2 * PAGE - n] {
                let mut expected = fresh(&mut store);
                expected[to as usize..(to + n) as usize].fill(0xa5);
                let sum = (2.5 + 1.0 + 2.5 + (to + 0x1a5 + n) as f64).to_bits();
                let got = call(&mut store, "fill", &[to, 0x1a5, n, 2.5f64.to_bits()]).unwrap();
                assert_eq!(got, [sum], "{n} bytes at {to}");
                assert!(store.memory(0) == expected, "{n} {to}");
            }
        }
    }
}

#[test]
fn what_is_outside_traps_and_moves_nothing() {
    for model in MODELS {
        let mut store = instance(model, BULK);
        let expected = fresh(&mut store);
        let end = 2 * PAGE;
        for (to, from, n) in [
            (end, 0, 1),
            (0, end, 1),
            (end - 1, 0, 2),
            (0, end - 1, 2),
            (end + 1, 0, 0),
            (0, end + 1, 0),
            (0, 0, end + 1),
            (0xffff_ffff, 0, 1),
            (0, 0xffff_ffff, 0xffff_ffff),
            (1, 2, 0xffff_ffff),
            (end - 30_000, 0, 30_001),
        ] {
            let code = trap_code(&mut store, "copy", &[to, from, n, 0]);
            assert_eq!(code, TrapCode::MemoryOutOfBounds, "{n} {from} {to}");
            if to + n > end {
                let code = trap_code(&mut store, "fill", &[to, 1, n, 0]);
                assert_eq!(code, TrapCode::MemoryOutOfBounds, "{n} {to}");
            }
            assert!(store.memory(0) == expected);
        }
        for (to, from) in [(end, 0), (0, end), (end, end)] {
            call(&mut store, "copy", &[to, from, 0, 0]).unwrap();
        }
        call(&mut store, "fill", &[end, 1, 0, 0]).unwrap();
    }
}

/// Accesses of one local at several offsets, along several paths; each function stores what it gets to before it traps.
const AGAIN: &str = r#"(module
    (memory 1)
    (func $id (param i32) (result i32) (local.get 0))
    (func (export "rising") (param $at i32) (result i32)
        (i32.store8 (local.get $at) (i32.const 1))
        (i32.store8 offset=1 (local.get $at) (i32.const 2))
        (i32.store offset=2 (local.get $at) (i32.const 3))
        (i64.store offset=100 (local.get $at) (i64.const 4))
        (i32.load8_u offset=1 (local.get $at)))
    (func (export "falling") (param $at i32) (result i32)
        (i64.store offset=100 (local.get $at) (i64.const 4))
        (i32.store (local.get $at) (i32.const 5))
        (i32.load (local.get $at)))
    (func (export "written") (param $at i32) (result i32)
        (i32.store8 (local.get $at) (i32.const 1))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (i32.store8 (local.get $at) (i32.const 2))
        (i32.load8_u (local.get $at)))
    (func (export "arms") (param $at i32) (param $if i32) (result i32)
        (if (local.get $if)
            (then (i64.store offset=8 (local.get $at) (i64.const 1)))
            (else (i32.store8 (local.get $at) (i32.const 2))))
        (i64.store offset=8 (local.get $at) (i64.const 3))
        (i32.load (local.get $at)))
    (func (export "loop") (param $at i32) (param $n i32) (result i32)
        (i32.store8 (local.get $at) (i32.const 7))
        (loop $again
            (i32.store8 (local.get $at) (i32.add (i32.load8_u (local.get $at)) (i32.const 1)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $at))
    (func (export "call") (param $at i32) (result i32)
        (i32.store8 (local.get $at) (i32.const 1))
        (local.set $at (call $id (i32.add (local.get $at) (i32.const 1))))
        (i32.store8 (local.get $at) (i32.const 2))
        (i32.load8_u (local.get $at)))
    (func (export "masked") (param $at i32) (result i32)
        (i32.load (i32.add (i32.shl (i32.and (local.get $at) (i32.const 0x3fff)) (i32.const 2)) (i32.const 4))))
    (func (export "wraps") (param $at i32) (result i32)
        (i32.load8_u (i32.add (i32.shl (i32.and (local.get $at) (i32.const 255)) (i32.const 2)) (i32.const -8)))))"#;

#[test]
fn checks_that_are_left_out_were_made() {
    const OUT: Result<Vec<u64>, TrapCode> = Err(TrapCode::MemoryOutOfBounds);
    for model in MODELS {
        let mut store = instance(model, AGAIN);
        let mut run =
            |name: &str, args: &[u64]| call(&mut store, name, args).map_err(|trap| trap.code);
        assert_eq!(run("rising", &[PAGE - 108]), Ok(vec![2]));
        for at in [
            PAGE - 107,
            PAGE - 5,
            PAGE - 1,
            PAGE,
            0xffff_fffe,
            0x8000_0000,
        ] {
            assert_eq!(run("rising", &[at]), OUT, "{at:x}");
            assert_eq!(run("falling", &[at]), OUT, "{at:x}");
        }
        assert_eq!(run("falling", &[PAGE - 108]), Ok(vec![5]));
        assert_eq!(run("written", &[PAGE - 2]), Ok(vec![2]));
        assert_eq!(run("written", &[PAGE - 1]), OUT);
        for arm in [0, 1] {
            assert_eq!(run("arms", &[PAGE - 15, arm]), OUT);
            assert!(run("arms", &[PAGE - 16, arm]).is_ok());
        }
        assert_eq!(run("loop", &[PAGE - 5, 5]), Ok(vec![PAGE]));
        assert_eq!(run("loop", &[PAGE - 5, 6]), OUT);
        assert_eq!(run("call", &[PAGE - 2]), Ok(vec![2]));
        assert_eq!(run("call", &[PAGE - 1]), OUT);
        assert!(run("masked", &[0x3ffe]).is_ok());
        assert_eq!(run("masked", &[0x3fff]), OUT);
        assert!(run("wraps", &[2]).is_ok());
        assert_eq!(run("wraps", &[1]), OUT);
    }
}

#[test]
fn offsets_beyond_displacements() {
    // A memory that has 4 GiB from the start: only compiled, as no memory of that size is to be made here.
    let wasm = wat::parse_str(
        r#"(module
        (memory 65536)
        (func (param i32) (result i32)
            (i32.add
                (i32.load offset=0x80000000 (local.get 0))
                (i32.add
                    (i32.load8_u offset=0xf0000000 (i32.and (local.get 0) (i32.const 255)))
                    (i32.add
                        (i32.load offset=0xfffffff0 (i32.const 0))
                        (i32.load offset=0x7fffffff (local.get 0)))))))"#,
    )
    .unwrap();
    for model in MODELS {
        compile(&wasm, &config(model), &mut ()).unwrap();
    }
}

/// Loops whose parameter is small when they are entered, and what they are told when they are repeated.
const ROUNDS: &str = r#"(module
    (memory 1)
    (func (export "index") (param $next i32) (result i32)
        (local $again i32)
        (i32.and (local.get $next) (i32.const 15))
        (loop (param i32) (result i32)
            i32.load8_u
            (br_if 1 (local.get $again))
            drop
            (local.set $again (i32.const 1))
            (br 0 (local.get $next))))
    (func (export "sum") (param $next i32) (result i32)
        (local $again i32)
        (i32.and (local.get $next) (i32.const 15))
        (loop (param i32) (result i32)
            (i32.load8_u (i32.add (i32.shl (i32.const 3)) (i32.const 16)))
            (br_if 1 (local.get $again))
            drop
            (local.set $again (i32.const 1))
            (br 0 (local.get $next)))))"#;

#[test]
fn what_is_known_of_an_index_ends_where_a_loop_begins() {
    for model in MODELS {
        let mut store = instance(model, ROUNDS);
        store.memory(0)[40] = 9;
        let mut run =
            |name: &str, next: u64| call(&mut store, name, &[next]).map_err(|trap| trap.code);
        assert_eq!(run("index", 40), Ok(vec![9]));
        for next in [PAGE, 0x7fff_ffff, 0xffff_ffff] {
            assert_eq!(run("index", next), Err(TrapCode::MemoryOutOfBounds));
        }
        assert_eq!(run("sum", 3), Ok(vec![9]));
        // These wrap around.
        assert_eq!(run("sum", 0xe000_0003), Ok(vec![9]));
        assert_eq!(run("sum", 0xffff_ffff), Ok(vec![0]));
        assert_eq!(run("sum", PAGE / 8), Err(TrapCode::MemoryOutOfBounds));
    }
}
