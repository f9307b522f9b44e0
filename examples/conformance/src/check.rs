// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Comparisons that are counted, so that a case goes on after the first that fails.

use std::{cell::Cell, fmt::Debug, panic::Location};

thread_local! {
    static FAILURES: Cell<u32> = const { Cell::new(0) };
}

/// A case begins.
pub fn begin() {
    FAILURES.set(0);
}

/// Comparisons that failed in this case.
pub fn failures() -> u32 {
    FAILURES.get()
}

/// `got` is `wanted`.
#[track_caller]
pub fn same<T: PartialEq + Debug>(what: &str, got: T, wanted: T) {
    if got != wanted {
        FAILURES.set(FAILURES.get() + 1);
        println!(
            "  line {}: {what}: {got:?}, not {wanted:?}",
            Location::caller().line()
        );
    }
}

/// A host function succeeded.
#[track_caller]
pub fn ok(what: &str, errno: i32) {
    same(what, errno, 0);
}
