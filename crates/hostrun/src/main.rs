// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `hostrun`: what `wasmctl run` does, without the kernel module. For tests of guests and for debugging.
#![deny(unsafe_code)]

mod address;
mod grants;
mod options;
mod paths;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    let options = match options::Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("hostrun: {message}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    match run::run(&options) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("hostrun: {}: {message}", options.file);
            ExitCode::from(1)
        }
    }
}
