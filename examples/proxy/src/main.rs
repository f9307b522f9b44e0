// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The proxy as a guest of wasmk.

#![forbid(unsafe_code)]

#[cfg(target_family = "wasm")]
mod guest;

#[cfg(target_family = "wasm")]
fn main() -> std::process::ExitCode {
    guest::main()
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!(
        "proxy: this is a guest program; build it for wasm32-wasip1 (on the host: examples/native)"
    );
    std::process::exit(2);
}
