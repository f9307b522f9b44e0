// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl features`: what the kernel module and the CPU support, and what is in use.

use libwasmk::{
    uapi::device::{cpu, feature, mitigation},
    Device,
};
use serde_json::{json, Map, Value};

use super::table::size;
use crate::{problem::Problem, report::Report};

const WASM: [(&str, u32); 6] = [
    ("wasm-1.0", feature::WASM1),
    ("sign-extension", feature::SIGN_EXTENSION),
    ("saturating-float-to-int", feature::SATURATING_FLOAT_TO_INT),
    ("multi-value", feature::MULTI_VALUE),
    ("bulk-memory", feature::BULK_MEMORY),
    ("reference-types", feature::REFERENCE_TYPES),
];
const CPU: [(&str, u32); 6] = [
    ("sse4.1", cpu::SSE41),
    ("popcnt", cpu::POPCNT),
    ("lzcnt", cpu::LZCNT),
    ("bmi1", cpu::BMI1),
    ("avx", cpu::AVX),
    ("avx2", cpu::AVX2),
];
const MITIGATIONS: [(&str, u32); 3] = [
    ("return-thunk", mitigation::RETURN_THUNK),
    ("retpoline", mitigation::RETPOLINE),
    ("ibt", mitigation::IBT),
];

/// Reports interface version, features and use.
pub fn features() -> Result<Report, Problem> {
    let device = Device::open()?;
    let version = device.version()?;
    let stats = device.stats()?;
    let mut text = format!(
        "interface version {} (this wasmctl: {})\n",
        version.version,
        libwasmk::uapi::VERSION
    );
    let mut json = json!({ "version": version.version });
    for (title, key, names, bits) in [
        ("WebAssembly", "wasm", &WASM[..], version.wasm_features),
        ("CPU", "cpu", &CPU[..], version.cpu_features),
        (
            "Mitigations",
            "mitigations",
            &MITIGATIONS[..],
            version.mitigations,
        ),
    ] {
        text.push_str(&format!("{title}:\n"));
        let mut object = Map::new();
        for (name, bit) in names {
            let on = bits & bit != 0;
            text.push_str(&format!("  {name:<24} {}\n", if on { "yes" } else { "no" }));
            object.insert((*name).into(), Value::Bool(on));
        }
        insert(&mut json, key, Value::Object(object));
    }
    text.push_str(&format!(
        "In use:\n  {} modules, {} stores, {} instances, {} descriptors\n  guard slots {} of {} ({} made, {} of page tables)\n  \
         code arena {} of {}\n  linear memory {}, stacks {}, heap {}\n",
        stats.modules,
        stats.stores,
        stats.instances,
        stats.descriptors,
        stats.slots_used,
        stats.slots_max,
        stats.slots_made,
        size(stats.slot_table_bytes),
        size(stats.arena_used),
        size(stats.arena_bytes),
        size(stats.memory_bytes),
        size(stats.stack_bytes),
        size(stats.heap_bytes),
    ));
    let used = json!({
        "modules": stats.modules,
        "stores": stats.stores,
        "instances": stats.instances,
        "descriptors": stats.descriptors,
        "slots_used": stats.slots_used,
        "slots_made": stats.slots_made,
        "slots_max": stats.slots_max,
        "slot_table_bytes": stats.slot_table_bytes,
        "arena_bytes": stats.arena_bytes,
        "arena_used": stats.arena_used,
        "memory_bytes": stats.memory_bytes,
        "stack_bytes": stats.stack_bytes,
        "heap_bytes": stats.heap_bytes,
    });
    insert(&mut json, "use", used);
    Ok(Report::new(text, json))
}

fn insert(json: &mut Value, key: &str, value: Value) {
    if let Some(object) = json.as_object_mut() {
        object.insert(key.into(), value);
    }
}
