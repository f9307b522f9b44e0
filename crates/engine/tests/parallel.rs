// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Compilation by several threads: the result, or the error, is that of one.

mod wasm;

use std::{fmt::Write, sync::Arc, thread};

use wasm::{call, config, Linker, MODELS};
use wasmk_engine::{
    compile::{compile, CompileJob, Poll, Share, Stop},
    config::{Config, MemoryModel},
    error::{CompileError, CompileErrorKind},
    module::CompiledModule,
    runtime::{Module, Store, StoreLimits},
    trap::TrapCode,
};

/// Functions of [`chains`].
const FUNCTIONS: u32 = 1000;
/// Additions in each.
const ADDITIONS: u32 = 100;

/// Compiles with `threads` threads. All that a share holds was made by one thread; they come back in any order.
fn compile_with(
    threads: usize,
    wasm: &[u8],
    config: &Config,
) -> Result<CompiledModule, CompileError> {
    let job = CompileJob::new(wasm, config, &mut ())?;
    let mut shares: Vec<Share> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| job.work(wasm, &mut ())))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .collect()
    });
    shares.reverse();
    job.finish(shares, &mut ())
}

/// Functions that call one another forwards (the odd ones) and backwards (the even ones), through many pieces of code. `extra`
/// follows the last of them.
fn chains(extra: &str) -> Vec<u8> {
    let mut text = String::from("(module (memory 1)");
    for index in 0..FUNCTIONS {
        let name = match index {
            1 => "(export \"up\")",
            _ if index == FUNCTIONS - 2 => "(export \"down\")",
            _ => "",
        };
        write!(
            text,
            "(func $f{index} {name} (param i32) (result i32) local.get 0"
        )
        .unwrap();
        for _ in 0..ADDITIONS {
            write!(text, " (i32.const {index}) i32.add").unwrap();
        }
        match (index % 2 == 0, index) {
            (true, 2..) => write!(text, " (call $f{}))", index - 2).unwrap(),
            (false, _) if index + 2 < FUNCTIONS => {
                write!(text, " (call $f{}))", index + 2).unwrap();
            }
            _ => text.push(')'),
        }
    }
    write!(
        text,
        "(func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    )
    .unwrap();
    text.push_str(extra);
    text.push(')');
    wat::parse_str(&text).unwrap()
}

/// Everything about the code that a thread could have changed.
fn code(module: &CompiledModule) -> impl PartialEq {
    let code = &module.code;
    (
        code.to_bytes(),
        code.traps().copied().collect::<Vec<_>>(),
        code.relocs().copied().collect::<Vec<_>>(),
        code.functions.clone(),
        (code.trampolines.clone(), code.host_thunks.clone()),
        (code.stubs, code.landing),
    )
}

#[test]
fn any_number_of_threads_makes_the_same() {
    let wasm = chains("");
    for config in [config(MemoryModel::Guard), config(MemoryModel::Bounds)] {
        let alone = compile(&wasm, &config, &mut ()).unwrap();
        assert!(alone.code.pieces.len() > 3, "{}", alone.code.pieces.len());
        for threads in [2, 5] {
            let together = compile_with(threads, &wasm, &config).unwrap();
            assert!(code(&together) == code(&alone), "{threads} threads");
        }
    }
}

#[test]
fn calls_and_faults_find_their_way_between_pieces() {
    let wasm = chains("");
    for model in MODELS {
        let compiled = compile_with(2, &wasm, &config(model)).unwrap();
        let mut store = Store::new(StoreLimits::default()).unwrap();
        let module = Arc::new(Module::new(compiled).unwrap());
        store.instantiate(module, &mut Linker::default()).unwrap();
        let sum =
            |odd: u32| (0..FUNCTIONS).filter(|index| index % 2 == odd).sum::<u32>() * ADDITIONS;
        assert_eq!(
            call(&mut store, "up", &[5]).unwrap(),
            [u64::from(sum(1)) + 5]
        );
        assert_eq!(
            call(&mut store, "down", &[5]).unwrap(),
            [u64::from(sum(0)) + 5]
        );
        let trap = call(&mut store, "load", &[0x10000]).unwrap_err();
        assert_eq!(trap.code, TrapCode::MemoryOutOfBounds);
        assert_eq!(trap.function, Some(FUNCTIONS));
        assert_eq!(
            wasm[trap.offset.unwrap() as usize],
            0x28,
            "the offset is the load's"
        );
    }
}

#[test]
fn pieces_begin_at_pages_and_do_not_overlap() {
    let code = compile(&chains(""), &Config::default(), &mut ())
        .unwrap()
        .code;
    let mut end = 0;
    for piece in &code.pieces {
        assert_eq!(piece.offset as usize % 4096, 0);
        assert!((end..end + 4096).contains(&(piece.offset as usize)));
        end = piece.offset as usize + piece.bytes.len();
    }
    assert_eq!(code.to_bytes().len(), code.len());
}

#[test]
fn the_first_error_is_told() {
    let bad = "(func (param i32) (result i32) i64.const 0)";
    // The validator is not asked by the text format's parser.
    for (wasm, function) in [
        (chains(bad), FUNCTIONS + 1),
        (chains(&format!("{bad} (func) {bad}")), FUNCTIONS + 1),
    ] {
        let alone = compile(&wasm, &Config::default(), &mut ()).unwrap_err();
        assert_eq!(alone.function, Some(function));
        for threads in [1, 4] {
            let together = compile_with(threads, &wasm, &Config::default()).unwrap_err();
            assert_eq!(together, alone);
        }
    }
}

#[test]
fn an_error_behind_the_bodies_comes_after_theirs() {
    let good = chains("");
    let cut = &good[..good.len() - 1];
    let alone = compile(cut, &Config::default(), &mut ()).unwrap_err();
    assert_eq!(compile_with(3, cut, &Config::default()).unwrap_err(), alone);
    let bad = chains("(func (result i32) i64.const 0) (data (i32.const 0) \"x\")");
    let cut = &bad[..bad.len() - 1];
    let error = compile_with(3, cut, &Config::default()).unwrap_err();
    assert_eq!(error.function, Some(FUNCTIONS + 1), "{error}");
    assert_eq!(
        compile(cut, &Config::default(), &mut ()).unwrap_err(),
        error
    );
}

/// Stops at the poll with that number.
struct After(usize);

impl Poll for After {
    fn poll(&mut self) -> Result<(), Stop> {
        self.0 = self.0.checked_sub(1).ok_or(Stop)?;
        Ok(())
    }
}

#[test]
fn one_that_is_stopped_ends_the_job() {
    let wasm = chains("");
    let job = CompileJob::new(&wasm, &Config::default(), &mut ()).unwrap();
    let stopped = job.work(&wasm, &mut After(2));
    assert!(job.is_taken());
    let rest = job.work(&wasm, &mut ());
    assert_eq!(rest.batches(), 0);
    let error = job.finish(vec![rest, stopped], &mut ()).unwrap_err();
    assert_eq!(error.kind, CompileErrorKind::Interrupted);
}

#[test]
fn a_share_that_is_lost_is_noticed() {
    let wasm = chains("");
    let job = CompileJob::new(&wasm, &Config::default(), &mut ()).unwrap();
    drop(job.work(&wasm, &mut ()));
    let error = job.finish(Vec::new(), &mut ()).unwrap_err();
    assert!(
        matches!(error.kind, CompileErrorKind::Internal(_)),
        "{error}"
    );
}

#[test]
fn modules_without_bodies() {
    for text in ["(module)", "(module (import \"host\" \"1\" (func)))"] {
        let wasm = wat::parse_str(text).unwrap();
        let job = CompileJob::new(&wasm, &Config::default(), &mut ()).unwrap();
        assert_eq!(job.batches(), 0);
        let module = job.finish(Vec::new(), &mut ()).unwrap();
        assert!(!module.code.is_empty());
    }
}
