// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What came out.

use std::{fmt, ops::AddAssign};

/// Counts. An assertion is an `assert_*` directive; a command is any other (module, register, invoke).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Assertions that hold.
    pub passed: usize,
    /// Assertions that do not.
    pub failed: usize,
    /// Commands that worked.
    pub commands: usize,
    /// Commands that did not.
    pub failed_commands: usize,
    /// Directives, assertions or commands, that were not tried because they need garbage collection.
    pub skipped: usize,
}

impl Totals {
    /// Whether nothing failed and something was asserted.
    pub fn perfect(&self) -> bool {
        self.failed == 0 && self.failed_commands == 0 && self.passed > 0
    }

    /// Counts one directive.
    pub(crate) fn count(&mut self, assertion: bool, held: bool) {
        *match (assertion, held) {
            (true, true) => &mut self.passed,
            (true, false) => &mut self.failed,
            (false, true) => &mut self.commands,
            (false, false) => &mut self.failed_commands,
        } += 1;
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.commands += other.commands;
        self.failed_commands += other.failed_commands;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} assertions passed, {} failed; {} commands worked",
            self.passed, self.failed, self.commands
        )?;
        match self.failed_commands {
            0 => {}
            failed => write!(f, ", {failed} failed")?,
        }
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, "; {skipped} skipped for want of garbage collection"),
        }
    }
}

/// One directive that did not do what the script says.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Line in the script, from 1.
    pub line: usize,
    /// Name of the directive.
    pub directive: &'static str,
    /// What was expected and what happened.
    pub what: String,
}

/// Outcome of one script.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Counts.
    pub totals: Totals,
    /// Every failure.
    pub problems: Vec<Problem>,
    /// Lines of what was skipped.
    pub skips: Vec<usize>,
    /// Line and name of every directive that held.
    pub held: Vec<(usize, &'static str)>,
}
