// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Error numbers of WASI preview 1.

use std::fmt;

/// Why a call failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub u16);

macro_rules! errnos {
    ($($name:ident = $number:literal $text:literal)*) => {
        #[allow(missing_docs)]
        impl Errno {
            $(pub const $name: Self = Self($number);)*
        }

        impl fmt::Display for Errno {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $(Self::$name => f.write_str($text),)*
                    Self(number) => write!(f, "error {number}"),
                }
            }
        }
    };
}

errnos! {
    TOOBIG = 1 "too long"
    ADDRNOTAVAIL = 4 "address not available"
    AGAIN = 6 "would block"
    BADF = 8 "bad descriptor"
    CONNABORTED = 13 "connection aborted"
    CONNREFUSED = 14 "connection refused"
    CONNRESET = 15 "connection reset"
    HOSTUNREACH = 23 "host unreachable"
    INPROGRESS = 26 "in progress"
    INTR = 27 "interrupted"
    INVAL = 28 "invalid argument"
    MFILE = 33 "too many open descriptors"
    NETUNREACH = 40 "network unreachable"
    NFILE = 41 "too many open files"
    NOBUFS = 42 "no buffer space"
    NOENT = 44 "no such grant"
    NOMEM = 48 "out of memory"
    NOTCONN = 53 "not connected"
    NOTSOCK = 57 "not a socket"
    OVERFLOW = 61 "does not fit"
    PIPE = 64 "broken pipe"
    TIMEDOUT = 73 "timed out"
    NOTCAPABLE = 76 "not permitted by the grant"
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Errno({}: {self})", self.0)
    }
}

impl std::error::Error for Errno {}
