// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Generated code under stress: more values than registers, wide merges and calls, large frames, long straight lines.

mod wasm;

use std::fmt::Write;

use wasm::{call, config, instance, trap_code, MODELS};
use wasmk_engine::{compile::compile, trap::TrapCode};

/// `cmp rsp, [r15]`
const CHECK: [u8; 3] = [0x49, 0x3b, 0x27];

/// Terms of a sum that is nested to the right: all of them are live before the first addition. Division and shifts want
/// particular registers.
#[test]
fn more_integers_than_registers() {
    let term = |n: u64| match n % 5 {
        0 => format!("(i64.mul (local.get 0) (i64.const {n}))"),
        1 => "(i64.shl (local.get 1) (i64.and (local.get 0) (i64.const 7)))".into(),
        2 => format!("(i64.div_s (local.get 0) (i64.add (local.get 1) (i64.const {n})))"),
        3 => format!("(i64.rem_u (i64.const {}) (local.get 1))", n * 1_000_003),
        _ => "(i64.rotr (local.get 0) (local.get 1))".into(),
    };
    let value = |n: u64, a: u64, b: u64| match n % 5 {
        0 => a.wrapping_mul(n),
        1 => b << (a & 7),
        2 => (a as i64).wrapping_div(b.wrapping_add(n) as i64) as u64,
        3 => (n * 1_000_003) % b,
        _ => a.rotate_right(b as u32 & 63),
    };
    let mut body = String::new();
    for n in 0..60 {
        write!(body, "(i64.add {} ", term(n)).unwrap();
    }
    body += "(i64.const 0)";
    body += &")".repeat(60);
    let text = format!(r#"(module (func (export "f") (param i64 i64) (result i64) {body}))"#);
    for model in MODELS {
        let mut store = instance(model, &text);
        for (a, b) in [(1, 1), (0x1234_5678_9abc_def0, 77), (u64::MAX, 3)] {
            let sum = (0..60).fold(0u64, |sum, n| sum.wrapping_add(value(n, a, b)));
            assert_eq!(call(&mut store, "f", &[a, b]).unwrap(), [sum]);
        }
    }
}

#[test]
fn more_floats_than_registers() {
    let mut body = String::new();
    for n in 0..40 {
        write!(
            body,
            "(f64.sub (f64.mul (local.get {}) (f64.const {n})) ",
            n % 12
        )
        .unwrap();
    }
    body += "(f64.const 1)";
    body += &")".repeat(40);
    let params = "f64 ".repeat(12);
    let text = format!(r#"(module (func (export "f") (param {params}) (result f64) {body}))"#);
    let args: Vec<f64> = (0..12).map(|n| f64::from(n) * 1.25 + 0.1).collect();
    let expected = (0..40)
        .rev()
        .fold(1.0, |sum, n| args[n % 12] * n as f64 - sum);
    let args: Vec<u64> = args.into_iter().map(f64::to_bits).collect();
    for model in MODELS {
        assert_eq!(
            call(&mut instance(model, &text), "f", &args).unwrap(),
            [expected.to_bits()]
        );
    }
}

/// A local is read, then written, many times over: each read keeps the value of its time.
#[test]
fn reads_keep_the_value_of_their_time() {
    for ty in ["i32", "i64", "f32", "f64"] {
        let mut body = String::new();
        for n in 1..=30 {
            write!(
                body,
                "local.get 0 (local.set 0 ({ty}.add (local.get 0) ({ty}.const {n})))"
            )
            .unwrap();
        }
        body += "local.get 0";
        for _ in 0..30 {
            write!(body, " {ty}.sub").unwrap();
        }
        let text = format!(r#"(module (func (export "f") (param {ty}) (result {ty}) {body}))"#);
        // The values are 5 + 0, 5 + 1, 5 + 3, …; subtracted from the right.
        let expected = (0..30i64)
            .rev()
            .fold(5 + 465, |right, n| 5 + n * (n + 1) / 2 - right);
        let (arg, result) = match ty {
            "i32" => (5, u64::from(expected as u32)),
            "i64" => (5, expected as u64),
            "f32" => (
                u64::from(5f32.to_bits()),
                u64::from((expected as f32).to_bits()),
            ),
            _ => (5f64.to_bits(), (expected as f64).to_bits()),
        };
        for model in MODELS {
            assert_eq!(
                call(&mut instance(model, &text), "f", &[arg]).unwrap(),
                [result],
                "{ty}"
            );
        }
    }
}

/// A loop that rotates its parameters, with a value below them, so that a branch has to move them; then all are summed with weights.
#[test]
fn loops_with_parameters() {
    for count in [1usize, 2, 8, 9, 20] {
        let types = "i32 ".repeat(count);
        let locals: String = (0..count).map(|n| format!("(local $v{n} i32) ")).collect();
        let start: String = (0..count)
            .map(|n| format!("i32.const {} ", n * n + 1))
            .collect();
        let take: String = (0..count)
            .rev()
            .map(|n| format!("local.set $v{n} "))
            .collect();
        let rotate: String = (0..count)
            .map(|n| format!("local.get $v{} i32.const 1 i32.add ", (n + 1) % count))
            .collect();
        let give: String = (0..count).map(|n| format!("local.get $v{n} ")).collect();
        let sum: String = (1..=count)
            .rev()
            .map(|weight| {
                format!("i32.const {weight} i32.mul local.get $sum i32.add local.set $sum ")
            })
            .collect();
        let text = format!(
            r#"(module
                (type $t (func (param {types}) (result {types})))
                (func (export "f") (param $n i32) (result i32) (local $sum i32) {locals}
                    {start}
                    loop $l (type $t)
                        {take}
                        i32.const 99
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
        let mut values: Vec<u32> = (0..count as u32).map(|n| n * n + 1).collect();
        for _ in 0..7 {
            values = (0..count).map(|n| values[(n + 1) % count] + 1).collect();
        }
        let expected: u32 = values
            .iter()
            .zip(1..)
            .map(|(value, weight)| value * weight)
            .sum();
        for model in MODELS {
            let mut store = instance(model, &text);
            assert_eq!(
                call(&mut store, "f", &[7]).unwrap(),
                [u64::from(expected)],
                "{count}"
            );
        }
    }
}

/// Functions of many parameters and results of all types: directly, through a table, and from outside.
#[test]
fn wide_calls() {
    const TYPES: [&str; 4] = ["i32", "f64", "i64", "f32"];
    for count in [3usize, 10, 30, 100] {
        let list: String = (0..count).map(|n| format!("{} ", TYPES[n % 4])).collect();
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
            .map(|n| match n % 4 {
                0 => 0xffff_ff00 + n % 256,
                1 => (n as f64 + 0.5).to_bits(),
                2 => u64::MAX - n,
                _ => u64::from((n as f32 + 0.25).to_bits()),
            })
            .collect();
        for model in MODELS {
            let mut store = instance(model, &text);
            for name in ["direct", "indirect", "twice"] {
                assert_eq!(
                    call(&mut store, name, &args).unwrap(),
                    args,
                    "{name} {count}"
                );
            }
        }
    }
}

/// Branch tables, small and large, with no value, one and several, out of nested blocks and into loops.
#[test]
fn branch_tables() {
    for targets in [1usize, 2, 5, 8, 9, 40, 300] {
        for values in [0usize, 1, 3, 12] {
            let types = "i32 ".repeat(values);
            let constants: String = (0..values).map(|n| format!("(i32.const {n}) ")).collect();
            let mut text = String::from("(module ");
            write!(text, "(type $t (func (result {types})))(func (export \"f\") (param i32) (result i32) (local $sum i32)").unwrap();
            text += &"(block (type $t) ".repeat(targets);
            // One more below, so that values have to move.
            write!(text, "(i32.const 77) {constants} (br_table ").unwrap();
            for n in 0..targets {
                write!(text, "{n} ").unwrap();
            }
            write!(text, "{} (local.get 0))", targets - 1).unwrap();
            for n in 0..targets {
                // After the block that is target n: the sum of its values, and which it was.
                text += ")";
                let add = "local.get $sum i32.add local.set $sum ".repeat(values);
                write!(
                    text,
                    "{add} (return (i32.add (local.get $sum) (i32.const {})))",
                    (n + 1) * 1000
                )
                .unwrap();
                if n + 1 < targets {
                    text += &constants;
                }
            }
            text += "))";
            let sum = (0..values).sum::<usize>() as u64;
            for model in MODELS {
                let mut store = instance(model, &text);
                for index in [
                    0,
                    1,
                    targets / 2,
                    targets - 1,
                    targets,
                    1 << 31,
                    0xffff_ffff,
                ] {
                    let target = index.min(targets - 1) as u64;
                    let result = call(&mut store, "f", &[index as u64]).unwrap();
                    assert_eq!(
                        result,
                        [sum + (target + 1) * 1000],
                        "{targets} {values} {index}"
                    );
                }
            }
        }
    }
}

/// Locals begin as zero, however many; a frame that does not fit the stack is a trap, not a fault.
#[test]
fn large_frames() {
    for model in MODELS {
        for count in [5, 9, 600, 20_000, 40_000] {
            let types = "i64 ".repeat(count);
            let last = count - 1;
            let text = format!(
                r#"(module
                    (func $dirty (export "dirty") (param i32) (result i64) (local {types})
                        (local.set {last} (i64.extend_i32_u (local.get 0)))
                        (local.set {} (i64.const -1))
                        (i64.add (local.get {last}) (local.get 1)))
                    (func (export "zero") (result i64) (local {types})
                        (i64.or (i64.or (local.get {last}) (local.get 0)) (local.get {})))
                    (func $deep (export "deep") (param i32) (result i64) (local {types})
                        (local.set {last} (i64.extend_i32_u (local.get 0)))
                        (i64.add (call $deep (i32.add (local.get 0) (i32.const 1))) (local.get {last}))))"#,
                count / 2 + 1,
                count / 2,
            );
            let mut store = instance(model, &text);
            if count < 30_000 {
                call(&mut store, "dirty", &[7]).unwrap();
                assert_eq!(call(&mut store, "zero", &[]).unwrap(), [0], "{count}");
            } else {
                assert_eq!(trap_code(&mut store, "zero", &[]), TrapCode::StackOverflow);
            }
            assert_eq!(trap_code(&mut store, "deep", &[0]), TrapCode::StackOverflow);
        }
    }
}

/// The area of stack parameters and results counts as part of the frame.
#[test]
fn recursion_with_wide_calls() {
    let list = "i64 ".repeat(900);
    let gets: String = (0..900).map(|n| format!("(local.get {n}) ")).collect();
    let text = format!(
        r#"(module
            (func $f (export "f") (param {list}) (result {list})
                {gets} (call $f))
            (func (export "g") (param i64) (result i64) (local i32)
                (loop $l (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 10))))
                (local.get 0)))"#
    );
    for model in MODELS {
        let mut store = instance(model, &text);
        assert_eq!(
            trap_code(&mut store, "f", &[1; 900]),
            TrapCode::StackOverflow
        );
        assert_eq!(call(&mut store, "g", &[3]).unwrap(), [3]);
    }
}

/// Code without loops or calls of its own is checked at least every 16 KiB.
#[test]
fn long_straight_lines_are_checked() {
    let sums =
        "(i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (i64.const 0x1234567890)))"
            .repeat(20_000);
    let arguments = "(i64.const 0x1234567890) ".repeat(990);
    let types = "i64 ".repeat(990);
    let calls = format!("{arguments} (call $wide) ").repeat(40);
    let reads = "local.get 0 ".repeat(20_000);
    let drops = "drop ".repeat(20_000);
    let results = "(i64.const 0x1234567890) ".repeat(900);
    let result_types = "i64 ".repeat(900);
    let carried = format!("(block (type $t) (i64.const 1) {results} (i64.lt_u (local.get 0) (i64.const 3)) (br_if 0) {} (unreachable)) {}", "drop ".repeat(900), "drop ".repeat(900)).repeat(20);
    for (text, least) in [
        (
            format!("(module (func (param i64) {reads} (block) {drops}))"),
            1 << 16,
        ),
        (
            format!("(module (func (param i64) {reads} (local.set 0 (i64.const 1)) {drops}))"),
            1 << 16,
        ),
        (
            format!(
                "(module (type $t (func (result {result_types}))) (func (param i64) {carried}))"
            ),
            1 << 16,
        ),
        (format!("(module (memory 1) (func {sums}))"), 1 << 18),
        (
            format!("(module (func $wide (param {types})) (func {calls}))"),
            1 << 18,
        ),
    ] {
        for model in MODELS {
            let wasm = wat::parse_str(&text).unwrap();
            let code = compile(&wasm, &config(model), &mut ()).unwrap().code;
            let function = code.functions.last().unwrap();
            let bytes = code.to_bytes();
            let bytes = &bytes[function.offset as usize..][..function.len as usize];
            assert!(bytes.len() > least, "{}", bytes.len());
            let mut last = 0;
            for (at, window) in bytes.windows(3).enumerate() {
                if window == CHECK {
                    assert!(at - last < 16 << 10, "{} bytes without a check", at - last);
                    last = at;
                }
            }
            assert!(last > 0);
        }
    }
}

/// An unsigned truncation needs a register of its own; if it spills a value for that, it does so on every path.
#[test]
fn unsigned_truncation_with_all_registers_taken() {
    for (operator, float) in [
        ("i64.trunc_f64_u", "f64"),
        ("i64.trunc_sat_f64_u", "f64"),
        ("i64.trunc_f32_u", "f32"),
        ("i64.trunc_sat_f32_u", "f32"),
    ] {
        for below in 6..18 {
            let mut loads = String::new();
            for n in 0..below {
                write!(loads, "({float}.load (i32.const {})) ", n * 8).unwrap();
            }
            let sum = format!("{float}.add ").repeat(below - 1);
            let text = format!(
                r#"(module (memory 1) (func (export "f") (param {float}) (result i64 {float}) (local $r i64)
                    {loads} ({float}.load (i32.const 800)) {operator} local.set $r
                    {sum} local.set 0 local.get $r local.get 0))"#
            );
            for model in MODELS {
                let mut store = instance(model, &text);
                let memory = store.memory(0);
                for n in 0..below {
                    let value = (n + 1) as f64;
                    let bits = match float {
                        "f64" => value.to_bits(),
                        _ => u64::from((value as f32).to_bits()),
                    };
                    memory[n * 8..n * 8 + 8].copy_from_slice(&bits.to_le_bytes());
                }
                for argument in [1.0f64, 4096.0, 9223372036854775808.0, 9.5e18] {
                    let (bits, truncated) = match float {
                        "f64" => (argument.to_bits(), argument as u64),
                        _ => (
                            u64::from((argument as f32).to_bits()),
                            argument as f32 as u64,
                        ),
                    };
                    let total = (below * (below + 1) / 2) as f64;
                    let total = match float {
                        "f64" => total.to_bits(),
                        _ => u64::from((total as f32).to_bits()),
                    };
                    store.memory(0)[800..808].copy_from_slice(&bits.to_le_bytes());
                    assert_eq!(
                        call(&mut store, "f", &[bits]).unwrap(),
                        [truncated, total],
                        "{operator} of {argument} above {below} values"
                    );
                }
            }
        }
    }
}

/// A check inside an arm that is not taken does not count for the path around it.
#[test]
fn skipped_arms_do_not_count_as_checked() {
    let work = "i32.load ".repeat(700);
    let part = format!(
        "(i32.const 0) {work} drop (if (local.get 0) (then (loop)))
         (if (local.get 0) (then (loop)) (else nop)) (block (br_if 0 (local.get 0)) (loop))"
    );
    let text = format!("(module (memory 1) (func (param i32) {}))", part.repeat(40));
    for model in MODELS {
        let wasm = wat::parse_str(&text).unwrap();
        let code = compile(&wasm, &config(model), &mut ()).unwrap().code;
        let function = code.functions.last().unwrap();
        let bytes = code.to_bytes();
        let bytes = &bytes[function.offset as usize..][..function.len as usize];
        let checks = bytes.windows(3).filter(|window| *window == CHECK).count();
        // One at the entry, three a part in its arms, and on top of these one for every 16 KiB of the straight line.
        let straight = bytes.len() / (16 << 10);
        assert!(
            checks > 120 + straight,
            "{checks} checks in {} bytes",
            bytes.len()
        );
    }
}
