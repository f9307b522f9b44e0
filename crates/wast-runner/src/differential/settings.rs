// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! How the engine is set when it is compared.

use wasmk_engine::{
    config::{BranchForm, Config, CpuFeatures, MemoryModel},
    sys::host::cpu_features,
};

/// One way to compile and run.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// What it is called in reports.
    pub name: &'static str,
    /// For the compiler.
    pub config: Config,
    /// Every call is interrupted, some at many places; it parks and is resumed.
    pub interrupted: bool,
}

/// All settings. They cover both memory models with every other choice at least once; all emit different code.
pub fn settings() -> Vec<Setting> {
    let guard = Config {
        cpu: cpu_features(),
        ..Config::default()
    };
    let bounds = Config {
        memory_model: MemoryModel::Bounds,
        ..guard
    };
    let plain = |config| Config {
        fuel: true,
        speculation_safe: false,
        endbr: false,
        ..config
    };
    let baseline = |config| Config {
        cpu: CpuFeatures::SSE41,
        indirect: BranchForm::Lfence,
        ..config
    };
    let setting = |name, config| Setting {
        name,
        config,
        interrupted: false,
    };
    let interrupted = |name, config| Setting {
        name,
        config,
        interrupted: true,
    };
    vec![
        setting("guard", guard),
        setting("bounds", bounds),
        setting("guard, fuel, not hardened", plain(guard)),
        setting("bounds, fuel, not hardened", plain(bounds)),
        setting("guard, SSE4.1 at most, lfence", baseline(guard)),
        setting("bounds, SSE4.1 at most, lfence", baseline(bounds)),
        interrupted("guard, interrupted", guard),
        interrupted(
            "bounds, fuel, interrupted",
            Config {
                fuel: true,
                ..bounds
            },
        ),
    ]
}
