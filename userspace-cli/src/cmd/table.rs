// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Tables, and a store's record as text and JSON.

use comfy_table::{presets::NOTHING, CellAlignment, ContentArrangement, Table};
use libwasmk::{
    uapi::device::{StoreEntry, StoreState},
    MemoryModel,
};
use serde_json::{json, Value};

/// A borderless table, aligned as `ps` prints.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    table
}

/// Without control characters: names that programs and other users gave must not command a terminal.
pub fn printable(text: &str) -> String {
    let show = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(show).collect()
}

/// The table's text, its columns in `right` aligned right. Cells are printed as far as they are [`printable`].
pub fn finish(mut table: Table, right: &[usize]) -> String {
    let last = table.column_count().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index == last { 0 } else { 2 }));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| format!("{}\n", printable(line.trim_end())))
        .collect()
}

/// Text of a NUL-terminated buffer, [`printable`].
pub fn text(buffer: &[u8]) -> String {
    let text = buffer.split(|&byte| byte == 0).next().unwrap_or_default();
    printable(&String::from_utf8_lossy(text))
}

/// What a store is doing.
pub fn state(number: u32) -> &'static str {
    match number {
        n if n == StoreState::Idle as u32 => "idle",
        n if n == StoreState::Running as u32 => "running",
        n if n == StoreState::Parked as u32 => "parked",
        n if n == StoreState::Dead as u32 => "dead",
        _ => "unknown",
    }
}

/// Lower-case name of a memory model.
pub fn model(number: u32) -> &'static str {
    MemoryModel::from_kernel(number).map_or("unknown", MemoryModel::name)
}

/// A store's counters.
pub fn counters(entry: &StoreEntry) -> Value {
    json!({
        "memory_bytes": entry.memory_bytes,
        "memory_model": model(entry.memory_model),
        "code_bytes": entry.code_bytes,
        "descriptors": entry.descriptors,
        "threads": entry.threads,
        "run_ns": entry.run_ns,
        "host_calls": entry.host_calls,
        "traps": entry.traps,
        "accepted": entry.accepted,
        "connected": entry.connected,
        "bytes_in": entry.bytes_in,
        "bytes_out": entry.bytes_out,
        "fuel": entry.fuel,
        "denied": entry.denied,
    })
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    let unit = units.get(unit).copied().unwrap_or_default();
    if value >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(65536), "64 KiB");
        assert_eq!(size(10 << 20), "10 MiB");
        assert_eq!(size(1_500_000), "1.4 MiB");
        assert_eq!(size(u64::MAX), "16777216 TiB");
    }

    #[test]
    fn tables_have_no_trailing_blanks() {
        let mut t = table(&["NAME", "N"]);
        t.add_row(["a", "10"]);
        assert_eq!(finish(t, &[1]), "NAME   N\na     10\n");
    }

    #[test]
    fn names_do_not_command_terminals() {
        assert_eq!(text(b"a\x1b]0;b\x07\0c"), "a\u{fffd}]0;b\u{fffd}");
        assert_eq!(text("\u{9b}31m\0".as_bytes()), "\u{fffd}31m");
        let mut t = table(&["IMPORT"]);
        t.add_row(["env.\x1b[2J"]);
        assert_eq!(finish(t, &[]), "IMPORT\nenv.\u{fffd}[2J\n");
    }
}
