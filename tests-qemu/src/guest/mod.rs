// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The guest's side: loading the module, running cases, looking for leaks.

pub mod http;
pub mod module;
pub mod probe;
pub mod process;
pub mod tool;

use std::{
    io::Write,
    panic::{catch_unwind, AssertUnwindSafe},
    time::Instant,
};

/// What a case returns: why it failed.
pub type Outcome = anyhow::Result<()>;

/// Runs cases and counts them.
#[derive(Debug, Default)]
pub struct Cases {
    filter: Option<String>,
    /// Cases that passed.
    pub passed: u32,
    /// Cases that failed.
    pub failed: u32,
}

impl Cases {
    /// Runs only cases whose name contains `filter`, if one is given.
    pub fn new(filter: Option<String>) -> Self {
        Self {
            filter,
            ..Self::default()
        }
    }

    /// Runs one case. A panic is a failure.
    pub fn case(&mut self, name: &str, case: impl FnOnce() -> Outcome) {
        if self
            .filter
            .as_ref()
            .is_some_and(|filter| !name.contains(filter.as_str()))
        {
            return;
        }
        let begin = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(case))
            .unwrap_or_else(|_| Err(anyhow::anyhow!("panicked")));
        self.note(name, begin, outcome);
    }

    /// Counts a case that the suite has judged itself.
    pub fn note(&mut self, name: &str, begin: Instant, outcome: Outcome) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok {name} ({} ms)", begin.elapsed().as_millis());
            }
            Err(why) => {
                self.failed += 1;
                println!("FAILED {name}: {why:#}");
            }
        }
        let _ = std::io::stdout().flush();
    }

    /// Counts many assertions at once.
    pub fn count(&mut self, passed: u32, failed: u32) {
        self.passed += passed;
        self.failed += failed;
    }
}

/// Fails the case with a text unless the condition holds.
#[macro_export]
macro_rules! check {
    ($condition:expr, $($why:tt)+) => {
        if !$condition {
            anyhow::bail!($($why)+);
        }
    };
}

/// Fails the case unless both are equal.
#[macro_export]
macro_rules! check_eq {
    ($left:expr, $right:expr, $($why:tt)+) => {{
        let (left, right) = (&$left, &$right);
        if left != right {
            anyhow::bail!("{}: {left:?}, expected {right:?}", format_args!($($why)+));
        }
    }};
}
