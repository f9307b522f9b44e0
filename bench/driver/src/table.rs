// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Tables for the terminal.

use std::fmt::Write as _;

use crate::{
    report::Report,
    rows::{Row, REFERENCE, ROWS},
    summary::{density, ratio, run_geomean},
};

/// Rows that took part in a part of the run.
fn rows<'a>(report: &'a Report, has: impl Fn(&str) -> bool + 'a) -> Vec<&'static Row> {
    ROWS.iter()
        .filter(|row| report.rows.contains_key(row.name) && has(row.name))
        .collect()
}

/// The row that ratios are of: the reference, or the first there is.
fn reference(report: &Report) -> Option<&'static str> {
    let kernel = report.kernels.first()?;
    let first = ROWS
        .iter()
        .map(|row| row.name)
        .find(|name| kernel.rows.contains_key(name));
    if kernel.rows.contains_key(REFERENCE) {
        Some(REFERENCE)
    } else {
        first
    }
}

fn run(report: &Report) -> Option<String> {
    let reference = reference(report)?;
    let rows = rows(report, |name| {
        report.kernels.iter().any(|k| k.rows.contains_key(name))
    });
    let mut out = format!(
        "\nrun time over {reference} (medians of the ratios of each round; ± is half the distance of the quartiles)\n\n"
    );
    for (i, row) in rows.iter().enumerate() {
        let _ = writeln!(out, "  {:>2}  {:<18} {}", i + 1, row.name, row.label);
    }
    let _ = write!(out, "\n{:<12} {:>9}", "kernel", "ms");
    for i in 1..=rows.len() {
        let _ = write!(out, " {i:>10}");
    }
    out.push('\n');
    for kernel in &report.kernels {
        let base = kernel
            .rows
            .get(reference)
            .map_or(0.0, |stats| stats.median / 1e6);
        let _ = write!(out, "{:<12} {base:>9.2}", kernel.name);
        for row in &rows {
            match (
                ratio(kernel, row.name, reference),
                kernel.rows.get(row.name),
            ) {
                (Some(ratio), Some(stats)) => {
                    let _ = write!(out, " {ratio:>6.2}±{:<3.0}", stats.spread() * 50.0 * ratio);
                }
                _ => out.push_str("          -"),
            }
        }
        out.push('\n');
    }
    let _ = write!(out, "{:<12} {:>9}", "geomean", "");
    for row in &rows {
        let mean = run_geomean(report, row.name, reference).unwrap_or(f64::NAN);
        let _ = write!(out, " {mean:>6.2}    ");
    }
    out.push_str("\n(± in hundredths)\n");
    Some(out)
}

fn compile(report: &Report) -> Option<String> {
    report.modules.first()?;
    let rows = rows(report, |name| {
        report.modules.iter().any(|m| m.rows.contains_key(name))
    });
    let mut out = String::from("\ncompilation: CPU ms per MB of wasm (of that: validation) | peak memory / wasm | code / wasm\n\n");
    let _ = write!(out, "{:<22}", "");
    for module in &report.modules {
        let _ = write!(
            out,
            " {:>30}",
            format!("{} ({:.2} MB)", module.name, module.bytes as f64 / 1e6)
        );
    }
    let _ = writeln!(out, " {:>10}", "code/wasm");
    for row in rows {
        let _ = write!(out, "{:<22}", row.name);
        for module in &report.modules {
            let Some(figures) = module.rows.get(row.name) else {
                let _ = write!(out, " {:>30}", "-");
                continue;
            };
            let over = |value: Option<u64>| match value {
                Some(value) => format!("{:.2}", value as f64 / module.bytes as f64),
                None => "-".into(),
            };
            let validate = figures
                .validate_ms_per_mb
                .map_or(f64::NAN, |stats| stats.median);
            let cell = format!(
                "{:.1} ({validate:.1}) | {} | {}",
                figures.ms_per_mb.median,
                over(figures.peak_bytes),
                over(figures.code_bytes)
            );
            let _ = write!(out, " {cell:>30}");
        }
        match density(report, row.name) {
            Some(density) => writeln!(out, " {density:>10.2}"),
            None => writeln!(out, " {:>10}", "-"),
        }
        .ok()?;
    }
    Some(out)
}

fn micro(report: &Report) -> Option<String> {
    report.micro.first_key_value()?;
    let mut out = format!(
        "\n{:<22} {:>14} {:>10} {:>10} {:>12} {:>10}\n",
        "", "instance us", "p99", "call ns", "call out ns", "grow ns"
    );
    for row in rows(report, |name| report.micro.contains_key(name)) {
        let Some(m) = report.micro.get(row.name) else {
            continue;
        };
        let _ = writeln!(
            out,
            "{:<22} {:>14.2} {:>10.2} {:>10.1} {:>12.1} {:>10.0}",
            row.name,
            m.instance_us.median,
            m.instance_us.p99,
            m.call_ns.median,
            m.call_out_ns.median,
            m.grow_ns.median
        );
    }
    Some(out)
}

fn instructions(report: &Report) -> Option<String> {
    let first = report.instructions.first()?;
    let rows: Vec<_> = first.rows.keys().copied().collect();
    let mut out =
        String::from("\ninstructions, per byte of wasm (modules) or per round (kernels)\n\n");
    let _ = write!(out, "{:<28}", "");
    for row in &rows {
        let _ = write!(out, " {row:>20}");
    }
    out.push('\n');
    for count in &report.instructions {
        let _ = write!(out, "{:<28}", format!("{} {}", count.what, count.name));
        for row in &rows {
            let number = count.rows.get(row).copied().unwrap_or(0) as f64 / count.per as f64;
            let _ = write!(out, " {number:>20.1}");
        }
        out.push('\n');
    }
    Some(out)
}

/// Everything that was measured.
pub fn all(report: &Report) -> String {
    let mut out = format!(
        "{}, {} processors, load {:.1} before and {:.1} after{}\n",
        report.processor,
        report.load.processors,
        report.load.before,
        report.load.after,
        if report.quick { "; a quick look" } else { "" },
    );
    for part in [
        run(report),
        compile(report),
        micro(report),
        instructions(report),
    ] {
        out.push_str(&part.unwrap_or_default());
    }
    let summary = serde_json::to_string_pretty(&report.summary).unwrap_or_default();
    let _ = writeln!(out, "\nsummary: {summary}");
    out
}
