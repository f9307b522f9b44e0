// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Flags that several verbs share.

use std::{num::NonZeroUsize, time::Duration};

use clap::{Args, ValueEnum};
use libwasmk::{uapi::store::THREADS_MAX, MemoryModel};

use super::size;

/// What a program may use up, and how it is compiled.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitOptions {
    /// How linear memory is contained: by an 8 GiB reservation, by checks, or by whichever is free.
    #[arg(long, value_enum, default_value_t)]
    pub memory: MemoryOption,
    /// Compile fuel accounting in, and give this much: about one unit per instruction.
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// End the program after this time: 100ms, 2s, 1m.
    #[arg(long, value_name = "TIME", value_parser = size::duration)]
    pub timeout: Option<Duration>,
    /// Most linear memory, in bytes or with K, M, G.
    #[arg(long, value_name = "SIZE", value_parser = size::bytes)]
    pub max_memory: Option<u64>,
    /// Size of the wasm stack, in bytes or with K, M.
    #[arg(long, value_name = "SIZE", value_parser = size::bytes)]
    pub max_stack: Option<u64>,
    /// Most threads that the program may have at a time, its first included [default: 64].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(THREADS_MAX)))]
    pub threads: Option<u32>,
    /// Threads that compile: one for each CPU unless the module is small.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
}

/// `--memory`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MemoryOption {
    /// Guard if a slot is free, else bounds.
    #[default]
    Auto,
    /// A reservation of 8 GiB: accesses need no checks.
    Guard,
    /// A check on every access: small footprint.
    Bounds,
}

impl From<MemoryOption> for MemoryModel {
    fn from(option: MemoryOption) -> Self {
        match option {
            MemoryOption::Auto => Self::Auto,
            MemoryOption::Guard => Self::Guard,
            MemoryOption::Bounds => Self::Bounds,
        }
    }
}

/// A service's name: it is also a directory's.
pub fn service_name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 100 || text.starts_with('.') || !text.chars().all(allowed) {
        return Err(
            "a name has 1 to 100 letters, digits, `-`, `_` or `.`, and does not start with `.`"
                .into(),
        );
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return Err("a name is not a number: numbers are ids".into());
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_directory_names() {
        for good in ["proxy", "a.b-c_d", "7a"] {
            assert_eq!(service_name(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            ".",
            "..",
            ".a",
            "a/b",
            "7",
            "a b",
            "é",
            &"x".repeat(101),
        ] {
            assert!(service_name(bad).is_err(), "{bad}");
        }
    }
}
