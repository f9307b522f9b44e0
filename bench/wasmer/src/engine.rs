// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Wasmer behind the runners' trait.

use std::{hint::black_box, num::NonZero};

use bench_runner::Engine as Runner;
use wasmer::{
    imports, sys::EngineBuilder, Engine, Function, Instance, Module, Store, TypedFunction,
    WasmTypeList,
};

struct Loaded {
    module: Module,
    store: Store,
    instance: Instance,
}

/// The engine with one thread, and NaNs as the processor makes them.
pub struct Singlepass {
    engine: Engine,
    loaded: Option<Loaded>,
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl Singlepass {
    /// Nothing is loaded yet.
    pub fn new() -> Self {
        let mut compiler = wasmer_compiler_singlepass::Singlepass::new();
        compiler
            .canonicalize_nans(false)
            .num_threads(NonZero::<usize>::MIN);
        Self {
            engine: EngineBuilder::new(compiler).engine().into(),
            loaded: None,
        }
    }

    fn loaded(&mut self) -> Result<&mut Loaded, String> {
        self.loaded
            .as_mut()
            .ok_or_else(|| "nothing is loaded".into())
    }

    fn instantiate(&self, module: Module) -> Result<Loaded, String> {
        let mut store = Store::new(self.engine.clone());
        let nothing = Function::new_typed(&mut store, || {});
        let imports = imports! { "bench" => { "nothing" => nothing } };
        let instance = Instance::new(&mut store, &module, &imports).map_err(words)?;
        Ok(Loaded {
            module,
            store,
            instance,
        })
    }
}

impl Loaded {
    fn function<P: WasmTypeList, R: WasmTypeList>(
        &self,
        name: &str,
    ) -> Result<TypedFunction<P, R>, String> {
        self.instance
            .exports
            .get_typed_function(&self.store, name)
            .map_err(words)
    }
}

impl Runner for Singlepass {
    fn load(&mut self, wasm: &[u8]) -> Result<(), String> {
        let module = Module::from_binary(&self.engine, wasm).map_err(words)?;
        self.loaded = Some(self.instantiate(module)?);
        Ok(())
    }

    fn run(&mut self, n: u32) -> Result<u32, String> {
        let loaded = self.loaded()?;
        let run = loaded.function::<u32, u32>("run")?;
        run.call(&mut loaded.store, n).map_err(words)
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<u64, String> {
        black_box(Module::from_binary(&self.engine, wasm).map_err(words)?);
        Ok(0)
    }

    fn validate(&mut self, wasm: &[u8]) -> Result<(), String> {
        Module::validate(&self.engine, wasm).map_err(words)
    }

    fn instance(&mut self) -> Result<(), String> {
        let module = self.loaded()?.module.clone();
        let mut fresh = self.instantiate(module)?;
        let run = fresh.function::<u32, u32>("run")?;
        black_box(run.call(&mut fresh.store, 0).map_err(words)?);
        Ok(())
    }

    fn call(&mut self, count: u32) -> Result<(), String> {
        let loaded = self.loaded()?;
        let empty = loaded.function::<(), ()>("empty")?;
        for _ in 0..count {
            empty.call(&mut loaded.store).map_err(words)?;
        }
        Ok(())
    }

    fn call_out(&mut self, count: u32) -> Result<(), String> {
        let loaded = self.loaded()?;
        let function = loaded.function::<u32, ()>("call_out")?;
        function.call(&mut loaded.store, count).map_err(words)
    }

    fn renew(&mut self) -> Result<(), String> {
        let module = self.loaded()?.module.clone();
        self.loaded = Some(self.instantiate(module)?);
        Ok(())
    }

    fn grow(&mut self, count: u32) -> Result<(), String> {
        let loaded = self.loaded()?;
        let grow = loaded.function::<(), u32>("grow")?;
        for _ in 0..count {
            if grow.call(&mut loaded.store).map_err(words)? == u32::MAX {
                return Err("memory.grow failed".into());
            }
        }
        Ok(())
    }
}
