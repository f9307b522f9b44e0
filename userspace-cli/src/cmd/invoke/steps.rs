// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The steps of an `invoke`, from its arguments.

use wasmparser::ValType;

use crate::{cli::InvokeArgs, problem::Problem, value::Value};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Call an export.
    Call {
        /// Its name.
        function: String,
        /// One operand per parameter.
        args: Vec<Operand>,
    },
    /// Copy a file into memory.
    Write {
        /// Where to.
        offset: Operand,
        /// The file; `-` is standard input.
        file: String,
    },
    /// Print memory.
    Read {
        /// Where from.
        offset: Operand,
        /// How many bytes.
        length: Operand,
    },
}

/// A value, or a reference to an earlier result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// As written.
    Literal(String),
    /// The n-th result so far, from 1, plus a number of bytes.
    Result(usize, u64),
}

impl Operand {
    fn parse(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix(['$', '%']) else {
            return Ok(Self::Literal(text.into()));
        };
        let (index, plus) = rest.split_once('+').unwrap_or((rest, "0"));
        match (index.parse(), number(plus)) {
            (Ok(index), Some(plus)) if index > 0 => Ok(Self::Result(index, plus)),
            _ => Err(format!(
                "`{text}`: write $1 for the first result, $1+8 for 8 more"
            )),
        }
    }

    fn earlier(&self, results: &[Value]) -> Option<Result<(Value, u64), String>> {
        let Self::Result(index, plus) = self else {
            return None;
        };
        let value = index.checked_sub(1).and_then(|index| results.get(index));
        Some(
            value
                .map(|value| (*value, *plus))
                .ok_or_else(|| format!("there is no result ${index} yet, only {}", results.len())),
        )
    }

    /// The operand as an argument of type `ty`.
    pub fn value(&self, ty: ValType, results: &[Value]) -> Result<Value, String> {
        match (self, self.earlier(results)) {
            (_, Some(earlier)) => {
                let (value, plus) = earlier?;
                match (plus, ty) {
                    (0, _) if value.ty == ty => Ok(value),
                    (_, ValType::I32 | ValType::I64) if value.ty == ty => {
                        let mask = if ty == ValType::I32 {
                            u64::from(u32::MAX)
                        } else {
                            u64::MAX
                        };
                        Ok(Value {
                            ty,
                            bits: value.bits.wrapping_add(plus) & mask,
                            high: 0,
                        })
                    }
                    _ => Err(format!(
                        "the result is an {}, the parameter an {ty}",
                        value.ty
                    )),
                }
            }
            (Self::Literal(text), None) => Value::parse(text, ty),
            (Self::Result(..), None) => Err("no such result".into()),
        }
    }

    /// The operand as an offset or length.
    pub fn unsigned(&self, results: &[Value]) -> Result<u64, String> {
        match (self, self.earlier(results)) {
            (_, Some(earlier)) => {
                let (value, plus) = earlier?;
                let base = value
                    .unsigned()
                    .ok_or_else(|| format!("the result is an {}, not an integer", value.ty))?;
                base.checked_add(plus).ok_or_else(|| "too large".into())
            }
            (Self::Literal(text), None) => {
                number(text).ok_or_else(|| format!("`{text}` is not a number of bytes"))
            }
            (Self::Result(..), None) => Err("no such result".into()),
        }
    }
}

/// An unsigned number, decimal or hexadecimal.
fn number(text: &str) -> Option<u64> {
    let text = text.replace('_', "");
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Orders the steps: writes of a call before it, reads of a call after it.
pub fn parse(args: &InvokeArgs) -> Result<Vec<Step>, Problem> {
    let mut groups: Vec<Group> = vec![Group::default()];
    let mut words = args.steps.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = |flag: &str| -> Result<String, Problem> {
            match word
                .strip_prefix(flag)
                .and_then(|rest| rest.strip_prefix('='))
            {
                Some(value) => Ok(value.into()),
                None => words
                    .next()
                    .map(Into::into)
                    .ok_or_else(|| Problem::usage(format!("{flag} needs a value"))),
            }
        };
        let is = |flag: &str| {
            word == flag
                || word
                    .strip_prefix(flag)
                    .is_some_and(|rest| rest.starts_with('='))
        };
        let Some(group) = groups.last_mut() else {
            break;
        };
        if word == "--then" {
            groups.push(Group::default());
        } else if is("--write") {
            group.writes.push(write(&value("--write")?)?);
        } else if is("--read") {
            group.reads.push(read(&value("--read")?)?);
        } else if group.function.is_none() {
            if word.starts_with("--") {
                return Err(Problem::usage(format!("`{word}`: flags come before FILE")));
            }
            group.function = Some(word.into());
        } else {
            group
                .args
                .push(Operand::parse(word).map_err(Problem::usage)?);
        }
    }
    let mut steps = Vec::new();
    for group in groups {
        let Some(function) = group.function else {
            return Err(Problem::usage(
                "a call needs the name of a function: invoke FILE FUNC ARG… [--then FUNC ARG…]",
            ));
        };
        steps.extend(group.writes);
        steps.push(Step::Call {
            function,
            args: group.args,
        });
        steps.extend(group.reads);
    }
    Ok(steps)
}

/// A call with what is written among its arguments.
#[derive(Default)]
struct Group {
    writes: Vec<Step>,
    function: Option<String>,
    args: Vec<Operand>,
    reads: Vec<Step>,
}

fn write(text: &str) -> Result<Step, Problem> {
    let (offset, file) = text
        .split_once('=')
        .ok_or_else(|| Problem::usage(format!("--write `{text}`: expected OFF=FILE")))?;
    Ok(Step::Write {
        offset: operand("--write", offset)?,
        file: file.into(),
    })
}

fn read(text: &str) -> Result<Step, Problem> {
    let (offset, length) = text
        .split_once(':')
        .ok_or_else(|| Problem::usage(format!("--read `{text}`: expected OFF:LEN")))?;
    Ok(Step::Read {
        offset: operand("--read", offset)?,
        length: operand("--read", length)?,
    })
}

/// An offset or length; a literal is checked now.
fn operand(flag: &str, text: &str) -> Result<Operand, Problem> {
    let operand = Operand::parse(text).map_err(|why| Problem::usage(format!("{flag}: {why}")))?;
    if matches!(operand, Operand::Literal(_)) {
        operand
            .unsigned(&[])
            .map_err(|why| Problem::usage(format!("{flag}: {why}")))?;
    }
    Ok(operand)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{GrantOptions, LimitOptions};

    fn steps(words: &[&str]) -> Result<Vec<Step>, Problem> {
        parse(&InvokeArgs {
            grants: GrantOptions::default(),
            limits: LimitOptions::default(),
            target: "x.wasm".into(),
            steps: words.iter().map(ToString::to_string).collect(),
        })
    }

    fn call(function: &str, args: &[&str]) -> Step {
        let args = args
            .iter()
            .map(|arg| Operand::parse(arg).unwrap())
            .collect();
        Step::Call {
            function: function.into(),
            args,
        }
    }

    #[test]
    fn writes_go_before_their_call_and_reads_after() {
        let words = [
            "malloc",
            "24",
            "--then",
            "f",
            "$1",
            "-3",
            "--read",
            "$1+8:0x10",
            "--write",
            "$1=a=b",
        ];
        let expected = [
            call("malloc", &["24"]),
            Step::Write {
                offset: Operand::Result(1, 0),
                file: "a=b".into(),
            },
            call("f", &["$1", "-3"]),
            Step::Read {
                offset: Operand::Result(1, 8),
                length: Operand::Literal("0x10".into()),
            },
        ];
        assert_eq!(steps(&words).unwrap(), expected);
        assert_eq!(steps(&["--write=0=x", "f"]).unwrap().len(), 2);
    }

    #[test]
    fn mistakes_are_usage() {
        for bad in [
            &["f", "--then"][..],
            &["--then", "f"],
            &["f", "--write"],
            &["f", "--write", "x"],
            &["f", "--write", "q=x"],
            &["f", "--read", "0"],
            &["f", "--read", "0:-1"],
            &["f", "$0"],
            &["f", "$x"],
            &["--fuel", "f"],
        ] {
            assert_eq!(steps(bad).unwrap_err().status, 2, "{bad:?}");
        }
    }

    #[test]
    fn operands_take_earlier_results() {
        let results = [
            Value {
                ty: ValType::I32,
                bits: 0xffff_fff8,
                high: 0,
            },
            Value {
                ty: ValType::F64,
                bits: 0,
                high: 0,
            },
        ];
        assert_eq!(
            Operand::Result(1, 16)
                .value(ValType::I32, &results)
                .unwrap()
                .bits,
            8
        );
        assert_eq!(Operand::Result(1, 16).unsigned(&results), Ok(0x1_0000_0008));
        assert!(Operand::Result(1, 0).value(ValType::I64, &results).is_err());
        assert!(Operand::Result(2, 1).value(ValType::F64, &results).is_err());
        assert!(Operand::Result(2, 0).unsigned(&results).is_err());
        assert!(Operand::Result(3, 0).unsigned(&results).is_err());
    }
}
