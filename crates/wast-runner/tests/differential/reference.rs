// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! wasmi as the reference.

use std::borrow::Cow;

use wasmi::core::ValType;
use wasmi::{
    core::TrapCode, Config, Engine, Error, Extern, ExternRef, FuncRef, Instance, Linker, Module,
    StackLimits, Store, Val,
};
use wasmk_wast_runner::{
    differential::{Inspect, Item, Reference, OUT_OF_FUEL},
    Backend, Failure, InstanceId, Refusal, Value,
};
use wasmparser::WasmFeatures;

/// For each call: far more than a generated program has of its own, but one that was minimised might go on for ever.
const FUEL: u64 = 10_000_000;

/// wasmi, one store.
pub struct Wasmi {
    engine: Engine,
    store: Option<Store<()>>,
    instances: Vec<Instance>,
}

impl Default for Wasmi {
    /// With room for as many calls as programs have fuel.
    fn default() -> Self {
        let mut config = Config::default();
        config.consume_fuel(true);
        config.set_stack_limits(StackLimits {
            initial_value_stack_height: 1 << 10,
            maximum_value_stack_height: 1 << 20,
            maximum_recursion_depth: 4_000,
        });
        Self {
            engine: Engine::new(&config),
            store: None,
            instances: Vec::new(),
        }
    }
}

impl Wasmi {
    fn store(&mut self) -> &mut Store<()> {
        self.store
            .get_or_insert_with(|| Store::new(&self.engine, ()))
    }

    fn instance(&self, instance: InstanceId) -> Instance {
        self.instances[instance as usize]
    }
}

impl Inspect for Wasmi {
    fn memory(&mut self, instance: InstanceId, name: &str) -> Cow<'_, [u8]> {
        let instance = self.instance(instance);
        let store = self.store();
        match instance.get_memory(&*store, name) {
            Some(memory) => Cow::Borrowed(memory.data(&*store)),
            None => Cow::Borrowed(&[]),
        }
    }

    fn table(&mut self, instance: InstanceId, name: &str) -> Vec<bool> {
        let instance = self.instance(instance);
        let store = self.store();
        let Some(table) = instance.get_table(&*store, name) else {
            return Vec::new();
        };
        (0..table.size(&*store))
            .filter_map(|index| Some(!is_null(&table.get(&*store, index)?)))
            .collect()
    }
}

impl Reference for Wasmi {
    fn name(&self) -> &'static str {
        "wasmi 0.46"
    }

    fn features(&self) -> WasmFeatures {
        // Relaxed SIMD it has, but with other choices (docs/vectors.md).
        WasmFeatures::WASM2
            .union(WasmFeatures::TAIL_CALL)
            .union(WasmFeatures::EXTENDED_CONST)
            .union(WasmFeatures::MULTI_MEMORY)
            .union(WasmFeatures::MEMORY64)
    }

    fn items(&mut self, instance: InstanceId) -> Vec<Item> {
        let instance = self.instance(instance);
        let store = self.store();
        let exports: Vec<_> = instance
            .exports(&*store)
            .map(|export| (export.name().to_owned(), export.into_extern()))
            .collect();
        let item = |(name, external): (String, Extern)| match external {
            Extern::Func(function) => {
                let ty = function.ty(&*store);
                Item::Function(name, ty.params().iter().map(|ty| zero(*ty)).collect())
            }
            Extern::Global(_) => Item::Global(name),
            Extern::Memory(_) => Item::Memory(name),
            Extern::Table(_) => Item::Table(name),
        };
        exports.into_iter().map(item).collect()
    }
}

impl Backend for Wasmi {
    type Module = Module;

    fn reset(&mut self) -> Result<(), String> {
        self.instances.clear();
        self.store = Some(Store::new(&self.engine, ()));
        Ok(())
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<Module, Refusal> {
        Module::new(&self.engine, wasm).map_err(|e| Refusal::Invalid(e.to_string()))
    }

    fn instantiate(&mut self, module: &Module) -> Result<InstanceId, Failure> {
        let linker = Linker::new(&self.engine);
        let store = self.store();
        store.set_fuel(FUEL).expect("fuel is on");
        let instance = linker
            .instantiate(&mut *store, module)
            .and_then(|pre| pre.start(&mut *store))
            .map_err(failure)?;
        self.instances.push(instance);
        Ok(self.instances.len() as InstanceId - 1)
    }

    fn register(&mut self, _: InstanceId, _: &str) -> Result<(), String> {
        Err("there are no imports here".into())
    }

    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let instance = self.instance(instance);
        let store = self.store();
        store.set_fuel(FUEL).expect("fuel is on");
        let function = instance
            .get_func(&*store, function)
            .ok_or(Failure::Other("no such function".into()))?;
        let arguments: Vec<Val> = arguments
            .iter()
            .map(|value| into(*value, &mut *store))
            .collect();
        let mut results: Vec<Val> = function
            .ty(&*store)
            .results()
            .iter()
            .map(|ty| into(zero(*ty), &mut *store))
            .collect();
        function
            .call(&mut *store, &arguments, &mut results)
            .map_err(failure)?;
        Ok(results.iter().map(|value| from(value, store)).collect())
    }

    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure> {
        let instance = self.instance(instance);
        let store = self.store();
        let global = instance
            .get_global(&*store, name)
            .ok_or(Failure::Other("no such global".into()))?;
        Ok(from(&global.get(&*store), store))
    }
}

fn failure(error: Error) -> Failure {
    let Some(code) = error.as_trap_code() else {
        // Bulk operations and segments fail without a code.
        const BOUNDS: [&str; 2] = ["out of bounds table access", "out of bounds memory access"];
        let why = error.to_string();
        return match BOUNDS.into_iter().find(|known| why.starts_with(known)) {
            Some(known) => Failure::Trap(known.into()),
            None => Failure::Other(why),
        };
    };
    let text = match code {
        TrapCode::UnreachableCodeReached => "unreachable",
        TrapCode::MemoryOutOfBounds => "out of bounds memory access",
        TrapCode::TableOutOfBounds => "out of bounds table access",
        TrapCode::IndirectCallToNull => "uninitialized element",
        TrapCode::IntegerDivisionByZero => "integer divide by zero",
        TrapCode::IntegerOverflow => "integer overflow",
        TrapCode::BadConversionToInteger => "invalid conversion to integer",
        TrapCode::StackOverflow => "call stack exhausted",
        TrapCode::BadSignature => "indirect call type mismatch",
        TrapCode::OutOfFuel => return Failure::Other(OUT_OF_FUEL.into()),
        other => return Failure::Other(other.to_string()),
    };
    Failure::Trap(text.into())
}

fn zero(ty: ValType) -> Value {
    match ty {
        ValType::I32 => Value::I32(0),
        ValType::I64 => Value::I64(0),
        ValType::F32 => Value::F32(0),
        ValType::F64 => Value::F64(0),
        ValType::V128 => Value::V128(0),
        ValType::FuncRef => Value::FuncRef(false),
        ValType::ExternRef => Value::ExternRef(None),
    }
}

fn into(value: Value, store: &mut Store<()>) -> Val {
    match value {
        Value::I32(bits) => Val::I32(bits as i32),
        Value::I64(bits) => Val::I64(bits as i64),
        Value::F32(bits) => Val::F32(wasmi::core::F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(wasmi::core::F64::from_bits(bits)),
        Value::V128(bits) => Val::V128(wasmi::core::V128::from(bits)),
        Value::FuncRef(_) => Val::FuncRef(FuncRef::null()),
        Value::ExnRef(_) => panic!("the reference has no exceptions"),
        Value::ExternRef(None) => Val::ExternRef(ExternRef::null()),
        Value::ExternRef(Some(number)) => Val::ExternRef(ExternRef::new(store, number)),
    }
}

fn from(value: &Val, store: &Store<()>) -> Value {
    match value {
        Val::I32(n) => Value::I32(*n as u32),
        Val::I64(n) => Value::I64(*n as u64),
        Val::F32(x) => Value::F32(x.to_bits()),
        Val::F64(x) => Value::F64(x.to_bits()),
        Val::V128(x) => Value::V128(x.as_u128()),
        Val::FuncRef(reference) => Value::FuncRef(!reference.is_null()),
        Val::ExternRef(reference) => Value::ExternRef(
            reference
                .data(store)
                .map(|any| *any.downcast_ref::<u32>().expect("a number was stored")),
        ),
    }
}

fn is_null(value: &Val) -> bool {
    match value {
        Val::FuncRef(reference) => reference.is_null(),
        Val::ExternRef(reference) => reference.is_null(),
        other => panic!("no reference: {other:?}"),
    }
}
