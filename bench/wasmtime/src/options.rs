// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The words of the command line.

use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig, Strategy};

/// What `words` ask for.
pub struct Options {
    /// For the engine.
    pub config: Config,
    /// Stores need a deadline.
    pub epoch: bool,
    /// Stores need fuel.
    pub fuel: bool,
}

/// Reads `words`.
pub fn config(words: &[String]) -> Result<Options, String> {
    let mut options = Options {
        config: Config::new(),
        epoch: false,
        fuel: false,
    };
    let config = &mut options.config;
    for word in words {
        match word.as_str() {
            "cranelift" => config.strategy(Strategy::Cranelift),
            "winch" => config.strategy(Strategy::Winch),
            // No address space beyond the memory itself: every access is compared (and, by Cranelift, masked).
            "bounds" => config
                .memory_reservation(0)
                .memory_guard_size(0)
                .memory_reservation_for_growth(0),
            "epoch" => {
                options.epoch = true;
                config.epoch_interruption(true)
            }
            "fuel" => {
                options.fuel = true;
                config.consume_fuel(true)
            }
            "pooling" => {
                let mut pool = PoolingAllocationConfig::default();
                pool.total_core_instances(16)
                    .total_memories(16)
                    .max_unused_warm_slots(16)
                    .linear_memory_keep_resident(1 << 20);
                config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
            }
            _ => return Err(format!("unknown word: {word}")),
        };
    }
    Ok(options)
}
