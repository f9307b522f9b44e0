// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Why a message was refused.

use core::fmt;

/// A message that breaks the rules, with what to tell its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// Syntax or framing that is wrong, or right in more than one way; says which rule.
    Malformed(&'static str),
    /// The head is larger than the limit.
    HeadTooLarge,
    /// The request target is longer than the limit.
    TargetTooLong,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// A major version other than 1.
    Version,
    /// A method or coding this side does not do; says which.
    Unsupported(&'static str),
    /// An expectation other than `100-continue`.
    Expectation,
}

impl ParseError {
    /// Status code of the response to a request with this fault.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::BodyTooLarge => 413,
            Self::TargetTooLong => 414,
            Self::Expectation => 417,
            Self::HeadTooLarge => 431,
            Self::Unsupported(_) => 501,
            Self::Version => 505,
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "malformed message: {why}"),
            Self::HeadTooLarge => f.write_str("the header section is too large"),
            Self::TargetTooLong => f.write_str("the request target is too long"),
            Self::BodyTooLarge => f.write_str("the body is too large"),
            Self::Version => f.write_str("this protocol version is not supported"),
            Self::Unsupported(what) => write!(f, "not supported: {what}"),
            Self::Expectation => f.write_str("this expectation cannot be met"),
        }
    }
}

impl std::error::Error for ParseError {}
