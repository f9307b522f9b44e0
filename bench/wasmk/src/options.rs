// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The words of the command line.

use std::num::NonZero;

use wasmk_engine::config::{BranchForm, Config, MemoryModel};

use crate::sys::thunks::Thunks;

/// What is measured.
pub struct Options {
    /// How code is made.
    pub config: Config,
    /// How many threads make it.
    pub threads: NonZero<usize>,
}

/// What `words` ask for.
pub fn options(words: &[String]) -> Result<Options, String> {
    let mut config = Config::default();
    let mut threads = NonZero::<usize>::MIN;
    for word in words {
        match word.as_str() {
            "guard" => config.memory_model = MemoryModel::Guard,
            "bounds" => config.memory_model = MemoryModel::Bounds,
            "two" => threads = threads.saturating_add(1),
            "fuel" => config.fuel = true,
            "nospec" => config.speculation_safe = false,
            "thunks" => {
                let thunks = Thunks::new()?;
                config.returns = BranchForm::Thunk {
                    call: thunks.ret,
                    jump: thunks.ret,
                };
                config.indirect = BranchForm::Thunk {
                    call: thunks.indirect,
                    jump: thunks.indirect,
                };
            }
            _ => return Err(format!("unknown word: {word}")),
        }
    }
    Ok(Options { config, threads })
}
