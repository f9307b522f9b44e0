// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! The example proxy as an ordinary Linux process: the same code on epoll, for tests and for comparison.
//!
//! proxy --listen ADDRESS... --connect ADDRESS... [arguments of the guest]

#![forbid(unsafe_code)]

mod epoll;

use std::io::LineWriter;
use std::net::SocketAddr;
use std::process::ExitCode;
use wasmk_proxy::access::AccessLog;
use wasmk_proxy::config::{Config, USAGE};
use wasmk_proxy::worker::Worker;

fn serve() -> Result<(), String> {
    let (mut listen, mut connect, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let list = match arg.as_str() {
            "--listen" => &mut listen,
            "--connect" => &mut connect,
            _ => {
                rest.push(arg);
                continue;
            }
        };
        let text = args.next().ok_or(format!("{arg} needs an address"))?;
        for address in text.split(',') {
            list.push(
                address
                    .parse::<SocketAddr>()
                    .map_err(|e| format!("{address}: {e}"))?,
            );
        }
    }
    let Some(config) = Config::parse(rest)? else {
        print!("{USAGE}");
        return Ok(());
    };
    let log = match config.log {
        true => AccessLog::to(Box::new(LineWriter::new(std::io::stdout()))),
        false => AccessLog::default(),
    };
    let net = epoll::Epoll::new(&listen, connect).map_err(|e| e.to_string())?;
    let mut worker = Worker::new(net, config, log).map_err(|e| e.to_string())?;
    Err(format!("waiting for events: {}", worker.run()))
}

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("proxy: {why}");
            ExitCode::FAILURE
        }
    }
}
