// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Runs one script.

use std::collections::HashMap;

use wast::{
    lexer::Lexer,
    parser::{self, ParseBuffer},
    token::Id,
    QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, Wat,
};

use crate::{
    expect, Backend, Failure, InstanceId, Problem, Refusal, Report, Value, SPECTEST, SPECTEST_TWO,
};

/// Runs every directive of a script in a fresh store. A failure is recorded and the next directive is run.
///
/// # Errors
///
/// The script cannot be parsed, or the backend cannot even give a store with the module "spectest".
pub fn run_script<B: Backend>(backend: &mut B, text: &str) -> Result<Report, String> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(|e| e.to_string())?;
    let script = parser::parse::<Wast<'_>>(&buffer).map_err(|e| e.to_string())?;

    backend.reset()?;
    let mut run = Run {
        backend,
        current: None,
        instances: HashMap::new(),
        last: None,
        definitions: HashMap::new(),
        absent: Vec::new(),
    };
    run.spectest()
        .map_err(|why| format!("module \"spectest\": {why}"))?;
    let mut report = Report::default();
    for directive in script.directives {
        let (line, _) = directive.span().linecol_in(text);
        let directive_name = name(&directive);
        let assertion = directive_name.starts_with("assert_");
        let line = line + 1;
        match run.directive(directive) {
            Ok(()) => {
                report.totals.count(assertion, true);
                report.held.push((line, directive_name));
            }
            Err(Stop::Garbage) => {
                report.totals.skipped += 1;
                report.skips.push(line);
            }
            Err(Stop::Wrong(what)) => {
                report.totals.count(assertion, false);
                report.problems.push(Problem {
                    line,
                    directive: directive_name,
                    what,
                });
            }
        }
    }
    Ok(report)
}

/// Why a directive did not hold.
enum Stop {
    /// It is about a module that needs garbage collection, which is not accepted.
    Garbage,
    /// How it differs from what the script demands.
    Wrong(String),
}

impl From<String> for Stop {
    fn from(what: String) -> Self {
        Self::Wrong(what)
    }
}

impl From<&str> for Stop {
    fn from(what: &str) -> Self {
        Self::Wrong(what.into())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(why) if needs_garbage(&why) => Self::Garbage,
            other => Self::Wrong(other.to_string()),
        }
    }
}

/// Whether a module was refused for want of garbage collection.
fn needs_garbage(why: &str) -> bool {
    why.contains("unsupported feature: gc (")
}

/// An instance, or `None` for one that would need garbage collection.
type Known = Option<InstanceId>;

/// A script in progress.
struct Run<'a, B: Backend> {
    backend: &'a mut B,
    /// The instance that a directive without a name means.
    current: Option<Known>,
    /// Instances by identifier.
    instances: HashMap<String, Known>,
    /// The definition that an instance directive without a name means.
    last: Option<B::Module>,
    /// Definitions by identifier.
    definitions: HashMap<String, B::Module>,
    /// Names that modules were to be registered under that need garbage collection.
    absent: Vec<String>,
}

impl<B: Backend> Run<'_, B> {
    fn spectest(&mut self) -> Result<(), String> {
        let encode = |text| {
            let buffer = ParseBuffer::new(text)?;
            parser::parse::<Wat<'_>>(&buffer)?.encode()
        };
        let wasm = encode(SPECTEST).map_err(|e: wast::Error| e.to_string())?;
        let module = match self.backend.compile(&wasm) {
            // A backend that is told to accept no more than 2.0.
            Err(Refusal::Invalid(_)) => {
                let wasm = encode(SPECTEST_TWO).map_err(|e| e.to_string())?;
                self.backend.compile(&wasm)
            }
            module => module,
        };
        let module = module.map_err(|e| e.to_string())?;
        let instance = self
            .backend
            .instantiate(&module)
            .map_err(|e| e.to_string())?;
        self.backend.register(instance, "spectest")
    }

    /// Runs a directive.
    fn directive(&mut self, directive: WastDirective<'_>) -> Result<(), Stop> {
        match directive {
            WastDirective::Module(mut module) => {
                self.current = None;
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                let instance = match self.make(&wasm) {
                    Err(Stop::Garbage) => None,
                    made => Some(made?.map_err(|e| e.to_string())?),
                };
                self.name_instance(module.name(), instance);
                instance.map(drop).ok_or(Stop::Garbage)
            }
            WastDirective::ModuleDefinition(mut module) => {
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                let compiled = self.backend.compile(&wasm)?;
                match module.name() {
                    Some(id) => drop(self.definitions.insert(id.name().into(), compiled)),
                    None => self.last = Some(compiled),
                }
                Ok(())
            }
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                let definition = match module {
                    Some(id) => self.definitions.get(id.name()),
                    None => self.last.as_ref(),
                };
                let definition = definition.ok_or("no such definition")?;
                let number = self
                    .backend
                    .instantiate(definition)
                    .map_err(|e| e.to_string())?;
                self.name_instance(instance, Some(number));
                Ok(())
            }
            WastDirective::Register { name, module, .. } => match self.instance(module) {
                Err(Stop::Garbage) => {
                    self.absent.push(name.into());
                    Err(Stop::Garbage)
                }
                instance => Ok(self.backend.register(instance?, name)?),
            },
            WastDirective::Invoke(call) => {
                Ok(self.invoke(&call)?.map(drop).map_err(|e| e.to_string())?)
            }
            WastDirective::AssertReturn { exec, results, .. } => {
                let got = self.execute(exec)?.map_err(|e| e.to_string())?;
                Ok(expect::results(&results, &got)?)
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                Ok(expect_trap(message, self.execute(exec)?)?)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                Ok(expect_trap(message, self.invoke(&call)?)?)
            }
            WastDirective::AssertException { exec, .. } => match self.execute(exec)? {
                Err(Failure::Trap(why)) if why == UNCAUGHT => Ok(()),
                Err(other) => Err(format!("expected an exception, got {other}").into()),
                Ok(_) => Err("expected an exception, returned".into()),
            },
            WastDirective::AssertUnlinkable {
                mut module,
                message,
                ..
            } => {
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                match self.make(&wasm)? {
                    Err(Failure::Unlinkable(_)) => Ok(()),
                    Err(other) => {
                        Err(format!("expected to be unlinkable ({message}), got {other}").into())
                    }
                    Ok(_) => Err(format!(
                        "expected to be unlinkable ({message}), was instantiated"
                    )
                    .into()),
                }
            }
            WastDirective::AssertInvalid {
                module, message, ..
            }
            | WastDirective::AssertMalformed {
                module, message, ..
            } => self.refused(module, message),
            _ => Err("a directive of another proposal".into()),
        }
    }

    /// A module that must not compile. Text that the text parser refuses is malformed already.
    fn refused(&mut self, mut module: QuoteWat<'_>, message: &str) -> Result<(), Stop> {
        let Ok(wasm) = module.encode() else {
            return Ok(());
        };
        match self.backend.compile(&wasm) {
            Err(Refusal::Invalid(why)) if needs_garbage(&why) => Err(Stop::Garbage),
            Err(Refusal::Invalid(_)) => Ok(()),
            Err(other) => Err(format!("expected to be refused ({message}), got: {other}").into()),
            Ok(_) => Err(format!("expected to be refused ({message}), was accepted").into()),
        }
    }

    /// Compiles and instantiates. Sets apart what needs garbage collection, itself or by what it imports.
    fn make(&mut self, wasm: &[u8]) -> Result<Result<InstanceId, Failure>, Stop> {
        let module = self.backend.compile(wasm)?;
        match self.backend.instantiate(&module) {
            Err(Failure::Unlinkable(why))
                if self
                    .absent
                    .iter()
                    .any(|name| why.contains(&format!(": {name:?} "))) =>
            {
                Err(Stop::Garbage)
            }
            made => Ok(made),
        }
    }

    fn name_instance(&mut self, id: Option<Id<'_>>, instance: Known) {
        self.current = Some(instance);
        if let Some(id) = id {
            self.instances.insert(id.name().into(), instance);
        }
    }

    fn instance(&self, id: Option<Id<'_>>) -> Result<InstanceId, Stop> {
        let known = match id {
            Some(id) => self
                .instances
                .get(id.name())
                .copied()
                .ok_or(format!("no instance ${}", id.name()))?,
            None => self.current.ok_or("no current instance")?,
        };
        known.ok_or(Stop::Garbage)
    }

    /// The outer error is the script's or ours, the inner one the backend's answer.
    fn invoke(&mut self, call: &WastInvoke<'_>) -> Result<Result<Vec<Value>, Failure>, Stop> {
        let instance = self.instance(call.module)?;
        let arguments = call
            .args
            .iter()
            .map(expect::argument)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.backend.invoke(instance, call.name, &arguments))
    }

    fn execute(&mut self, action: WastExecute<'_>) -> Result<Result<Vec<Value>, Failure>, Stop> {
        match action {
            WastExecute::Invoke(call) => self.invoke(&call),
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module)?;
                Ok(self
                    .backend
                    .global(instance, global)
                    .map(|value| vec![value]))
            }
            WastExecute::Wat(mut module) => {
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                Ok(self.make(&wasm)?.map(|_| Vec::new()))
            }
        }
    }
}

/// What a trap is called that ends a call by an exception that nobody caught.
const UNCAUGHT: &str = "uncaught exception";

fn expect_trap(message: &str, outcome: Result<Vec<Value>, Failure>) -> Result<(), String> {
    match outcome {
        Err(Failure::Trap(got)) => expect::trap(message, &got),
        Err(other) => Err(format!("expected trap \"{message}\", got {other}")),
        Ok(values) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            Err(format!(
                "expected trap \"{message}\", returned [{}]",
                values.join(" ")
            ))
        }
    }
}

/// The directive's keyword.
fn name(directive: &WastDirective<'_>) -> &'static str {
    match directive {
        WastDirective::Module(_) => "module",
        WastDirective::ModuleDefinition(_) => "module definition",
        WastDirective::ModuleInstance { .. } => "module instance",
        WastDirective::AssertMalformed { .. } => "assert_malformed",
        WastDirective::AssertInvalid { .. } => "assert_invalid",
        WastDirective::AssertInvalidCustom { .. } => "assert_invalid_custom",
        WastDirective::AssertMalformedCustom { .. } => "assert_malformed_custom",
        WastDirective::Register { .. } => "register",
        WastDirective::Invoke(_) => "invoke",
        WastDirective::AssertTrap { .. } => "assert_trap",
        WastDirective::AssertReturn { .. } => "assert_return",
        WastDirective::AssertExhaustion { .. } => "assert_exhaustion",
        WastDirective::AssertUnlinkable { .. } => "assert_unlinkable",
        WastDirective::AssertException { .. } => "assert_exception",
        WastDirective::AssertSuspension { .. } => "assert_suspension",
        WastDirective::Thread(_) => "thread",
        WastDirective::Wait { .. } => "wait",
    }
}
