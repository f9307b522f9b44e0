// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Request heads: the request line and what follows from the fields of a request.

use crate::chars::{is_host, is_target, is_token};
use crate::fields::{Fields, Name};
use crate::head::line;
use crate::{ParseError, Span, Version};

/// Methods whose meaning a proxy has to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    #[default]
    Get,
    Head,
    Options,
    Trace,
    Put,
    Delete,
    Connect,
    /// Any other method, `POST` among them: not idempotent.
    Other,
}

impl Method {
    fn of(token: &[u8]) -> Self {
        match token {
            b"GET" => Self::Get,
            b"HEAD" => Self::Head,
            b"OPTIONS" => Self::Options,
            b"TRACE" => Self::Trace,
            b"PUT" => Self::Put,
            b"DELETE" => Self::Delete,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }

    /// Whether doing it twice is as good as once (RFC 9110 §9.2.2), so that it may be tried again.
    pub fn is_idempotent(self) -> bool {
        !matches!(self, Self::Connect | Self::Other)
    }
}

/// A parsed request head; its spans are of the buffer it was parsed from.
#[derive(Clone, Debug, Default)]
pub struct RequestHead {
    /// The method, if it is one we know.
    pub method: Method,
    /// Where the method stands.
    pub method_span: Span,
    /// Path and query to send on; `*` for `OPTIONS *`; empty for an absolute target without a path.
    pub target: Span,
    /// The authority of an absolute target; it replaces the Host field (RFC 9112 §3.2.2).
    pub authority: Option<Span>,
    /// Protocol version.
    pub version: Version,
    /// Field lines.
    pub fields: Fields,
}

impl RequestHead {
    /// Parses `head`, a whole head with its empty line at the end. `max_target` in bytes.
    ///
    /// # Errors
    ///
    /// Whatever RFC 9112 lets or makes a server refuse, and `CONNECT` and `TRACE`, which end at a proxy.
    pub fn parse(&mut self, head: &[u8], max_target: usize) -> Result<(), ParseError> {
        let (text, next) = line(head, 0)?;
        self.request_line(text, max_target)?;
        self.fields.parse(head, next)?;
        self.check_host(head)?;
        self.check_expect(head)
    }

    fn request_line(&mut self, text: &[u8], max_target: usize) -> Result<(), ParseError> {
        let mut words = text.split(|&c| c == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(ParseError::Malformed("request line"));
        };
        if !is_token(method) {
            return Err(ParseError::Malformed("method"));
        }
        self.version = version_of(version)?;
        if target.len() > max_target {
            return Err(ParseError::TargetTooLong);
        }
        if !is_target(target) {
            return Err(ParseError::Malformed("request target"));
        }
        self.method = Method::of(method);
        self.method_span = Span {
            start: 0,
            end: method.len(),
        };
        match self.method {
            Method::Connect => Err(ParseError::Unsupported("CONNECT")),
            Method::Trace => Err(ParseError::Unsupported("TRACE")),
            _ => self.split_target(target, method.len() + 1),
        }
    }

    fn split_target(&mut self, target: &[u8], at: usize) -> Result<(), ParseError> {
        let whole = Span {
            start: at,
            end: at + target.len(),
        };
        self.authority = None;
        self.target = whole;
        if target.starts_with(b"/") || (target == b"*" && self.method == Method::Options) {
            return Ok(());
        }
        let scheme = if has_prefix(target, b"http://") {
            7
        } else if has_prefix(target, b"https://") {
            8
        } else {
            return Err(ParseError::Malformed("form of the request target"));
        };
        let rest = &target[scheme..];
        let length = rest
            .iter()
            .position(|c| matches!(c, b'/' | b'?'))
            .unwrap_or(rest.len());
        if length == 0 || !is_host(&rest[..length]) {
            return Err(ParseError::Malformed("authority of the request target"));
        }
        let split = at + scheme + length;
        self.authority = Some(Span {
            start: at + scheme,
            end: split,
        });
        self.target = Span {
            start: split,
            end: whole.end,
        };
        Ok(())
    }

    fn check_host(&self, head: &[u8]) -> Result<(), ParseError> {
        let mut hosts = self.fields.values(head, Name::Host);
        match (hosts.next(), hosts.next()) {
            (None, _) if self.version == Version::Http11 => {
                Err(ParseError::Malformed("no Host field"))
            }
            (Some(host), None) if !is_host(host) => Err(ParseError::Malformed("Host field")),
            (_, Some(_)) => Err(ParseError::Malformed("more than one Host field")),
            _ => Ok(()),
        }
    }

    fn check_expect(&self, head: &[u8]) -> Result<(), ParseError> {
        let known = |value: &[u8]| value.eq_ignore_ascii_case(b"100-continue");
        if self.version == Version::Http11 && !self.fields.values(head, Name::Expect).all(known) {
            return Err(ParseError::Expectation);
        }
        Ok(())
    }

    /// Whether the client will send another request on the connection (RFC 9112 §9.3).
    pub fn keeps_alive(&self, head: &[u8]) -> bool {
        keeps_alive(&self.fields, head, self.version)
    }
}

pub(crate) fn keeps_alive(fields: &Fields, head: &[u8], version: Version) -> bool {
    let option = |token| fields.has_member(head, Name::Connection, token);
    !option("close") && (version == Version::Http11 || option("keep-alive"))
}

fn has_prefix(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

pub(crate) fn version_of(text: &[u8]) -> Result<Version, ParseError> {
    match text {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0'] => Ok(Version::Http10),
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1'..=b'9'] => Ok(Version::Http11),
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => Err(ParseError::Version),
        _ => Err(ParseError::Malformed("protocol version")),
    }
}
