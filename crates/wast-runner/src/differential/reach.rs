// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Which operators programs reach: most of what a generator writes is behind a trap or a branch.
//!
//! A program counts for itself: before each operator a global of that operator is incremented.

use std::{collections::BTreeMap, fmt};

use wasm_encoder::{
    reencode::{Error, Reencode},
    CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection, GlobalType,
    Instruction as I, Module, SectionId, ValType,
};
use wasmparser::{
    ExportSectionReader, FunctionBody, GlobalSectionReader, Operator, Parser, Payload,
};

use super::{Step, Trace};
use crate::{native::Native, Backend, InstanceId, Value};

/// Executions of operators by name, and programs that executed them. Accesses to memories with 64-bit indices and to
/// further memories are counted once more, by those names.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Programs looked at.
    pub programs: u64,
    operators: BTreeMap<String, (u64, u64)>,
}

/// Names of what is counted besides operators.
const MEMORY64: &str = "memory64";
const MULTI_MEMORY: &str = "multi_memory";

impl Reach {
    /// Adds what a program executes along a trace.
    pub fn add(&mut self, wasm: &[u8], trace: &Trace) -> Option<()> {
        let mut counter = Counter::new(wasm)?;
        let mut module = Module::new();
        counter
            .parse_core_module(&mut module, Parser::new(0), wasm)
            .ok()?;
        let counts = counter.run(&module.finish(), trace)?;
        self.programs += 1;
        for (name, count) in counter.names.into_iter().zip(counts) {
            let sum = self.operators.entry(name).or_default();
            sum.0 += count;
            sum.1 += u64::from(count > 0);
        }
        Some(())
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: Self) {
        self.programs += other.programs;
        for (name, (count, programs)) in other.operators {
            let sum = self.operators.entry(name).or_default();
            sum.0 += count;
            sum.1 += programs;
        }
    }
}

/// By proposal: executions, how many operators there are, and which were generated but never reached.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operators executed in {} programs:", self.programs)?;
        let mut proposals: BTreeMap<&str, (u64, u64, Vec<&str>)> = BTreeMap::new();
        for (name, &(count, _)) in &self.operators {
            let all = proposals.entry(proposal(name)).or_default();
            all.0 += count;
            match count {
                0 => all.2.push(name),
                _ => all.1 += 1,
            }
        }
        for (proposal, (count, reached, never)) in proposals {
            write!(f, "\n  {proposal}: {count} of {reached} kinds")?;
            if !never.is_empty() {
                write!(f, "; never {}", never.join(" "))?;
            }
        }
        Ok(())
    }
}

/// The proposal that an operator belongs to.
fn proposal(name: &str) -> &str {
    macro_rules! table {
        ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*) )*) => {
            match name {
                $( stringify!($op) => stringify!($proposal), )*
                other => other,
            }
        };
    }
    wasmparser::for_each_operator!(table)
}

struct Counter {
    names: Vec<String>,
    /// Index of the first global added.
    first: u32,
    /// For each memory, whether it has 64-bit indices.
    wide: Vec<bool>,
}

impl Counter {
    /// Looks for the operators of `wasm`.
    fn new(wasm: &[u8]) -> Option<Self> {
        let mut counter = Self {
            names: Vec::new(),
            first: 0,
            wide: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.ok()? {
                Payload::MemorySection(memories) => {
                    for memory in memories {
                        counter.wide.push(memory.ok()?.memory64);
                    }
                }
                Payload::GlobalSection(globals) => counter.first = globals.count(),
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader().ok()? {
                        for name in counter.kinds(&operator.ok()?) {
                            if !counter.names.contains(&name) {
                                counter.names.push(name);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Some(counter)
    }

    /// What an operator is counted as.
    fn kinds(&self, operator: &Operator<'_>) -> Vec<String> {
        // What no program can do without is not counted, nor what cannot have an instruction before it.
        if matches!(operator, Operator::End | Operator::Else) {
            return Vec::new();
        }
        let text = format!("{operator:?}");
        let name = text.split(' ').next().unwrap_or_default();
        let mut kinds = vec![name.to_owned()];
        for field in ["memory: ", "mem: "] {
            let Some((_, after)) = text.split_once(field) else {
                continue;
            };
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            let memory: usize = digits.parse().unwrap_or_default();
            if memory > 0 {
                kinds.push(MULTI_MEMORY.into());
            }
            if self.wide.get(memory) == Some(&true) {
                kinds.push(MEMORY64.into());
            }
        }
        kinds
    }

    fn export(at: usize) -> String {
        format!("reached {at}")
    }

    fn globals(&self, globals: &mut GlobalSection) {
        let ty = GlobalType {
            val_type: ValType::I64,
            mutable: true,
            shared: false,
        };
        for _ in &self.names {
            globals.global(ty, &ConstExpr::i64_const(0));
        }
    }

    /// How often each name was reached.
    fn run(&self, wasm: &[u8], trace: &Trace) -> Option<Vec<u64>> {
        let mut native = Native::new(wasmk_engine::config::Config::default())
            .and_then(|native| native.with(super::replay::STACK, false))
            .ok()?;
        let module = native.compile(wasm).ok()?;
        let mut counts = vec![0; self.names.len()];
        let mut add = |native: &mut Native, instance: InstanceId| {
            for (at, count) in counts.iter_mut().enumerate() {
                if let Ok(Value::I64(n)) = native.global(instance, &Self::export(at)) {
                    *count += n;
                }
            }
        };
        let mut instance = None;
        for step in &trace.steps {
            match step {
                Step::Instantiate(_) => {
                    if let Some(old) = instance.take() {
                        add(&mut native, old);
                    }
                    instance = native.instantiate(&module).ok();
                }
                Step::Call {
                    function,
                    arguments,
                    ..
                } => {
                    let _ = native.invoke(instance?, function, arguments);
                }
            }
        }
        if let Some(last) = instance {
            add(&mut native, last);
        }
        Some(counts)
    }
}

impl Reencode for Counter {
    type Error = core::convert::Infallible;

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Result<(), Error> {
        for global in section {
            self.parse_global(globals, global?)?;
        }
        self.globals(globals);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error> {
        // A module without globals got some between the sections around.
        for export in section {
            self.parse_export(exports, export?)?;
        }
        for at in 0..self.names.len() {
            exports.export(
                &Self::export(at),
                ExportKind::Global,
                self.first + at as u32,
            );
        }
        Ok(())
    }

    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Result<(), Error> {
        // A module of which nothing is exported cannot be called, so there is a section of exports.
        if self.first == 0 && before == Some(SectionId::Export) {
            let mut globals = GlobalSection::new();
            self.globals(&mut globals);
            module.section(&globals);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error> {
        let mut f: Function = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            for kind in self.kinds(&operators.clone().read()?) {
                let at = self.names.iter().position(|name| *name == kind);
                let global = self.first + at.unwrap_or_default() as u32;
                f.instruction(&I::GlobalGet(global))
                    .instruction(&I::I64Const(1))
                    .instruction(&I::I64Add)
                    .instruction(&I::GlobalSet(global));
            }
            f.instruction(&self.parse_instruction(&mut operators)?);
        }
        code.function(&f);
        Ok(())
    }
}
