// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Static HTTP responder: `wasmctl load --listen 127.0.0.1:8082 http.wasm --body TEXT`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

const USAGE: &str = "http [--body TEXT | --size BYTES]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let body = match args[..] {
        [] => Some(b"Hello from the kernel\n".to_vec()),
        ["--body", text] => Some(text.as_bytes().to_vec()),
        ["--size", size] => size.parse().ok().map(|n: usize| {
            (0..n)
                .map(|i| {
                    if i % 64 == 63 {
                        b'\n'
                    } else {
                        b'a' + (i % 26) as u8
                    }
                })
                .collect()
        }),
        _ => None,
    };
    match body {
        Some(body) => wasmk_servers::serve("http", wasmk_servers::Http::new(body)),
        None => {
            eprintln!("usage: {USAGE}");
            ExitCode::from(2)
        }
    }
}
