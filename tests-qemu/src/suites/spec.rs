// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The core test suite in the kernel, in both memory models.

use std::time::Instant;

use libwasmk::{wast, Device, MemoryModel};
use wasmk_wast_runner::suite;

use super::Suite;
use crate::guest::Cases;

// A slot's page tables take 16 MiB once it has been used; scripts that link modules keep all their memories at once.
pub const SUITE: Suite = Suite {
    name: "spec",
    parameters: &["guard_slots=48"],
    memory: "3G",
    timeout: 2400,
    slabs: 4096,
    run,
};

fn run(cases: &mut Cases) {
    for (memory, fuel) in [(MemoryModel::Guard, false), (MemoryModel::Bounds, false)] {
        for script in suite::core() {
            let name = format!(
                "{}: {}",
                memory.name(),
                format_args!("{}/{}", script.set, script.name)
            );
            let begin = Instant::now();
            let report = Device::open().map_err(Into::into).and_then(|device| {
                wast::run(&device, memory, fuel, true, script.text)
                    .map_err(|why| anyhow::anyhow!(why))
            });
            match report {
                Ok(report) => {
                    let failed = report.totals.failed + report.totals.failed_commands;
                    // Every assertion counts as a case, so that the totals say how many there were.
                    cases.count(report.totals.passed as u32, 0);
                    for problem in &report.problems {
                        println!(
                            "  {name}:{}: {}: {}",
                            problem.line, problem.directive, problem.what
                        );
                    }
                    if failed == 0 {
                        println!("  {name}: {}", report.totals);
                    } else {
                        cases.note(&name, begin, Err(anyhow::anyhow!("{}", report.totals)));
                        cases.count(0, failed as u32 - 1);
                    }
                }
                Err(why) => cases.note(&name, begin, Err(why)),
            }
        }
    }
}
