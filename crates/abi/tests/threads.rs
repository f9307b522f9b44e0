// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Threads of one program.

mod support;

use support::{sim::Sim, Guest};
use wasmk_abi::{Errno, Outcome};

#[test]
fn a_thread_is_asked_for_until_it_is_answered() {
    let mut guest = Guest::new(Sim::default());
    let spawn = Outcome::Spawn { start_arg: 7 };
    assert_eq!(guest.outcome("thread-spawn", &[7]), (spawn, 7));
    assert_eq!(guest.outcome("thread-spawn", &[7]), (spawn, 7));
    guest.cx.spawned(Ok(5));
    assert_eq!(guest.outcome("thread-spawn", &[7]), (Outcome::Done, 5));
    // An answer is for one call.
    assert_eq!(guest.outcome("thread-spawn", &[8]).1, 8);
    guest.cx.spawned(Err(Errno::Again));
    let no = -i32::from(Errno::Again.wasi());
    let answer = (Outcome::Done, u64::from(no as u32));
    assert_eq!(guest.outcome("thread-spawn", &[8]), answer);
    // And not for another.
    guest.outcome("thread-spawn", &[9]);
    guest.cx.spawned(Ok(6));
    guest.ok("sched_yield", &[]);
    assert_eq!(
        guest.outcome("thread-spawn", &[9]).0,
        Outcome::Spawn { start_arg: 9 }
    );
}
