// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! One file per verb.

mod denied;
mod features;
mod inspect;
mod invoke;
mod kill;
mod load;
mod logs;
mod pages;
mod ps;
mod run;
mod table;
mod terminal;
mod unload;
mod validate;
mod wast;

pub use run::arguments;

use crate::{cli::Command, problem::Problem, report::Report};

/// Does what `command` says.
pub fn execute(command: Command, json: bool) -> Result<Report, Problem> {
    match command {
        Command::Load(args) => load::load(&args),
        Command::Run(args) => run::run(&args, json),
        Command::Ps => ps::ps(),
        Command::Inspect(args) => inspect::inspect(&args),
        Command::Invoke(args) => invoke::invoke(&args, json),
        Command::Logs(args) => logs::logs(&args, json),
        Command::Kill(args) => kill::kill(&args),
        Command::Unload(args) => unload::unload(&args),
        Command::Validate(args) => validate::validate(&args),
        Command::Features { host } => features::features(host),
        Command::Wast(args) => wast::wast(&args, json),
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { directory } => pages::manual(&directory),
        Command::Supervise(args) => crate::service::supervise(&args),
    }
}
