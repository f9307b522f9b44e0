// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Answers the phone: whoever says a name is greeted by it.

#![deny(unsafe_code)]

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasmk_guest::Errno> {
    let phone = wasmk_guest::Listener::find("phone")?;
    loop {
        let stream = phone.accept()?;
        // Whoever hangs up early has heard nothing.
        let _ = wasmk_friends::line(&stream).and_then(|name| {
            println!("Chandra: {name} calls");
            stream.send_all(format!("hello, {name}\n").as_bytes())
        });
    }
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
