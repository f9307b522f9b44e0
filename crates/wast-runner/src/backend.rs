// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What a script is run on.

use std::fmt;

/// Number of an instance in the backend's current store.
pub type InstanceId = u32;

/// A WebAssembly implementation with one store. Modules and instances live until [`Backend::reset`].
pub trait Backend {
    /// A validated and compiled module.
    type Module;

    /// Drops everything and begins a new, empty store. Called before each script.
    ///
    /// # Errors
    ///
    /// Why there is no store, in words.
    fn reset(&mut self) -> Result<(), String>;

    /// Validates and compiles.
    ///
    /// # Errors
    ///
    /// See [`Refusal`].
    fn compile(&mut self, wasm: &[u8]) -> Result<Self::Module, Refusal>;

    /// Makes an instance, imports resolved among registered names, and runs its start function.
    ///
    /// # Errors
    ///
    /// [`Failure::Unlinkable`] if an import is missing or has another type, [`Failure::Trap`] if a segment does not fit or
    /// the start function traps; what was written before stays.
    fn instantiate(&mut self, module: &Self::Module) -> Result<InstanceId, Failure>;

    /// Makes the instance's exports importable from module `name`.
    ///
    /// # Errors
    ///
    /// Why not, in words.
    fn register(&mut self, instance: InstanceId, name: &str) -> Result<(), String>;

    /// Calls an exported function.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure>;

    /// Value of an exported global.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure>;
}

/// Why a module was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is malformed, invalid, or uses what this feature set lacks. The only kind that satisfies an assertion.
    Invalid(String),
    /// Anything else: a limit, memory, a bug.
    Other(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(why) => f.write_str(why),
            Self::Other(why) => write!(f, "refused for another reason: {why}"),
        }
    }
}

/// Why an instance was not made or a call did not return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// An import is missing or incompatible: why, and at the end `: "module" "name"`.
    Unlinkable(String),
    /// A trap, in the words of the suite ("integer divide by zero").
    Trap(String),
    /// Anything else.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlinkable(why) => write!(f, "unlinkable: {why}"),
            Self::Trap(why) => write!(f, "trap: {why}"),
            Self::Other(why) => write!(f, "failed: {why}"),
        }
    }
}

/// A value. Floats are bits: NaN payloads matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// i32.
    I32(u32),
    /// i64.
    I64(u64),
    /// f32, its bits.
    F32(u32),
    /// f64, its bits.
    F64(u64),
    /// v128, lane 0 lowest.
    V128(u128),
    /// funcref: whether it is not null.
    FuncRef(bool),
    /// externref: `None` is null.
    ExternRef(Option<u32>),
    /// exnref: whether it is not null.
    ExnRef(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::I32(bits) => write!(f, "(i32.const {})", bits as i32),
            Self::I64(bits) => write!(f, "(i64.const {})", bits as i64),
            Self::F32(bits) => write!(f, "(f32.const {} = {bits:#010x})", f32::from_bits(bits)),
            Self::F64(bits) => write!(f, "(f64.const {} = {bits:#018x})", f64::from_bits(bits)),
            Self::V128(bits) => write!(f, "(v128.const {bits:#034x})"),
            Self::FuncRef(false) => f.write_str("(ref.null func)"),
            Self::FuncRef(true) => f.write_str("(ref.func)"),
            Self::ExternRef(None) => f.write_str("(ref.null extern)"),
            Self::ExnRef(false) => f.write_str("(ref.null exn)"),
            Self::ExnRef(true) => f.write_str("(ref.exn)"),
            Self::ExternRef(Some(n)) => write!(f, "(ref.extern {n})"),
        }
    }
}
