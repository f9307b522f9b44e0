// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Which grants a module's imports can use, and which of them are missing.

use std::ffi::OsString;

use crate::{
    cli::GrantOptions,
    wasm::{Description, Item},
};

/// What an import needs to be of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it is always there.
    Nothing,
    /// A listener or a bound datagram socket.
    Listen,
    /// A dialer.
    Connect,
    /// Directories, which cannot be granted yet.
    Directory,
    /// The kernel module does not provide it.
    Unknown,
}

impl Need {
    /// What an import needs.
    pub fn of(import: &Item) -> Self {
        match (import.module.as_str(), import.name.as_str()) {
            ("wasi_snapshot_preview1", "sock_accept")
            | ("wasmk", "sock_recv_from" | "sock_send_to") => Self::Listen,
            ("wasmk", "sock_connect") => Self::Connect,
            ("wasi_snapshot_preview1", name)
                if name.starts_with("path_") || name == "fd_readdir" =>
            {
                Self::Directory
            }
            ("wasi_snapshot_preview1" | "wasmk", _) if import.kind == "func" => Self::Nothing,
            _ => Self::Unknown,
        }
    }

    /// The flag that grants it.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::Listen => Some("--listen"),
            Self::Connect => Some("--connect"),
            _ => None,
        }
    }
}

/// Names the grants that the module can use and was not given; `None` when there are none.
/// `args` are the program's own: a flag of ours among them was put in the wrong place.
pub fn missing(
    description: &Description,
    grants: &GrantOptions,
    args: &[OsString],
) -> Option<String> {
    let mut hints = Vec::new();
    let first = |need| {
        description
            .imports
            .iter()
            .find(|import| Need::of(import) == need)
    };
    if let (Some(import), true) = (first(Need::Listen), grants.listen.is_empty()) {
        hints.push(format!(
            "it imports {}.{} but was given no socket to listen on (--listen ADDR)",
            import.module, import.name
        ));
    }
    if let (Some(import), true) = (first(Need::Connect), grants.connect.is_empty()) {
        hints.push(format!(
            "it imports {}.{} but may connect nowhere (--connect ADDR)",
            import.module, import.name
        ));
    }
    let misplaced = |arg: &&OsString| *arg == "--listen" || *arg == "--connect";
    if let (false, Some(flag)) = (hints.is_empty(), args.iter().find(misplaced)) {
        let flag = flag.to_string_lossy();
        hints.push(format!(
            "`{flag}` stands behind FILE, so the program got it: put it before"
        ));
    }
    (!hints.is_empty()).then(|| hints.join("; "))
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
}
