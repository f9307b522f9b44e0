// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Every trap has a name, a function and an offset; the instance is well afterwards.

use libwasmk::{
    uapi::run::TrapCode, Call, Device, LoadOptions, MemoryModel, Outcome as Ended, StoreOptions,
};
use serde_json::Value;

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        tool::{wasm, wasmctl},
        Cases, Outcome,
    },
};

pub const SUITE: Suite = Suite {
    name: "traps",
    parameters: &[],
    memory: "1G",
    timeout: 600,
    slabs: 4096,
    run,
};

/// Call, trap.
const TRAPS: [(&[&str], &str); 22] = [
    (&["unreachable"], "unreachable"),
    (&["deep"], "unreachable"),
    (&["load", "65533"], "out of bounds memory access"),
    (&["load", "65536"], "out of bounds memory access"),
    (&["load", "0xffffffff"], "out of bounds memory access"),
    (&["load_far", "0"], "out of bounds memory access"),
    (&["load_far", "0xffffffff"], "out of bounds memory access"),
    (&["store", "65529"], "out of bounds memory access"),
    (&["fill", "65536", "1"], "out of bounds memory access"),
    (&["fill", "1", "0xffffffff"], "out of bounds memory access"),
    (&["div", "1", "0"], "integer divide by zero"),
    (&["div", "0x80000000", "-1"], "integer overflow"),
    (&["div64", "1", "0"], "integer divide by zero"),
    (&["div64", "0x8000000000000000", "-1"], "integer overflow"),
    (&["rem64", "1", "0"], "integer divide by zero"),
    (&["truncate", "nan"], "invalid conversion to integer"),
    (&["truncate", "3e10"], "integer overflow"),
    (&["recurse"], "call stack exhausted"),
    (&["recurse_float", "1"], "call stack exhausted"),
    (&["indirect", "0"], "indirect call type mismatch"),
    (&["indirect", "2"], "uninitialized element"),
    (&["indirect", "9"], "undefined element"),
];

fn run(cases: &mut Cases) {
    for model in ["guard", "bounds"] {
        for (call, trap) in TRAPS {
            cases.case(&format!("{model}: {} is {trap}", call.join(" ")), || {
                expect_trap(model, call, trap)
            });
        }
    }
    cases.case("table.get out of bounds", || {
        expect_trap("auto", &["table_get", "4"], "out of bounds table access")
    });
    cases.case(
        "the trap's function is the one that trapped",
        names_the_inner_function,
    );
    cases.case("offsets point at the instruction", offsets);
    cases.case("a store runs on after ten thousand traps", many_traps);
    cases.case("fuel that is used up is a trap", fuel);
}

fn expect_trap(model: &str, call: &[&str], trap: &str) -> Outcome {
    let mut args = vec!["--json", "invoke", "--memory", model, "traps.wat"];
    args.extend(call);
    let answer = wasmctl(&args)?.expect(134)?;
    let error = answer.json()?["error"].clone();
    check_eq!(error["kind"], "trap", "kind");
    check_eq!(error["trap"], trap, "trap");
    check!(error["function"].is_u64(), "no function in {error}");
    check!(error["offset"].is_u64(), "no offset in {error}");
    check_eq!(error["file"], "traps.wat", "file");
    Ok(())
}

fn error_of(call: &[&str]) -> anyhow::Result<Value> {
    let mut args = vec!["--json", "invoke", "traps.wat"];
    args.extend(call);
    Ok(wasmctl(&args)?.expect(134)?.json()?["error"].clone())
}

fn names_the_inner_function() -> Outcome {
    let direct = error_of(&["unreachable"])?;
    let through = error_of(&["deep"])?;
    check_eq!(direct["function_name"], "unreachable", "name");
    check_eq!(
        through["function_name"],
        "unreachable",
        "name through a call"
    );
    check_eq!(through["offset"], direct["offset"], "offset through a call");
    Ok(())
}

/// The opcode at the reported offset must be the one that traps.
fn offsets() -> Outcome {
    let wasm = wasm("traps.wat")?;
    for (call, opcode) in [
        (&["unreachable"][..], 0x00),
        (&["load", "65536"], 0x28),
        (&["div", "1", "0"], 0x6d),
        (&["indirect", "0"], 0x11),
        (&["truncate", "nan"], 0xaa),
    ] {
        let error = error_of(call)?;
        let offset = error["offset"].as_u64().unwrap_or(u64::MAX) as usize;
        check_eq!(
            wasm.get(offset).copied(),
            Some(opcode),
            "opcode at offset {offset} for {call:?}"
        );
    }
    Ok(())
}

fn many_traps() -> Outcome {
    let device = Device::open()?;
    for memory in [MemoryModel::Guard, MemoryModel::Bounds] {
        let module = device.load(
            &wasm("traps.wat")?,
            &LoadOptions {
                memory,
                ..LoadOptions::default()
            },
        )?;
        let store = device.create_store(&StoreOptions::default())?;
        let instance = store.instantiate(&module, "")?;
        for round in 0..10_000u64 {
            let (function, args, code): (_, &[u64], _) = match round % 3 {
                0 => ("load", &[65536], TrapCode::MemoryOutOfBounds),
                1 => ("div", &[1, 0], TrapCode::DivisionByZero),
                _ => ("unreachable", &[], TrapCode::Unreachable),
            };
            match store.call(&Call::export(instance, function, args))? {
                Ended::Trapped(trap) => check_eq!(trap.code, Some(code), "trap {round}"),
                other => anyhow::bail!("round {round}: {other:?}"),
            }
        }
        match store.call(&Call::export(instance, "load", &[0]))? {
            Ended::Returned(values) => check_eq!(values.bits, [0], "a good call after the traps"),
            other => anyhow::bail!("{other:?}"),
        }
        check_eq!(store.info()?.traps, 10_000, "traps counted");
    }
    Ok(())
}

fn fuel() -> Outcome {
    let answer = wasmctl(&[
        "--json",
        "invoke",
        "--fuel",
        "10000",
        "loops.wat",
        "integer_loop",
    ])?
    .expect(134)?;
    check_eq!(answer.json()?["error"]["trap"], "all fuel consumed", "trap");
    wasmctl(&["invoke", "--fuel", "10000", "math.wat", "add", "1", "2"])?.expect(0)?;
    Ok(())
}
