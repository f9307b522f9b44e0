// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl inspect`: what a module imports, exports and needs.

use libwasmk::Device;
use serde_json::{json, Value};

use super::table;
use crate::{
    cli::TargetArgs,
    hint::Need,
    problem::Problem,
    report::Report,
    service::{self, Target},
    wasm::{Description, Item},
};

/// Describes a file, or a service's module with its state.
pub fn inspect(args: &TargetArgs) -> Result<Report, Problem> {
    let target = service::find_target(&args.target)?;
    let program = target.program()?;
    let description = program.describe()?;
    let mut text = match &target {
        Target::File(path) => format!("{}: {} bytes", path.display(), program.bytes.len()),
        Target::Service(service) => format!(
            "service {}: {} bytes of wasm",
            service.name(),
            program.bytes.len()
        ),
    };
    text.push_str(&format!(
        ", {} functions in {} bytes\n",
        description.functions, description.code_bytes
    ));
    let mut json = json!({
        "file": program.file,
        "bytes": program.bytes.len(),
        "functions": description.functions,
        "code_section_bytes": description.code_bytes,
        "start": description.start,
        "imports": description.imports.iter().map(import_object).collect::<Vec<_>>(),
        "exports": description.exports,
        "memories": description.memories,
        "grants": usable(&description).iter().map(|(need, imports)| json!({
            "flag": need.flag(),
            "how": need.how(),
            "imports": imports,
        })).collect::<Vec<_>>(),
    });
    if let Target::Service(service) = &target {
        text.push_str(&service_text(service)?);
        if let Some(object) = json.as_object_mut() {
            object.insert("service".into(), service.record()?);
        }
        // One that has ended has no machine code any more.
        let info = Device::open()?
            .open_module(service.name())
            .and_then(|module| module.info());
        if let (Some(object), Ok(info)) = (json.as_object_mut(), info) {
            object.insert("machine_code_bytes".into(), json!(info.code_bytes));
            object.insert("compile_ns".into(), json!(info.compile_ns));
            object.insert(
                "memory_model".into(),
                json!(table::model(info.memory_model)),
            );
            text.push_str(&format!(
                "machine code: {} bytes, compiled in {} µs, memory model {}\n",
                info.code_bytes,
                info.compile_ns / 1000,
                table::model(info.memory_model)
            ));
        }
    }
    text.push_str(&sections(&description));
    Ok(Report::new(text, json))
}

fn sections(description: &Description) -> String {
    let mut text = String::new();
    for memory in &description.memories {
        let maximum = memory.maximum.map_or_else(
            || "no maximum".into(),
            |maximum| format!("at most {maximum}"),
        );
        let imported = if memory.imported { ", imported" } else { "" };
        text.push_str(&format!(
            "memory: {} pages of 64 KiB, {maximum}{imported}\n",
            memory.minimum
        ));
    }
    if description.start {
        text.push_str("start function: yes\n");
    }
    let usable = usable(description);
    if !usable.is_empty() {
        let mut table = table::table(&["CAN USE", "FOR"]);
        for (need, imports) in &usable {
            table.add_row([need.how().into(), imports.join(", ")]);
        }
        text.push_str(&table::finish(table, &[]));
    }
    if !description.imports.is_empty() {
        let mut table = table::table(&["IMPORT", "KIND", "TYPE", "GRANTED BY"]);
        for import in &description.imports {
            table.add_row([
                format!("{}.{}", import.module, import.name),
                import.kind.into(),
                import.text.clone(),
                Need::of(import).how().into(),
            ]);
        }
        text.push_str(&table::finish(table, &[]));
    }
    if !description.exports.is_empty() {
        let mut table = table::table(&["EXPORT", "KIND", "TYPE"]);
        for export in &description.exports {
            table.add_row([export.name.clone(), export.kind.into(), export.text.clone()]);
        }
        text.push_str(&table::finish(table, &[]));
    }
    text
}

fn service_text(service: &service::Service) -> Result<String, Problem> {
    let record = service.record()?;
    let list = |key: &str| -> String {
        let grants = record
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        grants
            .flat_map(|grant| {
                grant
                    .get("addresses")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
            })
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let field = |key: &str| record.get(key).map(ToString::to_string).unwrap_or_default();
    Ok(format!(
        "pid {}, {} workers, listens on [{}], may connect to [{}], directories [{}], files [{}]\n",
        field("pid"),
        field("workers"),
        list("listen"),
        list("connect"),
        paths(&record, "directories", ["host", "guest"]),
        paths(&record, "files", ["path", "name"]),
    ))
}

/// Granted paths as their flags have them.
fn paths(record: &Value, key: &str, [path, name]: [&str; 2]) -> String {
    let list = record.get(key).and_then(Value::as_array);
    let text = |item: &Value, key: &str| -> String {
        item.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .into()
    };
    let item = |item: &Value| {
        let (path, rights) = (text(item, path), text(item, "rights"));
        match (key, text(item, name)) {
            ("directories", guest) => format!("{path}::{guest}:{rights}"),
            (_, name) if name.is_empty() => format!("{path}:{rights}"),
            (_, name) => format!("{name}={path}:{rights}"),
        }
    };
    let list: Vec<String> = list.into_iter().flatten().map(item).collect();
    list.join(" ")
}

/// For each sort of grant that the module can use, the imports that need it.
fn usable(description: &Description) -> Vec<(Need, Vec<&str>)> {
    let uses = |need| -> Vec<&str> {
        let imports = description.imports.iter();
        imports
            .filter(|import| Need::of(import) == need)
            .map(|import| import.name.as_str())
            .collect()
    };
    Need::GRANTS
        .into_iter()
        .map(|need| (need, uses(need)))
        .filter(|(_, imports)| !imports.is_empty())
        .collect()
}

fn import_object(import: &Item) -> Value {
    let mut object = json!(import);
    if let Some(object) = object.as_object_mut() {
        object.insert("provided".into(), json!(Need::of(import) != Need::Unknown));
        object.insert("grant".into(), json!(Need::of(import).flag()));
    }
    object
}
