// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The few numbers that say how wasmk stands.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    compile::{Figures, Module},
    kernels::Kernel,
    report::Report,
    rows::{Model, BOUNDS, GUARD, LIFTOFF, REFERENCE, ROWS, TWO},
    stats::{geomean, Series},
};

/// Null where the run did not measure it.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Compile CPU time per MB over Liftoff's, guard mode, of the module where it is worst.
    pub compile_vs_liftoff_max: Option<f64>,
    /// The same, of each module.
    pub compile_vs_liftoff: BTreeMap<String, f64>,
    /// Run time over Cranelift with guard pages and without epoch checks, geometric mean of all kernels, guard mode.
    pub run_geomean_guard: Option<f64>,
    /// The same in bounds mode, speculation-safe.
    pub run_geomean_bounds_spec: Option<f64>,
    /// Kernels on which wasmk is slower than the best single-pass compiler in the same memory model.
    pub slower_than_best_baseline: Vec<Slower>,
    /// Code, tables and padding counted, over wasm; guard mode, all modules together.
    pub code_bytes_per_wasm_byte: Option<f64>,
    /// Instance of a one-page module created, called, dropped: median, microseconds.
    pub instance_us_median: Option<f64>,
    /// The same, 99th percentile.
    pub instance_us_p99: Option<f64>,
    /// An empty call in and out, nanoseconds.
    pub call_ns: Option<f64>,
    /// Peak memory of compilation over the module's size, of the module where it is worst.
    pub compile_memory_max: Option<f64>,
    /// Time on the wall of compilation by one thread over that by two, geometric mean of the modules, guard mode.
    pub compile_two_threads_speedup: Option<f64>,
    /// As `code_bytes_per_wasm_byte`, in bounds mode.
    pub code_bytes_per_wasm_byte_bounds: Option<f64>,
}

/// One kernel on which a baseline is faster.
#[derive(Debug, Serialize)]
pub struct Slower {
    /// The kernel.
    pub kernel: String,
    /// wasmk's row.
    pub row: &'static str,
    /// The baseline's.
    pub baseline: &'static str,
    /// wasmk's time over the baseline's.
    pub ratio: f64,
}

/// `row` over the reference on one kernel, see [`Series::over`].
pub fn ratio(kernel: &Kernel, row: &str, reference: &str) -> Option<f64> {
    kernel.series.get(row)?.over(kernel.series.get(reference)?)
}

/// Likewise, of the compilation of one module.
fn compile_ratio(
    module: &Module,
    row: &str,
    reference: &str,
    series: impl Fn(&Figures) -> &Series,
) -> Option<f64> {
    series(module.rows.get(row)?).over(series(module.rows.get(reference)?))
}

/// The geometric mean of `row` over `reference`, of the kernels that have both.
pub fn run_geomean(report: &Report, row: &str, reference: &str) -> Option<f64> {
    geomean(
        report
            .kernels
            .iter()
            .filter_map(|kernel| ratio(kernel, row, reference)),
    )
}

fn slower(report: &Report, row: &'static str, model: Model) -> Vec<Slower> {
    let mut list = Vec::new();
    for kernel in &report.kernels {
        let baselines = ROWS.iter().filter(|row| row.baseline && row.model == model);
        let worst = baselines
            .filter_map(|baseline| Some((baseline.name, ratio(kernel, row, baseline.name)?)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((baseline, ratio)) = worst.filter(|worst| worst.1 > 1.0) else {
            continue;
        };
        list.push(Slower {
            kernel: kernel.name.clone(),
            row,
            baseline,
            ratio,
        });
    }
    list
}

/// Code over wasm, of all modules that `row` compiled.
pub fn density(report: &Report, row: &str) -> Option<f64> {
    let sizes = report
        .modules
        .iter()
        .filter_map(|m| Some((m.rows.get(row)?.code_bytes?, m.bytes)));
    let (code, wasm) = sizes.fold((0, 0), |(a, b), (code, wasm)| (a + code, b + wasm));
    (wasm != 0).then(|| code as f64 / wasm as f64)
}

fn most(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.max_by(f64::total_cmp)
}

/// The summary of `report`.
pub fn of(report: &Report) -> Summary {
    let modules = &report.modules;
    let compile_vs_liftoff: BTreeMap<_, _> = modules
        .iter()
        .filter_map(|m| {
            let ratio = compile_ratio(m, GUARD, LIFTOFF, |figures| &figures.cpu);
            Some((m.name.clone(), ratio?))
        })
        .collect();
    let micro = report.micro.get(GUARD);
    let mut list = slower(report, GUARD, Model::Guard);
    list.extend(slower(report, BOUNDS, Model::Bounds));
    Summary {
        compile_vs_liftoff_max: most(compile_vs_liftoff.values().copied()),
        compile_vs_liftoff,
        run_geomean_guard: run_geomean(report, GUARD, REFERENCE),
        run_geomean_bounds_spec: run_geomean(report, BOUNDS, REFERENCE),
        slower_than_best_baseline: list,
        code_bytes_per_wasm_byte: density(report, GUARD),
        instance_us_median: micro.map(|m| m.instance_us.median),
        instance_us_p99: micro.map(|m| m.instance_us.p99),
        call_ns: micro.map(|m| m.call_ns.median),
        compile_memory_max: most(
            modules
                .iter()
                .filter_map(|m| Some(m.rows.get(GUARD)?.peak_bytes? as f64 / m.bytes as f64)),
        ),
        compile_two_threads_speedup: geomean(
            modules
                .iter()
                .filter_map(|m| compile_ratio(m, GUARD, TWO, |figures| &figures.wall)),
        ),
        code_bytes_per_wasm_byte_bounds: density(report, BOUNDS),
    }
}
