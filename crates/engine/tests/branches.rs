// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Compiled code whose returns and indirect branches have the forms of kernels with mitigations.

mod by_hand;
mod wasm;

use by_hand::{Function, Image};
use dynasm::dynasm;
use wasm::{call_host, config, Linker, TestHost, MODELS};
use wasmk_engine::{
    compile::compile,
    config::{BranchForm, Config},
    runtime::{HostOutcome, Module, Store, StoreLimits},
};

/// Every kind of branch: direct and indirect calls, calls of imports, of host functions, a long `br_table`, returns from loops.
fn text() -> String {
    let arms = 40;
    let labels: String = (0..arms).map(|n| format!(" $l{n}")).collect();
    let opens: String = (0..arms).rev().map(|n| format!("(block $l{n} ")).collect();
    let closes: String = (0..arms)
        .map(|n| format!(") (return (i32.const {}))", n * n))
        .collect();
    format!(
        r#"(module
        (type $unary (func (param i32) (result i32)))
        (import "host" "4" (func $host (param i32) (result i32)))
        (table funcref (elem $twice $host $square))
        (func $twice (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
        (func $square (param i32) (result i32) {opens} (br_table{labels} (local.get 0)) {closes} unreachable)
        (func (export "run") (param i32) (result i32) (local $sum i32)
            (loop $l
                (local.set $sum (i32.add (local.get $sum)
                    (call_indirect (type $unary) (local.get 0) (i32.rem_u (local.get 0) (i32.const 3)))))
                (local.set $sum (i32.add (local.get $sum) (call $host (call $twice (local.get 0)))))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get $sum)))"#
    )
}

#[test]
fn all_forms_of_branches_work() {
    let mut thunks = Image::new(Config::default());
    thunks.function(
        Function::new(&[], &[]),
        |asm, _, _| dynasm!(asm ; .arch x64 ; ret),
    );
    thunks.function(Function::new(&[], &[]), |asm, _, _| {
        // As a retpoline: the target goes on the stack, and a return takes it.
        let (set, capture) = (asm.label(), asm.label());
        dynasm!(asm
            ; .arch x64
            ; call =>set
            ; =>capture
            ; pause
            ; lfence
            ; jmp =>capture
            ; =>set
            ; mov [rsp], r11
            ; ret
        );
    });
    let thunks = thunks.publish();
    let wasm = wat::parse_str(text()).unwrap();
    let expected: u64 = (1..=39u64)
        .map(|n| [2 * n, n + 1000, n * n][n as usize % 3] + 2 * n + 1000)
        .sum();
    for model in MODELS {
        let plain = config(model);
        let lfence = Config {
            indirect: BranchForm::Lfence,
            ..plain
        };
        let thunked = by_hand::thunked(&thunks, 0, 1);
        let both = Config {
            returns: thunked.returns,
            indirect: thunked.indirect,
            ..plain
        };
        let neither = Config {
            endbr: false,
            speculation_safe: false,
            ..plain
        };
        for (config, relocs) in [
            (plain, false),
            (lfence, false),
            (both, true),
            (neither, false),
        ] {
            let compiled = compile(&wasm, &config, &mut ()).unwrap();
            assert_eq!(compiled.code.relocs().next().is_some(), relocs);
            let mut store = Store::new(StoreLimits::default()).unwrap();
            let module = std::sync::Arc::new(Module::new(compiled).unwrap());
            store.instantiate(module, &mut Linker::default()).unwrap();
            let mut host = TestHost::new(|_, _, values| {
                values[0] += 1000;
                HostOutcome::Done
            });
            let sum = call_host(&mut store, 0, "run", &[39], &mut host);
            assert_eq!(sum, Ok(vec![expected]), "{config:?}");
        }
    }
}
