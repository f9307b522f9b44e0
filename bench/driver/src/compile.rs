// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Compilation of modules that others have published: time, validation apart, memory, code.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    options::Options,
    process::Runner,
    rows::{Row, GUARD, LIFTOFF, TWO},
    stats::{Series, Stats},
};

/// One engine's figures for one module.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// CPU milliseconds per megabyte (10^6 bytes) of wasm, all threads (one but where the row says so), validation included.
    pub ms_per_mb: Stats,
    /// The same on the wall.
    pub wall_ms_per_mb: Option<Stats>,
    /// Validation alone.
    pub validate_ms_per_mb: Option<Stats>,
    /// Bytes by which compilation in a fresh process raised the resident memory, the module itself not counted.
    pub peak_bytes: Option<u64>,
    /// Bytes of code, if the engine tells.
    pub code_bytes: Option<u64>,
    /// Nanoseconds of CPU time, each sample.
    #[serde(skip)]
    pub cpu: Series,
    /// The same on the wall.
    #[serde(skip)]
    pub wall: Series,
}

/// One module.
#[derive(Debug, Serialize)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Bytes of wasm.
    pub bytes: u64,
    /// By row. A row that cannot compile the module is missing.
    pub rows: BTreeMap<&'static str, Figures>,
}

/// The modules, smallest first, with their lengths.
pub fn files(options: &Options) -> Result<Vec<(u64, PathBuf)>, String> {
    let directory = &options.modules;
    let entries =
        std::fs::read_dir(directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let mut files: Vec<(u64, PathBuf)> = entries
        .filter_map(|entry| entry.ok())
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .filter_map(|path| Some((path.metadata().ok()?.len(), path)))
        .collect();
    files.sort();
    Ok(files)
}

/// Samples of one row.
#[derive(Default)]
struct Samples {
    cpu: Series,
    wall: Series,
    validate: Series,
    code: u64,
}

fn peak(options: &Options, row: &'static Row, path: &str) -> Option<u64> {
    let mut fresh = Runner::start(options, row, None).ok()??;
    // What the engine sets up once is no part of it.
    let warm = options.kernels.join("fib.wasm");
    fresh.ask(&format!("compile {}", warm.display())).ok()?;
    fresh.ask(&format!("peak {path}")).ok()?.first().copied()
}

/// Most rounds.
fn most_rounds(options: &Options) -> usize {
    options.rounds * 3
}

/// Rounds that a row takes part in: what takes long has fewer.
fn rounds(options: &Options, first: f64) -> usize {
    let budget = if options.quick { 3e9 } else { 12e9 };
    ((budget / first) as usize).clamp(1, most_rounds(options))
}

fn one(
    options: &Options,
    runners: &mut [Runner],
    bytes: u64,
    path: &Path,
) -> Result<Module, String> {
    let text = path.display().to_string();
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut samples: BTreeMap<&'static str, (usize, Samples)> = BTreeMap::new();
    for runner in runners.iter_mut() {
        match runner.ask(&format!("compile {text}")) {
            Ok(answer) => {
                let cpu = answer.first().copied().unwrap_or(0) as f64;
                samples.insert(runner.row.name, (rounds(options, cpu), Samples::default()));
            }
            Err(why) => eprintln!("bench: left out: {why}"),
        }
    }
    for round in 0..most_rounds(options) {
        for runner in runners.iter_mut() {
            let Some((rounds, samples)) = samples.get_mut(runner.row.name) else {
                continue;
            };
            if round >= *rounds {
                continue;
            }
            if let [cpu, wall, code] = runner.ask(&format!("compile {text}"))?[..] {
                samples.cpu.push(round, cpu as f64);
                samples.wall.push(round, wall as f64);
                samples.code = code;
            }
            if let [cpu, _] = runner.ask(&format!("validate {text}"))?[..] {
                samples.validate.push(round, cpu as f64);
            }
        }
    }
    let per_mb = |samples: &Series| samples.stats(1.0 / bytes as f64);
    let mut rows = BTreeMap::new();
    for runner in runners.iter() {
        let Some((_, samples)) = samples.remove(runner.row.name) else {
            continue;
        };
        let Some(ms_per_mb) = per_mb(&samples.cpu) else {
            continue;
        };
        let figures = Figures {
            ms_per_mb,
            wall_ms_per_mb: per_mb(&samples.wall),
            validate_ms_per_mb: per_mb(&samples.validate),
            peak_bytes: peak(options, runner.row, &text),
            code_bytes: (samples.code != 0).then_some(samples.code),
            cpu: samples.cpu,
            wall: samples.wall,
        };
        rows.insert(runner.row.name, figures);
    }
    Ok(Module { name, bytes, rows })
}

/// Measures every module.
pub fn measure(options: &Options) -> Result<Vec<Module>, String> {
    let mut runners = Vec::new();
    for row in options.rows.iter().filter(|row| row.compiles) {
        runners.extend(Runner::start(options, row, None)?);
    }
    // What is compared takes turns one right after the other.
    runners.sort_by_key(|runner| ![GUARD, LIFTOFF, TWO].contains(&runner.row.name));
    let mut modules = Vec::new();
    for (bytes, path) in files(options)? {
        // Optimising compilers take a minute for what is larger.
        if options.quick && bytes > 2_000_000 {
            continue;
        }
        eprintln!("bench: module {} ({bytes} bytes)", path.display());
        modules.push(one(options, &mut runners, bytes, &path)?);
    }
    Ok(modules)
}
