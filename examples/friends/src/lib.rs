// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Anitha has Chandra's number. Balu has not, and there is no way in which he could ring her: he has no descriptor that leads to
//! her, and no call takes an address. He reaches her only if Anitha hands the number over, and then as far as Anitha lets him.
//!
//! ```text
//! wasmctl load --listen phone=127.0.0.1:7001 chandra.wasm
//! wasmctl load --receive balu balu.wasm
//! wasmctl load --connect chandra=127.0.0.1:7001 --send balu anitha.wasm
//! wasmctl logs balu
//! ```

#![deny(unsafe_code)]
#![cfg(target_family = "wasm")]

use wasmk_guest::{Errno, Stream};

/// Names that the channel's messages give to what comes with them.
pub const NUMBER: &[u8] = b"number";
/// See [`NUMBER`].
pub const CALL: &[u8] = b"call";

/// Reads a line, without its end.
///
/// # Errors
///
/// As receiving gives them.
pub fn line(stream: &Stream) -> Result<String, Errno> {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.recv(&mut byte)? > 0 && byte != *b"\n" {
        line.extend_from_slice(&byte);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
