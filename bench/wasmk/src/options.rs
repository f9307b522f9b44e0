// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The words of the command line.

use wasmk_engine::config::{BranchForm, Config, MemoryModel};

use crate::sys::thunks::Thunks;

/// What `words` ask for.
pub fn config(words: &[String]) -> Result<Config, String> {
    let mut config = Config::default();
    for word in words {
        match word.as_str() {
            "guard" => config.memory_model = MemoryModel::Guard,
            "bounds" => config.memory_model = MemoryModel::Bounds,
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
    Ok(config)
}
