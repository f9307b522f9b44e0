// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The engine in this process as a [`Backend`].

use std::{borrow::Cow, collections::HashMap, sync::Arc, time::Duration};

use wasmk_engine::{
    compile::{compile, validate_as},
    config::{Config, Edition},
    error::{CompileError, CompileErrorKind},
    module::{Import, ValType},
    runtime::{
        Caller, Exports, Extern, FuncHandle, Host, HostOutcome, InstantiateError, Interruption,
        ItemType, Module, Resolver, RunExit, Store, StoreLimits,
    },
    sys::host::{run_interrupted, HostPlatform},
    trap::TrapCode,
};

use crate::{Backend, Failure, InstanceId, Refusal, Value};

/// Fuel for each call, where it is counted: more than any script needs.
const FUEL: u64 = 1 << 40;

/// When interruptions come, if there are any.
const FIRST: Duration = Duration::from_micros(5);
const PERIOD: Duration = Duration::from_micros(40);

/// Bytes of wasm stack, if nothing else is asked for.
const STACK: usize = 256 << 10;

/// Bytes in and out of the compiler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of code sections.
    pub wasm: u64,
    /// Bytes of their functions' machine code, cold code and tables included; what a module has once is not.
    pub code: u64,
}

/// Length of a valid module's code section; 0 if it has none.
fn code_section(wasm: &[u8]) -> usize {
    const CODE: u8 = 10;
    let mut rest = wasm.get(8..).unwrap_or_default();
    while let Some((&id, after)) = rest.split_first() {
        let (mut len, mut shift) = (0, 0);
        let mut body = after;
        while let Some((&byte, after)) = body.split_first() {
            len |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            body = after;
            if byte & 0x80 == 0 || shift > 28 {
                break;
            }
        }
        if id == CODE {
            return len;
        }
        rest = body.get(len..).unwrap_or_default();
    }
    0
}

/// A store of the engine on this host.
pub struct Native {
    config: Config,
    store: Store<HostPlatform>,
    names: HashMap<String, InstanceId>,
    /// Bytes of wasm stack.
    stack: usize,
    sizes: Sizes,
    host: Interrupts,
}

impl Native {
    /// A backend that compiles with `config`.
    ///
    /// # Errors
    ///
    /// The store cannot be made.
    pub fn new(config: Config) -> Result<Self, String> {
        Ok(Self {
            config,
            store: store(STACK)?,
            names: HashMap::new(),
            stack: STACK,
            sizes: Sizes::default(),
            host: Interrupts::default(),
        })
    }

    /// What modules may use from now on.
    pub fn set_edition(&mut self, edition: Edition) {
        self.config.edition = edition;
    }

    /// With another size of the wasm stack, in bytes; and every check finds an interruption if `interrupted`.
    ///
    /// # Errors
    ///
    /// The store cannot be made.
    pub fn with(mut self, stack: usize, interrupted: bool) -> Result<Self, String> {
        self.stack = stack;
        self.store = store(stack)?;
        self.host.on = interrupted;
        Ok(self)
    }

    /// What was compiled so far.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// How often wasm was parked and resumed.
    pub fn parked(&self) -> u64 {
        self.host.parked
    }

    /// All bytes of an exported memory; empty if there is none.
    pub fn exported_memory(&mut self, instance: InstanceId, name: &str) -> Cow<'_, [u8]> {
        match self.store.exported_memory(instance, name) {
            Some(memory) if memory.is_shared() => {
                let mut bytes = vec![0; memory.len()];
                // As long as the memory, so it is inside.
                let _ = memory.read(0, &mut bytes);
                Cow::Owned(bytes)
            }
            Some(memory) => Cow::Borrowed(memory.unshared().unwrap_or_default()),
            None => Cow::Borrowed(&[]),
        }
    }

    /// For each slot of an exported table, whether it holds a reference.
    pub fn exported_table(&self, instance: InstanceId, name: &str) -> Vec<bool> {
        match self.store.exported_table(instance, name) {
            Some(slots) => slots.collect(),
            None => Vec::new(),
        }
    }

    /// Enters wasm until it does not park. With interruptions, the first check finds one, and in some calls others
    /// come at any time.
    fn enter(&mut self) -> RunExit {
        if self.host.on {
            self.host.calls += 1;
            self.store.request_interrupt();
        }
        let often = self.host.on && self.host.calls % 8 == 0;
        loop {
            let exit = if often {
                run_interrupted(&mut self.store, &mut self.host, FIRST, Some(PERIOD))
            } else {
                self.store.run(&mut self.host)
            };
            if exit != RunExit::Parked {
                return exit;
            }
        }
    }

    fn run(&mut self, function: FuncHandle, arguments: &[u64]) -> Result<Vec<u64>, Failure> {
        let other = |why: String| Failure::Other(why);
        self.store.set_fuel(FUEL);
        self.store
            .begin(function, arguments)
            .map_err(|e| other(e.to_string()))?;
        match self.enter() {
            RunExit::Returned => Ok(self.store.results().to_vec()),
            RunExit::Trapped(trap) => match (trap.function, trap.offset) {
                // Where a trap happened belongs to the promise: it is never unknown.
                (Some(_), Some(_)) => Err(Failure::Trap(trap.code.to_string())),
                _ => Err(other(format!(
                    "trap \"{}\" at an unknown place: {trap:?}",
                    trap.code
                ))),
            },
            exit => Err(other(format!("{exit:?}"))),
        }
    }
}

fn store(stack_size: usize) -> Result<Store<HostPlatform>, String> {
    Store::new(StoreLimits {
        stack_size,
        max_memory: 8 << 30,
    })
    .map_err(|e| e.to_string())
}

impl Backend for Native {
    type Module = Arc<Module<HostPlatform>>;

    fn reset(&mut self) -> Result<(), String> {
        self.names.clear();
        self.store = store(self.stack)?;
        Ok(())
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<Self::Module, Refusal> {
        let validated = validate_as(wasm, self.config.edition, &mut ());
        let compiled = compile(wasm, &self.config, &mut ());
        if validated.as_ref().err() != compiled.as_ref().err() {
            return Err(Refusal::Other(format!(
                "validation says {validated:?}, compilation {:?}",
                compiled.as_ref().err()
            )));
        }
        let compiled = compiled.map_err(refusal)?;
        self.sizes.wasm += code_section(wasm) as u64;
        self.sizes.code += compiled
            .code
            .functions
            .iter()
            .map(|function| u64::from(function.len))
            .sum::<u64>();
        let module = Module::new(compiled).map_err(|e| Refusal::Other(e.to_string()))?;
        Ok(Arc::new(module))
    }

    fn instantiate(&mut self, module: &Self::Module) -> Result<InstanceId, Failure> {
        let mut resolver = Names { names: &self.names };
        let instance = self
            .store
            .instantiate(Arc::clone(module), &mut resolver)
            .map_err(|error| match error {
                InstantiateError::UnknownImport { import }
                | InstantiateError::IncompatibleImport { import } => {
                    // As the kernel says it.
                    let names = module
                        .compiled()
                        .imports
                        .get(import)
                        .map_or_else(String::new, |import| {
                            format!(": {:?} {:?}", import.module, import.name)
                        });
                    Failure::Unlinkable(format!("{error}{names}"))
                }
                InstantiateError::Trap(code) => Failure::Trap(code.to_string()),
                _ => Failure::Other(error.to_string()),
            })?;
        if let Some(start) = self.store.start_function(instance) {
            self.run(start, &[])?;
        }
        Ok(instance)
    }

    fn register(&mut self, instance: InstanceId, name: &str) -> Result<(), String> {
        self.names.insert(name.into(), instance);
        Ok(())
    }

    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let Some(Extern::Function(handle)) = self.store.export(instance, function) else {
            return Err(Failure::Other(format!(
                "no exported function \"{function}\""
            )));
        };
        let ty = self
            .store
            .function_type(handle)
            .ok_or(Failure::Other("a function without type".into()))?
            .clone();
        let same = ty.params.len() == arguments.len()
            && ty
                .params
                .iter()
                .zip(arguments)
                .all(|(ty, value)| takes(*ty, encode(*value).0));
        if !same {
            return Err(Failure::Other(format!(
                "arguments {arguments:?} for parameters {:?}",
                ty.params
            )));
        }
        let arguments: Vec<u64> = arguments.iter().flat_map(|value| slots(*value)).collect();
        let results = self.run(handle, &arguments)?;
        if results.len() != ValType::slots_of(&ty.results) {
            return Err(Failure::Other(format!(
                "{} results of types {:?}",
                results.len(),
                ty.results
            )));
        }
        let mut slots = results.into_iter();
        let mut next = || slots.next().unwrap_or(0);
        ty.results
            .iter()
            .map(|ty| match ty {
                ValType::V128 => Ok(vector([next(), next()])),
                ty => decode(*ty, next()),
            })
            .collect()
    }

    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure> {
        let (ty, slot) = self
            .store
            .global(instance, name)
            .ok_or(Failure::Other(format!("no exported global \"{name}\"")))?;
        match self.store.global_vector(instance, name) {
            Some(halves) => Ok(vector(halves)),
            None => decode(ty.value, slot),
        }
    }
}

/// A vector from its halves, the low one first.
fn vector([low, high]: [u64; 2]) -> Value {
    Value::V128(u128::from(high) << 64 | u128::from(low))
}

/// The slots of an argument.
fn slots(value: Value) -> Vec<u64> {
    match value {
        Value::V128(bits) => vec![bits as u64, (bits >> 64) as u64],
        other => vec![encode(other).1],
    }
}

/// What does not satisfy an assertion is set apart.
fn refusal(error: CompileError) -> Refusal {
    match error.kind {
        CompileErrorKind::Invalid(_) | CompileErrorKind::Unsupported(_) => {
            Refusal::Invalid(error.to_string())
        }
        _ => Refusal::Other(error.to_string()),
    }
}

/// Type and (first) slot of an argument. An external reference is its number plus one, so that 0 is null.
fn encode(value: Value) -> (ValType, u64) {
    match value {
        Value::I32(bits) => (ValType::I32, bits.into()),
        Value::I64(bits) => (ValType::I64, bits),
        Value::F32(bits) => (ValType::F32, bits.into()),
        Value::F64(bits) => (ValType::F64, bits),
        Value::V128(bits) => (ValType::V128, bits as u64),
        Value::FuncRef(set) => (ValType::FUNCREF, set.into()),
        Value::ExnRef(set) => (ValType::EXNREF, set.into()),
        Value::ExternRef(value) => (ValType::EXTERNREF, value.map_or(0, |n| u64::from(n) + 1)),
    }
}

/// Whether a parameter of type `ty` takes arguments of type `argument`, or some: the store looks at references itself.
fn takes(ty: ValType, argument: ValType) -> bool {
    let kind = |ty: ValType| match ty {
        ValType::Ref(ty) => Some((ty.is_function(), ty.is_exception())),
        _ => None,
    };
    ty == argument || kind(ty).is_some() && kind(ty) == kind(argument)
}

/// The value in a slot; an error if the slot breaks the rule that 32-bit values have a zero high half.
fn decode(ty: ValType, slot: u64) -> Result<Value, Failure> {
    let narrow = || {
        u32::try_from(slot)
            .map_err(|_| Failure::Other(format!("a dirty high half: {ty:?} {slot:#x}")))
    };
    Ok(match ty {
        ValType::I32 => Value::I32(narrow()?),
        ValType::I64 => Value::I64(slot),
        ValType::F32 => Value::F32(narrow()?),
        ValType::F64 => Value::F64(slot),
        ValType::V128 => return Err(Failure::Other("half a vector".into())),
        ValType::Ref(ty) if ty.is_function() => Value::FuncRef(slot != 0),
        ValType::Ref(ty) if ty.is_exception() => Value::ExnRef(slot != 0),
        ValType::Ref(_) => Value::ExternRef(match slot {
            0 => None,
            n => Some(
                u32::try_from(n - 1)
                    .map_err(|_| Failure::Other(format!("not a reference of ours: {n:#x}")))?,
            ),
        }),
    })
}

/// Imports are exports of instances that were registered.
struct Names<'a> {
    names: &'a HashMap<String, InstanceId>,
}

impl Resolver for Names<'_> {
    fn resolve(
        &mut self,
        exports: &dyn Exports,
        import: &Import,
        _: ItemType<'_>,
    ) -> Option<Extern> {
        exports.export(*self.names.get(&import.module)?, &import.name)
    }
}

/// There are no host functions. Interruptions, if there are any, park.
#[derive(Debug, Default)]
struct Interrupts {
    on: bool,
    calls: u64,
    parked: u64,
}

impl Host for Interrupts {
    fn call(&mut self, _: u32, _: &mut Caller<'_>, _: &mut [u64]) -> HostOutcome {
        HostOutcome::Trap(TrapCode::HostFailure)
    }

    fn interrupted(&mut self) -> Interruption {
        if !self.on {
            return Interruption::Continue;
        }
        self.parked += 1;
        Interruption::Park
    }
}
