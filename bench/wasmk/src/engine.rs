// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasmk behind the runners' trait.

use std::{hint::black_box, mem::size_of_val, sync::Arc, thread};

use bench_runner::Engine;
use wasmk_engine::{
    compile::{validate, CompileJob},
    error::CompileError,
    module::{CompiledModule, Import, TrapSite},
    runtime::{
        Caller, Exports, Extern, FuncHandle, Host, HostOutcome, Interruption, ItemType, Module,
        Resolver, RunExit, Store, StoreLimits,
    },
};

use crate::{options::Options, sys::platform::Pooling};

/// Every host function does nothing.
struct Nothing;

impl Host for Nothing {
    fn call(&mut self, _: u32, _: &mut Caller<'_>, _: &mut [u64]) -> HostOutcome {
        HostOutcome::Done
    }

    fn interrupted(&mut self) -> Interruption {
        Interruption::Continue
    }
}

impl Resolver for Nothing {
    fn resolve(&mut self, _: &dyn Exports, _: &Import, ty: ItemType<'_>) -> Option<Extern> {
        match ty {
            ItemType::Function(_) => Some(Extern::HostFunction(0)),
            _ => None,
        }
    }
}

/// An instance in its store.
struct Loaded {
    module: Arc<Module<Pooling>>,
    store: Store<Pooling>,
    instance: u32,
}

impl Loaded {
    fn new(module: Arc<Module<Pooling>>) -> Result<Self, String> {
        let mut store = Store::new(StoreLimits::default()).map_err(|error| error.to_string())?;
        let instance = store
            .instantiate(module.clone(), &mut Nothing)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            module,
            store,
            instance,
        })
    }

    fn function(&self, name: &str) -> Result<FuncHandle, String> {
        match self.store.export(self.instance, name) {
            Some(Extern::Function(function)) => Ok(function),
            _ => Err(format!("no exported function {name}")),
        }
    }

    fn call(&mut self, function: FuncHandle, args: &[u64]) -> Result<u64, String> {
        self.store
            .begin(function, args)
            .map_err(|error| error.to_string())?;
        match self.store.run(&mut Nothing) {
            RunExit::Returned => Ok(self.store.results().first().copied().unwrap_or(0)),
            exit => Err(format!("{exit:?}")),
        }
    }
}

/// The engine with one configuration.
pub struct Wasmk {
    options: Options,
    loaded: Option<Loaded>,
}

impl Wasmk {
    /// Nothing is loaded yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            loaded: None,
        }
    }

    /// As `wasmk_engine::compile::compile`, by so many threads.
    fn compiled(&self, wasm: &[u8]) -> Result<CompiledModule, CompileError> {
        let job = CompileJob::new(wasm, &self.options.config, &mut ())?;
        let shares = thread::scope(|scope| {
            let others: Vec<_> = (1..self.options.threads.get().min(job.batches()))
                .map(|_| scope.spawn(|| job.work(wasm, &mut ())))
                .collect();
            let mut shares = vec![job.work(wasm, &mut ())];
            shares.extend(others.into_iter().filter_map(|other| other.join().ok()));
            shares
        });
        job.finish(shares, &mut ())
    }

    fn loaded(&mut self) -> Result<&mut Loaded, String> {
        self.loaded
            .as_mut()
            .ok_or_else(|| "nothing is loaded".into())
    }
}

impl Engine for Wasmk {
    fn load(&mut self, wasm: &[u8]) -> Result<(), String> {
        let compiled = self.compiled(wasm).map_err(|error| error.to_string())?;
        let module = Module::new(compiled).map_err(|error| error.to_string())?;
        self.loaded = Some(Loaded::new(Arc::new(module))?);
        Ok(())
    }

    fn run(&mut self, n: u32) -> Result<u32, String> {
        let loaded = self.loaded()?;
        // More than any run needs; without fuel it is not looked at.
        loaded.store.set_fuel(u64::MAX);
        let run = loaded.function("run")?;
        Ok(loaded.call(run, &[u64::from(n)])? as u32)
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<u64, String> {
        let module = self.compiled(wasm).map_err(|error| error.to_string())?;
        let code = &module.code;
        let tables =
            code.traps().count() * size_of::<TrapSite>() + size_of_val(&code.functions[..]);
        Ok((code.len() + tables) as u64)
    }

    fn validate(&mut self, wasm: &[u8]) -> Result<(), String> {
        validate(wasm, &mut ()).map_err(|error| error.to_string())
    }

    fn instance(&mut self) -> Result<(), String> {
        let mut fresh = Loaded::new(self.loaded()?.module.clone())?;
        fresh.store.set_fuel(u64::MAX);
        let run = fresh.function("run")?;
        black_box(fresh.call(run, &[0])?);
        Ok(())
    }

    fn call(&mut self, count: u32) -> Result<(), String> {
        let loaded = self.loaded()?;
        loaded.store.set_fuel(u64::MAX);
        let empty = loaded.function("empty")?;
        for _ in 0..count {
            loaded.call(empty, &[])?;
        }
        Ok(())
    }

    fn call_out(&mut self, count: u32) -> Result<(), String> {
        let loaded = self.loaded()?;
        loaded.store.set_fuel(u64::MAX);
        let function = loaded.function("call_out")?;
        loaded.call(function, &[u64::from(count)]).map(drop)
    }

    fn renew(&mut self) -> Result<(), String> {
        let module = self.loaded()?.module.clone();
        self.loaded = Some(Loaded::new(module)?);
        Ok(())
    }

    fn grow(&mut self, count: u32) -> Result<(), String> {
        let loaded = self.loaded()?;
        loaded.store.set_fuel(u64::MAX);
        let grow = loaded.function("grow")?;
        for _ in 0..count {
            if loaded.call(grow, &[])? as u32 == u32::MAX {
                return Err("memory.grow failed".into());
            }
        }
        Ok(())
    }
}
