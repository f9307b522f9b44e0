// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The suites.

mod blocking;
mod caps;
mod channels;
mod cli;
mod files;
mod host;
mod hostile;
mod kill;
mod lifecycle;
mod loads;
mod net;
mod programs;
mod signals;
mod spec;
mod splice;
mod threads;
mod traps;

use crate::guest::Cases;

/// Cases that share one boot.
#[derive(Debug)]
pub struct Suite {
    /// Its name.
    pub name: &'static str,
    /// Parameters of the module.
    pub parameters: &'static [&'static str],
    /// Guest memory, as `scripts/vm --mem` takes it.
    pub memory: &'static str,
    /// Seconds after which the guest is given up.
    pub timeout: u32,
    /// KiB that slabs may grow by: caches of the kernel's own, that a suite fills more or less.
    pub slabs: i64,
    /// The cases.
    pub run: fn(&mut Cases),
}

/// Every suite, quick ones first.
pub const ALL: &[Suite] = &[
    lifecycle::SUITE,
    cli::SUITE,
    traps::SUITE,
    caps::SUITE,
    channels::SUITE,
    host::SUITE,
    files::SUITE,
    blocking::SUITE,
    signals::SUITE,
    kill::SUITE,
    threads::SUITE,
    loads::SUITE,
    hostile::SUITE,
    splice::SUITE,
    net::SUITE,
    programs::SUITE,
    spec::SUITE,
];
