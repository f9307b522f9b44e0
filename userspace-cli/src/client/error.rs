// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Errors, with the kernel's own words when it gave some.

use std::{fmt, io};

use wasmk_uapi::{run::TrapCode, MESSAGE_MAX};

use super::text;

/// A call that the kernel refused.
#[derive(Clone, Debug)]
pub struct Error {
    /// What was tried, for a person: "load the module".
    pub operation: &'static str,
    /// The `errno`.
    pub errno: i32,
    /// The kernel's description; empty if it gave none.
    pub message: String,
    /// Byte offset in the wasm binary that the message is about.
    pub offset: Option<u64>,
}

/// What sort of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The device is not there: the kernel module is not loaded.
    NoDevice,
    /// The caller may not do this.
    Denied,
    /// Invalid wasm, or an argument the kernel does not accept.
    Invalid,
    /// A feature that is not supported.
    Unsupported,
    /// Memory, code arena, slots or descriptors are used up.
    Exhausted,
    /// No such store, instance, export or service.
    NotFound,
    /// Somebody else uses the store.
    Busy,
    /// The store has ended.
    Dead,
    /// Anything else.
    Io,
}

impl ErrorKind {
    /// A stable name, as in the JSON of `wasmctl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoDevice => "no-device",
            Self::Denied => "denied",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
            Self::Exhausted => "exhausted",
            Self::NotFound => "not-found",
            Self::Busy => "busy",
            Self::Dead => "dead",
            Self::Io => "io",
        }
    }
}

impl Error {
    pub(crate) fn new(operation: &'static str, error: &io::Error) -> Self {
        Self {
            operation,
            errno: error.raw_os_error().unwrap_or(libc::EIO),
            message: String::new(),
            offset: None,
        }
    }

    pub(crate) fn with_message(mut self, message: &[u8; MESSAGE_MAX]) -> Self {
        self.message = text(message);
        self
    }

    pub(crate) fn with_offset(mut self, offset: u64) -> Self {
        self.offset = (offset != u64::MAX).then_some(offset);
        self
    }

    /// Sorts the error.
    pub fn kind(&self) -> ErrorKind {
        match self.errno {
            libc::ENODEV | libc::ENXIO => ErrorKind::NoDevice,
            libc::ENOENT if self.operation == super::device::OPEN => ErrorKind::NoDevice,
            libc::EPERM | libc::EACCES => ErrorKind::Denied,
            libc::EOPNOTSUPP => ErrorKind::Unsupported,
            libc::ENOMEM | libc::ENOSPC | libc::EMFILE | libc::ENFILE | libc::EDQUOT => {
                ErrorKind::Exhausted
            }
            libc::ENOENT => ErrorKind::NotFound,
            libc::EBUSY => ErrorKind::Busy,
            libc::ESHUTDOWN => ErrorKind::Dead,
            libc::EINVAL
            | libc::EFBIG
            | libc::E2BIG
            | libc::EBADF
            | libc::ERANGE
            | libc::EEXIST
            | libc::ENOTSOCK => ErrorKind::Invalid,
            _ => ErrorKind::Io,
        }
    }

    /// The reason alone: the kernel's message, or the errno's text.
    pub fn reason(&self) -> String {
        if self.message.is_empty() {
            // io::Error adds the number, which is a field of its own.
            let text = io::Error::from_raw_os_error(self.errno).to_string();
            text.split(" (os error").next().unwrap_or(&text).to_owned()
        } else {
            self.message.clone()
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.operation, self.reason())
    }
}

impl std::error::Error for Error {}

/// Why an instance was not made.
#[derive(Clone, Debug)]
pub struct InstantiateError {
    /// The refusal.
    pub error: Error,
    /// The trap, when a data or element segment did not fit.
    pub trap: Option<TrapCode>,
}

impl fmt::Display for InstantiateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for InstantiateError {}

impl From<InstantiateError> for Error {
    fn from(error: InstantiateError) -> Self {
        error.error
    }
}
