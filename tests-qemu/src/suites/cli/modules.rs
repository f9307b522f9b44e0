// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `validate` and `inspect`.

use serde_json::Value;

use super::talk::UCASE;
use crate::{
    check, check_eq,
    guest::{module, tool::wasmctl, Cases, Outcome},
};

pub(super) fn run(cases: &mut Cases) {
    cases.case("validate", validate);
    cases.case("inspect", inspect);
}

fn validate() -> Outcome {
    check_eq!(
        wasmctl(&["validate", "hello.wat"])?.expect(0)?.out,
        "hello.wat: valid\n",
        "text"
    );
    let json = wasmctl(&["--json", "validate", "hello.wat", "math.wat"])?
        .expect(0)?
        .json()?;
    check_eq!(json["modules"][1]["valid"], true, "JSON");
    module::expect_nothing_left()
}

fn inspect() -> Outcome {
    let json = wasmctl(&["--json", "inspect", "probe.wat"])?
        .expect(0)?
        .json()?;
    let grant = |name: &str| -> Value {
        let imports = json["imports"].as_array().cloned().unwrap_or_default();
        imports
            .into_iter()
            .find(|import| import["name"] == name)
            .map_or(Value::Null, |import| import["grant"].clone())
    };
    check_eq!(grant("sock_accept"), "--listen", "grant of sock_accept");
    check_eq!(grant("sock_connect"), "--connect", "grant of sock_connect");
    check_eq!(grant("random_get"), Value::Null, "grant of random_get");
    let grants = json["grants"].as_array().cloned().unwrap_or_default();
    let listen = grants.iter().find(|grant| grant["flag"] == "--listen");
    check!(
        listen.is_some_and(|grant| grant["imports"][0] == "sock_accept"),
        "grants: {grants:?}"
    );
    let json = wasmctl(&["--json", "inspect", UCASE])?.expect(0)?.json()?;
    let flags: Vec<&str> = json["grants"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|grant| grant["flag"].as_str())
        .collect();
    check!(
        flags.starts_with(&["--dir", "--file"]),
        "grants of ucase: {flags:?}"
    );
    let out = wasmctl(&["inspect", UCASE])?.expect(0)?.out;
    check!(
        out.contains("CAN USE") && out.contains("--dir, --mapdir") && out.contains("path_open"),
        "text: {out}"
    );
    let answer = wasmctl(&["inspect", "probe.wat"])?.expect(0)?;
    check!(
        answer.out.contains("--listen") && answer.out.contains("memory: 1 pages"),
        "text: {}",
        answer.out
    );
    Ok(())
}
