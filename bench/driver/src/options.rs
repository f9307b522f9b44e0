// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use crate::rows::{Row, QUICK, ROWS};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The kernels' run time.
    Run,
    /// Compilation of real modules.
    Compile,
    /// Instances, calls, growth.
    Micro,
    /// Instructions, counted. Only if asked for.
    Instructions,
}

/// See the module.
#[derive(Debug)]
pub struct Options {
    /// Where the runners' programs are.
    pub runners: PathBuf,
    /// Where the compiled kernels are.
    pub kernels: PathBuf,
    /// Where the real modules are.
    pub modules: PathBuf,
    /// The command that starts V8, and its script.
    pub node: Vec<String>,
    /// Rounds of all rows over each kernel.
    pub rounds: usize,
    /// A sample of the first row takes about so much, nanoseconds.
    pub sample: u64,
    /// What to measure.
    pub parts: Vec<Part>,
    /// The rows, in the order of [`ROWS`].
    pub rows: Vec<&'static Row>,
    /// The rows were named.
    pub chosen_rows: bool,
    /// Only these kernels; none: all.
    pub only: Vec<String>,
    /// A quick look.
    pub quick: bool,
    /// Where the report goes.
    pub json: Option<PathBuf>,
    /// Where the plots go.
    pub plots: Option<PathBuf>,
}

fn list(text: &str) -> Vec<String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn part(name: String) -> Result<Part, String> {
    match name.as_str() {
        "run" => Ok(Part::Run),
        "compile" => Ok(Part::Compile),
        "micro" => Ok(Part::Micro),
        "instructions" => Ok(Part::Instructions),
        _ => Err(format!(
            "no such part: {name} (there are run, compile, micro, instructions)"
        )),
    }
}

/// Rows whose name is, or begins with, one of `names`.
fn rows(names: &[String]) -> Result<Vec<&'static Row>, String> {
    for name in names {
        if !ROWS.iter().any(|row| row.name.starts_with(name.as_str())) {
            let all: Vec<_> = ROWS.iter().map(|row| row.name).collect();
            return Err(format!(
                "no row is called {name}; there are {}",
                all.join(", ")
            ));
        }
    }
    let wanted = |row: &&Row| {
        let exact = names.iter().any(|name| name == row.name);
        let prefix = |name: &String| {
            !ROWS.iter().any(|row| row.name == name) && row.name.starts_with(name.as_str())
        };
        exact || names.iter().any(prefix)
    };
    Ok(ROWS.iter().filter(wanted).collect())
}

impl Options {
    /// Reads `--name value` pairs, and `--quick`.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            runners: PathBuf::new(),
            kernels: PathBuf::new(),
            modules: PathBuf::new(),
            node: Vec::new(),
            rounds: 0,
            sample: 0,
            parts: Vec::new(),
            rows: Vec::new(),
            chosen_rows: false,
            only: Vec::new(),
            quick: false,
            json: None,
            plots: None,
        };
        let mut names = Vec::new();
        while let Some(word) = words.next() {
            if word == "--quick" {
                options.quick = true;
                continue;
            }
            let value = words
                .next()
                .ok_or_else(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--runners" => options.runners = value.into(),
                "--kernels-dir" => options.kernels = value.into(),
                "--modules-dir" => options.modules = value.into(),
                "--node" => options.node = list(&value),
                "--rounds" => {
                    options.rounds = value.parse().map_err(|_| format!("no number: {value}"))?;
                }
                "--parts" => {
                    options.parts = list(&value)
                        .into_iter()
                        .map(part)
                        .collect::<Result<_, _>>()?;
                }
                "--rows" => names = list(&value),
                "--kernels" => options.only = list(&value),
                "--json" => options.json = Some(value.into()),
                "--plots" => options.plots = Some(value.into()),
                _ => return Err(format!("unknown option {word}")),
            }
        }
        options.chosen_rows = !names.is_empty();
        if names.is_empty() && options.quick {
            names = QUICK.iter().map(|&name| name.to_owned()).collect();
        }
        options.rows = if names.is_empty() {
            ROWS.iter().collect()
        } else {
            rows(&names)?
        };
        if options.parts.is_empty() {
            options.parts = vec![Part::Run, Part::Compile, Part::Micro];
        }
        if options.rounds == 0 {
            options.rounds = if options.quick { 5 } else { 11 };
        }
        options.sample = if options.quick { 5_000_000 } else { 15_000_000 };
        Ok(options)
    }
}
