// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What the reference does with a program.

use super::{Item, Reference, State, OUT_OF_FUEL};
use crate::{mutate::Mutator, Failure, InstanceId, Value};

/// How often every export is called, with other arguments.
const ROUNDS: usize = 3;

/// One thing done.
#[derive(Clone, Debug)]
pub enum Step {
    /// A new instance, which the steps that follow are about; how that failed, or its state.
    Instantiate(Result<State, Failure>),
    /// A call of an export.
    Call {
        /// Its name.
        function: String,
        /// Its arguments.
        arguments: Vec<Value>,
        /// What came of it.
        outcome: Result<Vec<Value>, Failure>,
        /// What the instance looks like afterwards.
        state: State,
    },
}

/// All that is done with one program.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What the program exports.
    pub items: Vec<Item>,
    /// In order.
    pub steps: Vec<Step>,
}

impl Trace {
    /// Runs every export of `wasm` some times, with arguments from `seed`.
    ///
    /// # Errors
    ///
    /// The reference does not accept the program, in words.
    pub fn record<R: Reference>(reference: &mut R, wasm: &[u8], seed: u64) -> Result<Self, String> {
        reference.reset()?;
        let module = reference.compile(wasm).map_err(|e| e.to_string())?;
        let mut trace = Self::default();
        let mut random = Mutator::new(!seed);
        let mut instance = None;
        let mut functions = Vec::new();
        for round in 0..ROUNDS {
            let mut at = 0;
            loop {
                let Some(current) = instance.or_else(|| trace.fresh(reference, &module)) else {
                    return Ok(trace);
                };
                instance = Some(current);
                if round == 0 && at == 0 {
                    functions = trace.functions();
                }
                let Some((function, parameters)) = functions.get(at) else {
                    break;
                };
                at += 1;
                let arguments: Vec<Value> = parameters
                    .iter()
                    .map(|like| value(*like, &mut random))
                    .collect();
                let outcome = reference.invoke(current, function, &arguments);
                // A program out of its fuel traps so for ever; and where a stack ends differs between engines, so may all that follows.
                if matches!(&outcome, Err(Failure::Trap(why)) if why == "unreachable")
                    || out_of_fuel(&outcome)
                    || exhausted(&outcome)
                {
                    instance = None;
                }
                let state = State::of(reference, current, &trace.items);
                trace.steps.push(Step::Call {
                    function: function.clone(),
                    arguments,
                    outcome,
                    state,
                });
            }
        }
        Ok(trace)
    }

    fn fresh<R: Reference>(&mut self, reference: &mut R, module: &R::Module) -> Option<InstanceId> {
        match reference.instantiate(module) {
            Ok(instance) => {
                self.items = reference.items(instance);
                let state = State::of(reference, instance, &self.items);
                self.steps.push(Step::Instantiate(Ok(state)));
                Some(instance)
            }
            Err(why) => {
                self.steps.push(Step::Instantiate(Err(why)));
                None
            }
        }
    }

    fn functions(&self) -> Vec<(String, Vec<Value>)> {
        self.items
            .iter()
            .filter_map(|item| match item {
                Item::Function(name, parameters) => Some((name.clone(), parameters.clone())),
                _ => None,
            })
            .collect()
    }
}

/// Whether the wasm stack was too small.
pub(super) fn exhausted<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::Trap(why)) if why == "call stack exhausted")
}

/// Whether the reference gave up.
pub(super) fn out_of_fuel<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::Other(why)) if why == OUT_OF_FUEL)
}

/// A value of that type, often from an edge.
fn value(like: Value, random: &mut Mutator) -> Value {
    const EDGES: [u64; 12] = [
        0,
        1,
        2,
        31,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000,
        u64::MAX,
        0x3ff0_0000_3f80_0000,
        0x7ff0_0000_7f80_0000,
    ];
    let mut bits = || match random.below(3) {
        0 => random.number(),
        1 => random.number() % 70_000,
        _ => EDGES[random.below(EDGES.len())],
    };
    match like {
        Value::I32(_) => Value::I32(bits() as u32),
        Value::I64(_) => Value::I64(bits()),
        Value::F32(_) => match bits() as u32 {
            nan if f32::from_bits(nan).is_nan() => Value::F32(0x7fc0_0000),
            bits => Value::F32(bits),
        },
        Value::F64(_) => match bits() {
            nan if f64::from_bits(nan).is_nan() => Value::F64(0x7ff8_0000_0000_0000),
            bits => Value::F64(bits),
        },
        Value::V128(_) => Value::V128(u128::from(bits()) << 64 | u128::from(bits())),
        Value::ExternRef(_) => Value::ExternRef(match bits() {
            odd if odd & 1 != 0 => Some(odd as u32 >> 1),
            _ => None,
        }),
        null => null,
    }
}
