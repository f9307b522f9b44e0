// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Tests inside the guest kernel.
//!
//! A *suite* is a list of cases that run in one boot of the guest. On the host, [`harness`] boots the guest through `scripts/vm`,
//! streams what the cases say and judges the kernel log. In the guest, the program `guest-tests` loads the module, runs
//! the cases of [`suites`], looks for leaks and unloads the module; [`guest`] is what the cases are written with.
//!
//! The protocol between the two is lines of text: `ok NAME (MS ms)`, `FAILED NAME: WHY`, and at the end
//! `total PASSED FAILED`. Anything else is shown as it is.
#![deny(unsafe_code)]

pub mod guest;
pub mod harness;
pub mod suites;
pub mod sys;
