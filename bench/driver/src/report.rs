// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The report: all that was measured, as it is written to `native.json`. The schema is in bench/README.md.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Serialize;

use crate::{
    compile::Module, instructions::Count, kernels::Kernel, micro::Micro, options::Options,
    summary::Summary,
};

/// How busy the machine was: processes that ran or wanted to, averaged over a minute.
#[derive(Debug, Serialize)]
pub struct Load {
    /// Before.
    pub before: f64,
    /// After.
    pub after: f64,
    /// Processors.
    pub processors: usize,
}

fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(0.0)
}

impl Load {
    fn begin() -> Self {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        Self {
            before: load_average(),
            after: 0.0,
            processors,
        }
    }

    /// Everything was measured.
    pub fn end(&mut self) {
        self.after = load_average();
    }
}

/// See the module.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Of this format.
    pub schema: u32,
    /// A quick look: fewer rounds and rows.
    pub quick: bool,
    /// The processor's name.
    pub processor: String,
    /// See [`Load`].
    pub load: Load,
    /// Rows that took part, with their labels.
    pub rows: BTreeMap<&'static str, &'static str>,
    /// What the issue asks for, in short.
    pub summary: Summary,
    /// Run time.
    pub kernels: Vec<Kernel>,
    /// Compilation.
    pub modules: Vec<Module>,
    /// Instances, calls, growth.
    pub micro: BTreeMap<&'static str, Micro>,
    /// Instructions, if they were asked for.
    pub instructions: Vec<Count>,
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split_once(": "))
        .map_or_else(String::new, |(_, name)| name.to_owned())
}

impl Report {
    /// Nothing is measured yet.
    pub fn new(options: &Options) -> Self {
        Self {
            schema: 1,
            quick: options.quick,
            processor: processor(),
            load: Load::begin(),
            rows: options
                .rows
                .iter()
                .map(|row| (row.name, row.label))
                .collect(),
            summary: Summary::default(),
            kernels: Vec::new(),
            modules: Vec::new(),
            micro: BTreeMap::new(),
            instructions: Vec::new(),
        }
    }

    /// Writes it as JSON.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(|e| format!("{}: {e}", directory.display()))?;
        }
        fs::write(path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))
    }
}
