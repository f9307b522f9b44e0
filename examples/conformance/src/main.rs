// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `conformance`: tries host functions at their edges, with itself as its peer.
//!
//! Grants: an empty directory as `/scratch`, and the same to read only as `/readonly`; listeners `tcp`, `tcp6`, `unix`; a bound datagram socket `udp`; a dialer `self` to these four in this order; a dialer
//! `closed` to a TCP port where nobody listens. Prints a line per case; the last is `N passed, N failed`.
#![deny(unsafe_code)]

mod calls;
mod cases;
mod check;
mod files;
mod sys;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let (mut passed, mut failed) = (0, 0);
    for (name, case) in cases::ALL {
        if !wanted.is_empty() && !wanted.iter().any(|w| w == name) {
            continue;
        }
        let before = calls::open_descriptors();
        check::begin();
        case();
        let after = calls::open_descriptors();
        check::same("descriptors are given back", after, before);
        if check::failures() == 0 {
            passed += 1;
            println!("ok {name}");
        } else {
            failed += 1;
            println!("FAILED {name}");
        }
    }
    println!("{passed} passed, {failed} failed");
    ExitCode::from(u8::from(failed > 0 || passed == 0))
}
