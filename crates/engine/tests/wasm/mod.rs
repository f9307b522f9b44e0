// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the tests of the runtime share: modules from text, and a host.
#![allow(dead_code)]

use std::{collections::HashMap, sync::Arc};

use wasmk_engine::{
    compile::compile,
    config::{Config, MemoryModel},
    module::Import,
    runtime::{
        Caller, Exports, Extern, FuncHandle, Host, HostOutcome, Interruption, ItemType,
        MemoryHandle, Module, Resolver, RunExit, Store, StoreLimits, Trap,
    },
    sys::host::HostPlatform,
    trap::TrapCode,
};

pub type HostStore = Store<HostPlatform>;

pub const MODELS: [MemoryModel; 2] = [MemoryModel::Guard, MemoryModel::Bounds];

pub fn config(memory_model: MemoryModel) -> Config {
    Config {
        memory_model,
        ..Config::default()
    }
}

/// Compiles and publishes a module in the text format.
pub fn module(config: &Config, text: &str) -> Arc<Module<HostPlatform>> {
    let wasm = wat::parse_str(text).unwrap();
    let compiled = compile(&wasm, config, &mut ()).unwrap();
    Arc::new(Module::new(compiled).unwrap())
}

/// A store with one instance.
pub fn instance(model: MemoryModel, text: &str) -> HostStore {
    let mut store = Store::new(StoreLimits::default()).unwrap();
    store
        .instantiate(module(&config(model), text), &mut Linker::default())
        .unwrap();
    store
}

/// Imports: instances by name; anything of module `host` is the host function whose number is the name; module `env` has one memory.
#[derive(Default)]
pub struct Linker {
    pub names: HashMap<&'static str, u32>,
    pub memory: Option<MemoryHandle>,
}

impl Linker {
    pub fn with(name: &'static str, instance: u32) -> Self {
        Self {
            names: HashMap::from([(name, instance)]),
            memory: None,
        }
    }

    pub fn with_memory(memory: MemoryHandle) -> Self {
        Self {
            names: HashMap::new(),
            memory: Some(memory),
        }
    }
}

impl Resolver for Linker {
    fn resolve(
        &mut self,
        exports: &dyn Exports,
        import: &Import,
        _: ItemType<'_>,
    ) -> Option<Extern> {
        if import.module == "host" {
            return import.name.parse().ok().map(Extern::HostFunction);
        }
        if import.module == "env" {
            return self.memory.map(Extern::Memory);
        }
        exports.export(*self.names.get(import.module.as_str())?, &import.name)
    }
}

/// What a host function does.
type Function<'a> = dyn FnMut(u32, &mut Caller<'_>, &mut [u64]) -> HostOutcome + 'a;

/// A host whose functions are one closure, and which answers to interruptions.
pub struct TestHost<'a> {
    pub function: Box<Function<'a>>,
    pub interruptions: u64,
    /// Parks at every so many interruptions, if not zero.
    pub park_every: u64,
    /// Ends the run at that interruption.
    pub end: Option<(u64, Interruption)>,
}

impl Default for TestHost<'_> {
    fn default() -> Self {
        Self::new(|_, _, _| HostOutcome::Trap(TrapCode::HostFailure))
    }
}

impl<'a> TestHost<'a> {
    pub fn new(function: impl FnMut(u32, &mut Caller<'_>, &mut [u64]) -> HostOutcome + 'a) -> Self {
        Self {
            function: Box::new(function),
            interruptions: 0,
            park_every: 0,
            end: None,
        }
    }
}

impl Host for TestHost<'_> {
    fn call(&mut self, function: u32, caller: &mut Caller<'_>, values: &mut [u64]) -> HostOutcome {
        (self.function)(function, caller, values)
    }

    fn interrupted(&mut self) -> Interruption {
        self.interruptions += 1;
        match self.end {
            Some((at, answer)) if at == self.interruptions => answer,
            _ if self.park_every != 0 && self.interruptions % self.park_every == 0 => {
                Interruption::Park
            }
            _ => Interruption::Continue,
        }
    }
}

/// The exported function `name` of an instance.
pub fn function(store: &HostStore, instance: u32, name: &str) -> FuncHandle {
    match store.export(instance, name) {
        Some(Extern::Function(function)) => function,
        other => panic!("{name}: {other:?}"),
    }
}

/// Calls `name` of instance 0 with a host that has nothing.
pub fn call(store: &mut HostStore, name: &str, args: &[u64]) -> Result<Vec<u64>, Trap> {
    call_in(store, 0, name, args)
}

/// Calls `name` of an instance with a host that has nothing.
pub fn call_in(
    store: &mut HostStore,
    instance: u32,
    name: &str,
    args: &[u64],
) -> Result<Vec<u64>, Trap> {
    call_host(store, instance, name, args, &mut TestHost::default())
}

/// Calls `name` of an instance.
pub fn call_host(
    store: &mut HostStore,
    instance: u32,
    name: &str,
    args: &[u64],
    host: &mut TestHost<'_>,
) -> Result<Vec<u64>, Trap> {
    store.begin(function(store, instance, name), args).unwrap();
    match store.run(host) {
        RunExit::Returned => Ok(store.results().to_vec()),
        RunExit::Trapped(trap) => Err(trap),
        exit => panic!("{exit:?}"),
    }
}

/// The code of the trap that a call of instance 0 ends in.
pub fn trap_code(store: &mut HostStore, name: &str, args: &[u64]) -> TrapCode {
    call(store, name, args).expect_err("a trap").code
}
