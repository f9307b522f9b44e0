// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Everything that can go wrong, with where and what to do.

use std::{
    fmt, io,
    ops::{Deref, DerefMut},
};

use libwasmk::{Error, ErrorKind, InstantiateError, Trap};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{denials::Refused, report::Report};

/// Exit status for what is denied, invalid or failed.
pub const STATUS_FAILED: u8 = 1;
/// Exit status for wrong usage.
pub const STATUS_USAGE: u8 = 2;
/// Exit status for a deadline.
pub const STATUS_DEADLINE: u8 = 124;
/// Exit status for a trap.
pub const STATUS_TRAP: u8 = 134;
/// Exit status for a killed instance: 128 + SIGKILL.
pub const STATUS_KILLED: u8 = 137;

/// A failure. Serialised between a supervisor and the `load` that waits for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(Box<Details>);

/// What is known about a failure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Details {
    /// A stable name of the sort of failure.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// The file or service that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Byte offset in the wasm binary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// The trap, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trap: Option<String>,
    /// Function index of a trap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<u32>,
    /// Function name of a trap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_name: Option<String>,
    /// The `errno` of a failed system call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errno: Option<i32>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What the program was refused, when that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<Refused>,
    /// The exit status.
    pub status: u8,
}

impl Problem {
    /// A failure of sort `kind`, status 1.
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind: kind.into(),
            message: message.into(),
            file: None,
            offset: None,
            trap: None,
            function: None,
            function_name: None,
            errno: None,
            hint: None,
            denied: Vec::new(),
            status: STATUS_FAILED,
        }))
    }

    /// With another exit status.
    pub fn with_status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }

    /// Wrong usage, status 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new("usage", message).with_status(STATUS_USAGE)
    }

    /// A failed system call on `what`.
    pub fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied => "denied",
            io::ErrorKind::NotFound => "not-found",
            _ => "io",
        };
        // io::Error adds "(os error N)"; the number goes to its own field.
        let text = error.to_string();
        let reason = text.split(" (os error").next().unwrap_or(&text);
        let mut problem = Self::new(kind, format!("{what}: {reason}"));
        problem.errno = error.raw_os_error();
        problem
    }

    /// A trap in `file`.
    pub fn trap(trap: &Trap, file: &str) -> Self {
        let mut problem = Self::new("trap", trap.to_string())
            .about(file)
            .with_status(STATUS_TRAP);
        problem.trap = Some(trap.reason());
        problem.function = trap.function;
        problem.function_name.clone_from(&trap.name);
        problem.offset = trap.offset;
        problem
    }

    /// The deadline passed while `file` ran.
    pub fn deadline(file: &str) -> Self {
        Self::new("deadline", "the time given by --timeout is over")
            .about(file)
            .with_status(STATUS_DEADLINE)
    }

    /// `file` was killed.
    pub fn killed(file: &str) -> Self {
        Self::new("killed", "killed")
            .about(file)
            .with_status(STATUS_KILLED)
    }

    /// Names the file or service.
    pub fn about(mut self, file: &str) -> Self {
        self.file.get_or_insert_with(|| file.into());
        self
    }

    /// With what the program was refused.
    pub fn with_denied(mut self, denied: Vec<Refused>) -> Self {
        self.denied = denied;
        self
    }

    /// Says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// As the end of a command.
    pub fn into_report(self) -> Report {
        Report {
            text: String::new(),
            notes: format!("wasmctl: {self}"),
            json: json!({ "error": &self }),
            status: self.status,
        }
    }
}

impl Deref for Problem {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "{}", self.message)?;
        // A trap's message has its offset already.
        if let (Some(offset), None) = (self.offset, &self.trap) {
            write!(f, " (at offset {offset:#x})")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let kind = error.kind();
        let mut problem = Self::new(kind.name(), error.to_string());
        problem.offset = error.offset;
        problem.errno = Some(error.errno);
        match kind {
            ErrorKind::NoDevice => problem.hint("is the module loaded? try: insmod wasmk.ko"),
            ErrorKind::Denied if error.operation.starts_with("open") => {
                problem.hint("run as root, or ask for access to /dev/wasmk")
            }
            ErrorKind::Denied if error.operation.starts_with("ask") => {
                problem.hint("run as root, or as the user who loaded it")
            }
            ErrorKind::Denied => problem
                .hint("this needs CAP_SYS_ADMIN: run as root, or load wasmk with allow_group=1"),
            _ => problem,
        }
    }
}

impl From<InstantiateError> for Problem {
    fn from(error: InstantiateError) -> Self {
        Self::from(error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_what_is_known_and_nothing_else() {
        let mut problem = Problem::new("invalid", "type mismatch").about("a.wasm");
        problem.offset = Some(31);
        let report = problem.into_report();
        assert_eq!(report.status, 1);
        assert_eq!(
            report.json.to_string(),
            r#"{"error":{"kind":"invalid","message":"type mismatch","file":"a.wasm","offset":31,"status":1}}"#
        );
        assert_eq!(
            report.notes,
            "wasmctl: a.wasm: type mismatch (at offset 0x1f)"
        );
    }

    #[test]
    fn a_trap_names_function_and_offset() {
        let trap = Trap {
            code: None,
            message: "unreachable".into(),
            function: Some(3),
            name: Some("f".into()),
            offset: Some(16),
            thread: 0,
        };
        let problem = Problem::trap(&trap, "a.wasm");
        assert_eq!(problem.status, 134);
        assert_eq!(
            problem.to_string(),
            "a.wasm: trap: unreachable in function 3 `f` at offset 0x10"
        );
        let json = problem.into_report().json;
        assert_eq!(json["error"]["function_name"], "f");
        assert_eq!(json["error"]["offset"], 16);
    }

    #[test]
    fn system_errors_keep_the_number_apart() {
        let problem = Problem::io(
            "--listen 1.2.3.4:80",
            &io::Error::from_raw_os_error(libc::EADDRNOTAVAIL),
        );
        assert_eq!(problem.errno, Some(libc::EADDRNOTAVAIL));
        assert!(problem.message.starts_with("--listen 1.2.3.4:80: "));
        assert!(!problem.message.contains("os error"));
    }
}
