// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! `wasmctl unload`: ends services and removes what they left.

use serde_json::json;

use crate::{cli::UnloadArgs, problem::Problem, report::Report, service::Service};

/// Unloads every named service; the first failure is reported after the others were unloaded.
pub fn unload(args: &UnloadArgs) -> Result<Report, Problem> {
    let mut unloaded = Vec::new();
    let mut failed = None;
    for name in &args.names {
        match Service::find(name).and_then(Service::unload) {
            Ok(()) => unloaded.push(name),
            Err(problem) => {
                failed.get_or_insert(problem);
            }
        }
    }
    match failed {
        Some(problem) => Err(problem),
        None => Ok(Report::new(String::new(), json!({ "unloaded": unloaded }))),
    }
}
