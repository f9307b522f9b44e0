// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `memory.atomic.wait` and `notify` between stores on threads of their own.

mod wasm;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use wasmk_engine::{
    config::MemoryModel,
    module::MemoryType,
    runtime::{Interruption, RunExit, SharedMemory, StoreLimits},
    sys::host::HostPlatform,
};

use wasm::{call, config, function, module, HostStore, Linker, TestHost, MODELS};

type Shared = Arc<SharedMemory<HostPlatform>>;

const TEXT: &str = r#"(module (import "env" "memory" (memory 1 1 shared))
  (func (export "wait") (param i32 i32 i64) (result i32) (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32) (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "float") (result f64) (local f64)
    (local.set 0 (f64.convert_i32_s (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000))))
    (f64.add (local.get 0) (f64.const 0.5)))

  ;; A lock: 0 free, 1 taken, 2 taken and wanted.
  (func $lock (param $at i32)
    (block $done
      (br_if $done (i32.eqz (i32.atomic.rmw.cmpxchg (local.get $at) (i32.const 0) (i32.const 1))))
      (loop $again
        (br_if $done (i32.eqz (i32.atomic.rmw.xchg (local.get $at) (i32.const 2))))
        (drop (memory.atomic.wait32 (local.get $at) (i32.const 2) (i64.const -1)))
        (br $again))))
  (func $unlock (param $at i32)
    (if (i32.eq (i32.atomic.rmw.xchg (local.get $at) (i32.const 0)) (i32.const 2))
      (then (drop (memory.atomic.notify (local.get $at) (i32.const 1))))))
  (func (export "count") (param $rounds i32)
    (loop $again
      (call $lock (i32.const 64))
      (i32.store (i32.const 128) (i32.add (i32.load (i32.const 128)) (i32.const 1)))
      (i64.store (i32.const 136) (i64.sub (i64.load (i32.const 136)) (i64.const 1)))
      (call $unlock (i32.const 64))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))"#;

const FOREVER: u64 = u64::MAX;

fn shared(model: MemoryModel) -> Shared {
    let ty = MemoryType {
        minimum: 1,
        maximum: Some(1),
        index64: false,
        shared: true,
    };
    SharedMemory::<HostPlatform>::new(model, ty, 1 << 20).unwrap()
}

fn store(model: MemoryModel, memory: &Shared) -> HostStore {
    let mut store = HostStore::new(StoreLimits::default()).unwrap();
    let handle = store.add_shared(Arc::clone(memory)).unwrap();
    let module = module(&config(model), TEXT);
    store
        .instantiate(module, &mut Linker::with_memory(handle))
        .unwrap();
    store
}

/// Notifies until `count` were woken in all.
fn wake(memory: &Shared, at: u64, count: u32) {
    let end = Instant::now() + Duration::from_secs(60);
    let mut woken = 0;
    while woken < count {
        assert!(Instant::now() < end, "{woken} of {count} woken");
        woken += memory.notify(at, count - woken);
        thread::yield_now();
    }
}

#[test]
fn other_values_and_times_end_a_wait() {
    for model in MODELS {
        let memory = shared(model);
        let mut store = store(model, &memory);
        assert_eq!(
            call(&mut store, "wait", &[8, 1, FOREVER]),
            Ok(vec![1]),
            "not equal"
        );
        assert_eq!(
            call(&mut store, "wait64", &[8, 1 << 32, FOREVER]),
            Ok(vec![1])
        );
        assert_eq!(call(&mut store, "wait", &[8, 0, 0]), Ok(vec![2]), "at once");
        let begin = Instant::now();
        assert_eq!(call(&mut store, "wait64", &[8, 0, 30_000_000]), Ok(vec![2]));
        assert!(begin.elapsed() >= Duration::from_millis(30));
        assert_eq!(
            call(&mut store, "notify", &[8, 5]),
            Ok(vec![0]),
            "nobody is left"
        );
        assert_eq!(call(&mut store, "float", &[]), Ok(vec![2.5f64.to_bits()]));
    }
}

#[test]
fn so_many_are_woken_and_only_there() {
    for model in MODELS {
        let memory = shared(model);
        thread::scope(|scope| {
            let waiters: Vec<_> = (0..4)
                .map(|number| {
                    let mut store = store(model, &memory);
                    let (name, at) = if number == 3 {
                        ("wait64", 16)
                    } else {
                        ("wait", 8)
                    };
                    scope.spawn(move || call(&mut store, name, &[at, 0, FOREVER]).unwrap()[0])
                })
                .collect();
            wake(&memory, 8, 2);
            wake(&memory, 16, 1);
            assert_eq!(memory.notify(16, 100), 0);
            let mut notifier = store(model, &memory);
            let end = Instant::now() + Duration::from_secs(60);
            while call(&mut notifier, "notify", &[8, u64::from(u32::MAX)]).unwrap()[0] == 0 {
                assert!(Instant::now() < end);
            }
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), 0);
            }
        });
    }
}

#[test]
fn a_lock_made_of_it_excludes() {
    const ROUNDS: u64 = 2_000;
    for model in MODELS {
        let memory = shared(model);
        thread::scope(|scope| {
            for _ in 0..4 {
                let mut store = store(model, &memory);
                scope.spawn(move || call(&mut store, "count", &[ROUNDS]).unwrap());
            }
        });
        let view = memory.view();
        assert_eq!(view.load32(128), Some(4 * ROUNDS as u32));
        assert_eq!(view.load64(136), Some((4 * ROUNDS).wrapping_neg()));
        assert_eq!(view.load32(64), Some(0));
    }
}

fn run_until(store: &mut HostStore, host: &mut TestHost<'_>, args: &[u64]) -> RunExit {
    store.begin(function(store, 0, "wait"), args).unwrap();
    store.run(host)
}

/// A parked wait stays registered: a notification meanwhile is not lost, and its time goes on.
#[test]
fn parked_waits_go_on() {
    for model in MODELS {
        let memory = shared(model);
        let mut store = store(model, &memory);
        let mut host = TestHost {
            park_every: 1,
            ..TestHost::default()
        };
        assert_eq!(
            run_until(&mut store, &mut host, &[8, 0, FOREVER]),
            RunExit::Parked
        );
        assert_eq!(store.run(&mut host), RunExit::Parked);
        assert_eq!(memory.notify(8, 10), 1);
        // The value is not compared again.
        memory.view().write(8, &[1]).unwrap();
        assert_eq!(store.run(&mut host), RunExit::Returned);
        assert_eq!(store.results(), [0]);
        memory.view().write(8, &[0]).unwrap();
        assert_eq!(
            run_until(&mut store, &mut host, &[8, 0, 20_000_000]),
            RunExit::Parked
        );
        thread::sleep(Duration::from_millis(25));
        let mut host = TestHost::default();
        let begin = Instant::now();
        assert_eq!(store.run(&mut host), RunExit::Returned);
        assert!(
            begin.elapsed() < Duration::from_millis(20),
            "its time did not begin anew"
        );
        assert_eq!(store.results(), [2]);
    }
}

/// Whatever ends a wait takes the entry out of the list.
#[test]
fn nothing_is_left_of_ended_waits() {
    for model in MODELS {
        let memory = shared(model);
        for (answer, exit) in [
            (Interruption::Killed, RunExit::Killed),
            (Interruption::Deadline, RunExit::Deadline),
        ] {
            let mut store = store(model, &memory);
            let mut host = TestHost {
                end: Some((3, answer)),
                ..TestHost::default()
            };
            assert_eq!(run_until(&mut store, &mut host, &[8, 0, FOREVER]), exit);
            assert_eq!(memory.notify(8, 10), 0);
        }
        let mut parked = store(model, &memory);
        let mut host = TestHost {
            park_every: 1,
            ..TestHost::default()
        };
        assert_eq!(
            run_until(&mut parked, &mut host, &[8, 0, FOREVER]),
            RunExit::Parked
        );
        parked.cancel();
        assert_eq!(memory.notify(8, 10), 0, "cancelled");
        assert_eq!(
            run_until(&mut parked, &mut host, &[8, 0, FOREVER]),
            RunExit::Parked
        );
        drop(parked);
        assert_eq!(memory.notify(8, 10), 0, "dropped");
        assert_eq!(Arc::strong_count(&memory), 1);
    }
}
