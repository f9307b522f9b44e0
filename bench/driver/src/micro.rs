// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What is paid at the border: instances, calls, growth.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{options::Options, process::Runner, stats::Stats};

/// Instances a round.
const INSTANCES: u32 = 2000;
/// Calls a sample.
const CALLS: u32 = 200_000;
/// Pages a sample; the module may have 1000.
const PAGES: u32 = 500;

/// One row's figures.
#[derive(Debug, Serialize)]
pub struct Micro {
    /// Microseconds on the wall: a one-page module instantiated from a warm pool (if the row has one), called once, dropped.
    pub instance_us: Stats,
    /// Nanoseconds of an empty call, in and out.
    pub call_ns: Stats,
    /// Nanoseconds of an empty call of the host by wasm.
    pub call_out_ns: Stats,
    /// Nanoseconds of a call that grows memory by a page.
    pub grow_ns: Stats,
}

#[derive(Default)]
struct Samples {
    instance: Vec<f64>,
    call: Vec<f64>,
    call_out: Vec<f64>,
    grow: Vec<f64>,
}

fn per_item(runner: &mut Runner, command: &str, count: u32) -> Result<f64, String> {
    let answer = runner.ask(&format!("{command} {count}"))?;
    Ok(answer.first().copied().unwrap_or(0) as f64 / f64::from(count))
}

/// Measures all rows that take part.
pub fn measure(options: &Options) -> Result<BTreeMap<&'static str, Micro>, String> {
    let module = options.kernels.join("calls.wasm");
    let mut runners = Vec::new();
    for row in options.rows.iter().filter(|row| row.micro) {
        runners.extend(Runner::start(options, row, None)?);
    }
    eprintln!("bench: instances, calls, growth");
    let mut all: BTreeMap<&'static str, Samples> = BTreeMap::new();
    for runner in &mut runners {
        runner.ask(&format!("load {}", module.display()))?;
        // Fills the pool.
        runner.ask("instances 100")?;
        runner.ask(&format!("call {CALLS}"))?;
    }
    for _ in 0..options.rounds {
        for runner in &mut runners {
            let samples = all.entry(runner.row.name).or_default();
            let times = runner.ask(&format!("instances {INSTANCES}"))?;
            samples
                .instance
                .extend(times.iter().map(|&ns| ns as f64 / 1000.0));
            samples.call.push(per_item(runner, "call", CALLS)?);
            samples.call_out.push(per_item(runner, "call_out", CALLS)?);
            samples.grow.push(per_item(runner, "grow", PAGES)?);
        }
    }
    let figures = |samples: Samples| {
        Some(Micro {
            instance_us: Stats::of(samples.instance)?,
            call_ns: Stats::of(samples.call)?,
            call_out_ns: Stats::of(samples.call_out)?,
            grow_ns: Stats::of(samples.grow)?,
        })
    };
    Ok(all
        .into_iter()
        .filter_map(|(row, samples)| Some((row, figures(samples)?)))
        .collect())
}
