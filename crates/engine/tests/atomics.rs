// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Atomic operators: what they compute, where they trap, and that they are atomic.

mod wasm;

use std::{sync::Arc, thread};

use wasmk_engine::{
    config::{Config, MemoryModel},
    module::MemoryType,
    runtime::{SharedMemory, StoreLimits},
    sys::host::HostPlatform,
    trap::TrapCode,
};

use wasm::{call, config, module, trap_code, HostStore, Linker, MODELS};

type Shared = Arc<SharedMemory<HostPlatform>>;

/// Every read-modify-write operator but compare-exchange.
const OPERATORS: [&str; 6] = ["add", "sub", "and", "or", "xor", "xchg"];

/// Type, suffix of the width, bytes.
const WIDTHS: [(&str, &str, u64); 7] = [
    ("i32", "", 4),
    ("i32", "8", 1),
    ("i32", "16", 2),
    ("i64", "", 8),
    ("i64", "8", 1),
    ("i64", "16", 2),
    ("i64", "32", 4),
];

/// The sorts of memories that operators are compiled for differently: type of indices, and declaration.
const MEMORIES: [(&str, &str, &str); 5] = [
    ("i32", "(memory 1 2)", ""),
    ("i32", "(memory 1 2 shared)", ""),
    ("i64", "(memory i64 1 2)", ""),
    ("i64", "(memory i64 1 2 shared)", ""),
    ("i32", "(memory 1) (memory $m 1 2 shared)", "$m"),
];

fn unsigned(suffix: &str) -> &str {
    match suffix {
        "" => "",
        _ => "_u",
    }
}

/// All operators on a memory, each with its operands in parameters, in locals that are in memory, and as constants.
fn operators(index: &str, memory: &str, name: &str, offset: u64) -> String {
    let mut text = format!("(module {memory}\n");
    for (ty, suffix, _) in WIDTHS {
        let u = unsigned(suffix);
        let at = format!("{name} offset={offset}");
        text += &format!(
            r#"(func (export "{ty} load{suffix}") (param {index}) (result {ty}) ({ty}.atomic.load{suffix}{u} {at} (local.get 0)))
            (func (export "{ty} store{suffix}") (param {index} {ty}) ({ty}.atomic.store{suffix} {at} (local.get 0) (local.get 1)))
            (func (export "{ty} cmpxchg{suffix}") (param {index} {ty} {ty}) (result {ty})
              ({ty}.atomic.rmw{suffix}.cmpxchg{u} {at} (local.get 0) (local.get 1) (local.get 2)))
            "#
        );
        for op in OPERATORS {
            text += &format!(
                r#"(func (export "{ty} {op}{suffix}") (param {index} {ty}) (result {ty})
                  ({ty}.atomic.rmw{suffix}.{op}{u} {at} (local.get 0) (local.get 1)))
                (func (export "{ty} {op}{suffix} dropped") (param {index} {ty})
                  (drop ({ty}.atomic.rmw{suffix}.{op}{u} {at} (local.get 0) (local.get 1))))
                (func (export "{ty} {op}{suffix} deep") (param {index} {ty}) (result {ty})
                  ({ty}.add ({ty}.const 1) ({ty}.add (local.get 1) ({ty}.sub ({ty}.mul (local.get 1) ({ty}.const 3))
                    ({ty}.add ({ty}.xor (local.get 1) ({ty}.const 5)) ({ty}.sub ({ty}.or (local.get 1) ({ty}.const 9))
                      ({ty}.atomic.rmw{suffix}.{op}{u} {at} ({index}.add (local.get 0) ({index}.const 0)) ({ty}.add (local.get 1) ({ty}.const 0)))))))))
                "#
            );
        }
    }
    text + "(func (export \"fence\") atomic.fence))"
}

fn mask(bytes: u64) -> u64 {
    match bytes {
        8 => u64::MAX,
        _ => (1 << (bytes * 8)) - 1,
    }
}

fn computed(op: &str, old: u64, value: u64) -> u64 {
    match op {
        "add" => old.wrapping_add(value),
        "sub" => old.wrapping_sub(value),
        "and" => old & value,
        "or" => old | value,
        "xor" => old ^ value,
        _ => value,
    }
}

fn configs() -> Vec<Config> {
    let mut all = Vec::new();
    for model in MODELS {
        for speculation_safe in [true, false] {
            all.push(Config {
                speculation_safe,
                ..config(model)
            });
        }
    }
    all
}

const FILL: u64 = 0xf1e2_d3c4_b5a6_9788;
const VALUE: u64 = 0x8877_6655_4433_2211;

#[test]
fn operators_compute_what_they_should() {
    for config in configs() {
        for (index, memory, name) in MEMORIES {
            for offset in [0, 8, 0x1_0000 - 64] {
                let text = operators(index, memory, name, offset);
                let mut store = HostStore::new(StoreLimits::default()).unwrap();
                let module = module(&config, &text);
                store.instantiate(module, &mut Linker::default()).unwrap();
                call(&mut store, "fence", &[]).unwrap();
                for (ty, suffix, bytes) in WIDTHS {
                    let (low, of_type) = (mask(bytes), mask(if ty == "i32" { 4 } else { 8 }));
                    let at = 16;
                    let get = |store: &mut HostStore| call(store, "i64 load", &[at]).unwrap()[0];
                    let set = |store: &mut HostStore| {
                        call(store, "i64 store", &[at, FILL]).unwrap();
                    };
                    let key = (ty, suffix, memory, offset, config.memory_model);
                    set(&mut store);
                    let loaded = call(&mut store, &format!("{ty} load{suffix}"), &[at]);
                    assert_eq!(loaded, Ok(vec![FILL & low]), "{key:?}");
                    call(
                        &mut store,
                        &format!("{ty} store{suffix}"),
                        &[at, VALUE & of_type],
                    )
                    .unwrap();
                    assert_eq!(get(&mut store), FILL & !low | VALUE & low, "{key:?}");
                    for op in OPERATORS {
                        let new = FILL & !low | computed(op, FILL, VALUE) & low;
                        set(&mut store);
                        let old = call(
                            &mut store,
                            &format!("{ty} {op}{suffix}"),
                            &[at, VALUE & of_type],
                        );
                        assert_eq!(old, Ok(vec![FILL & low]), "{op} {key:?}");
                        assert_eq!(get(&mut store), new, "{op} {key:?}");
                        set(&mut store);
                        call(
                            &mut store,
                            &format!("{ty} {op}{suffix} dropped"),
                            &[at, VALUE & of_type],
                        )
                        .unwrap();
                        assert_eq!(get(&mut store), new, "{op} {key:?}");
                        set(&mut store);
                        let v = VALUE & of_type;
                        let deep = call(&mut store, &format!("{ty} {op}{suffix} deep"), &[at, v])
                            .unwrap()[0];
                        let expected = v
                            .wrapping_mul(3)
                            .wrapping_sub((v ^ 5).wrapping_add((v | 9).wrapping_sub(FILL & low)))
                            .wrapping_add(v)
                            .wrapping_add(1);
                        assert_eq!(deep, expected & of_type, "{op} {key:?}");
                        assert_eq!(get(&mut store), new, "{op} {key:?}");
                    }
                    let exchange = format!("{ty} cmpxchg{suffix}");
                    for (expected, hit) in [(FILL & low, true), (FILL & low ^ 1, false)] {
                        set(&mut store);
                        let old = call(&mut store, &exchange, &[at, expected, VALUE & of_type]);
                        assert_eq!(old, Ok(vec![FILL & low]), "{key:?}");
                        let new = if hit { FILL & !low | VALUE & low } else { FILL };
                        assert_eq!(get(&mut store), new, "{key:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn misaligned_and_outside_addresses_trap() {
    for config in configs() {
        for (index, memory, name) in MEMORIES {
            for offset in [0u64, 3, 65536, 0xffff_fff8] {
                let text = operators(index, memory, name, offset);
                let mut store = HostStore::new(StoreLimits::default()).unwrap();
                let module = module(&config, &text);
                store.instantiate(module, &mut Linker::default()).unwrap();
                for (ty, suffix, bytes) in WIDTHS {
                    for at in [0u64, 1, 2, 4, 65535, 65536 - bytes, 65536, 0xffff_fffc] {
                        let sum = at + offset;
                        let expected = match sum {
                            _ if sum % bytes != 0 => Some(TrapCode::Unaligned),
                            _ if sum + bytes > 65536 => Some(TrapCode::MemoryOutOfBounds),
                            _ => None,
                        };
                        for (op, args) in [
                            ("load", &[at][..]),
                            ("store", &[at, 1]),
                            ("add", &[at, 1]),
                            ("xor", &[at, 1]),
                            ("or", &[at, 1]),
                            ("xchg", &[at, 1]),
                            ("cmpxchg", &[at, 0, 1]),
                        ] {
                            let result = call(&mut store, &format!("{ty} {op}{suffix}"), args);
                            assert_eq!(
                                result.err().map(|trap| trap.code),
                                expected,
                                "{ty} {op}{suffix} {at} {offset} {memory} {:?}",
                                config.memory_model
                            );
                        }
                        let dropped =
                            call(&mut store, &format!("{ty} and{suffix} dropped"), &[at, 1]);
                        assert_eq!(dropped.err().map(|trap| trap.code), expected);
                    }
                }
            }
        }
    }
}

/// Six hot locals have taken all registers that locals get, the replacement is in rax, as a quotient is, and the address wants two of its own.
#[test]
fn there_are_registers_for_a_compare_exchange() {
    for config in configs() {
        for (index, memory, name) in
            MEMORIES
                .into_iter()
                .chain([("i64", "(memory 1) (memory $m i64 1 2)", "$m")])
        {
            for offset in [0u64, 8, 1 << 31] {
                let mut text = format!(
                    r#"(module {memory} (func (export "f") (param $i {index}) (param $a i64) (param $two i64) (result i64) (local i64 i64 i64 i64 i64 i64)"#
                );
                for local in (3..9).cycle().take(36) {
                    text += &format!(
                        "(local.set {local} (i64.add (local.get {local}) (local.get {local})))\n"
                    );
                }
                text += &format!(
                    r#"(i64.atomic.rmw.cmpxchg {name} offset={offset}
                      ({index}.sub (local.get $i) ({index}.const 0))
                      (i64.xor (local.get $a) (i64.const 4))
                      (i64.div_u (local.get $a) (local.get $two)))))"#
                );
                let mut store = HostStore::new(StoreLimits::default()).unwrap();
                let module = module(&config, &text);
                store.instantiate(module, &mut Linker::default()).unwrap();
                let mut f = |a| call(&mut store, "f", &[16, a, 2]).map_err(|trap| trap.code);
                if offset > 65536 {
                    assert_eq!(f(4), Err(TrapCode::MemoryOutOfBounds));
                    continue;
                }
                let key = (memory, offset, config.memory_model);
                assert_eq!(f(4), Ok(vec![0]), "{key:?}");
                assert_eq!(f(6), Ok(vec![2]), "{key:?}");
                assert_eq!(f(0), Ok(vec![3]), "{key:?}");
                assert_eq!(f(7), Ok(vec![3]), "{key:?}");
                assert_eq!(f(4), Ok(vec![3]), "{key:?}");
            }
        }
    }
}

fn shared(model: MemoryModel) -> Shared {
    let ty = MemoryType {
        minimum: 1,
        maximum: Some(1),
        index64: false,
        shared: true,
    };
    SharedMemory::<HostPlatform>::new(model, ty, 1 << 20).unwrap()
}

/// Threads hammer on one word of each width; no addition, bit or exchange is lost.
#[test]
fn no_update_is_lost() {
    const THREADS: u64 = 4;
    const ROUNDS: u64 = 20_000;
    for model in MODELS {
        let mut text = String::from(
            r#"(module (import "env" "memory" (memory 1 1 shared))
            (func (export "run") (param $rounds i32) (param $bit i64) (local $old i64)
              (loop $again
            "#,
        );
        for (number, (ty, suffix, _)) in WIDTHS.into_iter().enumerate() {
            let (u, at) = (unsigned(suffix), number * 64);
            text += &format!(
                "(drop ({ty}.atomic.rmw{suffix}.add{u} (i32.const {at}) ({ty}.const 3)))
                 (drop ({ty}.add ({ty}.atomic.rmw{suffix}.sub{u} (i32.const {at}) ({ty}.const 1)) ({ty}.const 1)))\n"
            );
        }
        text += r#"
              (drop (i64.add (i64.atomic.rmw.xor offset=1024 (i32.const 0) (local.get $bit)) (i64.const 1)))
              (block $done (loop $retry
                (local.set $old (i64.atomic.load offset=1032 (i32.const 0)))
                (br_if $done (i64.eq (local.get $old)
                  (i64.atomic.rmw.cmpxchg offset=1032 (i32.const 0) (local.get $old) (i64.add (local.get $old) (i64.const 1)))))
                (br $retry)))
              (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))"#;
        let module = module(&config(model), &text);
        let memory = shared(model);
        thread::scope(|scope| {
            for number in 0..THREADS {
                let (memory, module) = (Arc::clone(&memory), Arc::clone(&module));
                scope.spawn(move || {
                    let mut store = HostStore::new(StoreLimits::default()).unwrap();
                    let handle = store.add_shared(memory).unwrap();
                    store
                        .instantiate(module, &mut Linker::with_memory(handle))
                        .unwrap();
                    call(&mut store, "run", &[ROUNDS + 1, 1 << (number * 16)]).unwrap();
                });
            }
        });
        let word = |at: usize| memory.view().load64(at as u64).unwrap();
        let total = THREADS * (ROUNDS + 1);
        for (number, (ty, suffix, bytes)) in WIDTHS.into_iter().enumerate() {
            assert_eq!(word(number * 64), total * 2 & mask(bytes), "{ty} {suffix}");
        }
        // Each thread turned its bit an odd number of times.
        assert_eq!(word(1024), 0x0001_0001_0001_0001);
        assert_eq!(word(1032), total);
    }
}

#[test]
fn waits_need_a_shared_memory() {
    for model in MODELS {
        let mut store = wasm::instance(
            model,
            r#"(module (memory 1)
              (func (export "wait") (param i32) (result i32) (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const 0)))
              (func (export "wait64") (param i32) (result i32) (memory.atomic.wait64 offset=8 (local.get 0) (i64.const 0) (i64.const 0)))
              (func (export "notify") (param i32) (result i32) (memory.atomic.notify offset=4 (local.get 0) (i32.const 1))))"#,
        );
        assert_eq!(trap_code(&mut store, "wait", &[0]), TrapCode::NotShared);
        assert_eq!(trap_code(&mut store, "wait64", &[0]), TrapCode::NotShared);
        assert_eq!(call(&mut store, "notify", &[0]), Ok(vec![0]));
        assert_eq!(trap_code(&mut store, "wait", &[2]), TrapCode::Unaligned);
        assert_eq!(trap_code(&mut store, "wait64", &[4]), TrapCode::Unaligned);
        assert_eq!(trap_code(&mut store, "notify", &[6]), TrapCode::Unaligned);
        let outside = TrapCode::MemoryOutOfBounds;
        assert_eq!(trap_code(&mut store, "wait", &[65536]), outside);
        assert_eq!(trap_code(&mut store, "wait64", &[65528]), outside);
        assert_eq!(trap_code(&mut store, "notify", &[65532]), outside);
    }
}
