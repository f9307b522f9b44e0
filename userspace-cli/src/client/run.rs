// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Calls: the run loop with park and resume.

use std::fmt;

use wasmk_uapi::run::{Exit, Run, TrapCode, ValueType, RESUME, START};

use super::{text, Error};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function<'a> {
    /// The module's start function, if it has one.
    Start,
    /// An export.
    Export(&'a str),
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Instance number.
    pub instance: u32,
    /// What is called.
    pub function: Function<'a>,
    /// One value per parameter, as bits (see `uapi::run::Run::args`).
    pub args: &'a [u64],
    /// `CLOCK_MONOTONIC` nanoseconds at which the call is ended.
    pub deadline_ns: Option<u64>,
}

impl<'a> Call<'a> {
    /// Calls an export, without a deadline.
    pub fn export(instance: u32, name: &'a str, args: &'a [u64]) -> Self {
        Self {
            instance,
            function: Function::Export(name),
            args,
            deadline_ns: None,
        }
    }

    /// Runs the start function, without a deadline.
    pub fn start(instance: u32) -> Self {
        Self {
            instance,
            function: Function::Start,
            args: &[],
            deadline_ns: None,
        }
    }

    /// Sets the deadline.
    pub fn until(mut self, deadline_ns: Option<u64>) -> Self {
        self.deadline_ns = deadline_ns;
        self
    }

    pub(super) fn message(&self, resume: bool) -> Run {
        let mut run = Run {
            instance: self.instance,
            deadline_ns: self.deadline_ns.unwrap_or(0),
            ..Run::default()
        };
        if self.function == Function::Start {
            run.header.flags |= START;
        }
        if resume {
            run.header.flags |= RESUME;
        }
        run
    }
}

/// Results of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The values as bits; a v128 takes two entries, the low half first.
    pub bits: Vec<u64>,
    /// Their types, as far as the kernel tells (the first 32).
    pub types: Vec<ValueType>,
}

/// A trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Why; `None` for a number this library does not know.
    pub code: Option<TrapCode>,
    /// The kernel's text.
    pub message: String,
    /// Function index.
    pub function: Option<u32>,
    /// Function name, from the module's name section or its exports.
    pub name: Option<String>,
    /// Byte offset of the instruction in the wasm binary.
    pub offset: Option<u64>,
    /// Number of the thread in the program; 0 is the first.
    pub thread: u32,
}

impl Trap {
    /// Why, in the words of the core test suite; the kernel's own for a code this library does not know.
    pub fn reason(&self) -> String {
        self.code
            .map_or_else(|| self.message.clone(), |code| trap_text(code).into())
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trap: {}", self.reason())?;
        match (self.function, &self.name) {
            (Some(index), Some(name)) => write!(f, " in function {index} `{name}`")?,
            (Some(index), None) => write!(f, " in function {index}")?,
            (None, Some(name)) => write!(f, " in function `{name}`")?,
            (None, None) => {}
        }
        if let Some(offset) = self.offset {
            write!(f, " at offset {offset:#x}")?;
        }
        match self.thread {
            0 => Ok(()),
            thread => write!(f, " (thread {thread})"),
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned.
    Returned(Values),
    /// It trapped.
    Trapped(Trap),
    /// `proc_exit`.
    Exited(u32),
    /// The deadline passed.
    Deadline,
    /// It was killed.
    Killed,
}

/// What one RUN came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The call is over.
    Ended(Outcome),
    /// A signal or the like was handled; the call can be resumed.
    Parked,
    /// The program asks for a thread: [`Store::thread`](super::Store::thread), then [`Store::answer`](super::Store::answer).
    Spawn,
}

/// Types of the results that take `entries` entries in all.
fn result_types(run: &Run, entries: usize) -> Vec<ValueType> {
    let mut left = entries;
    run.result_types
        .iter()
        .map_while(|&number| {
            let ty = value_type(number)?;
            left = left.checked_sub(ty.entries())?;
            Some(ty)
        })
        .collect()
}

pub(super) fn step(run: &Run, mut results: Vec<u64>) -> Result<Step, Error> {
    let outcome = match run.exit {
        e if e == Exit::Parked as u32 => return Ok(Step::Parked),
        e if e == Exit::Spawn as u32 => return Ok(Step::Spawn),
        e if e == Exit::Returned as u32 => {
            results.truncate(run.result_count as usize);
            let types = result_types(run, results.len());
            Outcome::Returned(Values {
                bits: results,
                types,
            })
        }
        e if e == Exit::Trapped as u32 => Outcome::Trapped(trap(run)),
        e if e == Exit::Exited as u32 => Outcome::Exited(run.code),
        e if e == Exit::Deadline as u32 => Outcome::Deadline,
        e if e == Exit::Killed as u32 => Outcome::Killed,
        other => {
            let message = format!("the kernel module reported an unknown ending ({other})");
            return Err(Error {
                operation: "run",
                errno: libc::EPROTO,
                message,
                offset: None,
            });
        }
    };
    Ok(Step::Ended(outcome))
}

fn trap(run: &Run) -> Trap {
    let code = trap_code(run.code);
    let name = text(&run.trap_name);
    let message = text(&run.message);
    Trap {
        code,
        message: if message.is_empty() {
            format!("code {}", run.code)
        } else {
            message
        },
        function: (run.trap_function != u32::MAX).then_some(run.trap_function),
        name: (!name.is_empty()).then_some(name),
        offset: (run.trap_offset != u64::MAX).then_some(run.trap_offset),
        thread: run.thread,
    }
}

/// The trap code with this number.
pub(super) fn trap_code(number: u32) -> Option<TrapCode> {
    use TrapCode as T;
    [
        T::Unreachable,
        T::MemoryOutOfBounds,
        T::TableOutOfBounds,
        T::NullReference,
        T::IndirectCallTypeMismatch,
        T::DivisionByZero,
        T::IntegerOverflow,
        T::InvalidConversion,
        T::StackOverflow,
        T::OutOfFuel,
        T::UndefinedElement,
        T::HostFailure,
        T::NullValue,
        T::NullFunction,
        T::NullException,
        T::UncaughtException,
        T::ExceptionMemory,
        T::Unaligned,
        T::NotShared,
    ]
    .into_iter()
    .find(|code| *code as u32 == number)
}

/// The text that the core test suite expects of a trap.
pub fn trap_text(code: TrapCode) -> &'static str {
    match code {
        TrapCode::Unreachable => "unreachable",
        TrapCode::MemoryOutOfBounds => "out of bounds memory access",
        TrapCode::TableOutOfBounds => "out of bounds table access",
        TrapCode::NullReference => "uninitialized element",
        TrapCode::IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapCode::DivisionByZero => "integer divide by zero",
        TrapCode::IntegerOverflow => "integer overflow",
        TrapCode::InvalidConversion => "invalid conversion to integer",
        TrapCode::StackOverflow => "call stack exhausted",
        TrapCode::OutOfFuel => "all fuel consumed",
        TrapCode::UndefinedElement => "undefined element",
        TrapCode::HostFailure => "host function failed",
        TrapCode::NullValue => "null reference",
        TrapCode::NullFunction => "null function reference",
        TrapCode::NullException => "null exception reference",
        TrapCode::UncaughtException => "uncaught exception",
        TrapCode::ExceptionMemory => "no memory for an exception",
        TrapCode::Unaligned => "unaligned atomic",
        TrapCode::NotShared => "expected shared memory",
    }
}

/// The value type with this number.
pub(super) fn value_type(number: u8) -> Option<ValueType> {
    use ValueType as V;
    [
        V::I32,
        V::I64,
        V::F32,
        V::F64,
        V::FuncRef,
        V::ExternRef,
        V::ExnRef,
        V::V128,
    ]
    .into_iter()
    .find(|t| *t as u8 == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_takes_two_entries() {
        let mut run = Run::default();
        run.result_types[0] = ValueType::V128 as u8;
        assert_eq!(result_types(&run, 2), [ValueType::V128]);
        run.result_types[1] = ValueType::F32 as u8;
        run.result_types[2] = ValueType::V128 as u8;
        let all = [ValueType::V128, ValueType::F32, ValueType::V128];
        assert_eq!(result_types(&run, 5), all);
        assert_eq!(result_types(&run, 0), []);
    }
}
