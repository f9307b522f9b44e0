// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Run time of the kernels: all rows do the same work in turns, and must come to the same result.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    options::Options,
    process::Runner,
    rows::{Command, Row},
    stats::{Series, Stats},
};

/// Samples of rows that take long are fewer.
const SLOW: u64 = 8;

/// What the names of kernels with vectors begin with.
const VECTORS: &str = "simd_";

/// One kernel's figures.
#[derive(Debug, Serialize)]
pub struct Kernel {
    /// Its name.
    pub name: String,
    /// The argument of `run`.
    pub n: u32,
    /// What every row computed.
    pub result: u64,
    /// Nanoseconds of CPU time for `run(n)`, by row.
    pub rows: BTreeMap<&'static str, Stats>,
    /// The samples behind them.
    #[serde(skip)]
    pub series: BTreeMap<&'static str, Series>,
}

/// The kernels that were asked for.
pub fn names(options: &Options) -> Result<Vec<String>, String> {
    let directory = &options.kernels;
    let entries =
        std::fs::read_dir(directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".wasm").map(str::to_owned))
        .filter(|name| name != "calls")
        .filter(|name| options.only.is_empty() || options.only.contains(name))
        .collect();
    names.sort();
    match options.only.iter().find(|name| !names.contains(name)) {
        Some(name) => Err(format!("no kernel is called {name}")),
        None => Ok(names),
    }
}

/// The argument with which `runner` takes about `sample` nanoseconds.
pub fn calibrate(runner: &mut Runner, sample: u64) -> Result<u32, String> {
    let mut n = 1u32;
    loop {
        let time = sample_of(runner, n)?.0.max(1);
        if time >= sample || n >= 1 << 28 {
            return Ok(n);
        }
        let factor = (sample as f64 / time as f64 * 1.1).clamp(1.2, 20.0);
        n = (f64::from(n) * factor).ceil() as u32;
    }
}

fn sample_of(runner: &mut Runner, n: u32) -> Result<(u64, u64), String> {
    match runner.ask(&format!("run {n}"))?.as_slice() {
        &[cpu, _, result] => Ok((cpu, result)),
        _ => Err(format!("{}: an odd answer to run", runner.row.name)),
    }
}

/// Runners of all rows that are about modules; native ones are started for each kernel.
fn start(options: &Options) -> Result<Vec<Runner>, String> {
    let mut runners = Vec::new();
    for &row in &options.rows {
        if matches!(row.command, Command::Native(_)) || !row.runs {
            continue;
        }
        match Runner::start(options, row, None)? {
            Some(runner) => runners.push(runner),
            None => eprintln!("bench: {} is not built; its row is left out", row.name),
        }
    }
    Ok(runners)
}

fn native(options: &Options, name: &str) -> Result<Vec<Runner>, String> {
    let is_native = |row: &&&'static Row| matches!(row.command, Command::Native(_));
    let rows = options.rows.iter().filter(is_native);
    rows.filter_map(|&row| Runner::start(options, row, Some(name)).transpose())
        .collect()
}

fn one(options: &Options, runners: &mut [Runner], name: &str) -> Result<Kernel, String> {
    let path = options.kernels.join(format!("{name}.wasm"));
    let mut native = native(options, name)?;
    let mut all: Vec<&mut Runner> = Vec::new();
    for runner in native.iter_mut().chain(runners.iter_mut()) {
        match runner.ask(&format!("load {}", path.display())) {
            Ok(_) => all.push(runner),
            // Not every engine has vectors.
            Err(why) if name.starts_with(VECTORS) => eprintln!("bench: left out: {why}"),
            Err(why) => return Err(why),
        }
    }
    let calibrator = all
        .iter_mut()
        .find(|runner| !matches!(runner.row.command, Command::Native(_)));
    let n = calibrate(calibrator.ok_or("no row to calibrate by")?, options.sample)?;
    let mut results: Vec<(&'static str, u64)> = Vec::new();
    let mut series: BTreeMap<&'static str, Series> = BTreeMap::new();
    let mut slow = Vec::new();
    // A round to warm up, and to compare results in.
    for runner in &mut all {
        let (cpu, result) = sample_of(runner, n)?;
        if cpu > SLOW * options.sample {
            slow.push(runner.row.name);
        }
        results.push((runner.row.name, result));
    }
    let result = results.first().map_or(0, |first| first.1);
    if let Some((row, other)) = results.iter().find(|(_, other)| *other != result) {
        return Err(format!(
            "{name}: {row} computes {other}, {} computes {result}",
            results[0].0
        ));
    }
    for round in 0..options.rounds {
        for runner in &mut all {
            if slow.contains(&runner.row.name) && round % 4 != 0 {
                continue;
            }
            let (cpu, _) = sample_of(runner, n)?;
            let samples = series.entry(runner.row.name).or_default();
            samples.push(round, cpu as f64);
        }
    }
    let rows = series
        .iter()
        .filter_map(|(&row, samples)| Some((row, samples.stats(1.0)?)))
        .collect();
    Ok(Kernel {
        name: name.to_owned(),
        n,
        result,
        rows,
        series,
    })
}

/// Measures every kernel.
pub fn measure(options: &Options) -> Result<Vec<Kernel>, String> {
    let mut runners = start(options)?;
    // The row that ratios are taken of says how much work a kernel is.
    if let Some(at) = runners
        .iter()
        .position(|runner| runner.row.name == crate::rows::REFERENCE)
    {
        runners.swap(0, at);
    }
    let names = names(options)?;
    let mut kernels = Vec::new();
    for (i, name) in names.iter().enumerate() {
        eprintln!("bench: kernel {name} ({} of {})", i + 1, names.len());
        kernels.push(one(options, &mut runners, name)?);
    }
    Ok(kernels)
}
