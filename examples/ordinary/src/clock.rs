// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Time passes, and the environment is what was given.

use std::{
    env, thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::{ensure, Outcome};

/// Sleeps a little and looks at both clocks.
pub fn run() -> Outcome {
    let (begin, before) = (Instant::now(), SystemTime::now());
    thread::sleep(Duration::from_millis(20));
    ensure!(begin.elapsed() >= Duration::from_millis(20));
    ensure!(before.duration_since(UNIX_EPOCH)? > Duration::from_secs(1_600_000_000));
    ensure!(before.elapsed()? >= Duration::from_millis(20));
    println!("clocks run");

    ensure!(env::var("WHO").as_deref() == Ok("anybody"));
    ensure!(env::vars().count() == 1);
    println!("the environment is what was given");
    Ok(())
}
