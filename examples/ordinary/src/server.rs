// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A server on a listener that whoever started this has bound, as under `systemd`.

use std::io::{Read, Write};

use crate::{sys, Outcome};

/// Echoes `count` connections, one after the other, each until its end.
pub fn run(fd: &str, count: &str) -> Outcome {
    let listener = sys::listener(fd.parse()?);
    for number in 1..=count.parse::<u32>()? {
        let (mut stream, _) = listener.accept()?;
        let mut buffer = vec![0; 16384];
        let mut total = 0;
        loop {
            let read = stream.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            stream.write_all(&buffer[..read])?;
            total += read;
        }
        println!("connection {number}: {total} bytes");
    }
    Ok(())
}
