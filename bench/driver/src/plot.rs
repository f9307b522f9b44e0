// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Plots as SVG: bars, written by hand, so that they need nothing to be made or looked at with.

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    report::Report,
    rows::{REFERENCE, ROWS},
    stats::Stats,
    summary::run_geomean,
};

const LABEL: f64 = 210.0;
const WIDTH: f64 = 760.0;
const BAR: f64 = 18.0;
const TOP: f64 = 48.0;

/// One bar: what it is about, how long it is, and the whisker.
struct Bar {
    label: String,
    value: f64,
    spread: Option<(f64, f64)>,
    ours: bool,
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn chart(title: &str, unit: &str, bars: &[Bar]) -> String {
    let most = bars
        .iter()
        .map(|bar| bar.value)
        .fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - LABEL - 90.0) / most;
    let height = TOP + BAR * bars.len() as f64 + 16.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{}</text>\n\
         <text x=\"12\" y=\"38\" fill=\"#666666\">{}</text>\n",
        escape(title),
        escape(unit)
    );
    for (i, bar) in bars.iter().enumerate() {
        let y = TOP + BAR * i as f64;
        let (length, middle) = (bar.value * scale, y + BAR / 2.0);
        let fill = if bar.ours { "#c2410c" } else { "#64748b" };
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LABEL}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#333333\">{:.2}</text>",
            LABEL - 8.0,
            middle + 4.0,
            escape(&bar.label),
            y + 2.0,
            BAR - 4.0,
            LABEL + bar.spread.map_or(bar.value, |(_, high)| high.max(bar.value)).min(most) * scale + 6.0,
            middle + 4.0,
            bar.value
        );
        if let Some((low, high)) = bar.spread {
            let (x1, x2) = (LABEL + low * scale, LABEL + high.min(most) * scale);
            let _ = writeln!(
                out,
                "<path d=\"M{x1:.1} {middle:.1}H{x2:.1}\" stroke=\"#111111\" stroke-width=\"1.5\"/>"
            );
        }
    }
    out + "</svg>\n"
}

fn bar(name: &str, label: &str, stats: &Stats) -> Bar {
    Bar {
        label: label.to_owned(),
        value: stats.median,
        spread: Some((stats.q1, stats.q3)),
        ours: name.starts_with("wasmk"),
    }
}

fn label(name: &str) -> &'static str {
    ROWS.iter()
        .find(|row| row.name == name)
        .map_or("", |row| row.label)
}

fn run(report: &Report) -> Vec<Bar> {
    let rows = ROWS.iter().filter(|row| row.name != "wasmi");
    let bars = rows.filter_map(|row| {
        Some(Bar {
            label: row.label.to_owned(),
            value: run_geomean(report, row.name, REFERENCE)?,
            spread: None,
            ours: row.name.starts_with("wasmk"),
        })
    });
    bars.collect()
}

/// Writes all plots that `report` has figures for.
pub fn all(report: &Report, directory: &Path) -> Result<(), String> {
    let write = |name: &str, text: String| {
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(directory.join(name), text))
            .map_err(|error| format!("{}: {error}", directory.display()))
    };
    let bars = run(report);
    if !bars.is_empty() {
        let title = format!(
            "Run time, geometric mean of {} kernels",
            report.kernels.len()
        );
        write(
            "run.svg",
            chart(
                &title,
                "over Cranelift with guard pages; less is better",
                &bars,
            ),
        )?;
    }
    for module in &report.modules {
        let rows = ROWS
            .iter()
            .filter_map(|row| Some((row, module.rows.get(row.name)?)));
        let small =
            rows.filter(|(row, _)| !row.name.starts_with("cranelift") && row.name != "turbofan");
        let bars: Vec<Bar> = small
            .map(|(row, figures)| bar(row.name, row.label, &figures.ms_per_mb))
            .collect();
        let title = format!(
            "Compilation of {} ({:.2} MB)",
            module.name,
            module.bytes as f64 / 1e6
        );
        write(
            &format!("compile-{}.svg", module.name),
            chart(&title, "CPU ms per MB of wasm; less is better", &bars),
        )?;
    }
    let bars: Vec<Bar> = report
        .micro
        .iter()
        .map(|(name, m)| bar(name, label(name), &m.instance_us))
        .collect();
    if !bars.is_empty() {
        let title = "Instance of a one-page module: create, call, drop";
        write(
            "instance.svg",
            chart(title, "microseconds; less is better", &bars),
        )?;
    }
    Ok(())
}
