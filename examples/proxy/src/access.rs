// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The access log: one line a request.

use crate::session::Exchange;
use std::fmt::Write as _;
use std::io::Write;

/// Where the lines go, if anywhere.
#[derive(Default)]
pub struct AccessLog {
    out: Option<Box<dyn Write>>,
}

impl AccessLog {
    /// A log that writes to `out`.
    pub fn to(out: Box<dyn Write>) -> Self {
        Self { out: Some(out) }
    }

    /// Whether lines are wanted.
    pub fn is_on(&self) -> bool {
        self.out.is_some()
    }

    /// Writes the line of an exchange that is over: client, request line, status, bytes up and down, time,
    /// upstream. A log that cannot be written is given up.
    pub fn write(
        &mut self,
        peer: &str,
        exchange: &Exchange,
        status: u16,
        now: u64,
        upstream: Option<usize>,
    ) {
        let Some(out) = &mut self.out else { return };
        let (up, down) = (exchange.upload.read(), exchange.download.read());
        let took = now.saturating_sub(exchange.started);
        let mut line = format!("{peer} \"{}\" {status} {up}/{down} {took}ms", exchange.line);
        if let Some(address) = upstream {
            let _ = write!(line, " upstream {address}");
        }
        line.push('\n');
        if out.write_all(line.as_bytes()).is_err() {
            self.out = None;
        }
    }
}
