// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! An ordinary program: `std::fs`, `std::env`, `std::time` and `std::net`, and nothing that knows of wasmk. What it does it
//! tells line by line; it ends with status 1 at the first thing that is not as the documentation of `std` has it.
//!
//!     ordinary files DIR          in a directory that is empty
//!     ordinary outside PATH       at a place that it was not given
//!     ordinary serve FD COUNT     echoes COUNT connections from the listener FD
#![deny(unsafe_code)]

mod clock;
mod files;
mod server;
#[expect(unsafe_code, reason = "a descriptor is taken over by its number")]
mod sys;

use std::{env, error::Error, path::Path, process::ExitCode};

/// Why the program ends early.
pub type Outcome = Result<(), Box<dyn Error>>;

/// Ends a function with an error unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr) => {
        if !$condition {
            return Err(concat!("not so: ", stringify!($condition)).into());
        }
    };
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["files", dir] => clock::run().and_then(|()| files::run(Path::new(dir))),
        ["outside", path] => files::outside(Path::new(path)),
        ["serve", fd, count] => server::run(fd, count),
        _ => Err("usage: ordinary files DIR | outside PATH | serve FD COUNT".into()),
    };
    match outcome {
        Ok(()) => {
            println!("all as it should be");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("ordinary: {error}");
            ExitCode::FAILURE
        }
    }
}
