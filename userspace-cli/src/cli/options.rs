// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Flags that several verbs share.

use std::time::Duration;

use clap::{Args, ValueEnum};
use libwasmk::MemoryModel;

use super::{
    address::{connect, listen, ConnectSpec, ListenSpec},
    size,
};

/// What a program is given.
#[derive(Debug, Default, Args)]
pub struct GrantOptions {
    /// Bind and listen, and give the socket to the program; may be repeated.
    ///
    /// ADDR is [tcp:|udp:]HOST:PORT, [tcp:|udp:][V6]:PORT or unix:PATH.
    #[arg(long, value_name = "[NAME=]ADDR", value_parser = listen)]
    pub listen: Vec<ListenSpec>,
    /// Let the program connect to these addresses, and to no others; may be repeated. Names are resolved once, now.
    #[arg(long, value_name = "[NAME=]ADDR[,ADDR…]", value_parser = connect)]
    pub connect: Vec<ConnectSpec>,
    /// Set an environment variable of the program; without a value, pass on ours. Nothing else is passed.
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = environment)]
    pub env: Vec<String>,
}

/// What a program may use up, and how it is compiled.
#[derive(Debug, Default, Args)]
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

fn environment(text: &str) -> Result<String, String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, value.to_owned()),
        None => (
            text,
            std::env::var(text)
                .map_err(|_| format!("`{text}` is not set here: write {text}=VALUE"))?,
        ),
    };
    if name.is_empty() {
        return Err("the name is empty".into());
    }
    Ok(format!("{name}={value}"))
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

    #[test]
    fn variables_are_passed_on_or_set() {
        assert_eq!(environment("A=b=c").as_deref(), Ok("A=b=c"));
        assert_eq!(environment("A=").as_deref(), Ok("A="));
        assert!(environment("=x").is_err());
        assert!(environment("WASMCTL_SURELY_UNSET").is_err());
    }
}
