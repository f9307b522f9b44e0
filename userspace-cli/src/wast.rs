// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The kernel as a backend of the script runner.

use std::{collections::VecDeque, rc::Rc};

use wasmk_uapi::run::ValueType;
use wasmk_wast_runner::{run_script, Backend, Failure, InstanceId, Refusal, Report, Value};

use crate::{
    trap_text, Call, Device, Error, ErrorKind, LoadOptions, MemoryModel, Module, Outcome, Store,
    StoreOptions, Trap,
};

/// Stores kept when every instance has one of its own. More would need more guard slots than a kernel module has by default.
const KEPT: usize = 3;

/// Runs one script in the kernel. `Err` if it cannot be parsed or there is no device.
pub fn run(
    device: &Device,
    memory: MemoryModel,
    fuel: bool,
    edition_2: bool,
    text: &str,
) -> Result<Report, String> {
    // Instances that are imported from must share a store. Where none is, each has its own, so that memories (and their guard slots) are
    // given back while the script runs.
    let shared = text.contains("(register ");
    let mut backend = Kernel {
        device,
        memory,
        fuel,
        edition_2,
        shared,
        stores: VecDeque::new(),
        next: 0,
        registered: Vec::new(),
        modules: Vec::new(),
    };
    run_script(&mut backend, text)
}

/// The kernel behind its ioctls.
struct Kernel<'a> {
    device: &'a Device,
    memory: MemoryModel,
    fuel: bool,
    edition_2: bool,
    shared: bool,
    stores: VecDeque<Entry>,
    next: InstanceId,
    /// Modules that every store begins with, by name: "spectest", when stores are not shared.
    registered: Vec<(String, Rc<Module>)>,
    /// Module of each instance.
    modules: Vec<Rc<Module>>,
}

/// A store and the instances (our number, the kernel's) in it.
struct Entry {
    store: Store,
    instances: Vec<(InstanceId, u32)>,
}

impl Kernel<'_> {
    fn find(&self, instance: InstanceId) -> Result<(&Store, u32), Failure> {
        self.stores
            .iter()
            .find_map(|entry| {
                let (_, number) = entry.instances.iter().find(|(id, _)| *id == instance)?;
                Some((&entry.store, *number))
            })
            .ok_or_else(|| {
                Failure::Other("the instance is used after more instances than are kept".into())
            })
    }

    /// A store with what is registered in it.
    fn open(&self) -> Result<Store, Failure> {
        let store = self
            .device
            .create_store(&StoreOptions::default())
            .map_err(other)?;
        for (name, module) in &self.registered {
            store
                .instantiate(module, name)
                .map_err(|error| other(error.into()))?;
        }
        Ok(store)
    }

    fn place(&mut self) -> Result<&mut Entry, Failure> {
        if self.stores.is_empty() || !self.shared {
            let store = self.open()?;
            self.stores.push_back(Entry {
                store,
                instances: Vec::new(),
            });
            if self.stores.len() > KEPT {
                self.stores.pop_front();
            }
        }
        self.stores
            .back_mut()
            .ok_or_else(|| Failure::Other("no store".into()))
    }
}

impl Backend for Kernel<'_> {
    type Module = Rc<Module>;

    fn reset(&mut self) -> Result<(), String> {
        self.stores.clear();
        self.modules.clear();
        self.registered.clear();
        self.next = 0;
        Ok(())
    }

    fn compile(&mut self, wasm: &[u8]) -> Result<Rc<Module>, Refusal> {
        let options = LoadOptions {
            name: "wast",
            memory: self.memory,
            fuel: self.fuel,
            edition_2: self.edition_2,
        };
        match self.device.load(wasm, &options) {
            Ok(module) => Ok(Rc::new(module)),
            // The kernel says EINVAL for invalid wasm, EOPNOTSUPP for a feature that is off.
            Err(error)
                if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Unsupported)
                    && error.errno != libc::EFBIG =>
            {
                Err(Refusal::Invalid(error.reason()))
            }
            Err(error) => Err(Refusal::Other(error.to_string())),
        }
    }

    fn instantiate(&mut self, module: &Rc<Module>) -> Result<InstanceId, Failure> {
        let fuel = self.fuel;
        let id = self.next;
        let entry = self.place()?;
        let number = entry
            .store
            .instantiate(module, "")
            .map_err(|error| match error.trap {
                Some(code) => Failure::Trap(trap_text(code).into()),
                None if error.error.errno == libc::EINVAL => {
                    Failure::Unlinkable(error.error.reason())
                }
                None => other(error.error),
            })?;
        entry.instances.push((id, number));
        if fuel {
            entry.store.set_fuel(u64::MAX >> 1).map_err(other)?;
        }
        let started = entry.store.call(&Call::start(number));
        self.next += 1;
        self.modules.push(Rc::clone(module));
        match started.map_err(other)? {
            Outcome::Returned(_) => Ok(id),
            ended => Err(failure(ended)),
        }
    }

    fn register(&mut self, instance: InstanceId, name: &str) -> Result<(), String> {
        if self.shared {
            let (store, number) = self.find(instance).map_err(|failure| failure.to_string())?;
            return store
                .register(number, name)
                .map_err(|error| error.to_string());
        }
        let module = self
            .modules
            .get(instance as usize)
            .ok_or("no such instance")?;
        self.registered.push((name.into(), Rc::clone(module)));
        Ok(())
    }

    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let (store, number) = self.find(instance)?;
        let args: Vec<u64> = arguments.iter().flat_map(|value| entries(*value)).collect();
        match store
            .call(&Call::export(number, function, &args))
            .map_err(other)?
        {
            Outcome::Returned(values) => {
                let expected: usize = values.types.iter().map(|ty| ty.entries()).sum();
                if expected != values.bits.len() {
                    return Err(Failure::Other(
                        "the kernel does not tell the types of all results".into(),
                    ));
                }
                let mut bits = values.bits.iter().copied();
                let mut next = || bits.next().unwrap_or(0);
                Ok(values
                    .types
                    .iter()
                    .map(|&ty| match ty {
                        ValueType::V128 => value(ty, [next(), next()]),
                        _ => value(ty, [next(), 0]),
                    })
                    .collect())
            }
            ended => Err(failure(ended)),
        }
    }

    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure> {
        let (store, number) = self.find(instance)?;
        match store.global(number, name).map_err(other)? {
            (Some(ty), bits) => Ok(value(ty, bits)),
            (None, _) => Err(Failure::Other("a type this program does not know".into())),
        }
    }
}

fn other(error: Error) -> Failure {
    Failure::Other(error.to_string())
}

fn failure(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Trapped(Trap {
            code: Some(code), ..
        }) => Failure::Trap(trap_text(code).into()),
        Outcome::Trapped(trap) => Failure::Other(trap.to_string()),
        ended => Failure::Other(format!("{ended:?}")),
    }
}

/// An argument as the kernel takes it.
fn entries(value: Value) -> Vec<u64> {
    match value {
        Value::V128(bits) => vec![bits as u64, (bits >> 64) as u64],
        other => vec![bits(other)],
    }
}

fn bits(value: Value) -> u64 {
    match value {
        Value::V128(bits) => bits as u64,
        Value::I32(bits) | Value::F32(bits) => bits.into(),
        Value::I64(bits) | Value::F64(bits) => bits,
        // Scripts pass no function references but null.
        Value::FuncRef(_) | Value::ExnRef(_) => 0,
        Value::ExternRef(value) => value.map_or(0, |value| u64::from(value) + 1),
    }
}

fn value(ty: ValueType, [bits, high]: [u64; 2]) -> Value {
    match ty {
        ValueType::V128 => Value::V128(u128::from(high) << 64 | u128::from(bits)),
        ValueType::I32 => Value::I32(bits as u32),
        ValueType::I64 => Value::I64(bits),
        ValueType::F32 => Value::F32(bits as u32),
        ValueType::F64 => Value::F64(bits),
        ValueType::FuncRef => Value::FuncRef(bits != 0),
        ValueType::ExnRef => Value::ExnRef(bits != 0),
        ValueType::ExternRef => Value::ExternRef(bits.checked_sub(1).map(|value| value as u32)),
    }
}
