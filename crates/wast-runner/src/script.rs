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
    };
    run.spectest()
        .map_err(|why| format!("module \"spectest\": {why}"))?;
    let mut report = Report::default();
    for directive in script.directives {
        let (line, _) = directive.span().linecol_in(text);
        let directive_name = name(&directive);
        let outcome = run.directive(directive);
        report
            .totals
            .count(directive_name.starts_with("assert_"), outcome.is_ok());
        if let Err(what) = outcome {
            report.problems.push(Problem {
                line: line + 1,
                directive: directive_name,
                what,
            });
        }
    }
    Ok(report)
}

/// A script in progress.
struct Run<'a, B: Backend> {
    backend: &'a mut B,
    /// The instance that a directive without a name means.
    current: Option<InstanceId>,
    /// Instances by identifier.
    instances: HashMap<String, InstanceId>,
    /// The definition that an instance directive without a name means.
    last: Option<B::Module>,
    /// Definitions by identifier.
    definitions: HashMap<String, B::Module>,
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

    /// Runs a directive; `Err` says how it differs from what the script demands.
    fn directive(&mut self, directive: WastDirective<'_>) -> Result<(), String> {
        match directive {
            WastDirective::Module(mut module) => {
                self.current = None;
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                let instance = self.instantiate(&wasm).map_err(|e| e.to_string())?;
                self.name_instance(module.name(), instance);
                Ok(())
            }
            WastDirective::ModuleDefinition(mut module) => {
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                let compiled = self.backend.compile(&wasm).map_err(|e| e.to_string())?;
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
                self.name_instance(instance, number);
                Ok(())
            }
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance(module)?;
                self.backend.register(instance, name)
            }
            WastDirective::Invoke(call) => self.invoke(&call)?.map(drop).map_err(|e| e.to_string()),
            WastDirective::AssertReturn { exec, results, .. } => {
                let got = self.execute(exec)?.map_err(|e| e.to_string())?;
                expect::results(&results, &got)
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                expect_trap(message, self.execute(exec)?)
            }
            WastDirective::AssertException { exec, .. } => {
                expect_trap("uncaught exception", self.execute(exec)?)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                expect_trap(message, self.invoke(&call)?)
            }
            WastDirective::AssertUnlinkable {
                mut module,
                message,
                ..
            } => {
                let wasm = module
                    .encode()
                    .map_err(|e| format!("cannot be encoded: {e}"))?;
                match self.instantiate(&wasm) {
                    Err(Failure::Unlinkable(_)) => Ok(()),
                    Err(other) => Err(format!(
                        "expected to be unlinkable ({message}), got {other}"
                    )),
                    Ok(_) => Err(format!(
                        "expected to be unlinkable ({message}), was instantiated"
                    )),
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
    fn refused(&mut self, mut module: QuoteWat<'_>, message: &str) -> Result<(), String> {
        let Ok(wasm) = module.encode() else {
            return Ok(());
        };
        match self.backend.compile(&wasm) {
            Err(Refusal::Invalid(_)) => Ok(()),
            Err(other) => Err(format!("expected to be refused ({message}), got: {other}")),
            Ok(_) => Err(format!("expected to be refused ({message}), was accepted")),
        }
    }

    fn instantiate(&mut self, wasm: &[u8]) -> Result<InstanceId, Failure> {
        let module = self
            .backend
            .compile(wasm)
            .map_err(|e| Failure::Other(e.to_string()))?;
        self.backend.instantiate(&module)
    }

    fn name_instance(&mut self, id: Option<Id<'_>>, instance: InstanceId) {
        self.current = Some(instance);
        if let Some(id) = id {
            self.instances.insert(id.name().into(), instance);
        }
    }

    fn instance(&self, id: Option<Id<'_>>) -> Result<InstanceId, String> {
        match id {
            Some(id) => self
                .instances
                .get(id.name())
                .copied()
                .ok_or(format!("no instance ${}", id.name())),
            None => self.current.ok_or("no current instance".into()),
        }
    }

    /// The outer error is the script's or ours, the inner one the backend's answer.
    fn invoke(&mut self, call: &WastInvoke<'_>) -> Result<Result<Vec<Value>, Failure>, String> {
        let instance = self.instance(call.module)?;
        let arguments = call
            .args
            .iter()
            .map(expect::argument)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.backend.invoke(instance, call.name, &arguments))
    }

    fn execute(&mut self, action: WastExecute<'_>) -> Result<Result<Vec<Value>, Failure>, String> {
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
                Ok(self.instantiate(&wasm).map(|_| Vec::new()))
            }
        }
    }
}

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
