// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What is wrong is named, with the file, the place and what to do.

use std::fs;

use anyhow::Context;

use crate::{
    check, check_eq,
    guest::{
        tool::{wasm, wasmctl},
        Cases, Outcome,
    },
};

pub(super) fn run(cases: &mut Cases) {
    cases.case("usage mistakes are 2, also in JSON", usage);
    cases.case("invalid modules: file, offset, reason", invalid);
    cases.case("an unknown import is named", unknown_import);
    cases.case(
        "a missing capability is named with its flag",
        missing_capability,
    );
}

fn usage() -> Outcome {
    for args in [
        &["run"][..],
        &["frobnicate"],
        &["run", "--listen", "nonsense", "hello.wat"],
        &["invoke", "math.wat", "add", "1"],
    ] {
        let answer = wasmctl(args)?.expect(2)?;
        check!(!answer.err.is_empty(), "no message for {args:?}");
        let mut json = vec!["--json"];
        json.extend(args);
        check_eq!(
            wasmctl(&json)?.expect(2)?.json()?["error"]["kind"],
            "usage",
            "kind for {args:?}"
        );
    }
    Ok(())
}

fn invalid() -> Outcome {
    let mut bytes = wasm("math.wat")?;
    let at = bytes
        .windows(2)
        .position(|pair| pair == [0x6a, 0x0b])
        .context("no i32.add in math.wat")?;
    // i32.add becomes i64.add.
    bytes[at] = 0x7c;
    fs::write("bad.wasm", &bytes)?;
    for verb in ["validate", "run", "load"] {
        let error = wasmctl(&["--json", verb, "bad.wasm"])?.expect(1)?.json()?["error"].clone();
        check_eq!(error["kind"], "invalid", "kind for {verb}");
        check_eq!(error["file"], "bad.wasm", "file for {verb}");
        check_eq!(error["offset"], at as u64, "offset for {verb}");
        check!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.contains("type mismatch")),
            "reason for {verb}: {error}"
        );
    }
    let answer = wasmctl(&["validate", "bad.wasm"])?.expect(1)?;
    check!(
        answer.err.contains("bad.wasm") && answer.err.contains(&format!("{at:#x}")),
        "message: {}",
        answer.err
    );
    fs::write("bad.wat", "(module\n  (func (result i32)))\n(")?;
    let answer = wasmctl(&["run", "bad.wat"])?.expect(1)?;
    check!(answer.err.contains("bad.wat:3"), "message: {}", answer.err);
    fs::write("short.wasm", b"\0asm")?;
    wasmctl(&["run", "short.wasm"])?.expect(1)?;
    fs::write("empty.wasm", b"")?;
    wasmctl(&["run", "empty.wasm"])?.expect(1)?;
    let error = wasmctl(&["--json", "run", "no-such-file.wasm"])?
        .expect(1)?
        .json()?["error"]
        .clone();
    check_eq!(error["kind"], "not-found", "kind for a missing file");
    Ok(())
}

fn unknown_import() -> Outcome {
    fs::write(
        "unknown.wat",
        r#"(module (import "env" "secret" (func)) (func (export "_start")))"#,
    )?;
    let error = wasmctl(&["--json", "run", "unknown.wat"])?
        .expect(1)?
        .json()?["error"]
        .clone();
    let message = error["message"].as_str().unwrap_or_default();
    check!(
        message.contains("env") && message.contains("secret"),
        "message: {message}"
    );
    Ok(())
}

fn missing_capability() -> Outcome {
    let program = r#"(module
        (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasmk" "sock_connect" (func $connect (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start") (call $exit (call $accept (i32.const 3) (i32.const 0) (i32.const 0)))))"#;
    fs::write("needy.wat", program)?;
    let answer = wasmctl(&["run", "needy.wat"])?.expect(8)?;
    check!(
        answer.err.contains("--listen") && answer.err.contains("--connect"),
        "message: {}",
        answer.err
    );
    let answer = wasmctl(&["--json", "run", "needy.wat"])?.expect(8)?;
    check!(
        answer.json()?["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("--listen")),
        "no hint in {}",
        answer.out
    );
    let answer = wasmctl(&["load", "needy.wat"])?.expect(8)?;
    check!(answer.err.contains("--listen"), "message: {}", answer.err);
    Ok(())
}
