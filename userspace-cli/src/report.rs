// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a command says at its end.

use std::io::Write;

use serde_json::Value;

/// The result of a command: text or JSON, and the exit status.
#[derive(Debug, Default)]
pub struct Report {
    /// For people, to standard output; no newline is added to an empty one.
    pub text: String,
    /// For people, to standard error.
    pub notes: String,
    /// For programs: the one object on standard output.
    pub json: Value,
    /// Exit status.
    pub status: u8,
}

impl Report {
    /// A success.
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
            ..Self::default()
        }
    }

    /// With another exit status.
    pub fn with_status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }

    /// Prints it. A closed standard output is not an error.
    pub fn print(&self, json: bool) {
        if json {
            if !self.json.is_null() {
                let _ = writeln!(std::io::stdout(), "{}", self.json);
            }
            return;
        }
        for (text, error) in [(&self.text, false), (&self.notes, true)] {
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            let _ = if error {
                write!(std::io::stderr(), "{text}{end}")
            } else {
                write!(std::io::stdout(), "{text}{end}")
            };
        }
    }
}
