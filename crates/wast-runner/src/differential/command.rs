// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A program around [`campaign`].

use std::{path::PathBuf, process::ExitCode, thread, time::Duration};

use super::{campaign, Counts, Found, Reach, Reference};

/// Seeds of a thread are this far from those of the next.
const APART: u64 = 1 << 40;

/// The command line `SECONDS SEED DIRECTORY [THREADS]`: a campaign per thread, its counts on standard output. Exit status: 0 if nothing
/// differs, 1 if something does (written below the directory), 2 for a usage error.
pub fn command<R: Reference>(reference: impl Fn() -> R + Sync) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    let (Some(seconds), Some(seed), Some(directory)) = (number(0), number(1), arguments.get(2))
    else {
        eprintln!("usage: fuzz SECONDS SEED DIRECTORY [THREADS]");
        return ExitCode::from(2);
    };
    let directory = PathBuf::from(directory);
    let work = |number: u64| {
        let mut reference = reference();
        let seed = seed.wrapping_add(number * APART);
        campaign(
            &mut reference,
            seed,
            Duration::from_secs(seconds),
            &directory,
        )
    };
    let all: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..number(3).unwrap_or(1))
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut good = true;
    let mut sum: Vec<(&str, Counts)> = Vec::new();
    let mut mutations = (0, 0);
    let mut reach = Reach::default();
    for found in all {
        let found: Found = match found {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                eprintln!("fuzz: {}: {error}", directory.display());
                return ExitCode::from(2);
            }
            Err(_) => {
                eprintln!("fuzz: the harness panicked");
                good = false;
                continue;
            }
        };
        for (at, (name, counts)) in found.counts.into_iter().enumerate() {
            match sum.get_mut(at) {
                Some((_, all)) => *all += counts,
                None => sum.push((name, counts)),
            }
        }
        mutations.0 += found.mutations.0;
        mutations.1 += found.mutations.1;
        reach.merge(found.reach);
        for (seed, difference) in &found.differences {
            good = false;
            println!("seed {seed}: {difference}");
        }
    }
    let mut executions = 0;
    for (name, counts) in &sum {
        println!("{name}: {counts}");
        executions += counts.calls;
    }
    println!(
        "damaged programs: {} compiled, {} refused",
        mutations.0, mutations.1
    );
    println!("{reach}");
    println!("{executions} executions compared");
    ExitCode::from(u8::from(!good))
}
