// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Which grants a module's imports can use, and which of them are missing.

use std::ffi::OsString;

use crate::{
    cli::GrantOptions,
    denials::{Denials, Refused},
    wasm::{Description, Item},
};

/// What an import needs to be of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Nothing: it is always there.
    Nothing,
    /// The program's arguments.
    Arguments,
    /// The environment.
    Environment,
    /// An open file or stream.
    Descriptor,
    /// A directory.
    Directory,
    /// A listener or a bound datagram socket.
    Listen,
    /// A dialer.
    Connect,
    /// The receiving end of a channel.
    Receive,
    /// The sending end of a channel.
    Send,
    /// The kernel module does not provide it.
    Unknown,
}

impl Need {
    /// Everything that can be granted, in the order of the descriptors.
    pub const GRANTS: [Self; 8] = [
        Self::Arguments,
        Self::Environment,
        Self::Directory,
        Self::Descriptor,
        Self::Listen,
        Self::Connect,
        Self::Receive,
        Self::Send,
    ];

    /// What an import needs.
    pub fn of(import: &Item) -> Self {
        if import.kind != "func" {
            return Self::Unknown;
        }
        match (import.module.as_str(), import.name.as_str()) {
            ("wasi_snapshot_preview1", name) => Self::of_wasi(name),
            ("wasmk", "sock_recv_from" | "sock_send_to") => Self::Listen,
            ("wasmk", "sock_connect" | "dialer_addresses") => Self::Connect,
            ("wasmk", "channel_recv") => Self::Receive,
            ("wasmk", "channel_send") => Self::Send,
            ("wasmk", _) => Self::Nothing,
            _ => Self::Unknown,
        }
    }

    fn of_wasi(name: &str) -> Self {
        match name {
            "args_get" | "args_sizes_get" => Self::Arguments,
            "environ_get" | "environ_sizes_get" => Self::Environment,
            "sock_accept" => Self::Listen,
            "fd_readdir" | "fd_prestat_get" | "fd_prestat_dir_name" => Self::Directory,
            // For whatever is there already.
            "fd_close"
            | "fd_renumber"
            | "fd_fdstat_get"
            | "fd_fdstat_set_flags"
            | "fd_fdstat_set_rights" => Self::Nothing,
            name if name.starts_with("path_") => Self::Directory,
            name if name.starts_with("fd_") => Self::Descriptor,
            _ => Self::Nothing,
        }
    }

    /// The flag that grants it.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::Environment => Some("--env"),
            Self::Descriptor => Some("--file"),
            Self::Directory => Some("--dir"),
            Self::Listen => Some("--listen"),
            Self::Connect => Some("--connect"),
            Self::Receive => Some("--receive"),
            Self::Send => Some("--send"),
            Self::Arguments | Self::Nothing | Self::Unknown => None,
        }
    }

    /// How it is granted, for people.
    pub fn how(self) -> &'static str {
        match self {
            Self::Arguments => "ARGS behind FILE",
            Self::Environment => "--env, --inherit-env",
            Self::Descriptor => "--file, --stdin, --stdout, --stderr",
            Self::Directory => "--dir, --mapdir",
            Self::Listen => "--listen",
            Self::Connect => "--connect",
            Self::Receive => "--receive",
            Self::Send => "--send",
            Self::Nothing => "always there",
            Self::Unknown => "nothing: not provided",
        }
    }
}

/// Why a program may have failed: grants that it can use and was not given, and what it was refused last.
pub fn failed(
    description: &Description,
    grants: &GrantOptions,
    args: &[OsString],
    denials: &Denials,
) -> Option<String> {
    with_denial(missing(description, grants, args), denials.list.last())
}

/// Adds what was refused last.
pub fn with_denial(hint: Option<String>, refused: Option<&Refused>) -> Option<String> {
    let Some(refused) = refused else { return hint };
    let what = format!("it was refused {}", refused.what());
    Some(match hint {
        Some(hint) => format!("{what}; {hint}"),
        None => what,
    })
}

/// Names the grants that the module can use and was not given; `None` when there are none.
/// `args` are the program's own: a flag of ours among them was put in the wrong place.
pub fn missing(
    description: &Description,
    grants: &GrantOptions,
    args: &[OsString],
) -> Option<String> {
    let mut hints = Vec::new();
    let mut look = |need, given: bool, what: &str| {
        let first = description
            .imports
            .iter()
            .find(|import| Need::of(import) == need);
        if let (Some(import), false) = (first, given) {
            hints.push(format!(
                "it imports {}.{} but {what}",
                import.module, import.name
            ));
        }
    };
    look(
        Need::Listen,
        !grants.listen.is_empty(),
        "was given no socket to listen on (--listen ADDR)",
    );
    look(
        Need::Connect,
        !grants.connect.is_empty(),
        "may connect nowhere (--connect ADDR)",
    );
    look(
        Need::Directory,
        !grants.dir.is_empty() || !grants.mapdir.is_empty(),
        "was given no directory (--dir DIR)",
    );
    look(
        Need::Receive,
        !grants.channels.receive.is_empty(),
        "was given no channel to receive from (--receive NAME)",
    );
    look(
        Need::Send,
        !grants.channels.send.is_empty(),
        "was given no channel to send to (--send CHANNEL)",
    );
    if let (false, Some(flag)) = (hints.is_empty(), args.iter().find(|arg| is_grant(arg))) {
        let flag = flag.to_string_lossy();
        let flag = flag.split('=').next().unwrap_or(&flag);
        hints.push(format!(
            "`{flag}` stands behind FILE, so the program got it: put it before"
        ));
    }
    (!hints.is_empty()).then(|| hints.join("; "))
}

fn is_grant(arg: &OsString) -> bool {
    let arg = arg.to_string_lossy();
    let name = arg.split('=').next().unwrap_or(&arg);
    [
        "--listen",
        "--connect",
        "--dir",
        "--mapdir",
        "--receive",
        "--send",
    ]
    .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_that_is_missing_is_named() {
        let text = r#"(module
            (import "wasi_snapshot_preview1" "sock_accept" (func (param i32 i32 i32) (result i32)))
            (import "wasmk" "sock_connect" (func (param i32 i32 i32 i32) (result i32))))"#;
        let description = Description::new(&wat::parse_str(text).unwrap()).unwrap();
        let hint = missing(&description, &GrantOptions::default(), &[]).unwrap();
        assert!(
            hint.contains("--listen") && hint.contains("--connect"),
            "{hint}"
        );
        let mut grants = GrantOptions::default();
        grants
            .listen
            .push(crate::cli::listen("127.0.0.1:0").unwrap());
        let hint = missing(&description, &grants, &[]).unwrap();
        assert!(
            !hint.contains("--listen") && hint.contains("--connect"),
            "{hint}"
        );
        grants
            .connect
            .push(crate::cli::connect("127.0.0.1:1").unwrap());
        assert_eq!(missing(&description, &grants, &[]), None);
    }

    #[test]
    fn a_flag_in_the_wrong_place_is_noticed() {
        let text = r#"(module (import "wasi_snapshot_preview1" "path_open"
            (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32))))"#;
        let description = Description::new(&wat::parse_str(text).unwrap()).unwrap();
        let hint = missing(
            &description,
            &GrantOptions::default(),
            &["in.c".into(), "--dir=.".into()],
        );
        let hint = hint.unwrap();
        assert!(
            hint.contains("(--dir DIR)") && hint.contains("`--dir` stands behind FILE"),
            "{hint}"
        );
        let mut grants = GrantOptions::default();
        let mapped = crate::cli::mapped("/tmp:.".as_ref()).unwrap();
        grants.mapdir.push(mapped);
        assert_eq!(missing(&description, &grants, &[]), None);
    }

    #[test]
    fn every_function_has_its_grant() {
        let need = |module: &str, name: &str| {
            Need::of(&Item {
                module: module.into(),
                name: name.into(),
                kind: "func",
                text: String::new(),
            })
        };
        let wasi = |name| need("wasi_snapshot_preview1", name);
        assert_eq!(wasi("args_get"), Need::Arguments);
        assert_eq!(wasi("environ_sizes_get"), Need::Environment);
        assert_eq!(wasi("path_rename"), Need::Directory);
        assert_eq!(wasi("fd_prestat_get"), Need::Directory);
        assert_eq!(wasi("fd_pread"), Need::Descriptor);
        assert_eq!(wasi("fd_close"), Need::Nothing);
        assert_eq!(wasi("random_get"), Need::Nothing);
        assert_eq!(need("wasmk", "queue_wait"), Need::Nothing);
        assert_eq!(need("wasmk", "channel_send"), Need::Send);
        assert_eq!(need("env", "path_open"), Need::Unknown);
    }
}
