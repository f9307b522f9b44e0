// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! TCP echo: `wasmctl load --listen 127.0.0.1:7 echo.wasm`.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    wasmk_servers::serve("echo", wasmk_servers::Echo)
}
