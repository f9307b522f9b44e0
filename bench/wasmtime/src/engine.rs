// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Wasmtime behind the runners' trait.

use std::hint::black_box;

use bench_runner::Engine as Runner;
use wasmtime::{Engine, Instance, InstancePre, Linker, Module, Store, TypedFunc};

use crate::options::Options;

struct Loaded {
    instance_pre: InstancePre<()>,
    store: Store<()>,
    instance: Instance,
}

/// The engine with one configuration.
pub struct Wasmtime {
    engine: Engine,
    epoch: bool,
    fuel: bool,
    loaded: Option<Loaded>,
}

fn words(error: impl std::fmt::Display) -> String {
    format!("{error:#}")
}

impl Wasmtime {
    /// Nothing is loaded yet.
    pub fn new(options: &Options) -> Result<Self, String> {
        Ok(Self {
            engine: Engine::new(&options.config).map_err(words)?,
            epoch: options.epoch,
            fuel: options.fuel,
            loaded: None,
        })
    }

    fn store(&self) -> Result<Store<()>, String> {
        let mut store = Store::new(&self.engine, ());
        if self.epoch {
            store.set_epoch_deadline(1);
        }
        if self.fuel {
            store.set_fuel(u64::MAX).map_err(words)?;
        }
        Ok(store)
    }

    fn loaded(&mut self) -> Result<&mut Loaded, String> {
        self.loaded
            .as_mut()
            .ok_or_else(|| "nothing is loaded".into())
    }

    fn instantiate(&mut self, instance_pre: InstancePre<()>) -> Result<(), String> {
        // The old one first: a pool may have few slots.
        self.loaded = None;
        let mut store = self.store()?;
        let instance = instance_pre.instantiate(&mut store).map_err(words)?;
        self.loaded = Some(Loaded {
            instance_pre,
            store,
            instance,
        });
        Ok(())
    }
}

impl Loaded {
    fn refuel(&mut self, fuel: bool) -> Result<(), String> {
        if fuel {
            self.store.set_fuel(u64::MAX).map_err(words)?;
        }
        Ok(())
    }

    fn function<P: wasmtime::WasmParams, R: wasmtime::WasmResults>(
        &mut self,
        name: &str,
    ) -> Result<TypedFunc<P, R>, String> {
        self.instance
            .get_typed_func(&mut self.store, name)
            .map_err(words)
    }
}

impl Runner for Wasmtime {
    fn load(&mut self, wasm: &[u8]) -> Result<(), String> {
        let module = Module::from_binary(&self.engine, wasm).map_err(words)?;
        let mut linker = Linker::new(&self.engine);
        linker.func_wrap("bench", "nothing", || {}).map_err(words)?;
        let instance_pre = linker.instantiate_pre(&module).map_err(words)?;
        self.instantiate(instance_pre)
    }

    fn run(&mut self, n: u32) -> Result<u32, String> {
        let fuel = self.fuel;
        let loaded = self.loaded()?;
        loaded.refuel(fuel)?;
        let run = loaded.function::<u32, u32>("run")?;
        run.call(&mut loaded.store, n).map_err(words)
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<u64, String> {
        let module = Module::from_binary(&self.engine, wasm).map_err(words)?;
        Ok(module.text().len() as u64)
    }

    fn validate(&mut self, wasm: &[u8]) -> Result<(), String> {
        Module::validate(&self.engine, wasm).map_err(words)
    }

    fn instance(&mut self) -> Result<(), String> {
        let mut store = self.store()?;
        let loaded = self.loaded()?;
        let instance = loaded.instance_pre.instantiate(&mut store).map_err(words)?;
        let run = instance
            .get_typed_func::<u32, u32>(&mut store, "run")
            .map_err(words)?;
        black_box(run.call(&mut store, 0).map_err(words)?);
        Ok(())
    }

    fn call(&mut self, count: u32) -> Result<(), String> {
        let fuel = self.fuel;
        let loaded = self.loaded()?;
        loaded.refuel(fuel)?;
        let empty = loaded.function::<(), ()>("empty")?;
        for _ in 0..count {
            empty.call(&mut loaded.store, ()).map_err(words)?;
        }
        Ok(())
    }

    fn call_out(&mut self, count: u32) -> Result<(), String> {
        let fuel = self.fuel;
        let loaded = self.loaded()?;
        loaded.refuel(fuel)?;
        let function = loaded.function::<u32, ()>("call_out")?;
        function.call(&mut loaded.store, count).map_err(words)
    }

    fn renew(&mut self) -> Result<(), String> {
        let instance_pre = self.loaded()?.instance_pre.clone();
        self.instantiate(instance_pre)
    }

    fn grow(&mut self, count: u32) -> Result<(), String> {
        let fuel = self.fuel;
        let loaded = self.loaded()?;
        loaded.refuel(fuel)?;
        let grow = loaded.function::<(), u32>("grow")?;
        for _ in 0..count {
            if grow.call(&mut loaded.store, ()).map_err(words)? == u32::MAX {
                return Err("memory.grow failed".into());
            }
        }
        Ok(())
    }
}
