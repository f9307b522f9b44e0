// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Moving bytes from socket to socket: looked at, sent, then taken as far as they were sent.

use rustix::net::{self, RecvFlags, SendFlags};

use super::Object;
use crate::{Errno, SpliceError};

/// Most bytes at once.
const STEP: usize = 64 << 10;

pub(super) fn splice(from: &Object, to: &Object, max: usize) -> Result<usize, SpliceError> {
    let receive = |buffer: &mut [u8], more| {
        net::recv(from, buffer, RecvFlags::DONTWAIT | more)
            .map(|(n, _)| n)
            .map_err(|errno| SpliceError::From(Errno::from(errno)))
    };
    let mut buffer = vec![0; max.min(STEP)];
    let there = receive(&mut buffer, RecvFlags::PEEK)?;
    let there = buffer.get(..there).unwrap_or_default();
    if there.is_empty() {
        return Ok(0);
    }
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    let sent = net::send(to, there, flags).map_err(|errno| SpliceError::To(Errno::from(errno)))?;
    let mut left = sent;
    while let Some(buffer) = buffer.get_mut(..left).filter(|buffer| !buffer.is_empty()) {
        match receive(buffer, RecvFlags::empty()) {
            // Somebody else reads from this socket, and took them.
            Ok(0) | Err(_) => break,
            Ok(n) => left -= n.min(left),
        }
    }
    Ok(sent)
}
