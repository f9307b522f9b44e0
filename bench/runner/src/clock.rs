// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Clocks. What other processes do costs wall-clock time, so ratios are taken of CPU time.

use rustix::time::{clock_gettime, ClockId};

fn read(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// What some work took, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// CPU time of the process, all threads.
    pub cpu: u64,
    /// Time on the wall.
    pub wall: u64,
}

/// Does `work` and measures it.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Times, T) {
    let wall = read(ClockId::Monotonic);
    let cpu = read(ClockId::ProcessCPUTime);
    let result = work();
    let cpu = read(ClockId::ProcessCPUTime) - cpu;
    let wall = read(ClockId::Monotonic) - wall;
    (Times { cpu, wall }, result)
}
