// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl`: every verb, exit statuses, JSON.

mod denials;
mod directories;
mod grants;
mod invoke;
mod mistakes;
mod modules;
mod run;
mod service;
mod talk;

use super::Suite;
use crate::guest::Cases;

pub const SUITE: Suite = Suite {
    name: "cli",
    parameters: &[],
    memory: "1G",
    timeout: 900,
    slabs: 4096,
    run,
};

fn run(cases: &mut Cases) {
    run::run(cases);
    mistakes::run(cases);
    invoke::run(cases);
    modules::run(cases);
    service::run(cases);
    grants::run(cases);
    directories::run(cases);
    denials::run(cases);
    talk::run(cases);
}
