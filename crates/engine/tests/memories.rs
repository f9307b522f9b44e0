// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Several memories, 64-bit indices, constants that compute: what the official scripts do not ask.

mod wasm;

use std::sync::Arc;

use wasmk_engine::{
    config::{Config, MemoryModel},
    platform::PlatformError,
    runtime::{HostOutcome, InstantiateError, StoreLimits},
    trap::TrapCode,
};

use wasm::{
    call, call_host, call_in, config, instance, module, trap_code, HostStore, Linker, TestHost,
    MODELS,
};

const OUTSIDE: TrapCode = TrapCode::MemoryOutOfBounds;

/// The models, hardened and not.
fn configs() -> Vec<Config> {
    let plain = |model| Config {
        speculation_safe: false,
        ..config(model)
    };
    let hardened = MODELS.into_iter().map(config);
    hardened.chain(MODELS.into_iter().map(plain)).collect()
}

fn store_of(config: &Config, text: &str) -> HostStore {
    let mut store = HostStore::new(StoreLimits::default()).unwrap();
    let module = module(config, text);
    store.instantiate(module, &mut Linker::default()).unwrap();
    store
}

/// Loads and stores of each width at offsets of each form, in memory 0 or behind it.
fn accesses(before: &str) -> String {
    let mut text = format!("(module {before} (memory $m i64 1 3)\n");
    for (number, offset) in [0, 5, 0x8000_0000u64, 0xffff_ffff_ffff_fff0, u64::MAX]
        .iter()
        .enumerate()
    {
        for (op, ty) in [
            ("8_u", "i32"),
            ("16_u", "i32"),
            ("", "i32"),
            ("", "i64"),
            ("", "f64"),
        ] {
            text += &format!(
                "(func (export \"{ty}{op}{number}\") (param i64) (result {ty}) ({ty}.load{op} $m offset={offset} (local.get 0)))\n"
            );
            let store = op.trim_end_matches("_u");
            text += &format!(
                "(func (export \"set {ty}{op}{number}\") (param i64 {ty}) ({ty}.store{store} $m offset={offset} (local.get 0) (local.get 1)))\n"
            );
        }
    }
    text + "(func (export \"grow\") (param i64) (result i64) (memory.grow $m (local.get 0))))"
}

#[test]
fn sums_of_index_and_offset_never_wrap() {
    let offsets = [0, 5, 0x8000_0000u64, 0xffff_ffff_ffff_fff0, u64::MAX];
    for config in configs() {
        for before in ["", "(memory 1)"] {
            let mut store = store_of(&config, &accesses(before));
            for len in [1u64 << 16, 2 << 16] {
                for (number, offset) in offsets.into_iter().enumerate() {
                    for (name, bytes) in [
                        ("i328_u", 1u64),
                        ("i3216_u", 2),
                        ("i32", 4),
                        ("i64", 8),
                        ("f64", 8),
                    ] {
                        let edge = len.wrapping_sub(bytes).wrapping_sub(offset);
                        for index in [0, 1, edge.wrapping_sub(1), edge, edge.wrapping_add(1)]
                            .into_iter()
                            .chain([u64::MAX, u64::MAX - 7, 1 << 63, 0xffff_fff8, 1 << 32])
                        {
                            let end = u128::from(index) + u128::from(offset) + u128::from(bytes);
                            let inside = end <= u128::from(len);
                            let what =
                                format!("{config:?}{before}: {name} at {index:#x} + {offset:#x}");
                            let load = call(&mut store, &format!("{name}{number}"), &[index]);
                            let set = call(&mut store, &format!("set {name}{number}"), &[index, 0]);
                            if inside {
                                assert_eq!(load, Ok(vec![0]), "{what}");
                                assert_eq!(set, Ok(vec![]), "{what}");
                            } else {
                                assert_eq!(load.map_err(|trap| trap.code), Err(OUTSIDE), "{what}");
                                assert_eq!(set.map_err(|trap| trap.code), Err(OUTSIDE), "{what}");
                            }
                        }
                    }
                }
                assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![len >> 16]));
            }
            assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![u64::MAX]));
            assert_eq!(call(&mut store, "grow", &[u64::MAX]), Ok(vec![u64::MAX]));
            assert_eq!(call(&mut store, "grow", &[0]), Ok(vec![3]));
        }
    }
}

#[test]
fn memories_are_apart() {
    for config in configs() {
        let mut store = store_of(
            &config,
            r#"(module (memory $a 1) (memory $b 1 5) (memory $c 1)
                (data (memory $b) (i32.const 100) "bb")
                (func (export "load") (param i32) (result i32)
                    (i32.add (i32.add (i32.load8_u $a (local.get 0)) (i32.mul (i32.const 256) (i32.load8_u $b (local.get 0))))
                             (i32.mul (i32.const 65536) (i32.load8_u $c (local.get 0)))))
                (func (export "far") (param i32) (result i32) (i32.load8_u $b offset=0xfffffff0 (local.get 0)))
                (func (export "set") (param i32 i32)
                    (i32.store8 $a (local.get 0) (local.get 1))
                    (i32.store16 $b offset=1 (local.get 0) (local.get 1))
                    (i32.store $c offset=2 (local.get 0) (i32.const 7)))
                (func (export "b") (param i32) (result i64) (i64.load $b (local.get 0)))
                (func (export "sizes") (result i32 i32 i32) (memory.size $a) (memory.size $b) (memory.size $c))
                (func (export "grow") (param i32) (result i32) (memory.grow $b (local.get 0)))
                (func (export "copy") (param i32 i32 i32) (memory.copy $c $b (local.get 0) (local.get 1) (local.get 2)))
                (func (export "fill") (param i32 i32 i32) (memory.fill $b (local.get 0) (local.get 1) (local.get 2))))"#,
        );
        let load = |store: &mut HostStore, at| call(store, "load", &[at]).unwrap()[0];
        assert_eq!(load(&mut store, 100), 0x6200);
        call(&mut store, "set", &[8, 5]).unwrap();
        assert_eq!(load(&mut store, 8), 5);
        assert_eq!(load(&mut store, 9), 5 << 8);
        assert_eq!(load(&mut store, 10), 7 << 16);
        assert_eq!(call(&mut store, "grow", &[2]), Ok(vec![1]));
        assert_eq!(call(&mut store, "sizes", &[]), Ok(vec![1, 3, 1]));
        assert_eq!(call(&mut store, "b", &[(3 << 16) - 8]), Ok(vec![0]));
        assert_eq!(trap_code(&mut store, "b", &[(3 << 16) - 7]), OUTSIDE);
        assert_eq!(trap_code(&mut store, "b", &[0xffff_ffff]), OUTSIDE);
        assert_eq!(trap_code(&mut store, "far", &[0]), OUTSIDE);
        assert_eq!(trap_code(&mut store, "far", &[0xffff_ffff]), OUTSIDE);
        assert_eq!(trap_code(&mut store, "load", &[1 << 16]), OUTSIDE);
        // Beyond the end of the target only, of the source only.
        assert_eq!(trap_code(&mut store, "copy", &[1 << 16, 0, 1]), OUTSIDE);
        assert_eq!(
            trap_code(&mut store, "copy", &[0, (3 << 16) - 1, 2]),
            OUTSIDE
        );
        call(&mut store, "fill", &[(2 << 16) + 4, 0x63, 9]).unwrap();
        call(&mut store, "copy", &[50, (2 << 16) + 4, 2]).unwrap();
        assert_eq!(load(&mut store, 51), 0x63 << 16);
        assert_eq!(load(&mut store, 52), 0);
    }
}

#[test]
fn a_memory_is_shared_under_any_number() {
    for model in MODELS {
        let config = config(model);
        let mut store = HostStore::new(StoreLimits::default()).unwrap();
        let owner = module(
            &config,
            r#"(module (memory (export "x") 1 4) (memory (export "y") 1 4)
                (func (export "grow") (param i32) (result i32) (memory.grow 0 (local.get 0)))
                (func (export "size") (result i32) (memory.size 0)))"#,
        );
        let owner = store.instantiate(owner, &mut Linker::default()).unwrap();
        let user = module(
            &config,
            r#"(module (import "o" "y" (memory $y 1)) (import "o" "x" (memory $x 1)) (memory $own 1)
                (func (export "grow") (param i32) (result i32) (memory.grow $x (local.get 0)))
                (func (export "set") (param i32 i32) (i32.store $x (local.get 0) (local.get 1)))
                (func (export "sizes") (result i32 i32) (memory.size $y) (memory.size $x)))"#,
        );
        let user = store
            .instantiate(user, &mut Linker::with("o", owner))
            .unwrap();
        assert_eq!(call_in(&mut store, owner, "grow", &[1]), Ok(vec![1]));
        assert_eq!(call_in(&mut store, user, "grow", &[1]), Ok(vec![2]));
        assert_eq!(call_in(&mut store, user, "sizes", &[]), Ok(vec![1, 3]));
        assert_eq!(call_in(&mut store, owner, "size", &[]), Ok(vec![3]));
        call_in(&mut store, user, "set", &[(3 << 16) - 4, 9]).unwrap();
        let mut nine = [0];
        let memory = store.exported_memory(owner, "x").unwrap();
        memory.read((3 << 16) - 4, &mut nine).unwrap();
        assert_eq!(nine, [9]);
        assert_eq!(store.exported_memory(owner, "y").unwrap().len(), 1 << 16);
        assert_eq!(store.memory_bytes(), 5 << 16);
    }
}

#[test]
fn host_functions_see_the_memory_called_memory() {
    for model in MODELS {
        let mut store = instance(
            model,
            r#"(module (import "host" "0" (func $f)) (memory 1) (memory (export "memory") 2)
                (func (export "run") (call $f)))"#,
        );
        let mut seen = 0;
        let mut host = TestHost::new(|_, caller, _| {
            seen = caller.memory.len();
            HostOutcome::Done
        });
        call_host(&mut store, 0, "run", &[], &mut host).unwrap();
        drop(host);
        assert_eq!(seen, 2 << 16);
    }
}

#[test]
fn what_is_too_large_is_refused_when_it_is_made() {
    let quota = Err(InstantiateError::Platform(PlatformError::Quota));
    for model in MODELS {
        for text in [
            "(module (memory i64 0x100000000))",
            "(module (memory i64 0x1000000000000))",
            "(module (table 10000001 funcref))",
            "(module (table 0xffffffff funcref))",
            "(module (table i64 0xffffffffffffffff funcref))",
            "(module (memory 1) (memory 0x10000))",
        ] {
            let limits = StoreLimits {
                max_memory: 1 << 30,
                ..StoreLimits::default()
            };
            let mut store = HostStore::new(limits).unwrap();
            let module = module(&config(model), text);
            assert_eq!(
                store.instantiate(Arc::clone(&module), &mut Linker::default()),
                quota,
                "{text}"
            );
            assert_eq!(store.memory_bytes(), 0);
        }
    }
}

#[test]
fn tables_with_64_bit_indices() {
    for config in configs() {
        let mut store = store_of(
            &config,
            r#"(module (table $t i64 2 5 funcref) (elem (table $t) (i64.const 1) func $f) (type $i (func (result i32)))
                (func $f (export "f") (result i32) (i32.const 42))
                (func (export "null") (param i64) (result i32) (ref.is_null (table.get $t (local.get 0))))
                (func (export "call") (param i64) (result i32) (call_indirect $t (type $i) (local.get 0)))
                (func (export "grow") (param i64) (result i64) (table.grow $t (ref.func $f) (local.get 0)))
                (func (export "size") (result i64) (table.size $t))
                (func (export "fill") (param i64 i64) (table.fill $t (local.get 0) (ref.null func) (local.get 1)))
                (func (export "copy") (param i64 i64 i64) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2))))"#,
        );
        assert_eq!(call(&mut store, "call", &[1]), Ok(vec![42]));
        for index in [2, 1 << 32, (1 << 32) + 1, u64::MAX] {
            assert_eq!(
                trap_code(&mut store, "call", &[index]),
                TrapCode::UndefinedElement
            );
            assert_eq!(
                trap_code(&mut store, "null", &[index]),
                TrapCode::TableOutOfBounds
            );
        }
        assert_eq!(call(&mut store, "grow", &[1 << 32]), Ok(vec![u64::MAX]));
        assert_eq!(call(&mut store, "grow", &[u64::MAX]), Ok(vec![u64::MAX]));
        assert_eq!(call(&mut store, "grow", &[2]), Ok(vec![2]));
        assert_eq!(call(&mut store, "size", &[]), Ok(vec![4]));
        assert_eq!(call(&mut store, "call", &[3]), Ok(vec![42]));
        for arguments in [[0, u64::MAX], [u64::MAX, 1], [1 << 32, 1], [4, 1]] {
            let code = trap_code(&mut store, "fill", &arguments);
            assert_eq!(code, TrapCode::TableOutOfBounds, "{arguments:x?}");
        }
        let code = trap_code(&mut store, "copy", &[1, u64::MAX, 2]);
        assert_eq!(code, TrapCode::TableOutOfBounds);
        call(&mut store, "copy", &[0, 1, 1]).unwrap();
        call(&mut store, "fill", &[1, 3]).unwrap();
        assert_eq!(call(&mut store, "call", &[0]), Ok(vec![42]));
        assert_eq!(trap_code(&mut store, "call", &[1]), TrapCode::NullReference);
    }
}

#[test]
fn long_operations_on_64_bit_memories_park_and_go_on() {
    let text = r#"(module (memory $a i64 64) (memory $b 64)
        (func (export "fill") (param i64) (memory.fill $a (i64.const 5) (i32.const 7) (local.get 0)))
        (func (export "copy") (param i32) (memory.copy $b $a (i32.const 3) (i64.const 5) (local.get 0)))
        (func (export "bad") (memory.fill $a (i64.const 0xffffffffffffffff) (i32.const 1) (i64.const 2)))
        (func (export "worse") (memory.copy $a $a (i64.const 1) (i64.const 2) (i64.const 0xffffffffffffffff)))
        (func (export "a") (param i64) (result i32) (i32.load8_u $a (local.get 0)))
        (func (export "b") (param i32) (result i32) (i32.load8_u $b (local.get 0))))"#;
    let len = 3_000_000u64;
    for model in MODELS {
        let mut store = instance(model, text);
        store.request_interrupt();
        call(&mut store, "fill", &[len]).unwrap();
        call(&mut store, "copy", &[len]).unwrap();
        let ends = [(4, 0), (5, 7), (len + 4, 7), (len + 5, 0)];
        for (at, byte) in ends {
            assert_eq!(call(&mut store, "a", &[at]), Ok(vec![byte]), "{at}");
            assert_eq!(call(&mut store, "b", &[at - 2]), Ok(vec![byte]), "{at}");
        }
        assert_eq!(trap_code(&mut store, "bad", &[]), OUTSIDE);
        assert_eq!(trap_code(&mut store, "worse", &[]), OUTSIDE);
    }
}

#[test]
fn constants_compute_at_instantiation() {
    for model in MODELS {
        let mut store = instance(
            model,
            r#"(module
                (global $a i32 (i32.const -3))
                (global $b i64 (i64.mul (i64.const 0x100000001) (i64.const 5)))
                (global $c (export "c") i32 (i32.sub (i32.mul (global.get $a) (i32.const 7)) (global.get $a)))
                (global $d (export "d") i64 (i64.add (i64.sub (global.get $b) (i64.const 1)) (global.get $b)))
                (memory 1)
                (data (offset (i32.add (global.get $c) (i32.const 20))) "x"))"#,
        );
        assert_eq!(store.global(0, "c").unwrap().1, u64::from(-18i32 as u32));
        assert_eq!(store.global(0, "d").unwrap().1, 0xa0000000a - 1);
        assert_eq!(store.memory(0)[2], b'x');
    }
}

#[test]
fn guard_code_does_not_take_a_memory_without_guards() {
    let text =
        |import: &str| format!("(module (import \"o\" \"m\" (memory {import} 1)) (memory 1))");
    let owner = r#"(module (memory (export "m") 1))"#;
    let owner64 = r#"(module (memory (export "m") i64 1))"#;
    for (owner, import) in [(owner, ""), (owner64, "i64")] {
        let mut store = HostStore::new(StoreLimits::default()).unwrap();
        let bounds = module(&config(MemoryModel::Bounds), owner);
        let owner = store.instantiate(bounds, &mut Linker::default()).unwrap();
        let user = module(&config(MemoryModel::Guard), &text(import));
        let made = store.instantiate(user, &mut Linker::with("o", owner));
        if import.is_empty() {
            assert_eq!(made, Err(InstantiateError::MemoryModel { import: 0 }));
        } else {
            assert!(made.is_ok(), "64-bit indices are always checked");
        }
        // And a 32-bit memory is not a 64-bit one.
        let other = if import.is_empty() { "i64" } else { "" };
        let user = module(&config(MemoryModel::Bounds), &text(other));
        let made = store.instantiate(user, &mut Linker::with("o", owner));
        assert_eq!(
            made,
            Err(InstantiateError::IncompatibleImport { import: 0 })
        );
    }
}

/// How many pages each of the exported memories can grow by, alone.
fn rooms(config: &Config, text: &str, limits: StoreLimits, exports: usize) -> Vec<i32> {
    (0..exports)
        .map(|at| {
            let mut store = HostStore::new(limits).unwrap();
            let module = module(config, text);
            store.instantiate(module, &mut Linker::default()).unwrap();
            let grows =
                |store: &mut HostStore| call(store, &format!("grow{at}"), &[]).unwrap()[0] as i32;
            (0..).take_while(|_| grows(&mut store) != -1).count() as i32
        })
        .collect()
}

#[test]
fn many_memories_share_what_is_reserved() {
    let limits = StoreLimits {
        max_memory: 16 << 16,
        ..StoreLimits::default()
    };
    let memory = |at| {
        format!(
            "(memory $m{at} 0) (func (export \"grow{at}\") (result i32) (memory.grow $m{at} (i32.const 1)))"
        )
    };
    let text = format!("(module {})", (0..8).map(memory).collect::<String>());
    for model in MODELS {
        let rooms = rooms(&config(model), &text, limits, 8);
        assert_eq!(rooms, [16, 16, 16, 8, 4, 2, 1, 0], "{model:?}");
    }
    // Whatever is left, a memory has its first size.
    let text = format!("(module {} (memory 1))", "(memory 0)".repeat(20));
    let mut store = HostStore::new(limits).unwrap();
    store
        .instantiate(
            module(&config(MemoryModel::Bounds), &text),
            &mut Linker::default(),
        )
        .unwrap();
}

/// What a module makes each of its instances take is charged, but for what small programs take.
#[test]
fn upkeep_is_charged() {
    let limits = StoreLimits {
        max_memory: 1 << 20,
        ..StoreLimits::default()
    };
    let config = config(MemoryModel::Bounds);
    let of = |functions: usize, memory: &str| {
        let text = format!("(module {} {memory})", "(func)".repeat(functions));
        let mut store = HostStore::new(limits).unwrap();
        let made = store.instantiate(module(&config, &text), &mut Linker::default());
        made.map(|_| ())
    };
    of(5_000, "(memory 16)").unwrap();
    of(20_000, "(memory 1)").unwrap();
    for (functions, memory) in [(20_000, "(memory 16)"), (50_000, "")] {
        let error = of(functions, memory).unwrap_err();
        assert!(
            matches!(error, InstantiateError::Platform(PlatformError::Quota)),
            "{error:?}"
        );
    }
}
