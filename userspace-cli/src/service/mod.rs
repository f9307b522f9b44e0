// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Services: what `load` leaves running, and how the other verbs find it.
//!
//! A service has a directory `/run/wasmk/NAME` with
//!
//! * `pid`: the supervisor's process id; locked (flock(2)) for as long as the supervisor lives,
//! * `log`: what the guests wrote to their standard output and error,
//! * `service.json`: the record, see [`supervisor`],
//! * `denied.json`: what the guests were refused, once the service has ended; only for whoever loaded it,
//! * `module.wasm`: the module, for `inspect` and `invoke`.
//!
//! The directory outlives a service that ended by itself, so that its log can be read; `unload` removes it, and a `load`
//! of the same name replaces it.

mod directory;
mod supervisor;
mod user;

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use directory::{ended, Service};
pub use supervisor::supervise;

use crate::{problem::Problem, wasm::Program};

/// The hidden verb that `load` starts this program with.
pub const SUPERVISE: &str = "supervise";

/// What a supervisor tells the `load` that started it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ready {
    /// The workers run.
    Serving {
        /// For people.
        text: String,
        /// The service's record.
        record: Value,
    },
    /// Nothing runs.
    Failed {
        /// Why.
        problem: Problem,
        /// The service whose directory `load` has to remove: the supervisor has no right to do so any more.
        left: Option<String>,
    },
}

/// What FILE|NAME means.
#[derive(Debug)]
pub enum Target {
    /// A module file.
    File(PathBuf),
    /// A service.
    Service(Service),
}

impl Target {
    /// The module.
    pub fn program(&self) -> Result<Program, Problem> {
        match self {
            Self::File(path) => Program::read(path),
            Self::Service(service) => {
                Program::read(&service.module_path()).map(|program| Program {
                    file: service.name().into(),
                    ..program
                })
            }
        }
    }

    /// A label for listings.
    pub fn label(&self) -> String {
        match self {
            Self::File(path) => Program::stem(path),
            Self::Service(service) => format!("{} (invoke)", service.name()),
        }
    }
}

/// A file if there is one, else a service.
pub fn find_target(target: &OsStr) -> Result<Target, Problem> {
    let path = Path::new(target);
    if path.exists() || target == "-" {
        return Ok(Target::File(path.into()));
    }
    let name = target.to_string_lossy();
    match Service::find(&name) {
        Ok(service) => Ok(Target::Service(service)),
        Err(_) => {
            Err(Problem::new("not-found", "there is no such file and no such service").about(&name))
        }
    }
}
