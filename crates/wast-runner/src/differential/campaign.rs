// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A run over many seeds, the least program that shows what it found, and a script of it.

use std::{
    fmt::Write as _,
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

use wasmk_engine::{
    compile::{compile, validate},
    error::CompileErrorKind,
};

use super::{
    check, features_of, program, settings, shrink, Counts, Difference, Reach, Reference, Setting,
    Step, Trace, OUTSIDE_MAYBE_UNALIGNED,
};
use crate::{mutate::Mutator, Failure, Value};

/// Damaged versions of each program that must be refused or compile.
const MUTATIONS: usize = 4;

/// For one program of so many it is counted which operators are executed.
const REACH: u64 = 17;

/// Most programs tried to find the least one.
const TRIES: u32 = 3_000;

/// What a campaign did.
#[derive(Debug, Default)]
pub struct Found {
    /// By setting.
    pub counts: Vec<(&'static str, Counts)>,
    /// Damaged programs compiled, and refused.
    pub mutations: (u64, u64),
    /// What was executed.
    pub reach: Reach,
    /// Differences, each with the seed.
    pub differences: Vec<(u64, Difference)>,
}

/// Compares programs from `seed` on for `time`. What differs is minimised and written below `directory`: the program, the
/// least one, and a script that fails.
///
/// # Errors
///
/// A file cannot be written.
pub fn campaign<R: Reference>(
    reference: &mut R,
    seed: u64,
    time: Duration,
    directory: &Path,
) -> io::Result<Found> {
    let begin = Instant::now();
    let features = features_of(reference.features());
    let settings = settings();
    let counts = settings
        .iter()
        .map(|setting| (setting.name, Counts::default()));
    let mut found = Found {
        counts: counts.collect(),
        ..Found::default()
    };
    for seed in seed.. {
        if begin.elapsed() >= time {
            break;
        }
        let Some(wasm) = program(seed, features) else {
            continue;
        };
        mutate(&wasm, seed, &mut found);
        let trace = match Trace::record(reference, &wasm, seed) {
            Ok(trace) => trace,
            Err(what) => {
                found.differences.push((
                    seed,
                    Difference {
                        setting: "the reference",
                        step: None,
                        what,
                    },
                ));
                continue;
            }
        };
        if seed % REACH == 0 {
            found.reach.add(&wasm, &trace);
        }
        for (at, setting) in settings.iter().enumerate() {
            match check(&wasm, &trace, setting) {
                Ok(new) => {
                    if let Some((_, counts)) = found.counts.get_mut(at) {
                        *counts += new;
                    }
                }
                Err(difference) => {
                    eprintln!("seed {seed}: {difference}");
                    keep(reference, seed, &wasm, setting, directory)?;
                    found.differences.push((seed, difference));
                    // The other settings most likely show the same.
                    break;
                }
            }
        }
    }
    Ok(found)
}

/// Damaged programs are refused in words, alike by validation and compilation.
fn mutate(wasm: &[u8], seed: u64, found: &mut Found) {
    let mut mutator = Mutator::new(seed ^ 0x5eed);
    let modules = [wasm.to_vec()];
    for _ in 0..MUTATIONS {
        let damaged = mutator.mutate(&modules);
        let outcome = std::panic::catch_unwind(|| {
            let config = wasmk_engine::config::Config::default();
            (
                validate(&damaged, &mut ()).err(),
                compile(&damaged, &config, &mut ()).err(),
            )
        });
        let what = match outcome {
            Ok((None, None)) => {
                found.mutations.0 += 1;
                continue;
            }
            Ok((Some(one), Some(other)))
                if one == other && !matches!(one.kind, CompileErrorKind::Internal(_)) =>
            {
                found.mutations.1 += 1;
                continue;
            }
            Ok((one, other)) => {
                format!("a damaged program: validation {one:?}, compilation {other:?}")
            }
            Err(_) => "a damaged program: the compiler panicked".into(),
        };
        found.differences.push((
            seed,
            Difference {
                setting: "mutation",
                step: None,
                what,
            },
        ));
    }
}

fn keep<R: Reference>(
    reference: &mut R,
    seed: u64,
    wasm: &[u8],
    setting: &Setting,
    directory: &Path,
) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::write(directory.join(format!("{seed}.wasm")), wasm)?;
    let mut differs = |wasm: &[u8]| {
        let trace = Trace::record(reference, wasm, seed).ok()?;
        let difference = check(wasm, &trace, setting).err()?;
        Some((trace, difference))
    };
    let mut tries = TRIES;
    let least = shrink(wasm, |wasm| {
        tries = tries.saturating_sub(1);
        tries > 0 && differs(wasm).is_some()
    });
    fs::write(directory.join(format!("{seed}.least.wasm")), &least)?;
    if let Some((trace, difference)) = differs(&least) {
        let text = script(&least, &trace, &difference);
        fs::write(directory.join(format!("{seed}.wast")), text)?;
    }
    Ok(())
}

/// A script that does what the trace does up to the difference. (Differences in memories and tables must be asked for by hand.)
fn script(wasm: &[u8], trace: &Trace, difference: &Difference) -> String {
    let mut text = format!(";; {difference}\n(module definition binary\n");
    for chunk in wasm.chunks(24) {
        text.push_str("  \"");
        for byte in chunk {
            let _ = write!(text, "\\{byte:02x}");
        }
        text.push_str("\"\n");
    }
    text.push_str(")\n");
    let last = difference.step.unwrap_or(0);
    for step in trace.steps.iter().take(last + 1) {
        let _ = match step {
            Step::Instantiate(_) => writeln!(text, "(module instance)"),
            Step::Call {
                function,
                arguments,
                outcome,
                ..
            } => {
                let call = format!("(invoke {function:?} {})", values(arguments));
                match outcome {
                    Ok(results) => writeln!(text, "(assert_return {call} {})", values(results)),
                    // Any trap will do.
                    Err(Failure::Trap(why)) if why == OUTSIDE_MAYBE_UNALIGNED => {
                        writeln!(text, "(assert_trap {call} \"\")")
                    }
                    Err(Failure::Trap(why)) => writeln!(text, "(assert_trap {call} {why:?})"),
                    Err(other) => writeln!(text, ";; {call}: {other}"),
                }
            }
        };
    }
    text
}

/// Values as scripts write them, floats by their bits.
fn values(values: &[Value]) -> String {
    let text = |value: &Value| match *value {
        Value::F32(bits) => match bits & 0x7fff_ffff {
            0x7f80_0001.. => "(f32.const nan)".into(),
            _ => format!("(f32.const {:e})", f32::from_bits(bits)),
        },
        Value::F64(bits) => match bits & (u64::MAX >> 1) {
            0x7ff0_0000_0000_0001.. => "(f64.const nan)".into(),
            _ => format!("(f64.const {:e})", f64::from_bits(bits)),
        },
        ref other => other.to_string(),
    };
    values.iter().map(text).collect::<Vec<_>>().join(" ")
}
