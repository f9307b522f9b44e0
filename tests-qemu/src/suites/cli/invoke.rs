// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `invoke`.

use std::fs;

use crate::{
    check, check_eq,
    guest::{
        tool::{wasmctl, wasmctl_with},
        Cases, Outcome,
    },
};

pub(super) fn run(cases: &mut Cases) {
    cases.case("invoke: types, several results, references", invoke);
    cases.case("invoke: memory, --then and earlier results", invoke_memory);
    cases.case("invoke: mistakes", invoke_mistakes);
}

fn invoke() -> Outcome {
    for (call, expected) in [
        (&["add", "2", "40"][..], "42\n"),
        (&["add", "-1", "0xffffffff"], "-2\n"),
        (&["mul64", "-3", "0x100000000"], "-12884901888\n"),
        (&["hypot", "3", "4"], "5\n"),
        (&["hypot", "0x1.8p1", "4e0"], "5\n"),
        (&["half", "0.1"], "0.05\n"),
        (&["half", "inf"], "inf\n"),
        (&["divmod", "17", "5"], "3\n2\n"),
        (&["same", "7"], "7\n"),
        (&["same", "null"], "null\n"),
        (&["fib", "15"], "610\n"),
    ] {
        let mut args = vec!["invoke", "math.wat"];
        args.extend(call);
        check_eq!(wasmctl(&args)?.expect(0)?.out, expected, "{call:?}");
    }
    let json = wasmctl(&["--json", "invoke", "math.wat", "divmod", "17", "5"])?
        .expect(0)?
        .json()?;
    check_eq!(
        json["results"].to_string(),
        r#"[{"type":"i32","value":3},{"type":"i32","value":2}]"#,
        "results in JSON"
    );
    Ok(())
}

fn invoke_memory() -> Outcome {
    fs::write("a.bin", [1, 2, 3, 4])?;
    let args = [
        "invoke",
        "memory.wat",
        "malloc",
        "16",
        "--then",
        "sum",
        "$1",
        "4",
        "--write",
        "$1=a.bin",
    ];
    check_eq!(
        wasmctl(&args)?.expect(0)?.out,
        "1024\n10\n",
        "malloc, write, sum"
    );
    let args = [
        "invoke",
        "memory.wat",
        "malloc",
        "16",
        "--then",
        "double",
        "$1",
        "4",
        "--write",
        "$1=a.bin",
        "--read",
        "$1+1:2",
    ];
    check_eq!(
        wasmctl(&args)?.expect(0)?.out,
        "1024\n0406\n",
        "malloc, write, double, read"
    );
    let args = [
        "--json",
        "invoke",
        "memory.wat",
        "sum",
        "0",
        "4",
        "--write",
        "0=-",
        "--read",
        "0:4",
    ];
    let json = wasmctl_with(&args, &[9, 9, 9, 9])?.expect(0)?.json()?;
    check_eq!(json["results"][0]["value"], 36, "sum of standard input");
    check_eq!(json["reads"][0]["hex"], "09090909", "read in JSON");
    let args = [
        "invoke",
        "memory.wat",
        "grow",
        "3",
        "--then",
        "grow",
        "1",
        "--then",
        "sum",
        "262140",
        "4",
    ];
    check_eq!(
        wasmctl(&args)?.expect(0)?.out,
        "1\n-1\n0\n",
        "memory.grow up to the maximum"
    );
    Ok(())
}

fn invoke_mistakes() -> Outcome {
    let answer = wasmctl(&["invoke", "math.wat", "nothing"])?.expect(1)?;
    check!(
        answer.err.contains("nothing") && answer.err.contains("hypot"),
        "message: {}",
        answer.err
    );
    wasmctl(&["invoke", "math.wat", "add", "1", "x"])?.expect(2)?;
    wasmctl(&["invoke", "math.wat", "add", "1", "$1"])?.expect(2)?;
    let answer = wasmctl(&[
        "invoke",
        "memory.wat",
        "sum",
        "0",
        "0",
        "--read",
        "65530:10",
    ])?
    .expect(1)?;
    check!(answer.err.contains("outside"), "message: {}", answer.err);
    wasmctl(&["invoke", "math.wat", "add", "1", "2", "--read", "0:1"])?.expect(1)?;
    wasmctl(&["run", "math.wat"])?.expect(1)?;
    Ok(())
}
