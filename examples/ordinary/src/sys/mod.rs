// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Taking what was handed over by number.

use std::{net::TcpListener, os::fd::FromRawFd};

/// The listener that was granted as `fd`.
pub fn listener(fd: i32) -> TcpListener {
    // SAFETY: numbers from 3 are what the program was started with; nothing else in it takes one of them.
    unsafe { TcpListener::from_raw_fd(fd) }
}
