// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! HTTP echo: `wasmctl load --listen 127.0.0.1:8081 echo-http.wasm`.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    wasmk_servers::serve("echo-http", wasmk_servers::HttpEcho)
}
