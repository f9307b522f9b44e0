// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Compiling and running.

use std::sync::Arc;

use wasmk_abi::{
    host::{Control, HostOs},
    Context, Errno, Memory, Os, Outcome, Type,
};
use wasmk_engine::{
    compile::compile,
    config::Config,
    module::{Import, ValType},
    runtime::{
        Caller, Exports, Extern, Host, HostOutcome, Interruption, ItemType, Module, Resolver,
        RunExit, Store, StoreLimits,
    },
    sys::host::HostPlatform,
};

use crate::{grants::grant_all, options::Options};

/// Exit status after a trap, as `wasmctl` has it.
const TRAPPED: u8 = 134;
/// Exit status after the deadline.
const LATE: i32 = 124;

/// Finds the host functions.
struct HostFunctions;

impl Resolver for HostFunctions {
    fn resolve(
        &mut self,
        _exports: &dyn Exports,
        import: &Import,
        ty: ItemType<'_>,
    ) -> Option<Extern> {
        let function = wasmk_abi::lookup(&import.module, &import.name)?;
        let ItemType::Function(ty) = ty else {
            return None;
        };
        let same = |have: &[ValType], want: &[Type]| {
            have.len() == want.len()
                && have.iter().zip(want).all(|(have, want)| match want {
                    Type::I32 => *have == ValType::I32,
                    Type::I64 => *have == ValType::I64,
                })
        };
        let matches = same(&ty.params, function.params) && same(&ty.results, function.results);
        matches.then_some(Extern::HostFunction(function.number))
    }
}

/// The engine's host: calls go to the context.
struct Program {
    context: Context<HostOs>,
}

impl Host for Program {
    fn call(&mut self, function: u32, caller: &mut Caller<'_>, values: &mut [u64]) -> HostOutcome {
        let Some(memory) = caller.memory.reborrow().unshared() else {
            return HostOutcome::Trap(wasmk_engine::trap::TrapCode::HostFailure);
        };
        match self.context.call(function, Memory::new(memory), values) {
            Outcome::Done => HostOutcome::Done,
            Outcome::Park => HostOutcome::Park,
            Outcome::Exit(code) => HostOutcome::Exit(code),
            // No threads here: the program is told so.
            Outcome::Spawn { .. } => {
                self.context.spawned(Err(Errno::NotSup));
                self.call(function, caller, values)
            }
            Outcome::Unknown => HostOutcome::Trap(wasmk_engine::trap::TrapCode::HostFailure),
            Outcome::Killed => HostOutcome::Killed,
            Outcome::Deadline => HostOutcome::Deadline,
        }
    }

    fn interrupted(&mut self) -> Interruption {
        match self.context.os_mut().breathe() {
            Ok(()) => Interruption::Continue,
            Err(wasmk_abi::Stop::Park) => Interruption::Park,
            Err(wasmk_abi::Stop::Killed) => Interruption::Killed,
            Err(wasmk_abi::Stop::Deadline) => Interruption::Deadline,
        }
    }
}

fn strings(list: &[String]) -> Vec<u8> {
    list.iter().flat_map(|s| s.bytes().chain([0])).collect()
}

/// Runs what `options` says; answers the exit status.
pub fn run(options: &Options) -> Result<u8, String> {
    let wasm = std::fs::read(&options.file).map_err(|error| error.to_string())?;
    let config = Config {
        memory_model: options.memory,
        ..Config::default()
    };
    let compiled = compile(&wasm, &config, &mut ()).map_err(|error| error.to_string())?;
    let module = Module::<HostPlatform>::new(compiled).map_err(|error| error.to_string())?;
    let module = Arc::new(module);

    let control = Arc::new(Control::new().map_err(|errno| format!("{errno:?}"))?);
    let mut context =
        Context::new(HostOs::new(Arc::clone(&control))).map_err(|errno| format!("{errno:?}"))?;
    grant_all(&mut context, options)?;
    context
        .set_args(&strings(&options.args))
        .map_err(|errno| format!("arguments: {errno:?}"))?;
    context
        .set_environ(&strings(&options.env))
        .map_err(|errno| format!("environment: {errno:?}"))?;
    if let Some(timeout) = options.timeout {
        // Nothing of the program outlives the process, so the process may as well end.
        std::thread::spawn(move || {
            std::thread::sleep(timeout);
            std::process::exit(LATE);
        });
    }

    let mut store =
        Store::<HostPlatform>::new(StoreLimits::default()).map_err(|e| e.to_string())?;
    let instance = store
        .instantiate(Arc::clone(&module), &mut HostFunctions)
        .map_err(|error| explain(&error, &module))?;
    let mut program = Program { context };
    for function in [
        store.start_function(instance),
        Some(entry(&store, instance, options)?),
    ] {
        let Some(function) = function else { continue };
        store
            .begin(function, &[])
            .map_err(|error| error.to_string())?;
        loop {
            match store.run(&mut program) {
                RunExit::Parked => control.parked(),
                RunExit::Returned => break,
                RunExit::Exited(code) => return Ok(code as u8),
                RunExit::Deadline => return Ok(LATE as u8),
                RunExit::Killed | RunExit::Idle => return Err("ended".into()),
                RunExit::Trapped(trap) => {
                    let name = trap
                        .function
                        .and_then(|f| module.function_name(f))
                        .unwrap_or("?");
                    let offset = trap
                        .offset
                        .map_or("?".into(), |offset| format!("{offset:#x}"));
                    eprintln!("hostrun: trap: {} in {name} at offset {offset}", trap.code);
                    return Ok(TRAPPED);
                }
            }
        }
    }
    Ok(0)
}

fn entry(
    store: &Store<HostPlatform>,
    instance: u32,
    options: &Options,
) -> Result<wasmk_engine::runtime::FuncHandle, String> {
    match store.export(instance, &options.invoke) {
        Some(Extern::Function(function)) => Ok(function),
        _ => Err(format!("exports no function {}", options.invoke)),
    }
}

fn explain(
    error: &wasmk_engine::runtime::InstantiateError,
    module: &Module<HostPlatform>,
) -> String {
    use wasmk_engine::runtime::InstantiateError as E;
    match error {
        E::UnknownImport { import } | E::IncompatibleImport { import } => {
            let name = module.compiled().imports.get(*import);
            let name = name.map_or(String::new(), |i| format!(": {}.{}", i.module, i.name));
            format!("{error}{name}")
        }
        _ => error.to_string(),
    }
}
