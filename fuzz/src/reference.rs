// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Wasmtime as the reference: Cranelift, without signals, which the engine under test wants for itself.

use std::borrow::Cow;

use wasmk_wast_runner::{
    differential::{Inspect, Item, Reference, OUTSIDE_MAYBE_UNALIGNED, OUT_OF_FUEL},
    Backend, Failure, InstanceId, Refusal, Value,
};
use wasmparser::WasmFeatures;
use wasmtime::{
    Config, Engine, Error, Extern, ExternRef, HeapType, Instance, Linker, Module, OptLevel, Ref,
    RefType, Rooted, Store, ThrownException, Trap, Val, ValType, WasmBacktrace,
};

/// For each call: far more than a generated program has of its own, but one that was minimised might go on for ever.
const FUEL: u64 = 10_000_000;

/// Bytes of wasm stack.
const STACK: usize = 1 << 20;

/// Wasmtime, one store.
pub struct Wasmtime {
    engine: Engine,
    store: Store<()>,
    instances: Vec<Instance>,
    /// The module compiled last: a program is one.
    wasm: Vec<u8>,
}

impl Wasmtime {
    /// With an empty store.
    pub fn new() -> Self {
        let mut config = Config::new();
        config
            .signals_based_traps(false)
            .consume_fuel(true)
            .memory_reservation(0)
            .memory_guard_size(0)
            .memory_init_cow(false)
            .max_wasm_stack(STACK)
            .cranelift_opt_level(OptLevel::None)
            .shared_memory(true)
            .wasm_function_references(true)
            .wasm_gc(true)
            .wasm_exceptions(true)
            .wasm_threads(true)
            .wasm_tail_call(true)
            .wasm_multi_memory(true)
            .wasm_memory64(true)
            .wasm_extended_const(true);
        crate::sys::relaxed_as_ssse3(&mut config);
        let engine = Engine::new(&config).expect("a configuration that Wasmtime has");
        Self {
            store: Store::new(&engine, ()),
            engine,
            instances: Vec::new(),
            wasm: Vec::new(),
        }
    }

    fn instance(&self, instance: InstanceId) -> Instance {
        self.instances[instance as usize]
    }

    fn refuel(&mut self) {
        self.store.set_fuel(FUEL).expect("fuel is on");
    }

    /// Whether it is a wait or a notification that failed. These add their offset before they look at anything else, and what exceeds the
    /// type of the index is outside; other atomic operators look at alignment first, as the proposal says.
    fn at_wait_or_notify(&self, error: &Error) -> bool {
        let operator = error
            .downcast_ref::<WasmBacktrace>()
            .and_then(|trace| trace.frames().first()?.module_offset())
            .and_then(|at| self.wasm.get(at..at + 2));
        matches!(operator, Some([0xfe, 0x00..=0x02]))
    }

    fn failure(&mut self, error: Error) -> Failure {
        if error.is::<ThrownException>() {
            self.store.take_pending_exception();
            return Failure::Trap("uncaught exception".into());
        }
        let Some(trap) = error.downcast_ref::<Trap>() else {
            return Failure::Other(format!("{error:?}"));
        };
        let text = match trap {
            Trap::UnreachableCodeReached => "unreachable",
            Trap::MemoryOutOfBounds if self.at_wait_or_notify(&error) => OUTSIDE_MAYBE_UNALIGNED,
            Trap::MemoryOutOfBounds => "out of bounds memory access",
            Trap::TableOutOfBounds => "out of bounds table access",
            Trap::IndirectCallToNull => "uninitialized element",
            Trap::BadSignature => "indirect call type mismatch",
            Trap::IntegerDivisionByZero => "integer divide by zero",
            Trap::IntegerOverflow => "integer overflow",
            Trap::BadConversionToInteger => "invalid conversion to integer",
            Trap::StackOverflow => "call stack exhausted",
            Trap::HeapMisaligned => "unaligned atomic",
            Trap::AtomicWaitNonSharedMemory => "expected shared memory",
            Trap::NullReference => "null reference",
            Trap::OutOfFuel => return Failure::Other(OUT_OF_FUEL.into()),
            other => return Failure::Other(other.to_string()),
        };
        Failure::Trap(text.into())
    }
}

impl Backend for Wasmtime {
    type Module = Module;

    fn reset(&mut self) -> Result<(), String> {
        self.instances.clear();
        self.store = Store::new(&self.engine, ());
        Ok(())
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<Module, Refusal> {
        self.wasm = wasm.into();
        Module::new(&self.engine, wasm).map_err(|e| Refusal::Invalid(format!("{e:?}")))
    }

    fn instantiate(&mut self, module: &Module) -> Result<InstanceId, Failure> {
        self.refuel();
        let linker = Linker::new(&self.engine);
        let instance = linker
            .instantiate(&mut self.store, module)
            .map_err(|e| self.failure(e))?;
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
        self.refuel();
        let function = self
            .instance(instance)
            .get_func(&mut self.store, function)
            .ok_or(Failure::Other("no such function".into()))?;
        let arguments = arguments
            .iter()
            .map(|value| into(*value, &mut self.store))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| self.failure(e))?;
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function
            .call(&mut self.store, &arguments, &mut results)
            .map_err(|e| self.failure(e))?;
        results
            .iter()
            .map(|value| from(value, &self.store))
            .collect()
    }

    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure> {
        let global = self
            .instance(instance)
            .get_global(&mut self.store, name)
            .ok_or(Failure::Other("no such global".into()))?;
        let value = global.get(&mut self.store);
        from(&value, &self.store)
    }
}

impl Inspect for Wasmtime {
    fn memory(&mut self, instance: InstanceId, name: &str) -> Cow<'_, [u8]> {
        match self.instance(instance).get_export(&mut self.store, name) {
            Some(Extern::Memory(memory)) => Cow::Borrowed(memory.data(&self.store)),
            Some(Extern::SharedMemory(memory)) => Cow::Owned(crate::sys::bytes(&memory)),
            _ => Cow::Borrowed(&[]),
        }
    }

    fn table(&mut self, instance: InstanceId, name: &str) -> Vec<bool> {
        let Some(table) = self.instance(instance).get_table(&mut self.store, name) else {
            return Vec::new();
        };
        (0..table.size(&self.store))
            .map_while(|index| table.get(&mut self.store, index))
            .map(|item| match item {
                Ref::Func(item) => item.is_some(),
                Ref::Extern(item) => item.is_some(),
                Ref::Any(item) => item.is_some(),
                Ref::Exn(item) => item.is_some(),
            })
            .collect()
    }
}

impl Reference for Wasmtime {
    fn name(&self) -> &'static str {
        "Wasmtime 48"
    }

    fn features(&self) -> WasmFeatures {
        WasmFeatures::WASM2
            .union(WasmFeatures::RELAXED_SIMD)
            .union(WasmFeatures::TAIL_CALL)
            .union(WasmFeatures::EXTENDED_CONST)
            .union(WasmFeatures::MULTI_MEMORY)
            .union(WasmFeatures::MEMORY64)
            .union(WasmFeatures::FUNCTION_REFERENCES)
            .union(WasmFeatures::EXCEPTIONS)
            .union(WasmFeatures::THREADS)
    }

    fn items(&mut self, instance: InstanceId) -> Vec<Item> {
        let instance = self.instance(instance);
        let exports: Vec<_> = instance
            .exports(&mut self.store)
            .map(|export| (export.name().to_owned(), export.into_extern()))
            .collect();
        let item = |(name, external): (String, Extern)| match external {
            Extern::Func(function) => {
                let ty = function.ty(&self.store);
                let parameters: Option<Vec<_>> = ty.params().map(|ty| zero(&ty)).collect();
                Some(Item::Function(name, parameters?))
            }
            Extern::Global(_) => Some(Item::Global(name)),
            Extern::Memory(_) | Extern::SharedMemory(_) => Some(Item::Memory(name)),
            Extern::Table(_) => Some(Item::Table(name)),
            Extern::Tag(_) => None,
        };
        exports.into_iter().filter_map(item).collect()
    }
}

/// A zero of a type; `None` if there is none, as for references that cannot be null.
fn zero(ty: &ValType) -> Option<Value> {
    Some(match ty {
        ValType::I32 => Value::I32(0),
        ValType::I64 => Value::I64(0),
        ValType::F32 => Value::F32(0),
        ValType::F64 => Value::F64(0),
        ValType::V128 => Value::V128(0),
        ValType::Ref(ty) => reference(ty).filter(|_| ty.is_nullable())?,
    })
}

/// The null of a reference type.
fn reference(ty: &RefType) -> Option<Value> {
    Some(match ty.heap_type().top() {
        HeapType::Func => Value::FuncRef(false),
        HeapType::Extern => Value::ExternRef(None),
        HeapType::Exn => Value::ExnRef(false),
        _ => return None,
    })
}

fn into(value: Value, store: &mut Store<()>) -> Result<Val, Error> {
    Ok(match value {
        Value::I32(bits) => Val::I32(bits as i32),
        Value::I64(bits) => Val::I64(bits as i64),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::V128(bits) => Val::V128(bits.into()),
        Value::FuncRef(_) => Val::FuncRef(None),
        Value::ExnRef(_) => Val::ExnRef(None),
        Value::ExternRef(None) => Val::ExternRef(None),
        Value::ExternRef(Some(number)) => {
            Val::ExternRef(Some(ExternRef::new(&mut *store, number)?))
        }
    })
}

fn from(value: &Val, store: &Store<()>) -> Result<Value, Failure> {
    Ok(match value {
        Val::I32(n) => Value::I32(*n as u32),
        Val::I64(n) => Value::I64(*n as u64),
        Val::F32(bits) => Value::F32(*bits),
        Val::F64(bits) => Value::F64(*bits),
        Val::V128(bits) => Value::V128(bits.as_u128()),
        Val::FuncRef(reference) => Value::FuncRef(reference.is_some()),
        Val::ExnRef(reference) => Value::ExnRef(reference.is_some()),
        Val::ExternRef(None) => Value::ExternRef(None),
        Val::ExternRef(Some(reference)) => Value::ExternRef(Some(number(reference, store)?)),
        other => {
            return Err(Failure::Other(format!(
                "no such type is generated: {other:?}"
            )))
        }
    })
}

/// The number behind an external reference.
fn number(reference: &Rooted<ExternRef>, store: &Store<()>) -> Result<u32, Failure> {
    let lost = |why: String| Failure::Other(why);
    reference
        .data(store)
        .map_err(|e| lost(e.to_string()))?
        .and_then(|any| any.downcast_ref::<u32>().copied())
        .ok_or(lost("not a number of ours".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a function of one i32 traps, given what it does with it and an `i32.const 0`.
    fn trap(operator: &str, index: u32) -> String {
        let text = format!(
            "(module (memory 1 1 shared) (func (export \"f\") (param i32)
               local.get 0 i32.const 0 {operator} drop))"
        );
        let mut wasmtime = Wasmtime::new();
        let buffer = wast::parser::ParseBuffer::new(&text).unwrap();
        let wasm = wast::parser::parse::<wast::Wat<'_>>(&buffer)
            .unwrap()
            .encode()
            .unwrap();
        let module = wasmtime.compile(&wasm).unwrap();
        let instance = wasmtime.instantiate(&module).unwrap();
        match wasmtime.invoke(instance, "f", &[Value::I32(index)]) {
            Err(Failure::Trap(why)) => why,
            other => panic!("{operator} at {index:#x}: {other:?}"),
        }
    }

    #[test]
    fn what_is_not_told_apart_is_of_wait_and_notify_alone() {
        let sum = "memory.atomic.notify offset=0xeb53";
        assert_eq!(trap(sum, 0xffff_fbff), OUTSIDE_MAYBE_UNALIGNED);
        assert_eq!(trap(sum, 0), "unaligned atomic");
        let wait = "i64.const 0 memory.atomic.wait32 offset=16";
        assert_eq!(trap(wait, 0xffff_fff9), OUTSIDE_MAYBE_UNALIGNED);
        assert_eq!(trap(wait, 1), "unaligned atomic");
        let add = "i32.atomic.rmw.add offset=16";
        assert_eq!(trap(add, 0xffff_fff9), "unaligned atomic");
        assert_eq!(trap(add, 0xffff_fffc), "out of bounds memory access");
    }
}
