// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl features`: what the kernel module, or with `--host` the same engine here, and the CPU support, and what is in use.

use libwasmk::{uapi::device::mitigation, Device};
use serde_json::{json, Map, Value};
use wasmk_engine::{config::CpuFeatures, features::Features, sys::host::cpu_features};

use super::table::size;
use crate::{problem::Problem, report::Report};

const MITIGATIONS: [(&str, u32); 3] = [
    ("return-thunk", mitigation::RETURN_THUNK),
    ("retpoline", mitigation::RETPOLINE),
    ("ibt", mitigation::IBT),
];

/// Reports features, and of the kernel also the interface's version and use.
pub fn features(host: bool) -> Result<Report, Problem> {
    if host {
        let mut text = String::from("this process (the same engine, outside the kernel)\n");
        let mut json = json!({ "host": true });
        wasm(&mut text, &mut json, Features::accepted());
        cpu(&mut text, &mut json, cpu_features());
        return Ok(Report::new(text, json));
    }
    let device = Device::open()?;
    let version = device.version()?;
    let stats = device.stats()?;
    let mut text = format!(
        "interface version {} (this wasmctl: {})\n",
        version.version,
        libwasmk::uapi::VERSION
    );
    let mut json = json!({ "version": version.version });
    // Numbered alike.
    let accepted = Features::from_bits_truncate(version.wasm_features);
    wasm(&mut text, &mut json, accepted);
    let used = CpuFeatures::from_bits_truncate(version.cpu_features);
    cpu(&mut text, &mut json, used);
    let mitigations = MITIGATIONS
        .iter()
        .map(|(name, bit)| (*name, version.mitigations & bit != 0));
    list(
        &mut text,
        &mut json,
        "Mitigations",
        "mitigations",
        mitigations,
    );
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

fn wasm(text: &mut String, json: &mut Value, accepted: Features) {
    let names = Features::names().map(|(feature, name)| (name, accepted.contains(feature)));
    list(text, json, "WebAssembly", "wasm", names);
}

/// What generated code uses: all that the CPU has of it.
fn cpu(text: &mut String, json: &mut Value, used: CpuFeatures) {
    let names: Vec<(String, bool)> = CpuFeatures::all()
        .iter_names()
        .map(|(name, feature)| {
            // As processors' manuals write it.
            let name = match name {
                "SSE41" => "sse4.1".into(),
                name => name.to_ascii_lowercase(),
            };
            (name, used.contains(feature))
        })
        .collect();
    let names = names.iter().map(|(name, on)| (name.as_str(), *on));
    list(text, json, "CPU", "cpu", names);
}

fn list<'a>(
    text: &mut String,
    json: &mut Value,
    title: &str,
    key: &str,
    items: impl Iterator<Item = (&'a str, bool)>,
) {
    text.push_str(&format!("{title}:\n"));
    let mut object = Map::new();
    for (name, on) in items {
        text.push_str(&format!("  {name:<24} {}\n", if on { "yes" } else { "no" }));
        object.insert(name.into(), Value::Bool(on));
    }
    insert(json, key, Value::Object(object));
}

fn insert(json: &mut Value, key: &str, value: Value) {
    if let Some(object) = json.as_object_mut() {
        object.insert(key.into(), value);
    }
}

#[cfg(test)]
mod tests {
    use libwasmk::uapi::device::{cpu, feature};

    use super::*;

    #[test]
    fn the_interface_numbers_features_as_the_engine_does() {
        let wasm = [
            feature::WASM1,
            feature::SIGN_EXTENSION,
            feature::SATURATING_FLOAT_TO_INT,
            feature::MULTI_VALUE,
            feature::BULK_MEMORY,
            feature::REFERENCE_TYPES,
            feature::SIMD,
            feature::RELAXED_SIMD,
            feature::EXTENDED_CONST,
            feature::TAIL_CALL,
            feature::MULTI_MEMORY,
            feature::MEMORY64,
            feature::FUNCTION_REFERENCES,
            feature::EXCEPTIONS,
            feature::THREADS,
        ];
        let engine: Vec<u32> = Features::names()
            .map(|(feature, _)| feature.bits())
            .collect();
        assert_eq!(engine, wasm);
        for (bits, feature) in [
            (cpu::SSE41, CpuFeatures::SSE41),
            (cpu::POPCNT, CpuFeatures::POPCNT),
            (cpu::LZCNT, CpuFeatures::LZCNT),
            (cpu::BMI1, CpuFeatures::BMI1),
            (cpu::AVX, CpuFeatures::AVX),
            (cpu::AVX2, CpuFeatures::AVX2),
        ] {
            assert_eq!(bits, feature.bits());
        }
    }
}
