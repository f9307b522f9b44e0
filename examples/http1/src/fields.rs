// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The header section: field lines as spans, with the names a proxy has to know.

use crate::chars::{is_field_value, is_token, trim};
use crate::head::line;
use crate::{ParseError, Span};

/// Field lines in one head at most.
pub const MAX_FIELDS: usize = 128;

/// Field names that mean something to the framing or forwarding of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Name {
    Connection,
    ContentLength,
    Expect,
    Host,
    KeepAlive,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyConnection,
    Te,
    Trailer,
    TransferEncoding,
    Upgrade,
    Via,
    XForwardedFor,
    XForwardedProto,
    /// Any other name.
    Other,
}

impl Name {
    fn of(name: &[u8]) -> Self {
        let is = |text: &str| name.eq_ignore_ascii_case(text.as_bytes());
        match name.len() {
            2 if is("te") => Self::Te,
            3 if is("via") => Self::Via,
            4 if is("host") => Self::Host,
            6 if is("expect") => Self::Expect,
            7 if is("trailer") => Self::Trailer,
            7 if is("upgrade") => Self::Upgrade,
            10 if is("connection") => Self::Connection,
            10 if is("keep-alive") => Self::KeepAlive,
            14 if is("content-length") => Self::ContentLength,
            15 if is("x-forwarded-for") => Self::XForwardedFor,
            16 if is("proxy-connection") => Self::ProxyConnection,
            17 if is("transfer-encoding") => Self::TransferEncoding,
            17 if is("x-forwarded-proto") => Self::XForwardedProto,
            18 if is("proxy-authenticate") => Self::ProxyAuthenticate,
            19 if is("proxy-authorization") => Self::ProxyAuthorization,
            _ => Self::Other,
        }
    }

    /// Whether the field is meant for the next hop only and never forwarded (RFC 9110 §7.6.1), or is
    /// written anew by the proxy.
    pub fn is_hop_by_hop(self) -> bool {
        use Name::*;
        matches!(
            self,
            Connection
                | KeepAlive
                | ProxyAuthenticate
                | ProxyAuthorization
                | ProxyConnection
                | Te
                | Trailer
                | TransferEncoding
                | Upgrade
        )
    }
}

/// One field line.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// What the name is.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the value stands, without white space around it.
    pub value: Span,
}

/// The field lines of a head, in order. Reused from message to message.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    items: Vec<Field>,
}

impl Fields {
    /// Parses the field lines of `head` from offset `at` up to its empty line.
    ///
    /// # Errors
    ///
    /// Refuses folded lines, white space around names, names that are no token, control characters in
    /// values, and more than [`MAX_FIELDS`] lines.
    pub fn parse(&mut self, head: &[u8], mut at: usize) -> Result<(), ParseError> {
        self.items.clear();
        loop {
            let (text, next) = line(head, at)?;
            if text.is_empty() {
                return Ok(());
            }
            if self.items.len() == MAX_FIELDS {
                return Err(ParseError::HeadTooLarge);
            }
            self.items.push(field(text, at)?);
            at = next;
        }
    }

    /// All field lines, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.items.iter()
    }

    /// The values of all lines called `name`, in order.
    pub fn values<'a>(&'a self, head: &'a [u8], name: Name) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.items
            .iter()
            .filter(move |f| f.name == name)
            .map(move |f| f.value.of(head))
    }

    /// The members of the comma-separated lists in all lines called `name`, empty ones left out.
    pub fn members<'a>(
        &'a self,
        head: &'a [u8],
        name: Name,
    ) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.values(head, name)
            .flat_map(|value| value.split(|&c| c == b','))
            .map(trim)
            .filter(|member| !member.is_empty())
    }

    /// Whether a list of `name` has the member `token`, in any case.
    pub fn has_member(&self, head: &[u8], name: Name, token: &str) -> bool {
        self.members(head, name)
            .any(|m| m.eq_ignore_ascii_case(token.as_bytes()))
    }
}

pub(crate) fn field(text: &[u8], at: usize) -> Result<Field, ParseError> {
    if matches!(text.first(), Some(b' ' | b'\t')) {
        return Err(ParseError::Malformed("folded field line"));
    }
    let colon = text.iter().position(|&c| c == b':');
    let colon = colon.ok_or(ParseError::Malformed("field line without colon"))?;
    let (name, value) = (&text[..colon], &text[colon + 1..]);
    if !is_token(name) {
        return Err(ParseError::Malformed("field name"));
    }
    if !is_field_value(value) {
        return Err(ParseError::Malformed("control character in a field value"));
    }
    let blank = value
        .iter()
        .take_while(|c| matches!(c, b' ' | b'\t'))
        .count();
    let start = at + colon + 1 + blank;
    Ok(Field {
        name: Name::of(name),
        name_span: Span {
            start: at,
            end: at + colon,
        },
        value: Span {
            start,
            end: start + trim(value).len(),
        },
    })
}
