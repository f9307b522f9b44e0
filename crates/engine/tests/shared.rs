// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Memories that several stores use, one thread each: linking, growth, limits, and bulk operations under the eyes of others.

mod wasm;

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread,
};

use wasmk_engine::{
    compile::compile,
    config::{Config, MemoryModel},
    error::CompileErrorKind,
    module::MemoryType,
    platform::PlatformError,
    runtime::{
        Extern, HostOutcome, InstantiateError, Interruption, RunExit, SharedMemory, StoreLimits,
    },
    sys::host::HostPlatform,
    trap::TrapCode,
};

use wasm::{
    call, call_host, call_in, config, function, instance, module, trap_code, HostStore, Linker,
    TestHost, MODELS,
};

type Shared = Arc<SharedMemory<HostPlatform>>;

const OUTSIDE: TrapCode = TrapCode::MemoryOutOfBounds;

fn memory_type(minimum: u64, maximum: u64) -> MemoryType {
    MemoryType {
        minimum,
        maximum: Some(maximum),
        index64: false,
        shared: true,
    }
}

fn shared(model: MemoryModel, minimum: u64, maximum: u64) -> Shared {
    SharedMemory::<HostPlatform>::new(model, memory_type(minimum, maximum), 1 << 30).unwrap()
}

fn linked(config: &Config, text: &str, memory: &Shared) -> Result<HostStore, InstantiateError> {
    let mut store = HostStore::new(StoreLimits::default()).unwrap();
    let handle = store.add_shared(Arc::clone(memory)).unwrap();
    let module = module(config, text);
    store.instantiate(module, &mut Linker::with_memory(handle))?;
    Ok(store)
}

/// Loads and stores at offsets of each form, growth and bulk operations.
fn operations(memory: &str) -> String {
    let mut text = format!("(module {memory} (data $d \"abcdefgh\")");
    for (number, offset) in [0, 5, 65536, 0x8000_0000u32].iter().enumerate() {
        for (op, ty) in [
            ("8", "i32"),
            ("16", "i32"),
            ("", "i32"),
            ("", "i64"),
            ("", "f64"),
        ] {
            let load = if op.is_empty() { "" } else { "_u" };
            text += &format!(
                "(func (export \"{ty}{op}{number}\") (param i32) (result {ty}) ({ty}.load{op}{load} offset={offset} (local.get 0)))
                 (func (export \"set {ty}{op}{number}\") (param i32 {ty}) ({ty}.store{op} offset={offset} (local.get 0) (local.get 1)))\n"
            );
        }
    }
    text + r#"
    (func (export "sum") (param i32) (result i32)
      (i32.load (i32.add (i32.and (local.get 0) (i32.const 0xffff)) (i32.const 65533))))
    (func (export "scaled") (param i32) (result i32)
      (i32.load8_u offset=4 (i32.add (i32.shl (i32.and (local.get 0) (i32.const 0xffff)) (i32.const 2)) (i32.const 7))))
    (func (export "vector") (param i32) (result i64)
      (i64x2.extract_lane 1 (v128.load (local.get 0))))
    (func (export "size") (result i32) memory.size)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2))))"#
}

const IMPORT: &str = r#"(import "env" "memory" (memory 1 4 shared)) (export "memory" (memory 0))"#;

/// All accesses, compared with those of a memory of the same size that is not shared.
#[test]
fn accesses_are_those_of_any_memory() {
    for model in MODELS {
        for speculation_safe in [true, false] {
            let config = Config {
                speculation_safe,
                ..config(model)
            };
            let memory = shared(model, 1, 4);
            let mut store = linked(&config, &operations(IMPORT), &memory).unwrap();
            let mut plain = HostStore::new(StoreLimits::default()).unwrap();
            let text = operations("(memory 1 4)");
            plain
                .instantiate(module(&config, &text), &mut Linker::default())
                .unwrap();
            for pages in 1..=3u64 {
                let end = pages << 16;
                for name in ["i328", "i3216", "i32", "i64", "f64"] {
                    for number in 0..4 {
                        for at in [
                            0,
                            1,
                            7,
                            end - 8,
                            end - 7,
                            end - 2,
                            end - 1,
                            end,
                            0xffff_ffff,
                        ] {
                            let get = format!("{name}{number}");
                            let set = format!("set {get}");
                            let value = 0x1122_3344_5566_7788
                                & if name.starts_with("i32") {
                                    0xffff_ffff
                                } else {
                                    u64::MAX
                                };
                            let key = (&get, at, model);
                            let code = |result: Result<Vec<u64>, wasmk_engine::runtime::Trap>| {
                                result.map_err(|trap| trap.code)
                            };
                            assert_eq!(
                                code(call(&mut store, &set, &[at, value])),
                                code(call(&mut plain, &set, &[at, value])),
                                "{key:?}"
                            );
                            assert_eq!(
                                code(call(&mut store, &get, &[at])),
                                code(call(&mut plain, &get, &[at])),
                                "{key:?}"
                            );
                        }
                    }
                }
                for at in [0, 3, 100, 16380, 16381, 0x7ffc, 0xfff0, 0xffff] {
                    for name in ["sum", "scaled", "vector"] {
                        let code = |result: Result<Vec<u64>, wasmk_engine::runtime::Trap>| {
                            result.map_err(|trap| trap.code)
                        };
                        assert_eq!(
                            code(call(&mut store, name, &[at])),
                            code(call(&mut plain, name, &[at])),
                            "{name} {at} {model:?}"
                        );
                    }
                }
                for (name, args) in [
                    ("fill", [end - 40, 0x5a, 40]),
                    ("fill", [end - 40, 0x5a, 41]),
                    ("copy", [100, end - 30, 30]),
                    ("copy", [end - 100, end - 90, 90]),
                    ("copy", [end - 90, end - 100, 91]),
                    ("copy", [end - 90, end - 100, 90]),
                    ("init", [end - 8, 0, 8]),
                    ("init", [end - 8, 1, 8]),
                    ("init", [end - 7, 0, 8]),
                    ("fill", [end, 0, 0]),
                    ("copy", [end + 1, 0, 0]),
                ] {
                    let code = |result: Result<Vec<u64>, wasmk_engine::runtime::Trap>| {
                        result.map_err(|trap| trap.code)
                    };
                    assert_eq!(
                        code(call(&mut store, name, &args)),
                        code(call(&mut plain, name, &args)),
                        "{name} {args:?}"
                    );
                }
                let mut seen = vec![0; end as usize];
                memory.view().read(0, &mut seen).unwrap();
                assert!(seen == plain.memory(0), "{model:?}");
                assert_eq!(call(&mut store, "size", &[]), Ok(vec![pages]));
                assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![pages]));
                assert_eq!(call(&mut plain, "grow", &[1]), Ok(vec![pages]));
            }
            assert_eq!(
                call(&mut store, "grow", &[1]),
                Ok(vec![0xffff_ffff]),
                "the maximum"
            );
            assert_eq!(memory.len(), 4 << 16);
        }
    }
}

#[test]
fn what_one_store_does_another_sees() {
    for model in MODELS {
        let memory = shared(model, 1, 4);
        let text = operations(IMPORT);
        let mut a = linked(&config(model), &text, &memory).unwrap();
        let mut b = linked(&config(model), &text, &memory).unwrap();
        assert_eq!(trap_code(&mut b, "i320", &[1 << 16]), OUTSIDE);
        assert_eq!(call(&mut a, "grow", &[2]), Ok(vec![1]));
        call(&mut a, "set i320", &[1 << 16, 77]).unwrap();
        assert_eq!(call(&mut b, "i320", &[1 << 16]), Ok(vec![77]));
        assert_eq!(call(&mut b, "size", &[]), Ok(vec![3]));
        assert_eq!(
            (a.memory_bytes(), b.memory_bytes()),
            (0, 0),
            "whoever made it counts it"
        );
        drop(a);
        assert_eq!(call(&mut b, "i320", &[1 << 16]), Ok(vec![77]));
        assert!(b.memory(0).is_empty(), "no reference to its bytes");
        assert_eq!(b.guest_memory(0).len(), 3 << 16);
        drop(memory);
        assert_eq!(call(&mut b, "i320", &[1 << 16]), Ok(vec![77]));
    }
}

#[test]
fn a_store_that_declares_one_pays_for_all_of_it() {
    for model in MODELS {
        let limits = StoreLimits {
            max_memory: 3 << 16,
            ..StoreLimits::default()
        };
        let mut store = HostStore::new(limits).unwrap();
        let text = operations(r#"(memory (export "m") 1 100 shared)"#);
        let module = module(&config(model), &text);
        store.instantiate(module, &mut Linker::default()).unwrap();
        assert_eq!(store.memory_bytes(), 1 << 16, "what there is");
        let more = wasm::module(&config(model), "(module (memory 1))");
        assert_eq!(
            store.instantiate(more, &mut Linker::default()),
            Err(InstantiateError::Platform(PlatformError::Quota)),
            "all is promised"
        );
        assert_eq!(call(&mut store, "grow", &[3]), Ok(vec![0xffff_ffff]));
        assert_eq!(call(&mut store, "grow", &[2]), Ok(vec![1]));
        assert_eq!(store.memory_bytes(), 3 << 16);
        let Some(Extern::Memory(handle)) = store.export(0, "m") else {
            panic!("no memory");
        };
        let memory = store.shared_memory(handle).unwrap();
        assert_eq!(memory.len(), 3 << 16);
        assert_eq!(store.add_shared(memory).unwrap(), handle, "the same again");
    }
}

#[test]
fn imports_match_as_the_proposal_says() {
    let memory = shared(MemoryModel::Guard, 2, 4);
    let cases = [
        ("(memory 2 4 shared)", true),
        ("(memory 1 5 shared)", true),
        ("(memory 3 4 shared)", false),
        ("(memory 2 3 shared)", false),
        ("(memory 2 4)", false),
        ("(memory 1)", false),
        ("(memory i64 2 4 shared)", false),
    ];
    for (ty, fits) in cases {
        let text = format!(r#"(module (import "env" "memory" {ty}))"#);
        let linked = linked(&config(MemoryModel::Guard), &text, &memory);
        let expected = match fits {
            true => None,
            false => Some(InstantiateError::IncompatibleImport { import: 0 }),
        };
        assert_eq!(linked.err(), expected, "{ty}");
    }
    let mut store = instance(MemoryModel::Guard, r#"(module (memory (export "m") 2 4))"#);
    let module = module(
        &config(MemoryModel::Guard),
        r#"(module (import "m" "m" (memory 2 4 shared)))"#,
    );
    assert_eq!(
        store.instantiate(module, &mut Linker::with("m", 0)),
        Err(InstantiateError::IncompatibleImport { import: 0 })
    );
    let bounds = shared(MemoryModel::Bounds, 2, 4);
    let text = r#"(module (import "env" "memory" (memory 2 4 shared)))"#;
    assert_eq!(
        linked(&config(MemoryModel::Guard), text, &bounds).err(),
        Some(InstantiateError::MemoryModel { import: 0 })
    );
    assert!(linked(&config(MemoryModel::Bounds), text, &memory).is_ok());
}

#[test]
fn memories_that_cannot_be_are_refused() {
    let new = |ty, quota| SharedMemory::<HostPlatform>::new(MemoryModel::Bounds, ty, quota).err();
    assert_eq!(new(memory_type(2, 4), 1 << 16), Some(PlatformError::Quota));
    let endless = MemoryType {
        maximum: None,
        ..memory_type(1, 1)
    };
    assert_eq!(new(endless, 1 << 30), Some(PlatformError::Quota));
    assert_eq!(new(memory_type(0, 0), 0), None);
    for text in [
        "(module (memory 1 shared))",
        r#"(module (import "env" "memory" (memory 1 shared)))"#,
    ] {
        let wasm = wat::parse_str(text).unwrap();
        let refused = compile(&wasm, &Config::default(), &mut ()).unwrap_err();
        assert!(
            matches!(refused.kind, CompileErrorKind::Invalid(_)),
            "{text}: {refused:?}"
        );
    }
}

#[test]
fn several_memories_may_be_shared_or_not() {
    for model in MODELS {
        let memory = shared(model, 1, 2);
        let text = r#"(module
          (memory $own 1 1)
          (import "env" "memory" (memory $shared 1 2 shared))
          (func (export "set") (param i32 i32) (i32.store $shared (local.get 0) (local.get 1)))
          (func (export "size") (result i32) (memory.size $shared))
          (func (export "grow") (param i32) (result i32) (memory.grow $shared (local.get 0)))
          (func (export "in") (param i32 i32 i32) (memory.copy $shared $own (local.get 0) (local.get 1) (local.get 2)))
          (func (export "out") (param i32 i32 i32) (memory.copy $own $shared (local.get 0) (local.get 1) (local.get 2)))
          (func (export "own") (param i32) (result i32) (i32.load $own (local.get 0))))"#;
        let text = text.replacen("(memory $own 1 1)\n", "", 1).replacen(
            "shared))",
            "shared))\n(memory $own 1 1)",
            1,
        );
        let mut store = linked(&config(model), &text, &memory).unwrap();
        call(&mut store, "set", &[8, 0x0102_0304]).unwrap();
        call(&mut store, "out", &[16, 8, 4]).unwrap();
        assert_eq!(call(&mut store, "own", &[16]), Ok(vec![0x0102_0304]));
        assert_eq!(trap_code(&mut store, "in", &[65536 - 3, 16, 4]), OUTSIDE);
        assert_eq!(call(&mut store, "grow", &[1]), Ok(vec![1]));
        call(&mut store, "in", &[65536 - 3, 16, 4]).unwrap();
        let mut four = [0; 4];
        memory.view().read(65536 - 3, &mut four).unwrap();
        assert_eq!(four, [4, 3, 2, 1]);
        assert_eq!(call(&mut store, "size", &[]), Ok(vec![2]));
    }
}

#[test]
fn host_functions_see_a_shared_memory() {
    for model in MODELS {
        let memory = shared(model, 1, 2);
        let text = r#"(module (import "host" "1" (func $h (param i32)))
            (import "env" "memory" (memory 1 2 shared)) (export "memory" (memory 0))
            (func (export "run") (drop (memory.grow (i32.const 1))) (call $h (i32.const 5))))"#;
        let mut store = linked(&config(model), text, &memory).unwrap();
        let base = memory.view().base() as usize;
        let mut host = TestHost::new(|_, caller, values| {
            assert!(caller.memory.is_shared());
            assert_eq!(caller.memory.len(), 2 << 16);
            assert_eq!(caller.memory.base() as usize, base);
            assert!(caller.memory.reborrow().unshared().is_none());
            caller.memory.write(values[0], b"hello").unwrap();
            HostOutcome::Done
        });
        call_host(&mut store, 0, "run", &[], &mut host).unwrap();
        let mut seen = [0; 5];
        memory.view().read(5, &mut seen).unwrap();
        assert_eq!(&seen, b"hello");
    }
}

/// One thread grows page by page and writes to what is new; the others look at all that they are told of, and never trap.
#[test]
fn growth_is_seen_by_running_threads() {
    const MOST: u64 = 64;
    for model in MODELS {
        let memory = shared(model, 1, MOST);
        let text = r#"(module (import "env" "memory" (memory 1 64 shared))
          (func (export "grow") (result i32)
            (local $n i32)
            (loop $more
              (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
                (then
                  (local.set $n (i32.add (local.get $n) (i32.const 1)))
                  (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (i32.const 7))
                  (br $more))))
            (local.get $n))
          (func (export "look") (param $pages i32) (result i32)
            (local $size i32) (local $rounds i32)
            (loop $again
              (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
              (local.set $size (memory.size))
              (drop (i64.load (i32.sub (i32.shl (local.get $size) (i32.const 16)) (i32.const 8))))
              (drop (i32.load8_u (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))))
              (br_if $again (i32.lt_u (local.get $size) (local.get $pages))))
            (local.get $rounds)))"#;
        let module = module(&config(model), text);
        let start = |memory: &Shared| {
            let mut store = HostStore::new(StoreLimits::default()).unwrap();
            let handle = store.add_shared(Arc::clone(memory)).unwrap();
            let mut linker = Linker::with_memory(handle);
            store.instantiate(Arc::clone(&module), &mut linker).unwrap();
            store
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                let mut store = start(&memory);
                scope.spawn(move || call(&mut store, "look", &[MOST]).unwrap());
            }
            let growers: Vec<_> = (0..2)
                .map(|_| {
                    let mut store = start(&memory);
                    scope.spawn(move || call(&mut store, "grow", &[]).unwrap()[0])
                })
                .collect();
            let grown: u64 = growers
                .into_iter()
                .map(|grower| grower.join().unwrap())
                .sum();
            assert_eq!(grown, MOST - 1, "every page was added once");
        });
    }
}

/// Another thread writes all the while; every byte that a copy finds is one that somebody wrote.
#[test]
fn bulk_operations_and_host_calls_survive_a_writer() {
    for model in MODELS {
        let memory = shared(model, 2, 2);
        let text = operations(&IMPORT.replace("1 4", "2 2"));
        let mut store = linked(&config(model), &text, &memory).unwrap();
        let mut writer = linked(&config(model), &text, &memory).unwrap();
        memory.view().fill(0, 1, 2 << 16).unwrap();
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut byte = 1;
                while !stop.load(Ordering::Relaxed) {
                    byte = 3 - byte;
                    call(&mut writer, "fill", &[0, byte, 1 << 16]).unwrap();
                }
            });
            let mut seen = vec![0; 1 << 16];
            for round in 0..200u64 {
                let skew = round % 13;
                call(
                    &mut store,
                    "copy",
                    &[(1 << 16) + skew, skew, (1 << 16) - 20],
                )
                .unwrap();
                call(&mut store, "copy", &[100 + skew, 100, 30_000]).unwrap();
                memory.view().read(1 << 16, &mut seen).unwrap();
                assert!(seen.iter().all(|byte| matches!(byte, 1 | 2)));
                memory.view().write(40_000, &seen[..20_000]).unwrap();
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert_eq!(call_in(&mut store, 0, "size", &[]), Ok(vec![2]));
    }
}

/// A call that is killed while its growth waits for that of others gives it up; one that only has to park grows when it is resumed.
#[test]
fn growth_gives_way_to_interruptions() {
    for model in MODELS {
        let memory = shared(model, 1, 4);
        let text = r#"(module (import "host" "1" (func $interrupt))
            (import "env" "memory" (memory 1 4 shared))
            (func (export "run") (result i32) (call $interrupt) (memory.grow (i32.const 1))))"#;
        let mut store = linked(&config(model), text, &memory).unwrap();
        let mut run = |answer| {
            // It is interrupted between its last check and the growth.
            let mut parked = false;
            let mut host = TestHost::new(|_, _, _| match core::mem::replace(&mut parked, true) {
                false => HostOutcome::Park,
                true => HostOutcome::Done,
            });
            host.end = Some((1, answer));
            let run = function(&store, 0, "run");
            store.begin(run, &[]).unwrap();
            assert_eq!(store.run(&mut host), RunExit::Parked);
            store.request_interrupt();
            let exit = store.run(&mut host);
            let resumed = (exit == RunExit::Parked).then(|| store.run(&mut host));
            (exit, resumed, host.interruptions, store.results().to_vec())
        };
        let killed = run(Interruption::Killed);
        assert_eq!(killed.0, RunExit::Killed);
        assert_eq!(memory.len(), 1 << 16);
        assert_eq!(run(Interruption::Deadline).0, RunExit::Deadline);
        assert_eq!(memory.len(), 1 << 16);
        let parked = (RunExit::Parked, Some(RunExit::Returned), 1, vec![1]);
        assert_eq!(run(Interruption::Park), parked);
        assert_eq!(memory.len(), 2 << 16, "once");
        let went_on = (RunExit::Returned, None, 1, vec![2]);
        assert_eq!(run(Interruption::Continue), went_on);
    }
}

/// Who asks for a growth is asked first. Asking for the size is no growth.
#[test]
fn growth_given_up_changes_nothing() {
    for model in MODELS {
        let memory = shared(model, 1, 4);
        let mut asked = Vec::new();
        let refused = memory.grow(1, &mut |done| {
            asked.push(done);
            false
        });
        assert_eq!(refused, Err(PlatformError::Interrupted));
        assert_eq!((asked.as_slice(), memory.len()), (&[0][..], 1 << 16));
        assert_eq!(memory.grow(0, &mut |_| false), Ok(1), "no growth");
        assert_eq!(memory.grow(3, &mut |_| true), Ok(1));
    }
}
