// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The host's side: one guest per suite, its output streamed, the kernel log judged.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use crate::{guest::module::kernel_complaints, suites::Suite};

/// Where things are.
#[derive(Clone, Debug)]
pub struct Setup {
    /// `scripts/vm`.
    pub vm: PathBuf,
    /// The program `guest-tests`.
    pub program: PathBuf,
    /// Directory for logs.
    pub logs: PathBuf,
}

/// Counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Cases that passed.
    pub passed: u32,
    /// Cases that failed, including what the harness itself found.
    pub failed: u32,
}

/// What a line of the guest means.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Passed,
    Failed,
    Total(Totals),
    Other,
}

fn parse(line: &str) -> Line {
    let mut words = line.split(' ');
    match words.next() {
        Some("ok") => Line::Passed,
        Some("FAILED") => Line::Failed,
        Some("total") => match (words.next().map(str::parse), words.next().map(str::parse)) {
            (Some(Ok(passed)), Some(Ok(failed))) => Line::Total(Totals { passed, failed }),
            _ => Line::Other,
        },
        _ => Line::Other,
    }
}

/// Boots a guest, runs the suite in it and prints its lines as they come.
pub fn run(setup: &Setup, suite: &Suite, filter: Option<&str>) -> Totals {
    let begin = Instant::now();
    println!("suite {}", suite.name);
    let log = setup.logs.join(format!("{}.kernel.log", suite.name));
    let _ = fs::remove_file(&log);
    let mut totals = match boot(setup, suite, filter, &log) {
        Ok(totals) => totals,
        Err(why) => {
            println!("FAILED {}: {why}", suite.name);
            Totals {
                passed: 0,
                failed: 1,
            }
        }
    };
    // The guest looks at its log, too; what is said after that, or while it dies, is only here.
    match fs::read(&log) {
        Ok(text) => {
            let text = String::from_utf8_lossy(&text);
            for complaint in kernel_complaints(&text) {
                println!("FAILED {}: kernel: {complaint}", suite.name);
                totals.failed += 1;
            }
        }
        Err(error) => {
            println!("FAILED {}: no kernel log: {error}", suite.name);
            totals.failed += 1;
        }
    }
    println!(
        "{}: {} passed, {} failed ({} s)",
        suite.name,
        totals.passed,
        totals.failed,
        begin.elapsed().as_secs()
    );
    totals
}

fn boot(setup: &Setup, suite: &Suite, filter: Option<&str>, log: &Path) -> Result<Totals, String> {
    let mut command = Command::new(&setup.vm);
    command.arg("--put").arg(&setup.program).args([
        "--no-module",
        "--cpus",
        "2",
        "--mem",
        suite.memory,
    ]);
    command
        .arg("--timeout")
        .arg(suite.timeout.to_string())
        .arg("--log")
        .arg(log);
    command
        .args(["--", "./guest-tests", suite.name])
        .args(filter);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", setup.vm.display()))?;
    let (mut seen, mut told) = (Totals::default(), None);
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        // Bytes, not lines of text: a guest that misbehaves may print anything.
        while output
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches('\n');
            println!("  {text}");
            match parse(text) {
                Line::Passed => seen.passed += 1,
                Line::Failed => seen.failed += 1,
                Line::Total(totals) => told = Some(totals),
                Line::Other => {}
            }
            line.clear();
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    match (told, status.code()) {
        (Some(totals), Some(0)) if totals.failed == 0 && totals.passed > 0 => Ok(totals),
        (Some(totals), _) if totals.failed > 0 => Ok(totals),
        (_, code) => {
            let why = match code {
                Some(124) => format!("the suite took longer than {} s", suite.timeout),
                Some(125) => "the guest could not be set up".into(),
                Some(126) => "the guest died".into(),
                Some(code) => format!("the suite ended early with status {code}"),
                None => "scripts/vm was killed".into(),
            };
            println!("FAILED {}: {why}", suite.name);
            Ok(Totals {
                passed: seen.passed,
                failed: seen.failed + 1,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_their_first_word() {
        assert_eq!(parse("ok a b (3 ms)"), Line::Passed);
        assert_eq!(parse("FAILED a: why"), Line::Failed);
        assert_eq!(
            parse("total 3 1"),
            Line::Total(Totals {
                passed: 3,
                failed: 1
            })
        );
        assert_eq!(parse("total x"), Line::Other);
        assert_eq!(parse("okay"), Line::Other);
        assert_eq!(parse(""), Line::Other);
    }
}
