// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Does the engine do what a trace says?

use std::{
    borrow::Cow,
    fmt,
    ops::AddAssign,
    panic::{catch_unwind, AssertUnwindSafe},
};

use super::{
    trace::{exhausted, out_of_fuel},
    Inspect, Setting, State, Step, Trace, OUTSIDE_MAYBE_UNALIGNED,
};
use crate::{native::Native, Backend, Failure, InstanceId, Value};

/// Bytes of wasm stack: enough for nearly every program to use up its fuel.
pub(super) const STACK: usize = 8 << 20;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Programs compiled and run.
    pub programs: u64,
    /// Calls compared.
    pub calls: u64,
    /// Of these, calls that returned.
    pub returned: u64,
    /// Of these, calls that trapped.
    pub trapped: u64,
    /// Calls not compared, because a stack ran out in one of both, or had in the same instance; or the reference's fuel.
    pub exhausted: u64,
    /// Times that wasm was parked and resumed.
    pub parked: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.programs += other.programs;
        self.calls += other.calls;
        self.returned += other.returned;
        self.trapped += other.trapped;
        self.exhausted += other.exhausted;
        self.parked += other.parked;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} programs, {} calls compared ({} returned, {} trapped), {} not compared for want of stack, {} parked",
            self.programs, self.calls, self.returned, self.trapped, self.exhausted, self.parked
        )
    }
}

/// Where the engine did something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The setting's name.
    pub setting: &'static str,
    /// Number of the step in the trace; `None` for compilation.
    pub step: Option<usize>,
    /// What differs.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.setting)?;
        if let Some(step) = self.step {
            write!(f, "step {step}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Runs what `trace` tells of `wasm` in the engine.
///
/// # Errors
///
/// The first difference. A panic is one.
pub fn check(wasm: &[u8], trace: &Trace, setting: &Setting) -> Result<Counts, Difference> {
    let at = |step, what| Difference {
        setting: setting.name,
        step,
        what,
    };
    catch_unwind(AssertUnwindSafe(|| replay(wasm, trace, setting)))
        .unwrap_or_else(|panic| {
            let why = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or(panic.downcast_ref::<&str>().copied());
            Err((None, format!("panic: {}", why.unwrap_or("of unknown kind"))))
        })
        .map_err(|(step, what)| at(step, what))
}

fn replay(
    wasm: &[u8],
    trace: &Trace,
    setting: &Setting,
) -> Result<Counts, (Option<usize>, String)> {
    let outside = |why: String| (None, why);
    let mut native = Native::new(setting.config)
        .and_then(|native| native.with(STACK, setting.interrupted))
        .map_err(outside)?;
    let module = native
        .compile(wasm)
        .map_err(|e| outside(format!("not compiled: {e}")))?;
    let mut counts = Counts {
        programs: 1,
        ..Counts::default()
    };
    // `None` while what the instance does is not known to be comparable.
    let mut instance = None;
    for (number, step) in trace.steps.iter().enumerate() {
        let differ = |what: String| (Some(number), what);
        match step {
            Step::Instantiate(expected) => {
                instance = None;
                if out_of_fuel(expected) {
                    counts.exhausted += 1;
                    continue;
                }
                match (expected, native.instantiate(&module)) {
                    (Ok(state), Ok(new)) => {
                        instance = Some(new);
                        let got = State::of(&mut native, new, &trace.items);
                        if let Some(what) = state.difference(&got) {
                            return Err(differ(format!("instantiation: {what}")));
                        }
                    }
                    (expected, got) => {
                        let expected = expected.clone().map(|_| Vec::new());
                        let got = got.map(|_| Vec::new());
                        if exhausted(&expected) || exhausted(&got) {
                            counts.exhausted += 1;
                        } else {
                            same(&expected, got)
                                .map_err(|what| differ(format!("instantiation: {what}")))?;
                        }
                    }
                }
            }
            Step::Call {
                function,
                arguments,
                outcome,
                state,
            } => {
                let Some(current) = instance else {
                    counts.exhausted += 1;
                    continue;
                };
                // Without the reference's fuel this might take for ever.
                if out_of_fuel(outcome) {
                    counts.exhausted += 1;
                    instance = None;
                    continue;
                }
                let got = native.invoke(current, function, arguments);
                if exhausted(outcome) || exhausted(&got) {
                    counts.exhausted += 1;
                    instance = None;
                    continue;
                }
                counts.calls += 1;
                counts.returned += u64::from(got.is_ok());
                counts.trapped += u64::from(got.is_err());
                let about = |what: String| differ(format!("{function}({arguments:?}): {what}"));
                same(outcome, got).map_err(about)?;
                let after = State::of(&mut native, current, &trace.items);
                if let Some(what) = state.difference(&after) {
                    return Err(about(what));
                }
            }
        }
    }
    counts.parked = native.parked();
    Ok(counts)
}

impl Inspect for Native {
    fn memory(&mut self, instance: InstanceId, name: &str) -> Cow<'_, [u8]> {
        self.exported_memory(instance, name)
    }

    fn table(&mut self, instance: InstanceId, name: &str) -> Vec<bool> {
        self.exported_table(instance, name)
    }
}

type Outcome = Result<Vec<Value>, Failure>;

fn same(expected: &Outcome, got: Outcome) -> Result<(), String> {
    let (expected, got) = (plain(expected.clone()), plain(got));
    if expected == got || either(&expected, &got) {
        return Ok(());
    }
    Err(format!("expected {expected:?}, got {got:?}"))
}

/// Whether it is one of the two traps that the reference cannot tell apart.
fn either(expected: &Outcome, got: &Outcome) -> bool {
    matches!(expected, Err(Failure::Trap(why)) if why == OUTSIDE_MAYBE_UNALIGNED)
        && matches!(got, Err(Failure::Trap(why))
            if why == "out of bounds memory access" || why == "unaligned atomic")
}

/// No reference tells an index outside a table in an indirect call from one in an access, or the kinds of null.
fn plain(outcome: Outcome) -> Outcome {
    match outcome {
        Err(Failure::Trap(why)) if why.starts_with("null ") && why.ends_with(" reference") => {
            Err(Failure::Trap("null reference".into()))
        }
        Err(Failure::Trap(why)) if why == "undefined element" => {
            Err(Failure::Trap("out of bounds table access".into()))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trap(why: &str) -> Outcome {
        Err(Failure::Trap(why.into()))
    }

    #[test]
    fn a_trap_that_is_not_told_apart_is_one_of_two() {
        let untold = trap(OUTSIDE_MAYBE_UNALIGNED);
        for got in ["out of bounds memory access", "unaligned atomic"] {
            assert_eq!(same(&untold, trap(got)), Ok(()));
        }
        assert!(same(&untold, trap("unreachable")).is_err());
        assert!(same(&untold, Ok(vec![])).is_err());
    }

    #[test]
    fn traps_that_are_told_apart_differ() {
        let (outside, unaligned) = (
            trap("out of bounds memory access"),
            trap("unaligned atomic"),
        );
        assert!(same(&outside, unaligned.clone()).is_err());
        assert!(same(&unaligned, outside).is_err());
    }
}
